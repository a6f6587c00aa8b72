// SPDX-License-Identifier: Apache-2.0
#include "compiler/conditions.h"

#include <algorithm>

#include "compiler/operands.h"
#include "compiler/typing.h"

namespace omo::compiler {
namespace {

class Lowering {
 public:
  Lowering(Compilation& compilation, const Node& text, Reads& reads)
      : compilation_(compilation), text_(text), operands_(compilation, text, reads) {}

  std::optional<Condition> condition(const Expression& expression) {
    switch (expression.kind) {
      case Expression::Kind::kNot: {
        const std::optional<Condition> operand = condition(expression.children[0]);
        if (!operand) return std::nullopt;
        return Condition{operand->negative, operand->positive};
      }
      case Expression::Kind::kAnd:
      case Expression::Kind::kOr:
        return connective(expression);
      case Expression::Kind::kCompare:
        return comparison(expression);
      case Expression::Kind::kIn:
        return membership(expression);
      default:
        return alone(expression);
    }
  }

 private:
  std::nullopt_t fail(std::uint32_t at, std::string message) {
    compilation_.error(compilation_.offset_in(text_, at), std::move(message));
    return std::nullopt;
  }
  Network& network() { return compilation_.network; }

  std::optional<Condition> connective(const Expression& expression) {
    std::vector<Network::Id> positive, negative;
    bool valid = true;
    for (const Expression& child : expression.children) {
      const std::optional<Condition> part = condition(child);
      valid = valid && part.has_value();
      if (!part) continue;
      positive.push_back(part->positive);
      negative.push_back(part->negative);
    }
    if (!valid) return std::nullopt;
    if (expression.kind == Expression::Kind::kAnd) {
      return Condition{network().all(std::move(positive)), network().any(std::move(negative))};
    }
    return Condition{network().any(std::move(positive)), network().all(std::move(negative))};
  }

  /// A value of type bool that stands for itself.
  std::optional<Condition> alone(const Expression& expression) {
    const std::optional<Operand> value = operand(expression);
    if (!value) return std::nullopt;
    if (value->kind == Operand::Kind::kCondition) return value->condition;
    if (value->type != ValueType::kBool) {
      return fail(expression.at, "expected a condition (bool), not a value of type " +
                                     std::string(type_name(value->type)) +
                                     (value->kind == Operand::Kind::kSource ? ": compare it with something" : ""));
    }
    if (value->kind == Operand::Kind::kConstant) return folded(value->constant.boolean);
    return at_least(value->source, 1);
  }

  static Condition folded(bool on) {
    return {on ? Network::kTrue : Network::kFalse, on ? Network::kFalse : Network::kTrue};
  }
  Condition at_least(const Source& source, double value) {
    return {network().threshold(source, value, false, false), network().threshold(source, value, false, true)};
  }
  Condition above(const Operand& operand, double value) {
    if (operand.whole) return at_least(operand.source, value + 1);
    return {network().threshold(operand.source, value, true, false),
            network().threshold(operand.source, value, true, true)};
  }

  // Operands.

  std::optional<Operand> operand(const Expression& expression) {
    Operand result;
    switch (expression.kind) {
      case Expression::Kind::kConstant:
        result.type = expression.constant.type;
        result.constant = expression.constant;
        return result;
      case Expression::Kind::kName:
        return operands_.named(expression);
      case Expression::Kind::kSelect:
        return operands_.context_value(expression);
      case Expression::Kind::kCall:
        return operands_.call(expression);
      case Expression::Kind::kList:
        return fail(expression.at, "a list has its place after 'in' only");
      default: {
        const std::optional<Condition> inner = condition(expression);
        if (!inner) return std::nullopt;
        result.kind = Operand::Kind::kCondition;
        result.condition = *inner;
        return result;
      }
    }
  }

  // Comparisons.

