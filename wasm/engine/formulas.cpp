// SPDX-License-Identifier: Apache-2.0
#include "engine/formulas.h"

#include "engine/date.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/occurrence.h"
#include "engine/signals.h"
#include "engine/timers.h"

namespace omo {
namespace {

using Kind = Datum::Kind;

constexpr double kMinuteMs = 60000;

/// The beginning of the minute: formulas see no finer time, so that between two minutes nothing moves.
double minute_of(const State& state) {
  const double minutes = state.outcome.time / kMinuteMs;
  return static_cast<double>(static_cast<std::int64_t>(minutes)) * kMinuteMs;
}

/// A kept value as the expression language sees it.
Datum typed(const Value& value, Type type) {
  switch (value.tag) {
    case ValueTag::kNull:
      return datum(Kind::kNull);
    case ValueTag::kFalse:
    case ValueTag::kTrue:
      return datum(Kind::kBool, value.tag == ValueTag::kTrue ? 1 : 0);
    case ValueTag::kNumber:
      return type == Type::kInt        ? whole(value.number)
             : type == Type::kDuration ? moment_of_ms(Kind::kDuration, value.number)
                                       : double_datum(value.number);
    default:
      return text_datum(value.text);
  }
}

Datum unknown() { return datum(Kind::kUnknown); }

Datum load_signal(const State& state, std::uint32_t index) {
  if (index >= state.program.signals().size()) return {};
  const SignalRow& row = state.program.signals()[index];
  if (!granted(state, row.label)) return unknown();
  const Item& item = state.signals[index];
  if (row.op == SignalOp::kRecent) {
    Datum list = datum(Kind::kList, 0, item.size);
    list.members = &item;
    // The type of the members travels where literals have their code.
    list.text = {reinterpret_cast<const char*>(&row.type), 1};
    return list;
  }
  Value value = signal_value(state, index);
  if (row.op == SignalOp::kRecency && !value.is_null()) {
    value.number -= state.outcome.time - minute_of(state);
    if (value.number < 0) value.number = 0;
  }
  return typed(value, row.type);
}

Datum load_named_value(const State& state, Op op, std::uint32_t index) {
  const bool context = op == Op::kContext;
  const Rows<NamedValueRow> rows = context ? state.program.contexts() : state.program.traits();
  if (index >= rows.size()) return {};
  const NamedValueRow& row = rows[index];
  if (!granted(state, row.label)) return unknown();
  const Value value = value_of((context ? state.contexts : state.traits)[index]);
  if (op != Op::kDaysUntil) return typed(value, row.type);
  const std::uint32_t anniversary = parse_anniversary(value.text);
  if (anniversary == 0) return {};
  return datum(Kind::kInt, days_until(anniversary, local_day(state, state.outcome.time)));
}

Datum load_formula(const State& state, std::uint32_t index) {
  if (index >= state.program.formulas().size()) return {};
  const FormulaState& formula = state.formulas[index];
  return formula.presence == Presence::kPresent ? double_datum(formula.number)
         : formula.presence == Presence::kNull  ? Datum{}
                                                : unknown();
}

Datum load_condition(const State& state, ByteReader& code, std::uint32_t node) {
  const std::uint32_t negation = code.u32();
  const std::uint8_t label = code.u8();
  const std::uint32_t nodes = state.program.meta().node_count;
  for (const std::uint32_t each : {node, negation}) {
    if (each >= nodes && each < kAlways) return {};
  }
  if (is_on(state, node)) return datum(Kind::kBool, 1);
  if (is_on(state, negation)) return datum(Kind::kBool, 0);
  return granted(state, label) ? Datum{} : unknown();
}

Datum load(const void* from, Op op, ByteReader& code) {
  const State& state = *static_cast<const State*>(from);
  const std::uint32_t row = code.u32();
  if (op == Op::kParam) {
    const Value value = find_param(state, row);
    const auto type = static_cast<Type>(code.u8());
    return value.is_null() ? Datum{} : typed(value, type);
  }
  if (op == Op::kSignal) return load_signal(state, row);
  if (op == Op::kFormula) return load_formula(state, row);
  if (op == Op::kCondition) return load_condition(state, code, row);
  return load_named_value(state, op, row);
}

Datum member(const Datum& list, std::uint32_t index) {
  const Item& item = *static_cast<const Item*>(list.members);
  return typed(load_value(entry_of(item, index)), static_cast<Type>(list.text[0]));
}

void touch(State& state, std::uint32_t formula) {
  state.formula_dirty[formula / 32] |= 1u << formula % 32;
  state.formulas_wait = true;
}

void touch_readers(State& state, std::uint32_t subject) {
  const Rows<ReadRow> rows = state.program.reads();
  if (rows.empty()) return;
  std::uint32_t at =
      lower_bound(reinterpret_cast<const std::uint8_t*>(rows.data()), sizeof(ReadRow), rows.size(), subject);
  for (; at < rows.size() && rows[at].subject == subject; ++at) {
    if (rows[at].reader < state.program.formulas().size()) touch(state, rows[at].reader);
  }
}

/// Presence::kUnknown for an unknown, kNull for an error: a score knows no null of its own.
Presence presence_of(const Datum& value) {
  if (value.kind == Kind::kUnknown) return Presence::kUnknown;
  const bool finite = value.kind == Kind::kDouble && value.number - value.number == 0;
  return finite ? Presence::kPresent : Presence::kNull;
}

void publish(State& state, std::uint32_t source, const Datum& value) {
  switch (value.kind) {
    case Kind::kUnknown:
    case Kind::kError:
    case Kind::kList:
      return set_presence(state, source, Presence::kUnknown);
    case Kind::kNull:
      return set_presence(state, source, Presence::kNull);
    case Kind::kString:
      return set_value(state, source, text_value(value.text));
    case Kind::kDouble:
      // An infinity or NaN is an error of a score.
      if (value.number - value.number != 0) return set_presence(state, source, Presence::kUnknown);
      return set_number(state, source, value.number);
    default:
      return set_number(state, source, static_cast<double>(value.integer));
  }
}

void evaluate_formula(State& state, std::uint32_t index) {
  const FormulaRow& row = state.program.formulas()[index];
  TextRoom room;
  const Datum value = formula_value(state, index, formula_host(state), room);
  FormulaState& now = state.formulas[index];
  const Presence presence = presence_of(value);
  const double number = presence == Presence::kPresent ? value.number : 0;
  if (presence != now.presence || number != now.number) {
    now = {number, presence};
    touch_readers(state, state.program.signals().size() + state.program.traits().size() +
                             state.program.contexts().size() + index);
    if (state.formula_scores[index] != 0) {
      state.outcome.flags |= outcome::kScoresChanged;
      state.decide = true;  // a priority
    }
  }
  publish(state, row.source, value);
  // Time alone brings nothing that consent keeps back, nor what never happened.
  const bool moves = (row.flags & kFormulaMoves) != 0 && value.kind > Kind::kError;
  if (moves || ((row.flags & kFormulaNow) != 0 && value.kind == Kind::kError)) {
    set_timer(state.timers, minute_timer(state), minute_of(state) + kMinuteMs);
  }
}

}  // namespace

Host formula_host(const State& state) { return {&state, load, member, minute_of(state)}; }

Datum formula_value(const State& state, std::uint32_t index, const Host& host, TextRoom& room) {
  const FormulaRow& row = state.program.formulas()[index];
  return evaluate(state.program.predicates().subspan(row.code, row.code_bytes).span(), host, room);
}

bool matches_where(const State& state, std::uint32_t where, std::uint32_t bytes) {
  if (where == kNone) return true;
  const Host host{&state, load, member, state.outcome.time};
  TextRoom room;
  const Datum value = evaluate(state.program.predicates().subspan(where, bytes).span(), host, room);
  return value.kind == Kind::kBool && value.integer != 0;
}

void touch_signal(State& state, std::uint32_t row) { touch_readers(state, row); }

void touch_named_value(State& state, bool trait, std::uint32_t index) {
  touch_readers(state, state.program.signals().size() + (trait ? 0 : state.program.traits().size()) + index);
}

std::uint32_t subject_of_node(const State& state, std::uint32_t node) {
  return state.program.signals().size() + state.program.traits().size() + state.program.contexts().size() +
         state.program.formulas().size() + node;
}

void touch_node(State& state, std::uint32_t node) { touch_readers(state, subject_of_node(state, node)); }

void touch_formulas(State& state, bool moving) {
  const Rows<FormulaRow> rows = state.program.formulas();
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (!moving || (rows[i].flags & kFormulaMoves) != 0) touch(state, i);
  }
}

void update_formulas(State& state) {
  // One pass: a formula stands behind what it reads. What a broken program touches behind it waits for the next input.
  for (std::uint32_t i = 0; state.formulas_wait && i < state.program.formulas().size(); ++i) {
    std::uint32_t& word = state.formula_dirty[i / 32];
    if (word == 0) {
      i |= 31;
      continue;
    }
    const std::uint32_t bit = 1u << i % 32;
    if ((word & bit) == 0) continue;
    word &= ~bit;
    evaluate_formula(state, i);
  }
  state.formulas_wait = false;
}

}  // namespace omo
