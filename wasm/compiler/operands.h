// SPDX-License-Identifier: Apache-2.0
// What a condition can look at: signals, traits, segments, context values and functions of them.
#pragma once
#include <optional>
#include <string>

#include "compiler/playbook.h"

namespace omo::compiler {

/// One side of a comparison, or a whole condition.
struct Operand {
  enum class Kind : std::uint8_t { kConstant, kSource, kCondition };
  Kind kind = Kind::kConstant;
  ValueType type = ValueType::kBool;
  Constant constant;
  Source source{SourceKind::kSignal, 0};
  bool nullable = false;
  bool atoms = true;   ///< kSource: comparisons with constants are atoms of the network
  bool whole = false;  ///< kSource: only integers occur, so x > 3 may be kept as x >= 4
  std::string name;
  ValueType member_type = ValueType::kString;  ///< kList
  Condition condition{Network::kFalse, Network::kFalse};
  std::uint8_t label = 0;  ///< kCondition
};

/// Resolves names and calls, records what is read, and reports what there is not.
class Operands : public Scope {
 public:
  Operands(Compilation& compilation, const Node& text, Reads& reads)
      : compilation_(compilation), text_(text), reads_(reads) {}

  std::optional<Typed> name(const Expression& expression, Code& code) override;
  std::optional<Typed> member(const Expression& expression, Code& code) override;
  std::optional<Expression> expand(const Expression& expression) override;
  std::optional<Typed> days_until(const Expression& call, Code& code) override;
  bool may_be_absent(const Expression& argument) override;
  void error(std::uint32_t at, std::string message) override;
  [[nodiscard]] std::string_view place() const override { return "here"; }

  std::optional<Operand> named(const Expression& expression);
  std::optional<Operand> context_value(const Expression& expression);
  /// size(NAME) and days_until(NAME) as sources.
  std::optional<Operand> call(const Expression& expression);
  /// Is it a call that call() understands?
  [[nodiscard]] bool is_source_call(const Expression& expression) const;

 private:
  std::nullopt_t fail(std::uint32_t at, std::string message);
  void read_label(std::uint8_t label) { reads_.label = static_cast<std::uint8_t>(reads_.label | label); }
  std::optional<Operand> signal(std::uint32_t index, std::uint32_t at);
  std::optional<Operand> grade(const Expression& expression, std::uint32_t index);
  Typed grade_number(const Operand& grade, Code& code);
  std::optional<Operand> size(const Expression& expression, const Operand& value);
  std::optional<Operand> days_until(const Expression& expression, const Operand& value);

  Compilation& compilation_;
  const Node& text_;
  Reads& reads_;
};

}  // namespace omo::compiler
