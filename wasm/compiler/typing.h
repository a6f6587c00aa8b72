// SPDX-License-Identifier: Apache-2.0
// CEL's typing rules as far as both kinds of condition (`where` and segments) share them, and their error texts.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "compiler/expression.h"
#include "wire/vocabulary.h"

namespace omo::compiler {

[[nodiscard]] ValueType value_type(Type type);

/// What is known of a value before it is there.
struct Typed {
  ValueType type = ValueType::kNull;
  bool nullable = false;
  ValueType member = ValueType::kAny;  ///< kList
  std::string name;                    ///< of what has one
};

[[nodiscard]] constexpr std::uint32_t bit(ValueType type) { return 1u << static_cast<std::uint32_t>(type); }
inline constexpr std::uint32_t kMoments = bit(ValueType::kTimestamp) | bit(ValueType::kDuration);
inline constexpr std::uint32_t kNumbers = bit(ValueType::kInt) | bit(ValueType::kDouble);

/// What + - * / % of two types gives; nothing where it has no meaning.
[[nodiscard]] std::optional<ValueType> arithmetic_type(char operation, ValueType left, ValueType right);
/// How an author could bring an int and a double together; empty for other types.
[[nodiscard]] std::string mix_hint(ValueType left, ValueType right);
/// Why two values cannot be compared; empty where they can.
[[nodiscard]] std::string comparison_problem(const Typed& left, Comparison comparison, const Typed& right);

/// Integers are compared as doubles: beyond 2^53 that would not be exact.
[[nodiscard]] bool is_exact(const Constant& constant);
inline constexpr std::string_view kInexactMessage = "integers beyond 2^53 are not supported here";

/// Why a value of one type cannot be compared with a constant, with a hint; empty where it can.
[[nodiscard]] std::string mismatch(std::string_view name, ValueType type, bool nullable, Comparison comparison,
                                   const Constant& constant);

/// The constant as the author would write it.
[[nodiscard]] std::string constant_text(const Constant& constant);

/// What CEL says of two constants of one type.
[[nodiscard]] bool compare_constants(const Constant& left, Comparison comparison, const Constant& right);

}  // namespace omo::compiler