  std::optional<Condition> comparison(const Expression& expression) {
    const std::optional<Operand> left = operand(expression.children[0]);
    const std::optional<Operand> right = operand(expression.children[1]);
    if (!left || !right) return std::nullopt;
    if (left->kind == Operand::Kind::kConstant && right->kind == Operand::Kind::kConstant) {
      return compare_two_constants(expression.operator_at, left->constant, expression.comparison, right->constant);
    }
    if (left->kind == Operand::Kind::kConstant)
      return compare(expression.operator_at, *right, mirrored(expression.comparison), left->constant);
    if (right->kind == Operand::Kind::kConstant)
      return compare(expression.operator_at, *left, expression.comparison, right->constant);
    return fail(expression.operator_at, "one side must be a constant: comparing two values is not supported here");
  }

  std::optional<Condition> compare_two_constants(std::uint32_t at, const Constant& left, Comparison comparison,
                                                 const Constant& right) {
    if (left.type != right.type) {
      return fail(at, "values of type " + std::string(type_name(left.type)) + " and " +
                          std::string(type_name(right.type)) + " cannot be compared");
    }
    if (left.type == ValueType::kNull && comparison > Comparison::kNotEqual) {
      return fail(at, "null compares with == and != only");
    }
    return folded(compare_constants(left, comparison, right));
  }

  std::optional<Condition> compare(std::uint32_t at, const Operand& value, Comparison comparison,
                                   const Constant& constant) {
    if (value.kind == Operand::Kind::kCondition) return compare_condition(at, value, comparison, constant);
    const std::string problem = problem_with(value, comparison, constant);
    if (!problem.empty()) return fail(at, problem);
    switch (comparison) {
      case Comparison::kEqual:
        return equal(value, constant);
      case Comparison::kNotEqual: {
        const Condition same = equal(value, constant);
        return Condition{same.negative, same.positive};
      }
      case Comparison::kGreaterEqual:
        return at_least(value.source, constant.number);
      case Comparison::kGreater:
        return above(value, constant.number);
      case Comparison::kLess: {
        const Condition other = at_least(value.source, constant.number);
        return Condition{other.negative, other.positive};
      }
      case Comparison::kLessEqual: {
        const Condition other = above(value, constant.number);
        return Condition{other.negative, other.positive};
      }
    }
    return std::nullopt;
  }

  std::string problem_with(const Operand& value, Comparison comparison, const Constant& constant) {
    if (constant.type == ValueType::kString && constant.text.size() > kMaxStringBytes) {
      return "this string can never match: the limit max_string_bytes is " + std::to_string(kMaxStringBytes);
    }
    return mismatch(value.name, value.type, value.nullable, comparison, constant);
  }

  std::optional<Condition> compare_condition(std::uint32_t at, const Operand& value, Comparison comparison,
                                             const Constant& constant) {
    if (constant.type != ValueType::kBool || comparison > Comparison::kNotEqual) {
      return fail(at, "a condition (bool) compares with == and != and true and false only");
    }
    const bool same = constant.boolean == (comparison == Comparison::kEqual);
    return same ? value.condition : Condition{value.condition.negative, value.condition.positive};
  }

  /// CEL's ==: values of different types are not equal, so null == 'x' is false, and its negation true.
  Condition equal(const Operand& value, const Constant& constant) {
    if (constant.type == ValueType::kNull) return {network().null(value.source), network().present(value.source)};
    Condition same{};
    if (value.type == ValueType::kString) {
      return one_of(value, {constant.text});
    } else if (value.type == ValueType::kBool) {
      same = at_least(value.source, 1);
      if (!constant.boolean) std::swap(same.positive, same.negative);
    } else {
      const Condition low = at_least(value.source, constant.number);
      const Condition high = above(value, constant.number);
      same = {network().all({low.positive, high.negative}), network().any({low.negative, high.positive})};
    }
    if (value.nullable) same.negative = network().any({same.negative, network().null(value.source)});
    return same;
  }

  /// == of a string with any of these.
  Condition one_of(const Operand& value, const std::vector<std::string>& texts) {
    Condition same{network().match(value.source, texts, false), network().match(value.source, texts, true)};
    if (value.nullable) same.negative = network().any({same.negative, network().null(value.source)});
    return same;
  }

  // `in`.

