// SPDX-License-Identifier: Apache-2.0
#include "compiler/conditions.h"

#include <utility>

#include "compiler/formulas.h"
#include "compiler/operands.h"
#include "compiler/typing.h"

namespace omo::compiler {
namespace {

class Lowering {
 public:
  Lowering(Compilation& compilation, const Node& text, Reads& reads)
      : compilation_(compilation), text_(text), reads_(reads), operands_(compilation, text, reads) {}

  std::optional<Condition> condition(const Expression& expression) {
    const std::optional<Condition> result = lowered(expression);
    if (result) compilation_.places.push_back({&text_, expression.begin, expression.end, *result});
    return result;
  }

 private:
  std::optional<Condition> lowered(const Expression& expression) {
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
      case Expression::Kind::kChoose:
        return choice(expression);
      case Expression::Kind::kCall:
        if (expression.name == "has" && !expression.method) return has(expression);
        return alone(expression);
      default:
        return alone(expression);
    }
  }

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

  /// ?: takes the error of the branch that it chooses, and none where it cannot choose.
  std::optional<Condition> choice(const Expression& expression) {
    const std::optional<Condition> when = condition(expression.children[0]);
    const std::optional<Condition> then = condition(expression.children[1]);
    const std::optional<Condition> otherwise = condition(expression.children[2]);
    if (!when || !then || !otherwise) return std::nullopt;
    const auto side = [&](Network::Id of_then, Network::Id of_otherwise) {
      return network().any({network().all({when->positive, of_then}), network().all({when->negative, of_otherwise})});
    };
    return Condition{side(then->positive, otherwise->positive), side(then->negative, otherwise->negative)};
  }

  std::optional<Condition> has(const Expression& expression) {
    if (expression.children.size() != 1 || !operands_.may_be_absent(expression.children[0])) {
      return fail(expression.at, "has() takes context.NAME");
    }
    const std::optional<Operand> value = operands_.context_value(expression.children[0]);
    if (!value) return std::nullopt;
    return Condition{network().present(value->source), network().null(value->source)};
  }

  /// A value of type bool that stands for itself.
  std::optional<Condition> alone(const Expression& expression) {
    const std::optional<Operand> value = operand(expression);
    if (!value) return std::nullopt;
    if (value->kind == Operand::Kind::kCondition) return value->condition;
    if (value->type == ValueType::kNull || value->type != ValueType::kBool) {
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
        return expression.name == "now" ? formula(expression) : operands_.named(expression);
      case Expression::Kind::kSelect:
        if (operands_.expand(expression)) return formula(expression);
        return operands_.context_value(expression);
      case Expression::Kind::kCall:
        if (operands_.is_source_call(expression)) return operands_.call(expression);
        if (expression.name != "has" || expression.method) return formula(expression);
        [[fallthrough]];
      case Expression::Kind::kNot:
      case Expression::Kind::kAnd:
      case Expression::Kind::kOr:
      case Expression::Kind::kCompare:
      case Expression::Kind::kIn: {
        const std::optional<Condition> inner = condition(expression);
        if (!inner) return std::nullopt;
        result.kind = Operand::Kind::kCondition;
        result.condition = *inner;
        return result;
      }
      default:
        return formula(expression);
    }
  }

  /// What is no atom: a source that byte code feeds, or a constant where nothing is loaded.
  std::optional<Operand> formula(const Expression& expression) {
    return make_formula(compilation_, text_, expression, reads_);
  }

  /// The whole expression as a formula of type bool.
  std::optional<Condition> whole(const Expression& expression) {
    const std::optional<Operand> value = formula(expression);
    if (!value) return std::nullopt;
    if (value->kind == Operand::Kind::kConstant) return folded(value->constant.boolean);
    return at_least(value->source, 1);
  }

  // Comparisons.

  static bool is_constant(const Operand& operand) { return operand.kind == Operand::Kind::kConstant; }

  /// The ?: that an expression is, or stands for.
  std::optional<Expression> choice_of(const Expression& expression) {
    if (expression.kind == Expression::Kind::kChoose) return expression;
    return expression.kind == Expression::Kind::kSelect ? operands_.expand(expression) : std::nullopt;
  }

  /// (c ? a : b) == 'x' is c ? a == 'x' : b == 'x': so grades become thresholds of their score.
  static Expression distributed(const Expression& comparison, Expression choice, bool left) {
    for (std::size_t branch : {1u, 2u}) {
      Expression inner = comparison;
      inner.children[left ? 0 : 1] = std::move(choice.children[branch]);
      choice.children[branch] = std::move(inner);
    }
    return choice;
  }

