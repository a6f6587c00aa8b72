// SPDX-License-Identifier: Apache-2.0
// Expressions as byte code (wire/program.h, Op): type-checked and generated in one walk, for `where`, for formulas, for
// `omo eval` and for folding constants.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/expression.h"
#include "compiler/typing.h"
#include "expression/evaluate.h"
#include "wire/program.h"

namespace omo::compiler {

/// One instruction; symbols, rows and nodes get their numbers when the program is written.
struct Instruction {
  Op op = Op::kNull;
  double number = 0;                  ///< kDouble
  std::int64_t integer = 0;           ///< kInt; kTimestamp, kDuration: seconds
  std::uint32_t nanos = 0;            ///< kTimestamp, kDuration
  std::uint32_t row = 0;              ///< loads: an index in the playbook; kCondition: an Id of the network
  std::uint32_t negation = 0;         ///< kCondition: its negation's
  std::uint8_t detail = 0;            ///< kPart, kPartIn: Part; kParam: Type; kCondition: label
  std::string text;                   ///< kString; kParam: name
  std::vector<Instruction> elements;  ///< kList
};
using Code = std::vector<Instruction>;

/// The numbers of a program under construction.
class Numbers {
 public:
  virtual ~Numbers() = default;
  [[nodiscard]] virtual std::uint32_t symbol(const std::string& text) const = 0;
  [[nodiscard]] virtual std::uint32_t formula(std::uint32_t index) const = 0;
  [[nodiscard]] virtual std::uint32_t node(std::uint32_t id) const = 0;
};

/// Appends the bytes of the code. Null for code without parameters, formulas and conditions.
void encode(const Code& code, const Numbers* numbers, std::vector<std::uint8_t>& out);
/// All that the code means, by names: equal where and only where the code is.
[[nodiscard]] std::string code_key(const Code& code);
/// Is this a constant? (Code that loads nothing has a value at once.)
[[nodiscard]] bool loads_nothing(const Code& code);
[[nodiscard]] bool is_load(Op op);

/// What names mean where an expression stands.
class Scope {
 public:
  virtual ~Scope() = default;
  /// Generates the load of a name; nothing where it was reported.
  virtual std::optional<Typed> name(const Expression& expression, Code& code) = 0;
  /// Of name.member.
  virtual std::optional<Typed> member(const Expression& expression, Code& code) = 0;
  /// What name.member stands for where it is more than a load.
  virtual std::optional<Expression> expand(const Expression&) { return std::nullopt; }
  /// Of days_until(NAME).
  virtual std::optional<Typed> days_until(const Expression& call, Code& code) = 0;
  /// The argument of has().
  virtual bool may_be_absent(const Expression& argument) = 0;
  virtual void error(std::uint32_t at, std::string message) = 0;
  /// How functions that are not there are spoken of: "here", "in where".
  [[nodiscard]] virtual std::string_view place() const = 0;
};

/// Appends the code of an expression; nothing where there are errors, which are reported.
[[nodiscard]] std::optional<Typed> generate(Scope& scope, const Expression& expression, Code& code);

/// The value of code that loads nothing. Borrows from `bytes` and `room`.
[[nodiscard]] Datum constant_value(const Code& code, std::vector<std::uint8_t>& bytes, TextRoom& room);
/// As a constant; nothing for errors and lists.
[[nodiscard]] std::optional<Constant> constant_of(const Datum& value);
[[nodiscard]] Instruction instruction_of(const Constant& constant);

}  // namespace omo::compiler
