// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace omo::collector {

/// Numbers for names. Names come from visitors, so their number has a limit: beyond it every new name gets the number
/// of the first one that was added, which the owner makes a name for all others.
class NameTable {
 public:
  explicit NameTable(std::size_t limit = std::numeric_limits<std::uint32_t>::max()) : limit_(limit) {}

  [[nodiscard]] std::uint32_t number(std::string_view name) {
    const auto at = numbers_.find(std::string(name));
    if (at != numbers_.end()) return at->second;
    if (names_.size() >= limit_) return 0;
    const auto number = static_cast<std::uint32_t>(names_.size());
    // Nodes of the map never move, so the table can point at the keys.
    names_.push_back(&numbers_.emplace(name, number).first->first);
    return number;
  }
  [[nodiscard]] const std::string& name(std::uint32_t number) const { return *names_[number]; }

 private:
  std::size_t limit_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> names_;
};

}  // namespace omo::collector
