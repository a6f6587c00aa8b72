// SPDX-License-Identifier: Apache-2.0
// The tokens of CEL, by its lexical rules.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/expression.h"

namespace omo::compiler {

struct Token {
  enum class Kind : std::uint8_t { kEnd, kIdentifier, kInt, kDouble, kString, kOperator };
  Kind kind = Kind::kEnd;
  std::uint32_t at = 0;
  std::string_view source;      ///< the token as written
  std::string text;             ///< kString: decoded
  double number = 0;            ///< kDouble
  std::uint64_t magnitude = 0;  ///< kInt, without its sign
};

/// Splits the text; the last token is kEnd. Answers an error where something is no token.
[[nodiscard]] std::optional<ExpressionError> tokenize(std::string_view text, std::vector<Token>& tokens);

}  // namespace omo::compiler
