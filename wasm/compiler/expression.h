// SPDX-License-Identifier: Apache-2.0
// The expression language: a subset of CEL (Common Expression Language). Everything that is accepted means what CEL's
// specification says; everything else is an error that names what is not supported here.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omo::compiler {

/// kAny: of a value that nobody knows (`omo eval`); it goes with every type.
enum class ValueType : std::uint8_t { kNull, kBool, kInt, kDouble, kString, kDuration, kDate, kList, kTimestamp, kAny };

/// "int", "duration", ... as CEL spells them.
[[nodiscard]] std::string_view type_name(ValueType type);

struct Constant {
  ValueType type = ValueType::kNull;
  bool boolean = false;
  std::int64_t integer = 0;  ///< kInt; kDuration and kTimestamp: whole seconds, rounded down
  std::uint32_t nanos = 0;   ///< kDuration, kTimestamp
  double number = 0;         ///< kInt, kDouble; kDuration in ms; kBool as 0 and 1
  std::string text;          ///< kString
};

enum class Comparison : std::uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
[[nodiscard]] std::string_view comparison_text(Comparison comparison);
/// The comparison that means the same with its sides swapped.
[[nodiscard]] Comparison mirrored(Comparison comparison);

struct Expression {
  enum class Kind : std::uint8_t {
    kConstant,
    kName,
    kSelect,  ///< name.member: `name` and `member`
    kCall,    ///< name(children), or a method of the first child
    kNot,
    kAnd,  ///< two or more children
    kOr,
    kCompare,
    kIn,
    kList,
    kNegate,
    kArithmetic,  ///< `arithmetic` of two children
    kChoose,      ///< condition ? then : else
  };
  Kind kind = Kind::kConstant;
  Comparison comparison = Comparison::kEqual;
  std::uint32_t at = 0;           ///< byte in the expression's text where this part begins, for messages
  std::uint32_t begin = 0;        ///< of this part in the text, the parentheses of its operands included
  std::uint32_t end = 0;          ///< behind it; 0 = it stands in no text
  std::uint32_t operator_at = 0;  ///< the operator, or the member of a selection
  bool method = false;            ///< kCall
  char arithmetic = 0;            ///< '+', '-', '*', '/', '%'
  Constant constant;
  std::string name;
  std::string member;
  std::vector<Expression> children;
};

struct ExpressionError {
  std::uint32_t at = 0;  ///< byte in the expression's text
  std::string message;
};

/// Parses one expression; answers its first error where there is one.
[[nodiscard]] std::optional<ExpressionError> parse_expression(std::string_view text, Expression& expression);

/// CEL's duration strings ("1h30m", "10s", "500ms", "-1.5h") in ms; nothing where it is none.
[[nodiscard]] std::optional<double> parse_cel_duration(std::string_view text);

/// Is this an identifier of CEL that can name something (reserved words cannot)?
[[nodiscard]] bool is_identifier(std::string_view text);
[[nodiscard]] bool is_reserved_word(std::string_view text);

}  // namespace omo::compiler
