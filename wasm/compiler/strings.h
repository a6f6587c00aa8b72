// SPDX-License-Identifier: Apache-2.0
// The string pool and the symbol table of a program under construction.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wire/program.h"

namespace omo::compiler {

/// Collect every symbol with add(), then sort() once, then look numbers up with number().
class StringTable {
 public:
  void add(const std::string& text) { numbers_.emplace(text, 0); }
  void sort();
  [[nodiscard]] std::uint32_t number(const std::string& text) const { return numbers_.at(text); }
  /// Number of a name that may be empty: kNone then.
  [[nodiscard]] std::uint32_t number_or_none(const std::string& text) const {
    return text.empty() ? kNone : number(text);
  }

  struct Place {
    std::uint32_t offset;
    std::uint32_t length;
  };
  /// Room in the pool for a text that is no symbol; equal texts share it. After sort().
  [[nodiscard]] Place place(const std::string& text);

  [[nodiscard]] const std::vector<SymbolRow>& rows() const { return rows_; }
  [[nodiscard]] const std::string& pool() const { return pool_; }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::unordered_map<std::string, std::uint32_t> places_;
  std::vector<SymbolRow> rows_;
  std::string pool_;
};

}  // namespace omo::compiler
