// SPDX-License-Identifier: Apache-2.0
#include "compiler/evaluate.h"

#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

#include "compiler/code.h"
#include "compiler/json_writer.h"
#include "compiler/reporter.h"
#include "expression/decimal.h"
#include "expression/moment.h"

namespace omo {
namespace {

using namespace compiler;

struct Bound {
  Instruction instruction;
  Typed typed;
};

/// Names are what is bound to them.
class BoundScope : public Scope {
 public:
  explicit BoundScope(const std::map<std::string, Bound>& bound) : bound_(bound) {}

  std::optional<Typed> name(const Expression& expression, Code& code) override {
    if (const auto found = bound_.find(expression.name); found != bound_.end()) {
      code.push_back(found->second.instruction);
      Typed typed = found->second.typed;
      typed.name = expression.name;
      return typed;
    }
    if (expression.name == "now") {
      Instruction now;
      now.op = Op::kNow;
      code.push_back(std::move(now));
      return Typed{ValueType::kTimestamp, false, ValueType::kAny, {}};
    }
    std::vector<std::string_view> names;
    for (const auto& [name, bound] : bound_) names.push_back(name);
    error(expression.at, "nothing is bound to " + in_quotes(expression.name) + did_you_mean(expression.name, names));
    return std::nullopt;
  }
  /// context.weather is bound by that name.
  std::optional<Typed> member(const Expression& expression, Code& code) override {
    Expression whole = expression;
    whole.name += "." + expression.member;
    return name(whole, code);
  }
  std::optional<Typed> days_until(const Expression& call, Code&) override {
    error(call.at, "days_until() asks for a trait of a playbook");
    return std::nullopt;
  }
  bool may_be_absent(const Expression& argument) override {
    return argument.kind == Expression::Kind::kName || argument.kind == Expression::Kind::kSelect;
  }
  void error(std::uint32_t at, std::string message) override {
    if (!error_) error_ = ExpressionError{at, std::move(message)};
  }
  [[nodiscard]] std::string_view place() const override { return "here"; }
  [[nodiscard]] const std::optional<ExpressionError>& first_error() const { return error_; }

 private:
  const std::map<std::string, Bound>& bound_;
  std::optional<ExpressionError> error_;
};

Evaluated invalid(std::string_view text, const ExpressionError& error) {
  Evaluated result;
  result.text = error.message;
  result.column = 1;
  for (std::size_t i = 0; i < error.at && i < text.size(); ++i) {
    result.column += (static_cast<std::uint8_t>(text[i]) & 0xC0) != 0x80 ? 1u : 0u;
  }
  return result;
}

/// As JSON. Doubles keep a point or an exponent, so that they do not look like ints; those that JSON has not are text.
std::string json_of(const Datum& value, const Host& host) {
  TextRoom room;
  const auto text = [&] { return std::string(room.take().text); };
  const auto quoted = [](const std::string& plain) {
    JsonWriter json;
    json.text(plain);
    return json.result();
  };
  switch (value.kind) {
    case Datum::Kind::kBool:
      return value.integer != 0 ? "true" : "false";
    case Datum::Kind::kInt:
      return std::to_string(value.integer);
    case Datum::Kind::kDouble: {
      put_double(room, value.number);
      const std::string plain = text();
      if (!std::isfinite(value.number)) return quoted(plain);
      return plain.find_first_of(".e") == std::string::npos ? plain + ".0" : plain;
    }
    case Datum::Kind::kString:
      return quoted(std::string(value.text));
    case Datum::Kind::kTimestamp:
    case Datum::Kind::kDuration:
      put_moment(room, value);
      return quoted(text());
    case Datum::Kind::kList: {
      std::string all = "[";
      Elements elements(value, host);
      Datum element;
      while (elements.next(element)) all += (all.size() > 1 ? ", " : "") + json_of(element, host);
      return all + "]";
    }
    default:
      return "null";
  }
}

/// A binding's constant; an error where it is none.
std::optional<ExpressionError> bind(const std::string& text, Bound& bound) {
  if (text == "unknown") {
    bound.instruction.op = Op::kUnknown;
    bound.typed.type = ValueType::kAny;
    return std::nullopt;
  }
  Expression expression;
  if (std::optional<ExpressionError> error = parse_expression(text, expression)) return error;
  const std::map<std::string, Bound> nothing;
  BoundScope scope(nothing);
  Code code;
  const std::optional<Typed> typed = generate(scope, expression, code);
  if (!typed) return scope.first_error();
  bound.typed = *typed;
  // null may be bound to what could have a value of any type.
  if (typed->type == ValueType::kNull) bound.typed.type = ValueType::kAny;
  if (code.size() == 1 && code[0].op == Op::kList) {
    bound.instruction = std::move(code[0]);
    return std::nullopt;
  }
  std::vector<std::uint8_t> bytes;
  TextRoom room;
  const std::optional<Constant> constant = constant_of(constant_value(code, bytes, room));
  if (!constant || !loads_nothing(code)) return ExpressionError{0, "a constant is expected"};
  bound.instruction = instruction_of(*constant);
  return std::nullopt;
}

}  // namespace

Evaluated evaluate_expression(std::string_view text, const std::vector<Binding>& bindings, double now_ms) {
  std::map<std::string, Bound> bound;
  for (const Binding& binding : bindings) {
    if (const std::optional<ExpressionError> error = bind(binding.value, bound[binding.name])) {
      return invalid(binding.value, {error->at, "the value of " + in_quotes(binding.name) + ": " + error->message});
    }
  }
  Expression expression;
  if (const std::optional<ExpressionError> error = parse_expression(text, expression)) return invalid(text, *error);
  BoundScope scope(bound);
  Code code;
  if (!generate(scope, expression, code)) return invalid(text, *scope.first_error());
  std::vector<std::uint8_t> bytes;
  encode(code, nullptr, bytes);
  TextRoom room;
  Host host;
  host.now_ms = now_ms;
  const Datum value = evaluate(bytes, host, room);
  Evaluated result;
  if (value.kind == Datum::Kind::kUnknown) {
    result.kind = Evaluated::Kind::kUnknown;
  } else if (value.kind == Datum::Kind::kError) {
    result.kind = Evaluated::Kind::kError;
    result.text = "an overflow, a division by zero, a value out of range, or one that cannot be converted";
  } else {
    result.kind = Evaluated::Kind::kValue;
    result.text = json_of(value, host);
  }
  return result;
}

}  // namespace omo
