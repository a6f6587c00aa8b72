// SPDX-License-Identifier: Apache-2.0
#include "compiler/formulas.h"

#include <algorithm>

#include "compiler/sizes.h"

namespace omo::compiler {
namespace {

std::uint32_t intern(Playbook& playbook, Formula formula) {
  const auto index = static_cast<std::uint32_t>(playbook.formulas.size());
  const auto [entry, fresh] = playbook.formula_numbers.emplace(code_key(formula.code), index);
  if (fresh) playbook.formulas.push_back(std::move(formula));
  return entry->second;
}

/// Generates the code, with what it alone reads.
std::optional<Formula> generate_formula(Compilation& compilation, const Node& text, const Expression& expression,
                                        Reads& reads, Typed& typed) {
  Reads own;
  Operands scope(compilation, text, own);
  Formula formula;
  const std::optional<Typed> found = generate(scope, expression, formula.code);
  const auto append = [](std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(reads.signals, own.signals);
  append(reads.traits, own.traits);
  append(reads.contexts, own.contexts);
  append(reads.segments, own.segments);
  append(reads.scores, own.scores);
  reads.label = static_cast<std::uint8_t>(reads.label | own.label);
  if (!found) return std::nullopt;
  typed = *found;
  formula.type = found->type;
  formula.label = own.label;
  formula.text = &text;
  formula.at = expression.at;
  return formula;
}

}  // namespace

std::optional<Operand> make_formula(Compilation& compilation, const Node& text, const Expression& expression,
                                    Reads& reads) {
  Typed typed;
  std::optional<Formula> formula = generate_formula(compilation, text, expression, reads, typed);
  if (!formula) return std::nullopt;
  Operand result;
  result.type = typed.type;
  result.member_type = typed.member;
  result.nullable = typed.nullable;
  if (loads_nothing(formula->code) && typed.type != ValueType::kList) {
    std::vector<std::uint8_t> bytes;
    TextRoom room;
    const std::optional<Constant> constant = constant_of(constant_value(formula->code, bytes, room));
    if (!constant) {
      compilation.error(
          compilation.offset_in(text, expression.at),
          "this is an error whatever happens: a division by zero, an overflow or what cannot be converted");
      return std::nullopt;
    }
    result.constant = *constant;
    result.type = constant->type;
    return result;
  }
  result.kind = Operand::Kind::kSource;
  result.source = {SourceKind::kFormula, intern(compilation.playbook, std::move(*formula))};
  result.atoms = typed.type == ValueType::kInt || typed.type == ValueType::kBool;
  return result;
}

std::optional<std::uint32_t> make_number_formula(Compilation& compilation, const Node& text,
                                                 const Expression& expression, Reads& reads) {
  Typed typed;
  std::optional<Formula> formula = generate_formula(compilation, text, expression, reads, typed);
  if (!formula) return std::nullopt;
  if ((bit(typed.type) & kNumbers) == 0) {
    compilation.error(compilation.offset_in(text, expression.at),
                      "a score is a number (int or double), not a value of type " + std::string(type_name(typed.type)));
    return std::nullopt;
  }
  Instruction conversion;
  conversion.op = Op::kToDouble;
  if (typed.type == ValueType::kInt) formula->code.push_back(std::move(conversion));
  return intern(compilation.playbook, std::move(*formula));
}

void remove_duplicates(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

void sort_reads(Reads& reads) {
  for (std::vector<std::uint32_t>* numbers :
       {&reads.signals, &reads.traits, &reads.contexts, &reads.segments, &reads.scores}) {
    remove_duplicates(*numbers);
  }
}

std::uint8_t formula_flags(const Playbook& playbook, const Code& code) {
  bool now = false;
  bool moves = false;
  for (const Instruction& instruction : code) {
    now = now || instruction.op == Op::kNow;
    moves = moves || instruction.op == Op::kDaysUntil ||
            (instruction.op == Op::kSignal && playbook.signals[instruction.row].op == SignalOp::kRecency);
  }
  return static_cast<std::uint8_t>((moves || now ? kFormulaMoves : 0) | (now ? kFormulaNow : 0));
}

std::vector<bool> mark_needed(Compilation& compilation) {
  const Playbook& playbook = compilation.playbook;
  Network& network = compilation.network;
  std::vector<bool> needed(playbook.formulas.size(), false);
  std::vector<Network::Id> roots;
  for (const Segment& segment : playbook.segments) roots.push_back(segment.lowered.positive);
  for (const Campaign& campaign : playbook.campaigns) roots.push_back(campaign.node);
  for (const Journey& journey : playbook.journeys) {
    roots.push_back(journey.start.node);
    roots.push_back(journey.goal.node);
    for (const Step& step : journey.steps) roots.push_back(step.trigger.node);
  }
  std::vector<std::uint32_t> fresh;
  const auto need = [&](std::uint32_t formula) {
    if (!needed[formula]) fresh.push_back(formula);
    needed[formula] = true;
  };
  for (const Score& score : playbook.scores) {
    if (score.formula != kNone) need(score.formula);
  }
  for (bool marked = false; !marked || !fresh.empty();) {
    while (!fresh.empty()) {
      const Formula& formula = playbook.formulas[fresh.back()];
      fresh.pop_back();
      for (const Instruction& instruction : formula.code) {
        if (instruction.op == Op::kFormula) need(instruction.row);
        if (instruction.op == Op::kCondition) roots.insert(roots.end(), {instruction.row, instruction.negation});
      }
    }
    network.mark(roots);
    marked = true;
    for (std::size_t i = 0; i < network.nodes().size(); ++i) {
      const Network::Node& node = network.nodes()[i];
      if (node.kind != Network::Node::Kind::kLiteral || !network.is_marked(static_cast<Network::Id>(i))) continue;
      const Source& source = network.sources()[network.literals()[node.literal].source];
      if (source.kind == SourceKind::kFormula) need(source.ref);
    }
  }
  check_formula_count(compilation, needed);
  return needed;
}

bool has_segment_events(const Playbook& playbook) {
  return playbook.events[playbook.event_numbers.at("segment_entered")].used;
}

}  // namespace omo::compiler
