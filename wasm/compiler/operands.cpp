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
  compilation_.error(compilation_.offset_in(text_, at), std::move(message));
  return std::nullopt;
}

std::optional<Operand> Operands::named(const Expression& expression) {
  const Playbook& playbook = compilation_.playbook;
  const auto found = playbook.names.find(expression.name);
  if (found == playbook.names.end()) {
    if (playbook.context_numbers.count(expression.name) != 0) {
      return fail(expression.at, "no signal, trait or segment named " + in_quotes(expression.name) +
                                     "; did you mean 'context." + expression.name + "'?");
    }
    std::vector<std::string_view> names = keys_of(playbook.names);
    names.push_back("context");
    return fail(expression.at, "no signal, trait or segment named " + in_quotes(expression.name) +
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
      return result;
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
    return fail(expression.operator_at, in_quotes(expression.name) + " has no members: only context.NAME has");
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

std::optional<Operand> Operands::call(const Expression& expression) {
  if (expression.name == "duration") return duration(expression);
  if (expression.name == "size" || expression.name == "days_until") {
    if (expression.children.size() != 1 || expression.children[0].kind != Expression::Kind::kName) {
      return fail(expression.at, expression.name == "size" ? "size() takes the name of a recent signal"
                                                           : "days_until() takes the name of a trait of type date");
    }
    std::optional<Operand> value = named(expression.children[0]);
    if (!value) return std::nullopt;
    return expression.name == "size" ? size(expression, *value) : days_until(expression, *value);
  }
  return fail(expression.at, "the function " + in_quotes(expression.name) + " is not supported here" +
                                 did_you_mean(expression.name, {"duration", "size", "days_until"}));
}

std::optional<Operand> Operands::duration(const Expression& expression) {
  if (expression.children.size() != 1 || expression.children[0].kind != Expression::Kind::kConstant ||
      expression.children[0].constant.type != ValueType::kString) {
    return fail(expression.at, "duration() takes one string, such as '720h'");
  }
  const std::optional<double> ms = parse_cel_duration(expression.children[0].constant.text);
  if (!ms) {
    return fail(expression.children[0].at,
                "this is no duration: write hours, minutes and seconds such as '720h', '1h30m' or '10s'");
  }
  Operand result;
  result.type = ValueType::kDuration;
  result.constant.type = ValueType::kDuration;
  result.constant.number = *ms;
  return result;
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

}  // namespace omo::compiler