  std::optional<Condition> membership(const Expression& expression) {
    const Expression& container = expression.children[1];
    const std::optional<Operand> element = operand(expression.children[0]);
    if (container.kind == Expression::Kind::kList) {
      return element ? in_list(expression, *element, container) : std::nullopt;
    }
    const std::optional<Operand> list = operand(container);
    if (!element || !list) return std::nullopt;
    if (list->kind != Operand::Kind::kSource || list->type != ValueType::kList) {
      return fail(container.at, "after 'in' a list or a recent signal is expected");
    }
    if (element->kind != Operand::Kind::kConstant) {
      return fail(expression.children[0].at, "before 'in' and a recent signal a constant is expected");
    }
    if (list->member_type != ValueType::kString) {
      return fail(container.at, "'in' is supported here for recent signals of strings only");
    }
    Operand member = *list;
    member.type = ValueType::kString;
    const std::string problem = problem_with(member, Comparison::kEqual, element->constant);
    if (!problem.empty()) return fail(expression.operator_at, problem);
    const Source members{SourceKind::kMember, list->source.ref};
    const std::string& text = element->constant.text;
    return Condition{network().match(members, {text}, false), network().match(members, {text}, true)};
  }

  std::optional<Condition> in_list(const Expression& expression, const Operand& element, const Expression& list) {
    if (list.children.empty()) return fail(list.at, "the list after 'in' is empty");
    if (element.kind == Operand::Kind::kCondition)
      return fail(expression.operator_at, "a condition cannot be looked for in a list here");
    std::vector<Network::Id> positive, negative;
    std::vector<std::string> texts;
    bool valid = true;
    for (const Expression& item : list.children) {
      if (item.kind != Expression::Kind::kConstant && item.kind != Expression::Kind::kCall) {
        fail(item.at, "only constants can be elements of a list here");
        valid = false;
        continue;
      }
      std::optional<Operand> constant = operand(item);
      if (constant && constant->kind != Operand::Kind::kConstant) {
        fail(item.at, "only constants can be elements of a list here");
        constant.reset();
      }
      std::optional<Condition> same;
      if (constant) {
        same = element.kind == Operand::Kind::kConstant
                   ? compare_two_constants(item.at, element.constant, Comparison::kEqual, constant->constant)
                   : compare(item.at, element, Comparison::kEqual, constant->constant);
      }
      valid = valid && same.has_value();
      if (!same) continue;
      if (element.kind == Operand::Kind::kSource && constant->constant.type == ValueType::kString) {
        texts.push_back(constant->constant.text);
        continue;
      }
      positive.push_back(same->positive);
      negative.push_back(same->negative);
    }
    if (!valid) return std::nullopt;
    if (!texts.empty()) {
      const Condition same = one_of(element, texts);
      positive.push_back(same.positive);
      negative.push_back(same.negative);
    }
    return Condition{network().any(std::move(positive)), network().all(std::move(negative))};
  }

  Compilation& compilation_;
  const Node& text_;
  Operands operands_;
};

template <class Visit>
void visit_names(const Expression& expression, const Visit& visit) {
  if (expression.kind == Expression::Kind::kName) visit(expression.name);
  for (const Expression& child : expression.children) visit_names(child, visit);
}

void remove_duplicates(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

}  // namespace

std::optional<Condition> lower_condition(Compilation& compilation, const Node& text, const Expression& expression,
                                         Reads& reads) {
  const std::optional<Condition> result = Lowering(compilation, text, reads).condition(expression);
  for (std::vector<std::uint32_t>* numbers : {&reads.signals, &reads.traits, &reads.contexts, &reads.segments}) {
    remove_duplicates(*numbers);
  }
  return result;
}

std::vector<std::uint32_t> segments_named(const Playbook& playbook, const Expression& expression) {
  std::vector<std::uint32_t> result;
  visit_names(expression, [&](const std::string& name) {
    const auto found = playbook.names.find(name);
    if (found != playbook.names.end() && found->second.kind == Playbook::NameKind::kSegment)
      result.push_back(found->second.index);
  });
  remove_duplicates(result);
  return result;
}

}  // namespace omo::compiler
