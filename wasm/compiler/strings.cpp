// SPDX-License-Identifier: Apache-2.0
#include "compiler/strings.h"

#include <algorithm>

namespace omo::compiler {

void StringTable::sort() {
  struct Entry {
    std::uint32_t hash;
    const std::string* text;
    std::uint32_t* number;
  };
  std::vector<Entry> entries;
  entries.reserve(numbers_.size());
  for (auto& [text, number] : numbers_) entries.push_back({fnv32(as_bytes(text)), &text, &number});
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.hash != b.hash ? a.hash < b.hash : *a.text < *b.text; });
  for (const Entry& entry : entries) {
    *entry.number = static_cast<std::uint32_t>(rows_.size());
    const auto offset = static_cast<std::uint32_t>(pool_.size());
    rows_.push_back({entry.hash, offset, static_cast<std::uint32_t>(entry.text->size())});
    places_.emplace(*entry.text, offset);
    pool_ += *entry.text;
  }
}

StringTable::Place StringTable::place(const std::string& text) {
  const auto [entry, fresh] = places_.emplace(text, static_cast<std::uint32_t>(pool_.size()));
  if (fresh) pool_ += text;
  return {entry->second, static_cast<std::uint32_t>(text.size())};
}

}  // namespace omo::compiler
