// SPDX-License-Identifier: Apache-2.0
#include "compiler/predicate.h"

#include <algorithm>
#include <optional>

#include "compiler/typing.h"

namespace omo::compiler {
namespace {

/// Elements of one kIn: longer lists become an || of parts, so that any list fits the stack.
constexpr std::size_t kInPart = 16;

class PredicateCompiler {
 public:
  PredicateCompiler(Compilation& compilation, const Node& where, const Event& event, Signal& signal)
      : compilation_(compilation), where_(where), event_(event), signal_(signal) {}

  bool run(const Expression& expression) {
    condition(expression);
    if (failed_) return false;
    if (largest_ <= kPredicateStack) return true;
    return fail(expression.at,
                "this condition is too deep for the engine's stack of " + std::to_string(kPredicateStack));
  }

 private:
  bool fail(std::uint32_t at, std::string message) {
    failed_ = true;
    compilation_.error(compilation_.offset_in(where_, at), std::move(message));
    return false;
  }

  void push(Instruction instruction) {
    signal_.where.push_back(std::move(instruction));
    largest_ = std::max(largest_, ++height_);
  }
  /// An operator that takes `operands` values and gives one.
  void combine(Op op, std::size_t operands, std::uint8_t count = 0) {
    signal_.where.push_back({op, 0, {}, count});
    height_ -= operands - 1;
  }

  void condition(const Expression& expression) {
    const std::optional<ValueType> type = value(expression);
    if (type && *type != ValueType::kBool) {
      fail(expression.at, "expected a condition (bool), not a value of type " + std::string(type_name(*type)));
    }
  }

