// SPDX-License-Identifier: Apache-2.0
#include "compiler/operands.h"

#include "compiler/read.h"
#include "compiler/typing.h"

namespace omo::compiler {
namespace {

Operand source(SourceKind kind, std::uint32_t ref, ValueType type, bool nullable, bool whole, std::string name) {
  Operand result;
  result.kind = Operand::Kind::kSource;
  result.type = type;
  result.source = {kind, ref};
  result.nullable = nullable;
  result.whole = whole;
  result.name = std::move(name);
  return result;
}

/// What never happened has none of these values.
bool is_nullable(SignalOp op) {
  return op == SignalOp::kRecency || op == SignalOp::kLast || op == SignalOp::kMin || op == SignalOp::kMax ||
         op == SignalOp::kAverage || op == SignalOp::kFirst || op == SignalOp::kTop;
}

std::optional<std::uint32_t> find_rfm(const Playbook& playbook, const std::string& name) {
  const auto found = playbook.names.find(name);
  if (found == playbook.names.end() || found->second.kind != Playbook::NameKind::kSignal) return std::nullopt;
  if (playbook.signals[found->second.index].op != SignalOp::kRfm) return std::nullopt;
  return found->second.index;
}

}  // namespace

std::nullopt_t Operands::fail(std::uint32_t at, std::string message) {
  error(at, std::move(message));
  return std::nullopt;
}

void Operands::error(std::uint32_t at, std::string message) {
  compilation_.error(compilation_.offset_in(text_, at), std::move(message));
}

std::optional<Operand> Operands::named(const Expression& expression) {
  const Playbook& playbook = compilation_.playbook;
  const auto found = playbook.names.find(expression.name);
  if (found == playbook.names.end()) {
    if (playbook.context_numbers.count(expression.name) != 0) {
      return fail(expression.at, "no signal, trait, segment or score named " + in_quotes(expression.name) +
                                     "; did you mean 'context." + expression.name + "'?");
    }
    std::vector<std::string_view> names = keys_of(playbook.names);
    names.push_back("context");
    return fail(expression.at, "no signal, trait, segment or score named " + in_quotes(expression.name) +
                                   did_you_mean(expression.name, names));
  }
  const std::uint32_t index = found->second.index;
  switch (found->second.kind) {
    case Playbook::NameKind::kSignal:
      return signal(index, expression.at);
    case Playbook::NameKind::kTrait: {
      const NamedValue& trait = playbook.traits[index];
      reads_.traits.push_back(index);
      read_label(trait.label);
      return source(SourceKind::kTrait, index, value_type(trait.type), true, false, trait.name);
    }
    case Playbook::NameKind::kSegment: {
      const Segment& segment = playbook.segments[index];
      reads_.segments.push_back(index);
      read_label(segment.reads.label);
      Operand result;
      result.kind = Operand::Kind::kCondition;
      result.condition = segment.lowered;
      result.label = segment.reads.label;
      return result;
    }
    case Playbook::NameKind::kScore: {
      const Score& score = playbook.scores[index];
      reads_.scores.push_back(index);
      read_label(score.reads.label);
      if (score.formula == kNone) return std::nullopt;
      return source(SourceKind::kFormula, score.formula, ValueType::kDouble, false, false, score.name);
    }
  }
  return std::nullopt;
}

std::optional<Operand> Operands::signal(std::uint32_t index, std::uint32_t at) {
  Signal& signal = compilation_.playbook.signals[index];
  signal.read = true;
  reads_.signals.push_back(index);
  read_label(signal.label);
  if (signal.broken) return std::nullopt;
  if (signal.op == SignalOp::kRfm) {
    return fail(at, in_quotes(signal.name) + " has three grades: write " + signal.name + ".recency, " + signal.name +
                        ".frequency or " + signal.name + ".monetary");
  }
  const bool nullable = is_nullable(signal.op);
  const bool list = signal.op == SignalOp::kRecent;
  Operand result = source(SourceKind::kSignal, index, list ? ValueType::kList : value_type(signal.type), nullable,
                          signal.op == SignalOp::kCount || signal.op == SignalOp::kDistinct, signal.name);
  result.member_type = value_type(signal.type);
  return result;
}

/// One of the three grades of an rfm signal.
std::optional<Operand> Operands::grade(const Expression& expression, std::uint32_t index) {
  static constexpr std::pair<std::string_view, SourceKind> kGrades[] = {
      {"recency", SourceKind::kSignal}, {"frequency", SourceKind::kSize}, {"monetary", SourceKind::kMember}};
  Signal& signal = compilation_.playbook.signals[index];
  signal.read = true;
  reads_.signals.push_back(index);
  read_label(signal.label);
  if (signal.broken) return std::nullopt;
  for (const auto& [name, kind] : kGrades) {
    if (name == expression.member) {
      return source(kind, index, ValueType::kInt, false, true, signal.name + "." + expression.member);
    }
  }
  return fail(expression.operator_at, in_quotes(signal.name) + " has no grade " + in_quotes(expression.member) +
                                          did_you_mean(expression.member, {"recency", "frequency", "monetary"}));
}

std::optional<Operand> Operands::context_value(const Expression& expression) {
  if (const std::optional<std::uint32_t> rfm = find_rfm(compilation_.playbook, expression.name)) {
    return grade(expression, *rfm);
  }
  if (expression.name != "context") {
    return fail(expression.operator_at,
                in_quotes(expression.name) + " has no members: only context.NAME and SCORE.grade have");
  }
  const Playbook& playbook = compilation_.playbook;
  const auto found = playbook.context_numbers.find(expression.member);
  if (found == playbook.context_numbers.end()) {
    return fail(expression.operator_at, "no context value named " + in_quotes(expression.member) +
                                            did_you_mean(expression.member, keys_of(playbook.context_numbers)));
  }
  const NamedValue& value = playbook.contexts[found->second];
  reads_.contexts.push_back(found->second);
  read_label(value.label);
  return source(SourceKind::kContext, found->second, value_type(value.type), true, false, "context." + value.name);
}

bool Operands::is_source_call(const Expression& expression) const {
  if (expression.method || expression.children.size() != 1) return false;
  if (expression.name == "days_until") return true;
  if (expression.name != "size" || expression.children[0].kind != Expression::Kind::kName) return false;
  const auto found = compilation_.playbook.names.find(expression.children[0].name);
  return found != compilation_.playbook.names.end() && found->second.kind == Playbook::NameKind::kSignal &&
         compilation_.playbook.signals[found->second.index].op == SignalOp::kRecent;
}

std::optional<Operand> Operands::call(const Expression& expression) {
  if (expression.children.size() != 1 || expression.children[0].kind != Expression::Kind::kName) {
    return fail(expression.at, "days_until() takes the name of a trait of type date");
  }
  std::optional<Operand> value = named(expression.children[0]);
  if (!value) return std::nullopt;
  return expression.name == "size" ? size(expression, *value) : days_until(expression, *value);
}

std::optional<Operand> Operands::size(const Expression& expression, const Operand& value) {
  if (value.type != ValueType::kList || value.kind != Operand::Kind::kSource) {
    return fail(expression.children[0].at,
                in_quotes(expression.children[0].name) + " has no size: only recent signals have");
  }
  return source(SourceKind::kSize, value.source.ref, ValueType::kInt, false, true, "size(" + value.name + ")");
}

std::optional<Operand> Operands::days_until(const Expression& expression, const Operand& value) {
  if (value.type != ValueType::kDate || value.kind != Operand::Kind::kSource) {
    return fail(expression.children[0].at, "days_until() takes the name of a trait of type date: " +
                                               in_quotes(expression.children[0].name) + " is none");
  }
  return source(SourceKind::kDaysUntil, value.source.ref, ValueType::kInt, false, true,
                "days_until(" + value.name + ")");
}

namespace {

Typed typed(const Operand& operand) {
  return {operand.type, operand.nullable, operand.type == ValueType::kList ? operand.member_type : ValueType::kAny,
          operand.name};
}

/// The load of a source or a condition.
Typed load(Playbook& playbook, const Operand& operand, Code& code) {
  static constexpr Op kLoads[] = {Op::kNull,   Op::kSignal, Op::kTrait,     Op::kContext,
                                  Op::kSignal, Op::kSignal, Op::kDaysUntil, Op::kFormula};
  Instruction instruction;
  if (operand.kind == Operand::Kind::kCondition) {
    instruction.op = Op::kCondition;
    instruction.row = operand.condition.positive;
    instruction.negation = operand.condition.negative;
    instruction.detail = operand.label;
  } else {
    instruction.op = kLoads[static_cast<std::size_t>(operand.source.kind)];
    instruction.row = operand.source.ref;
    if (instruction.op == Op::kSignal) playbook.signals[instruction.row].in_formula = true;
  }
  code.push_back(std::move(instruction));
  return typed(operand);
}

}  // namespace

std::optional<Typed> Operands::name(const Expression& expression, Code& code) {
  if (expression.name == "now") {
    Instruction instruction;
    instruction.op = Op::kNow;
    code.push_back(std::move(instruction));
    return Typed{ValueType::kTimestamp, false, ValueType::kAny, {}};
  }
  const std::optional<Operand> operand = named(expression);
  if (!operand) return std::nullopt;
  return load(compilation_.playbook, *operand, code);
}

std::optional<Typed> Operands::member(const Expression& expression, Code& code) {
  const std::optional<Operand> operand = context_value(expression);
  if (!operand) return std::nullopt;
  return operand->source.kind == SourceKind::kContext ? load(compilation_.playbook, *operand, code)
                                                      : grade_number(*operand, code);
}

/// The three grades of an rfm signal are sources of the network, not values that a formula could load. But the network
/// knows what each has reached: grade >= 3 ? 3 : grade >= 2 ? 2 : 1.
Typed Operands::grade_number(const Operand& grade, Code& code) {
  const Signal& signal = compilation_.playbook.signals[grade.source.ref];
  const std::size_t which = grade.source.kind == SourceKind::kSignal ? 0
                            : grade.source.kind == SourceKind::kSize ? 1
                                                                     : 2;
  const std::size_t edges = signal.edges[which].size();
  const auto push_number = [&](std::size_t number) {
    Instruction instruction;
    instruction.op = Op::kInt;
    instruction.integer = static_cast<std::int64_t>(number);
    code.push_back(std::move(instruction));
  };
  Network& network = compilation_.network;
  for (std::size_t number = edges + 1; number > 1; --number) {
    Instruction reached;
    reached.op = Op::kCondition;
    reached.row = network.threshold(grade.source, static_cast<double>(number), false, false);
    reached.negation = network.threshold(grade.source, static_cast<double>(number), false, true);
    reached.detail = signal.label;
    code.push_back(std::move(reached));
    push_number(number);
  }
  push_number(1);
  Instruction choice;
  choice.op = Op::kChoose;
  code.insert(code.end(), edges, choice);
  return typed(grade);
}

std::optional<Typed> Operands::days_until(const Expression& expression, Code& code) {
  const std::optional<Operand> operand = call(expression);
  if (!operand) return std::nullopt;
  return load(compilation_.playbook, *operand, code);
}

bool Operands::may_be_absent(const Expression& argument) {
  return argument.kind == Expression::Kind::kSelect && argument.name == "context";
}

/// SCORE.grade is SCORE >= 10.0 ? 'A' : SCORE >= 5.0 ? 'B' : null.
std::optional<Expression> Operands::expand(const Expression& expression) {
  const Playbook& playbook = compilation_.playbook;
  const auto found = playbook.names.find(expression.name);
  if (found == playbook.names.end() || found->second.kind != Playbook::NameKind::kScore) return std::nullopt;
  const Score& score = playbook.scores[found->second.index];
  if (expression.member != "grade" || score.grades.empty()) return std::nullopt;
  const auto node = [&](Expression::Kind kind) {
    Expression result;
    result.kind = kind;
    result.at = expression.at;
    result.operator_at = expression.operator_at;
    return result;
  };
  Expression result = node(Expression::Kind::kConstant);
  for (auto grade = score.grades.rbegin(); grade != score.grades.rend(); ++grade) {
    Expression value = node(Expression::Kind::kName);
    value.name = score.name;
    Expression edge = node(Expression::Kind::kConstant);
    edge.constant.type = ValueType::kDouble;
    edge.constant.number = grade->edge;
    Expression reached = node(Expression::Kind::kCompare);
    reached.comparison = Comparison::kGreaterEqual;
    reached.children = {std::move(value), std::move(edge)};
    Expression name = node(Expression::Kind::kConstant);
    name.constant.type = ValueType::kString;
    name.constant.text = grade->name;
    Expression choice = node(Expression::Kind::kChoose);
    choice.children = {std::move(reached), std::move(name), std::move(result)};
    result = std::move(choice);
  }
  return result;
}

}  // namespace omo::compiler
