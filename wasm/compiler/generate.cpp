// SPDX-License-Identifier: Apache-2.0
// CEL's functions and operators by the types that they take.
#include <algorithm>

#include "compiler/code.h"
#include "compiler/reporter.h"
#include "compiler/typing.h"
#include "expression/moment.h"

namespace omo::compiler {
namespace {

/// A function of one operand, or a method.
struct Function {
  std::string_view name;
  bool method;
  std::uint32_t takes;  ///< bits by ValueType
  ValueType gives;
  Op op;
};
constexpr std::uint32_t kText = bit(ValueType::kString);
constexpr Function kFunctions[] = {
    {"size", false, kText | bit(ValueType::kList), ValueType::kInt, Op::kSize},
    {"size", true, kText | bit(ValueType::kList), ValueType::kInt, Op::kSize},
    {"int", false, kText | kNumbers | bit(ValueType::kTimestamp), ValueType::kInt, Op::kToInt},
    {"double", false, kText | kNumbers, ValueType::kDouble, Op::kToDouble},
    {"string", false, kText | kNumbers | kMoments | bit(ValueType::kBool), ValueType::kString, Op::kToString},
    {"timestamp", false, kText | bit(ValueType::kInt) | bit(ValueType::kTimestamp) | bit(ValueType::kDate),
     ValueType::kTimestamp, Op::kToTimestamp},
    {"duration", false, kText | bit(ValueType::kDuration), ValueType::kDuration, Op::kToDuration},
    {"startsWith", true, kText, ValueType::kBool, Op::kStartsWith},
    {"endsWith", true, kText, ValueType::kBool, Op::kEndsWith},
    {"contains", true, kText, ValueType::kBool, Op::kContains},
};
/// In the order of Part.
constexpr std::string_view kParts[] = {"getFullYear",  "getMonth", "getDate",    "getDayOfMonth", "getDayOfWeek",
                                       "getDayOfYear", "getHours", "getMinutes", "getSeconds",    "getMilliseconds"};

std::string named(ValueType type) { return std::string(type_name(type)); }

class Generator {
 public:
  Generator(Scope& scope, Code& code) : scope_(scope), code_(code) {}