  std::optional<ValueType> value(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::kConstant:
        return constant(expression);
      case Expression::Kind::kName:
        return param(expression);
      case Expression::Kind::kCall:
        return call(expression);
      case Expression::Kind::kNot:
        condition(expression.children[0]);
        combine(Op::kNot, 1);
        return ValueType::kBool;
      case Expression::Kind::kAnd:
      case Expression::Kind::kOr:
        for (std::size_t i = 0; i < expression.children.size(); ++i) {
          condition(expression.children[i]);
          if (i > 0 && !failed_) combine(expression.kind == Expression::Kind::kAnd ? Op::kAnd : Op::kOr, 2);
        }
        return ValueType::kBool;
      case Expression::Kind::kCompare:
        return comparison(expression);
      case Expression::Kind::kIn:
        return membership(expression);
      case Expression::Kind::kSelect:
        fail(expression.at, "only the event's own parameters can be used in where");
        return std::nullopt;
      case Expression::Kind::kList:
        fail(expression.at, "a list has its place after 'in' only");
        return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<ValueType> constant(const Expression& expression) {
    const Constant& constant = expression.constant;
    if (constant.type == ValueType::kNull) {
      fail(expression.at, "parameters are never null: write has(NAME) to ask whether one is there");
      return std::nullopt;
    }
    if (!is_exact(constant)) {
      fail(expression.at, std::string(kInexactMessage));
      return std::nullopt;
    }
    if (constant.type == ValueType::kString) {
      push({Op::kString, 0, constant.text, 0});
    } else if (constant.type == ValueType::kBool) {
      push({constant.boolean ? Op::kTrue : Op::kFalse, 0, {}, 0});
    } else {
      push({Op::kNumber, constant.number, {}, 0});
    }
    return constant.type;
  }

  const Param* find_param(const Expression& expression) {
    const Param* param = event_.find(expression.name);
    if (param == nullptr) {
      std::vector<std::string_view> names;
      for (const Param& candidate : event_.params) names.push_back(candidate.name);
      fail(expression.at, "event " + in_quotes(event_.name) + " has no parameter " + in_quotes(expression.name) +
                              did_you_mean(expression.name, names));
      return nullptr;
    }
    signal_.per_item = signal_.per_item || param->item;
    return param;
  }

  std::optional<ValueType> param(const Expression& expression) {
    const Param* param = find_param(expression);
    if (param == nullptr) return std::nullopt;
    if (param->type == Type::kDate) {
      fail(expression.at, in_quotes(expression.name) + " is a date: dates cannot be compared in where");
      return std::nullopt;
    }
    push({Op::kParam, 0, expression.name, 0});
    return value_type(param->type);
  }

  std::optional<ValueType> call(const Expression& expression) {
    if (expression.name != "has") {
      fail(expression.at, "the function " + in_quotes(expression.name) + " is not supported in where" +
                              did_you_mean(expression.name, {"has"}));
      return std::nullopt;
    }
    if (expression.children.size() != 1 || expression.children[0].kind != Expression::Kind::kName) {
      fail(expression.at, "has() takes one parameter's name");
      return std::nullopt;
    }
    if (find_param(expression.children[0]) == nullptr) return std::nullopt;
    push({Op::kHas, 0, expression.children[0].name, 0});
    return ValueType::kBool;
  }

  std::optional<ValueType> comparison(const Expression& expression) {
    const Expression& left = expression.children[0];
    const Expression& right = expression.children[1];
    const std::optional<ValueType> left_type = value(left);
    const std::optional<ValueType> right_type = value(right);
    if (!left_type || !right_type) return std::nullopt;
    if (left.kind == Expression::Kind::kName && right.kind == Expression::Kind::kConstant) {
      check(expression, left.name, *left_type, expression.comparison, right.constant);
    } else if (left.kind == Expression::Kind::kConstant && right.kind == Expression::Kind::kName) {
      check(expression, right.name, *right_type, mirrored(expression.comparison), left.constant);
    } else if (*left_type != *right_type) {
      fail(expression.operator_at, "values of type " + std::string(type_name(*left_type)) + " and " +
                                       std::string(type_name(*right_type)) + " cannot be compared");
    } else if (expression.comparison > Comparison::kNotEqual &&
               (*left_type == ValueType::kString || *left_type == ValueType::kBool)) {
      fail(expression.operator_at,
           "values of type " + std::string(type_name(*left_type)) + " compare with == and != only here");
    }
    static constexpr Op kOps[] = {Op::kEqual,     Op::kNotEqual, Op::kLess,
                                  Op::kLessEqual, Op::kGreater,  Op::kGreaterEqual};
    combine(kOps[static_cast<std::size_t>(expression.comparison)], 2);
    return ValueType::kBool;
  }

  void check(const Expression& expression, std::string_view name, ValueType type, Comparison comparison,
             const Constant& constant) {
    std::string problem = mismatch(name, type, false, comparison, constant);
    if (!problem.empty()) fail(expression.operator_at, std::move(problem));
  }

  std::optional<ValueType> membership(const Expression& expression) {
    const Expression& element = expression.children[0];
    const Expression& list = expression.children[1];
    if (list.kind != Expression::Kind::kList || list.children.empty()) {
      fail(list.at, "after 'in' a list with at least one element is expected");
      return std::nullopt;
    }
    if (element.kind != Expression::Kind::kName) {
      fail(element.at, "before 'in' a parameter is expected");
      return std::nullopt;
    }
    const std::size_t parts = (list.children.size() + kInPart - 1) / kInPart;
    for (std::size_t part = 0; part < parts; ++part) {
      const std::optional<ValueType> type = param(element);
      if (!type) return std::nullopt;
      const std::size_t end = std::min(list.children.size(), (part + 1) * kInPart);
      for (std::size_t i = part * kInPart; i < end; ++i) list_element(list.children[i], element.name, *type);
      if (failed_) return std::nullopt;
      const std::size_t count = end - part * kInPart;
      combine(Op::kIn, count + 1, static_cast<std::uint8_t>(count));
      if (part > 0) combine(Op::kOr, 2);
    }
    return ValueType::kBool;
  }

  void list_element(const Expression& item, std::string_view name, ValueType type) {
    if (item.kind != Expression::Kind::kConstant) {
      fail(item.at, "only constants can be elements of a list here");
      return;
    }
    const std::string problem = mismatch(name, type, false, Comparison::kEqual, item.constant);
    if (!problem.empty()) {
      fail(item.at, problem);
      return;
    }
    constant(item);
  }

  Compilation& compilation_;
  const Node& where_;
  const Event& event_;
  Signal& signal_;
  bool failed_ = false;
  std::size_t height_ = 0;
  std::size_t largest_ = 0;
};

}  // namespace

bool compile_predicate(Compilation& compilation, const Node& where, const Event& event, Signal& signal) {
  Expression expression;
  if (const std::optional<ExpressionError> error = parse_expression(where.text, expression)) {
    compilation.error(compilation.offset_in(where, error->at), error->message);
    return false;
  }
  signal.has_where = true;
  return PredicateCompiler(compilation, where, event, signal).run(expression);
}

}  // namespace omo::compiler
