// SPDX-License-Identifier: Apache-2.0
// Input records for tests, built byte by byte as wire/input.md draws them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wire/input.h"

namespace omo::test {

using Record = std::vector<std::uint8_t>;
using Datum = std::variant<std::nullptr_t, bool, double, std::string>;
using Pairs = std::vector<std::pair<std::string, Datum>>;

/// Monday, 2 March 2026, 00:00 UTC.
inline constexpr double kStart = 1772409600000;
inline constexpr double kSecond = 1000;
inline constexpr double kMinute = 60 * kSecond;
inline constexpr double kHour = 60 * kMinute;
inline constexpr double kDay = 24 * kHour;

/// Writes into a vector that grows, where ByteWriter has a fixed span.
class RecordBuilder {
 public:
  RecordBuilder(InputKind kind, double time) {
    u8(static_cast<std::uint8_t>(kind));
    unsigned_bytes(static_cast<std::uint64_t>(time), 6);
  }
  void u8(std::uint8_t value) { record_.push_back(value); }
  void unsigned_bytes(std::uint64_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i) u8(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void varint(std::size_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
    u8(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view value) {
    varint(value.size());
    record_.insert(record_.end(), value.begin(), value.end());
  }
  void datum(const Datum& value) {
    if (const auto* on = std::get_if<bool>(&value)) {
      u8(static_cast<std::uint8_t>(*on ? ValueTag::kTrue : ValueTag::kFalse));
    } else if (const auto* number = std::get_if<double>(&value)) {
      u8(static_cast<std::uint8_t>(ValueTag::kNumber));
      std::uint64_t bits = 0;
      std::memcpy(&bits, number, sizeof bits);
      unsigned_bytes(bits, 8);
    } else if (const auto* string = std::get_if<std::string>(&value)) {
      u8(static_cast<std::uint8_t>(ValueTag::kString));
      text(*string);
    } else {
      u8(static_cast<std::uint8_t>(ValueTag::kNull));
    }
  }
  void pairs(const Pairs& values) {
    varint(values.size());
    for (const auto& [name, value] : values) {
      text(name);
      datum(value);
    }
  }
  [[nodiscard]] Record take() { return std::move(record_); }

 private:
  Record record_;
};

inline Record event(double time, std::string_view name, const Pairs& params = {},
                    const std::vector<Pairs>& items = {}) {
  RecordBuilder builder(InputKind::kEvent, time);
  builder.text(name);
  builder.pairs(params);
  builder.varint(items.size());
  for (const Pairs& item : items) builder.pairs(item);
  return builder.take();
}
inline Record identify(double time, const Pairs& traits) {
  RecordBuilder builder(InputKind::kIdentify, time);
  builder.pairs(traits);
  return builder.take();
}
inline Record context(double time, const Pairs& values) {
  RecordBuilder builder(InputKind::kContext, time);
  builder.pairs(values);
  return builder.take();
}
inline Record consent(double time, std::uint8_t present, std::uint8_t granted) {
  RecordBuilder builder(InputKind::kConsent, time);
  builder.u8(present);
  builder.u8(granted);
  return builder.take();
}
inline Record tick(double time) { return RecordBuilder(InputKind::kTick, time).take(); }
inline Record reset(double time) { return RecordBuilder(InputKind::kReset, time).take(); }
inline Record edge(double time, Edge which) {
  RecordBuilder builder(InputKind::kEdge, time);
  builder.u8(static_cast<std::uint8_t>(which));
  return builder.take();
}
inline Record section(double time, bool in_view, std::string_view id) {
  RecordBuilder builder(InputKind::kSection, time);
  builder.u8(in_view ? 1 : 0);
  builder.text(id);
  return builder.take();
}
inline Record seed(double time, std::uint64_t variants, std::uint64_t stream) {
  RecordBuilder builder(InputKind::kSeed, time);
  builder.unsigned_bytes(variants, 8);
  builder.unsigned_bytes(stream, 8);
  return builder.take();
}
inline Record page(double time, std::string_view path, std::string_view title = "", std::string_view referrer = "") {
  RecordBuilder builder(InputKind::kPage, time);
  builder.text(path);
  builder.text(title);
  builder.text(referrer);
  return builder.take();
}
inline Record ack(double time, std::uint32_t first, std::uint32_t last) {
  RecordBuilder builder(InputKind::kAck, time);
  builder.unsigned_bytes(first, 4);
  builder.unsigned_bytes(last, 4);
  return builder.take();
}

}  // namespace omo::test
