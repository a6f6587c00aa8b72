// SPDX-License-Identifier: Apache-2.0
// CEL's typing rules as far as both kinds of condition (`where` and segments) share them, and their error texts.
#pragma once
#include <string>
#include <string_view>

#include "compiler/expression.h"
#include "wire/vocabulary.h"

namespace omo::compiler {

[[nodiscard]] ValueType value_type(Type type);

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
