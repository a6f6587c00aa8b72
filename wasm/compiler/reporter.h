// SPDX-License-Identifier: Apache-2.0
// Collects findings by byte offset and turns them into lines and columns at the end; and the nearest-name search.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compiler.h"

namespace omo::compiler {

class Reporter {
 public:
  explicit Reporter(std::string_view source) : source_(source) {}

  void error(std::uint32_t offset, std::string message) { add(offset, Severity::kError, std::move(message)); }
  void warning(std::uint32_t offset, std::string message) { add(offset, Severity::kWarning, std::move(message)); }

  [[nodiscard]] std::string_view source() const { return source_; }
  [[nodiscard]] std::size_t error_count() const { return errors_; }
  /// Line of an offset, for messages that point to a second place.
  [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;
  struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
  };
  /// Of offsets, which ascend.
  [[nodiscard]] std::vector<Position> positions(const std::vector<std::uint32_t>& offsets) const;
  /// All findings in the order of the source; findings at one place keep the order in which they were made.
  [[nodiscard]] std::vector<Diagnostic> diagnostics(const std::string& file) const;

 private:
  struct Finding {
    std::uint32_t offset;
    Severity severity;
    std::string message;
  };
  void add(std::uint32_t offset, Severity severity, std::string message);

  std::string_view source_;
  std::vector<Finding> findings_;
  std::size_t errors_ = 0;
};

/// "; did you mean 'x'?" for the candidate nearest to `name` by Damerau-Levenshtein distance (a transposition counts
/// as one), or "" where none is near enough to be meant.
[[nodiscard]] std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates);

/// 'name', shortened to at most 64 bytes, for messages.
[[nodiscard]] std::string in_quotes(std::string_view name);

}  // namespace omo::compiler
