// SPDX-License-Identifier: Apache-2.0
#include "compiler/predicate.h"

#include <algorithm>
#include <iterator>

#include "compiler/code.h"
#include "wire/vocabulary_tables.h"

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
    params_.emplace_back(expression.at, expression.name);
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

  /// Once all is read: a parameter of an item may be named last.
  void check_items() {
    if (signal_.per_item) return;
    for (const auto& [at, name] : params_) {
      warn_beside_items(compilation_, compilation_.offset_in(where_, at), event_, name);
    }
  }

 private:
  std::nullopt_t fail(std::uint32_t at, std::string message) {
    error(at, std::move(message));
    return std::nullopt;
  }

  Compilation& compilation_;
  const Node& where_;
  const Event& event_;
  Signal& signal_;
  std::vector<std::pair<std::uint32_t, std::string>> params_;  ///< where each is named
};

/// GA4's parameters of an item, and of nothing else, that are not built in here.
constexpr std::string_view kOnlyInItems[] = {"item_name",      "item_category2", "item_category3", "item_category4",
                                             "item_category5", "discount",       "index"};

}  // namespace

void warn_beside_items(Compilation& compilation, std::uint32_t offset, const Event& event, std::string_view name) {
  if (!event.has_items || std::find(std::begin(kOnlyInItems), std::end(kOnlyInItems), name) == std::end(kOnlyInItems)) {
    return;
  }
  std::string names;
  for (const BuiltinParam& param : kItemParams) names += (names.empty() ? "" : ", ") + std::string(param.name);
  compilation.reporter.warning(
      offset, in_quotes(name) + " is read beside the items of event " + in_quotes(event.name) +
                  ", and GA4 states it in them: there is none where a page sends it so. Send it beside \"items\" too, "
                  "or ask for one that is read from items: " +
                  names);
}

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
  scope.check_items();
  return typed.has_value();
}

}  // namespace omo::compiler