  std::optional<Typed> value(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::kConstant:
        push(instruction_of(expression.constant));
        return Typed{expression.constant.type, expression.constant.type == ValueType::kNull, ValueType::kAny, {}};
      case Expression::Kind::kName:
        return loaded(scope_.name(expression, code_));
      case Expression::Kind::kSelect:
        if (const std::optional<Expression> expanded = scope_.expand(expression)) return value(*expanded);
        return loaded(scope_.member(expression, code_));
      case Expression::Kind::kCall:
        return call(expression);
      case Expression::Kind::kNot:
        if (!condition(expression.children[0])) return std::nullopt;
        return apply(Op::kNot, 1, {ValueType::kBool, false, ValueType::kAny, {}});
      case Expression::Kind::kNegate:
        return negate(expression);
      case Expression::Kind::kAnd:
      case Expression::Kind::kOr:
        return connective(expression);
      case Expression::Kind::kCompare:
        return comparison(expression);
      case Expression::Kind::kIn:
        return membership(expression);
      case Expression::Kind::kArithmetic:
        return arithmetic(expression);
      case Expression::Kind::kChoose:
        return choice(expression);
      case Expression::Kind::kList:
        return list(expression);
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t largest() const { return largest_; }

 private:
  std::nullopt_t fail(std::uint32_t at, std::string message) {
    scope_.error(at, std::move(message));
    return std::nullopt;
  }

  void push(Instruction instruction) {
    code_.push_back(std::move(instruction));
    largest_ = std::max(largest_, ++height_);
  }
  std::optional<Typed> loaded(std::optional<Typed> typed) {
    // Some loads are a value and an operation.
    largest_ = std::max(largest_, ++height_);
    return typed;
  }
  Typed apply(Op op, std::size_t operands, Typed result, std::uint8_t detail = 0) {
    Instruction instruction;
    instruction.op = op;
    instruction.detail = detail;
    code_.push_back(std::move(instruction));
    height_ -= operands - 1;
    return result;
  }
  static Typed plain(ValueType type) { return {type, false, ValueType::kAny, {}}; }

  bool condition(const Expression& expression) {
    const std::optional<Typed> typed = value(expression);
    if (!typed) return false;
    if (typed->type == ValueType::kBool || typed->type == ValueType::kAny) return true;
    fail(expression.at, "expected a condition (bool), not a value of type " + named(typed->type));
    return false;
  }

  std::optional<Typed> connective(const Expression& expression) {
    bool valid = true;
    for (std::size_t i = 0; i < expression.children.size(); ++i) {
      valid = condition(expression.children[i]) && valid;
      if (i > 0 && valid) apply(expression.kind == Expression::Kind::kAnd ? Op::kAnd : Op::kOr, 2, {});
    }
    if (!valid) return std::nullopt;
    return plain(ValueType::kBool);
  }

  std::optional<Typed> negate(const Expression& expression) {
    const std::optional<Typed> operand = value(expression.children[0]);
    if (!operand) return std::nullopt;
    if ((bit(operand->type) & (kNumbers | bit(ValueType::kAny))) == 0) {
      return fail(expression.at, "'-' has no meaning before a value of type " + named(operand->type));
    }
    return apply(Op::kNegate, 1, plain(operand->type));
  }

  std::optional<Typed> arithmetic(const Expression& expression) {
    static constexpr std::string_view kSigns = "+-*/%";
    static constexpr Op kOps[] = {Op::kAdd, Op::kSubtract, Op::kMultiply, Op::kDivide, Op::kModulo};
    const std::optional<Typed> left = value(expression.children[0]);
    const std::optional<Typed> right = value(expression.children[1]);
    if (!left || !right) return std::nullopt;
    const std::optional<ValueType> type = arithmetic_type(expression.arithmetic, left->type, right->type);
    if (!type) {
      return fail(expression.operator_at, std::string("'") + expression.arithmetic +
                                              "' has no meaning between values of type " + named(left->type) + " and " +
                                              named(right->type) + mix_hint(left->type, right->type));
    }
    return apply(kOps[kSigns.find(expression.arithmetic)], 2, plain(*type));
  }

  std::optional<Typed> choice(const Expression& expression) {
    const bool valid = condition(expression.children[0]);
    const std::optional<Typed> then = value(expression.children[1]);
    const std::optional<Typed> otherwise = value(expression.children[2]);
    if (!valid || !then || !otherwise) return std::nullopt;
    const bool same = then->type == otherwise->type;
    const bool loose = then->type == ValueType::kNull || otherwise->type == ValueType::kNull ||
                       then->type == ValueType::kAny || otherwise->type == ValueType::kAny;
    if (!same && !loose) {
      return fail(expression.operator_at, "both branches of ?: must have one type, not " + named(then->type) + " and " +
                                              named(otherwise->type) + mix_hint(then->type, otherwise->type));
    }
    Typed result = then->type == ValueType::kNull || then->type == ValueType::kAny ? *otherwise : *then;
    result.nullable = then->nullable || otherwise->nullable;
    result.name.clear();
    return apply(Op::kChoose, 3, std::move(result));
  }

  std::optional<Typed> comparison(const Expression& expression) {
    static constexpr Op kOps[] = {Op::kEqual, Op::kEqual, Op::kLess, Op::kLessEqual, Op::kGreater, Op::kGreaterEqual};
    const Expression& left = expression.children[0];
    const Expression& right = expression.children[1];
    const std::optional<Typed> left_type = value(left);
    const std::optional<Typed> right_type = value(right);
    if (!left_type || !right_type) return std::nullopt;
    std::string message;
    if (!left_type->name.empty() && right.kind == Expression::Kind::kConstant && left_type->type != ValueType::kAny) {
      message = mismatch(left_type->name, left_type->type, left_type->nullable, expression.comparison, right.constant);
    } else if (!right_type->name.empty() && left.kind == Expression::Kind::kConstant &&
               right_type->type != ValueType::kAny) {
      message = mismatch(right_type->name, right_type->type, right_type->nullable, mirrored(expression.comparison),
                         left.constant);
    } else {
      message = comparison_problem(*left_type, expression.comparison, *right_type);
    }
    if (!message.empty()) return fail(expression.operator_at, std::move(message));
    apply(kOps[static_cast<std::size_t>(expression.comparison)], 2, {});
    if (expression.comparison == Comparison::kNotEqual) apply(Op::kNot, 1, {});
    return plain(ValueType::kBool);
  }

  std::optional<Typed> membership(const Expression& expression) {
    const Expression& container = expression.children[1];
    const std::optional<Typed> element = value(expression.children[0]);
    const std::optional<Typed> list = value(container);
    if (!element || !list) return std::nullopt;
    if (list->type != ValueType::kList && list->type != ValueType::kAny) {
      return fail(container.at, "after 'in' a list or a recent signal is expected");
    }
    const Typed member{list->member, true, ValueType::kAny, {}};
    if (container.kind == Expression::Kind::kList && !element->name.empty() && element->type != ValueType::kAny) {
      for (const Expression& item : container.children) {
        if (item.kind != Expression::Kind::kConstant) continue;
        const std::string message =
            mismatch(element->name, element->type, element->nullable, Comparison::kEqual, item.constant);
        if (!message.empty()) return fail(item.at, message);
      }
    } else if (const std::string message = comparison_problem(*element, Comparison::kEqual, member); !message.empty()) {
      return fail(expression.operator_at, message);
    }
    return apply(Op::kIn, 2, plain(ValueType::kBool));
  }

  std::optional<Typed> list(const Expression& expression) {
    Instruction instruction;
    instruction.op = Op::kList;
    Typed result = plain(ValueType::kList);
    constexpr std::size_t kMost = 65535;
    if (expression.children.size() > kMost) {
      return fail(expression.at, "a list has at most " + std::to_string(kMost) + " elements here");
    }
    for (const Expression& item : expression.children) {
      Code code;
      const std::optional<Typed> typed = item.kind == Expression::Kind::kList
                                             ? fail(item.at, "lists of lists are not supported here")
                                             : Generator(scope_, code).value(item);
      if (!typed) return std::nullopt;
      std::vector<std::uint8_t> bytes;
      TextRoom room;
      const std::optional<Constant> constant =
          loads_nothing(code) ? constant_of(constant_value(code, bytes, room)) : std::nullopt;
      if (!constant) return fail(item.at, "only constants can be elements of a list here");
      if (!instruction.elements.empty() && typed->type != result.member) {
        return fail(item.at, "the elements of a list must have one type here, not " + named(result.member) + " and " +
                                 named(typed->type));
      }
      result.member = typed->type;
      instruction.elements.push_back(instruction_of(*constant));
    }
    push(std::move(instruction));
    return result;
  }

  // Functions.

  std::optional<Typed> call(const Expression& expression) {
    if (!expression.method && expression.name == "has") return has(expression);
    if (!expression.method && expression.name == "days_until") return loaded(scope_.days_until(expression, code_));
    const auto* part = std::find(std::begin(kParts), std::end(kParts), expression.name);
    if (expression.method && part != std::end(kParts)) return part_of(expression, static_cast<Part>(part - kParts));
    for (const Function& function : kFunctions) {
      if (function.name == expression.name && function.method == expression.method) return call(expression, function);
    }
    return unknown_function(expression);
  }

  std::nullopt_t unknown_function(const Expression& expression) {
    std::vector<std::string_view> names;
    bool other_form = expression.method && (expression.name == "has" || expression.name == "days_until");
    for (const Function& function : kFunctions) {
      if (function.method == expression.method) names.push_back(function.name);
      other_form = other_form || function.name == expression.name;
    }
    for (const std::string_view name : kParts) {
      if (expression.method) names.push_back(name);
      other_form = other_form || name == expression.name;
    }
    if (!expression.method) names.insert(names.end(), {"has", "days_until"});
    const std::string quoted = in_quotes(expression.name);
    if (other_form) {
      return fail(expression.operator_at, expression.method
                                              ? quoted + " is a function: write " + expression.name + "(...)"
                                              : quoted + " is a method: write VALUE." + expression.name + "(...)");
    }
    return fail(expression.operator_at, std::string(expression.method ? "the method " : "the function ") + quoted +
                                            " is not supported " + std::string(scope_.place()) +
                                            did_you_mean(expression.name, names));
  }

  std::optional<Typed> call(const Expression& expression, const Function& function) {
    const std::size_t operands = function.op >= Op::kEqual ? 2 : 1;
    const std::string name(function.name);
    if (expression.children.size() != operands) {
      return fail(expression.operator_at,
                  name + "() takes one " + (function.method && operands == 1 ? "value only" : "argument"));
    }
    if (const auto constant = folded(expression, function)) return *constant;
    std::optional<Typed> first;
    for (const Expression& child : expression.children) {
      std::optional<Typed> typed = value(child);
      if (!typed) return std::nullopt;
      if ((bit(typed->type) & (function.takes | bit(ValueType::kAny))) == 0) {
        return fail(child.at, name + "() takes no value of type " + named(typed->type));
      }
      if (!first) first = std::move(typed);
    }
    return apply(first->type == ValueType::kDate ? Op::kDayToTimestamp : function.op, operands, plain(function.gives));
  }

  /// timestamp('...') and duration('...') are constants, and wrong ones an error at once.
  std::optional<std::optional<Typed>> folded(const Expression& expression, const Function& function) {
    const Expression& argument = expression.children[0];
    const bool is_time = function.op == Op::kToTimestamp;
    if ((!is_time && function.op != Op::kToDuration) || argument.kind != Expression::Kind::kConstant ||
        argument.constant.type != ValueType::kString) {
      return std::nullopt;
    }
    const Datum value = is_time ? parse_timestamp(argument.constant.text) : parse_duration(argument.constant.text);
    const std::optional<Constant> constant = constant_of(value);
    if (!constant) {
      fail(argument.at, is_time
                            ? "this is no time: write one such as '2026-11-22T09:00:00+09:00'"
                            : "this is no duration: write hours, minutes and seconds such as '720h', '1h30m' or '10s'");
      return std::optional<Typed>();
    }
    push(instruction_of(*constant));
    return std::optional<Typed>(plain(function.gives));
  }

  std::optional<Typed> part_of(const Expression& expression, Part part) {
    if (expression.children.size() > 2)
      return fail(expression.operator_at, expression.name + "() takes a time zone only");
    const std::optional<Typed> of = value(expression.children[0]);
    if (!of) return std::nullopt;
    const bool of_duration = part >= Part::kHours && expression.children.size() == 1;
    const std::uint32_t takes = of_duration ? kMoments : bit(ValueType::kTimestamp);
    if ((bit(of->type) & (takes | bit(ValueType::kAny))) == 0) {
      return fail(expression.operator_at, expression.name + "() is not there for a value of type " + named(of->type));
    }
    if (expression.children.size() == 1)
      return apply(Op::kPart, 1, plain(ValueType::kInt), static_cast<std::uint8_t>(part));
    const Expression& zone = expression.children[1];
    const std::optional<Typed> zone_type = value(zone);
    if (!zone_type) return std::nullopt;
    std::int64_t seconds = 0;
    if ((zone_type->type != ValueType::kString && zone_type->type != ValueType::kAny) ||
        (zone.kind == Expression::Kind::kConstant && !parse_zone(zone.constant.text, seconds))) {
      return fail(zone.at, "a time zone is 'UTC' or an offset such as '+09:00' here: zones by name are not supported");
    }
    return apply(Op::kPartIn, 2, plain(ValueType::kInt), static_cast<std::uint8_t>(part));
  }

  std::optional<Typed> has(const Expression& expression) {
    if (expression.children.size() != 1 || !scope_.may_be_absent(expression.children[0])) {
      return fail(expression.at, std::string(scope_.place()) == "in where" ? "has() takes one parameter's name"
                                                                           : "has() takes context.NAME");
    }
    if (!value(expression.children[0])) return std::nullopt;
    return apply(Op::kPresent, 1, plain(ValueType::kBool));
  }

  Scope& scope_;
  Code& code_;
  std::size_t height_ = 0;
  std::size_t largest_ = 0;
};

}  // namespace

std::optional<Typed> generate(Scope& scope, const Expression& expression, Code& code) {
  Generator generator(scope, code);
  std::optional<Typed> typed = generator.value(expression);
  if (typed && generator.largest() > kExpressionStack) {
    scope.error(expression.at,
                "this expression is too deep for the engine's stack of " + std::to_string(kExpressionStack));
    return std::nullopt;
  }
  return typed;
}

}  // namespace omo::compiler
