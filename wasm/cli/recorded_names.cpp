// SPDX-License-Identifier: Apache-2.0
#include "cli/recorded_names.h"

#include <cstring>

#include "wire/input.h"

namespace omo {
namespace {

RecordedEvent meaning_of(std::string_view name) {
  if (name == "page_view") return RecordedEvent::kPageView;
  const bool promotion = name == "view_promotion" || name == "select_promotion" || name == "dismiss_promotion";
  return promotion ? RecordedEvent::kPromotion : RecordedEvent::kOther;
}

}  // namespace

RecordedNames::RecordedNames(const ProgramView& program, const std::vector<std::string_view>& names) {
  names_.reserve(names.size());
  for (const std::string_view name : names) names_.push_back({program.find_symbol(name), meaning_of(name)});
}

bool RecordedNames::resolve_pairs(MutableBytes record, ByteReader& reader) const {
  for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
    std::uint8_t* const at = record.data() + reader.position();
    const std::uint32_t number = reader.u32();
    (void)read_value(reader);
    if (!reader.ok() || number >= names_.size()) return false;
    std::memcpy(at, &names_[number].symbol, sizeof number);
  }
  return reader.ok();
}

RecordedNames::Event RecordedNames::resolve(MutableBytes record) const {
  constexpr Event kUnreadable{false, RecordedEvent::kOther};
  ByteReader reader(record);
  reader.take(kInputHeaderBytes);
  const std::uint32_t number = reader.u32();
  if (!reader.ok() || number >= names_.size()) return kUnreadable;
  std::memcpy(record.data() + kInputHeaderBytes, &names_[number].symbol, sizeof number);
  if (!resolve_pairs(record, reader)) return kUnreadable;
  for (std::uint32_t n = reader.varint(); n > 0; --n) {
    if (!resolve_pairs(record, reader)) return kUnreadable;
  }
  return {reader.is_done(), names_[number].event};
}

}  // namespace omo
