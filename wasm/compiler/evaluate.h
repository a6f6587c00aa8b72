// SPDX-License-Identifier: Apache-2.0
// One expression by itself: the language of the playbook, with the parser, the types and the machine of the engine.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace omo {

/// A name and what it stands for.
struct Binding {
  std::string name;
  std::string value;  ///< an expression of constants (3, 2.5, 'text', [1, 2], timestamp('...')); or "unknown"
};

struct Evaluated {
  enum class Kind : std::uint8_t {
    kValue,    ///< `text` is the value as JSON; timestamps and durations as CEL's string() writes them
    kUnknown,  ///< the value depends on what is bound to unknown
    kError,    ///< CEL's evaluation error
    kInvalid,  ///< no expression of the language: `text` says why, `column` where
  };
  Kind kind = Kind::kInvalid;
  std::string text;
  std::uint32_t column = 0;  ///< 1-based, in code points
};

/// `now_ms` is what `now` means, ms since 1970-01-01 UTC.
[[nodiscard]] Evaluated evaluate_expression(std::string_view text, const std::vector<Binding>& bindings, double now_ms);

}  // namespace omo