  std::optional<Condition> comparison(const Expression& expression) {
    const bool constant_left = expression.children[0].kind == Expression::Kind::kConstant;
    const bool constant_right = expression.children[1].kind == Expression::Kind::kConstant;
    if (constant_left != constant_right) {
      if (std::optional<Expression> choice = choice_of(expression.children[constant_right ? 0 : 1])) {
        Code unused;
        if (!generate(operands_, expression, unused)) return std::nullopt;
        return condition(distributed(expression, std::move(*choice), constant_right));
      }
    }
    const std::optional<Operand> left = operand(expression.children[0]);
    const std::optional<Operand> right = operand(expression.children[1]);
    if (!left || !right) return std::nullopt;
    if (is_constant(*left) && is_constant(*right)) {
      return compare_two_constants(expression.operator_at, left->constant, expression.comparison, right->constant);
    }
    if (is_constant(*left) && has_atoms(*right, expression.comparison))
      return compare(expression.operator_at, *right, mirrored(expression.comparison), left->constant);
    if (is_constant(*right) && has_atoms(*left, expression.comparison))
      return compare(expression.operator_at, *left, expression.comparison, right->constant);
    return whole(expression);
  }

  /// Can the network compare the value with a constant? Strings and booleans have no thresholds; a double of a formula
  /// may be NaN, which is neither below nor above.
  static bool has_atoms(const Operand& value, Comparison comparison) {
    const bool equality = comparison <= Comparison::kNotEqual;
    if (value.kind == Operand::Kind::kCondition) return equality;
    return value.atoms && (equality || (value.type != ValueType::kString && value.type != ValueType::kBool));
  }

  std::optional<Condition> compare_two_constants(std::uint32_t at, const Constant& left, Comparison comparison,
                                                 const Constant& right) {
    // A branch of a grade may be null: it equals nothing else.
    if ((left.type == ValueType::kNull) != (right.type == ValueType::kNull) && comparison <= Comparison::kNotEqual) {
      return folded(comparison == Comparison::kNotEqual);
    }
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
    if (!element) return std::nullopt;
    if (container.kind == Expression::Kind::kList) {
      const bool plain = element->kind != Operand::Kind::kCondition && element->atoms &&
                         element->type != ValueType::kList && !container.children.empty();
      return plain ? in_list(*element, container) : whole(expression);
    }
    const std::optional<Operand> list = operand(container);
    if (!list) return std::nullopt;
    if (list->kind != Operand::Kind::kSource || list->type != ValueType::kList) {
      return fail(container.at, "after 'in' a list or a recent signal is expected");
    }
    if (!is_constant(*element) || !list->atoms || list->member_type != ValueType::kString) return whole(expression);
    Operand member = *list;
    member.type = ValueType::kString;
    const std::string problem = problem_with(member, Comparison::kEqual, element->constant);
    if (!problem.empty()) return fail(expression.operator_at, problem);
    const Source members{SourceKind::kMember, list->source.ref};
    const std::string& text = element->constant.text;
    return Condition{network().match(members, {text}, false), network().match(members, {text}, true)};
  }

  std::optional<Condition> in_list(const Operand& element, const Expression& list) {
    std::vector<Network::Id> positive, negative;
    std::vector<std::string> texts;
    bool valid = true;
    for (const Expression& item : list.children) {
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
  Reads& reads_;
  Operands operands_;
};

template <class Visit>
void visit_names(const Expression& expression, const Visit& visit) {
  if (expression.kind == Expression::Kind::kName || expression.kind == Expression::Kind::kSelect)
    visit(expression.name);
  for (const Expression& child : expression.children) visit_names(child, visit);
}

}  // namespace

std::optional<Condition> lower_condition(Compilation& compilation, const Node& text, const Expression& expression,
                                         Reads& reads) {
  const std::optional<Condition> result = Lowering(compilation, text, reads).condition(expression);
  sort_reads(reads);
  return result;
}

std::vector<std::uint32_t> parts_named(const Playbook& playbook, const Expression& expression) {
  std::vector<std::uint32_t> result;
  visit_names(expression, [&](const std::string& name) {
    const auto found = playbook.names.find(name);
    if (found == playbook.names.end()) return;
    if (found->second.kind == Playbook::NameKind::kSegment) result.push_back(found->second.index);
    if (found->second.kind == Playbook::NameKind::kScore) {
      result.push_back(static_cast<std::uint32_t>(playbook.segments.size()) + found->second.index);
    }
  });
  remove_duplicates(result);
  return result;
}

}  // namespace omo::compiler
