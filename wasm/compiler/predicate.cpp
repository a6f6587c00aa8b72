// SPDX-License-Identifier: Apache-2.0
#include "compiler/predicate.h"

#include "compiler/code.h"

namespace omo::compiler {
namespace {

/// The parameters of one event.
class ParamScope : public Scope {
 public:
  ParamScope(Compilation& compilation, const Node& where, const Event& event, Signal& signal)
      : compilation_(compilation), where_(where), event_(event), signal_(signal) {}

  std::optional<Typed> name(const Expression& expression, Code& code) override {
    const Param* param = event_.find(expression.name);
    Instruction instruction;
    if (param == nullptr && expression.name == "now") {
      instruction.op = Op::kNow;
      code.push_back(std::move(instruction));
      return Typed{ValueType::kTimestamp, false, ValueType::kAny, {}};
    }
    if (param == nullptr) {
      std::vector<std::string_view> names;
      for (const Param& candidate : event_.params) names.push_back(candidate.name);
      return fail(expression.at, "event " + in_quotes(event_.name) + " has no parameter " + in_quotes(expression.name) +
                                     did_you_mean(expression.name, names));
    }
    if (param->type == Type::kDate) {
      return fail(expression.at, in_quotes(expression.name) + " is a date: dates cannot be compared in where");
    }
    signal_.per_item = signal_.per_item || param->item;
    instruction.op = Op::kParam;
    instruction.text = expression.name;
    instruction.detail = static_cast<std::uint8_t>(param->type);
    code.push_back(std::move(instruction));
    return Typed{value_type(param->type), false, ValueType::kAny, expression.name};
  }
  std::optional<Typed> member(const Expression& expression, Code&) override {
    return fail(expression.at, "only the event's own parameters can be used in where");
  }
  std::optional<Typed> days_until(const Expression& call, Code&) override {
    return fail(call.at, "days_until() asks for a trait: only the event's own parameters can be used in where");
  }
  bool may_be_absent(const Expression& argument) override { return argument.kind == Expression::Kind::kName; }
  void error(std::uint32_t at, std::string message) override {
    compilation_.error(compilation_.offset_in(where_, at), std::move(message));
  }
  [[nodiscard]] std::string_view place() const override { return "in where"; }

 private:
  std::nullopt_t fail(std::uint32_t at, std::string message) {
    error(at, std::move(message));
    return std::nullopt;
  }

  Compilation& compilation_;
  const Node& where_;
  const Event& event_;
  Signal& signal_;
};

}  // namespace

bool compile_predicate(Compilation& compilation, const Node& where, const Event& event, Signal& signal) {
  Expression expression;
  ParamScope scope(compilation, where, event, signal);
  if (const std::optional<ExpressionError> error = parse_expression(where.text, expression)) {
    scope.error(error->at, error->message);
    return false;
  }
  signal.has_where = true;
  const std::optional<Typed> typed = generate(scope, expression, signal.where);
  if (typed && typed->type != ValueType::kBool) {
    scope.error(expression.at,
                "expected a condition (bool), not a value of type " + std::string(type_name(typed->type)));
    return false;
  }
  return typed.has_value();
}

}  // namespace omo::compiler
