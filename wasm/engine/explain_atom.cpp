// SPDX-License-Identifier: Apache-2.0
#include "engine/explain_atom.h"

#include "engine/aggregates.h"
#include "engine/date.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/signals.h"

namespace omo {
namespace {

constexpr double kDayMs = 86400000;
/// Beyond 48 bits no engine time comes.
constexpr double kEndOfTime = 281474976710656.0;
/// Days after which anniversaries have repeated themselves.
constexpr std::int32_t kYear = 367;

bool is_bool(const ProgramView& program, const SourceRow& source) {
  return source.kind == SourceKind::kSignal    ? program.signals()[source.ref].type == Type::kBool
         : source.kind == SourceKind::kTrait   ? program.traits()[source.ref].type == Type::kBool
         : source.kind == SourceKind::kContext ? program.contexts()[source.ref].type == Type::kBool
                                               : false;
}

/// The first row of kMatches from `from` on that belongs to the atom's set, which begins at atom.match; kNone.
[[gnu::noinline]] std::uint32_t next_match(const ProgramView& program, const Atom& atom, std::uint32_t from) {
  const Rows<MatchRow> rows = program.matches();
  for (; from < atom.source->first_match + atom.source->match_count; ++from) {
    if (rows[from].literal == rows[atom.match].literal && rows[from].negation == rows[atom.match].negation) return from;
  }
  return kNone;
}

/// Is the text one of the atom's set?
bool is_among(const ProgramView& program, const Atom& atom, std::string_view text) {
  std::uint32_t at = atom.match;
  while (at != kNone && !same_text(program.symbol(program.matches()[at].symbol), text)) {
    at = next_match(program, atom, at + 1);
  }
  return at != kNone;
}

/// The value of a source that is no list and no formula, with `item` in the place of its signal's.
Value value_of_source(const State& state, const SourceRow& source, const Item& item) {
  if (source.kind == SourceKind::kTrait) return value_of(state.traits[source.ref]);
  if (source.kind == SourceKind::kContext) return value_of(state.contexts[source.ref]);
  if (source.kind == SourceKind::kDaysUntil) {
    const std::uint32_t anniversary = parse_anniversary(value_of(state.traits[source.ref]).text);
    return anniversary == 0 ? null_value()
                            : number_value(days_until(anniversary, local_day(state, state.outcome.time)));
  }
  const SignalRow& row = state.program.signals()[source.ref];
  const std::uint32_t grade = source.kind == SourceKind::kSignal ? 0 : source.kind == SourceKind::kSize ? 1 : 2;
  if (row.op == SignalOp::kRfm) return number_value(grade_of(state, row, item, grade));
  return grade == 0 ? single_value(state, row, item) : number_value(count_values(item));
}

bool is_list(const State& state, const SourceRow& source) {
  return source.kind == SourceKind::kMember && state.program.signals()[source.ref].op == SignalOp::kRecent;
}

/// How the atom would stand with this item.
ValueTag truth_with(const State& state, const Atom& atom, const Item& item) {
  const ProgramView& program = state.program;
  const SourceRow& source = *atom.source;
  if (is_list(state, source)) {
    std::uint32_t at = 0;
    while (at < item.size && !is_among(program, atom, entry_of(item, at).text.view())) ++at;
    return tag_of((at < item.size) != atom.negated);
  }
  const Value value = value_of_source(state, source, item);
  if (atom.threshold == nullptr && atom.match == kNone) return tag_of(value.is_null() != atom.negated);
  if (value.is_null()) return ValueTag::kNull;
  const bool on =
      atom.threshold != nullptr ? holds(*atom.threshold, value.number) : is_among(program, atom, value.text);
  return tag_of(on != atom.negated);
}

/// The first moment after `after` at which time alone may change what the signal gives; 0 = there is none.
double next_moment(const State& state, const Atom& atom, const SignalRow& row, const Item& item, double after) {
  double next = 0;
  const auto also = [&next, after](double when) {
    if (when > after && when < kEndOfTime && (next == 0 || when < next)) next = when;
  };
  for (std::uint32_t i = 0; row.within_ms > 0 && i < item.size; ++i) also(entry_of(item, i).time_ms + row.within_ms);
  if (item.size == 0 || atom.source->kind != SourceKind::kSignal) return next;
  const double latest = entry_of(item, 0).time_ms;
  if (row.op == SignalOp::kRecency && atom.threshold != nullptr) {
    also(latest + atom.threshold->value + (atom.threshold->strict != 0 ? 1 : 0));
  }
  if (row.op == SignalOp::kRfm) {
    for (const double edge : state.program.edges().subspan(row.first_edge, row.edge_count[0])) also(latest + edge);
  }
  return next;
}

}  // namespace

bool find_atom(const ProgramView& program, std::uint32_t literal, Atom& atom) {
  for (const SourceRow& source : program.sources()) {
    atom = {&source, nullptr, kNone, source.present_literal == literal};
    if (source.null_literal == literal || source.present_literal == literal) return true;
    for (const ThresholdRow& row : program.thresholds().subspan(source.first_threshold, source.threshold_count)) {
      atom = {&source, &row, kNone, row.negation == literal};
      if (row.literal == literal || row.negation == literal) return true;
    }
    for (std::uint32_t i = source.first_match; i < source.first_match + source.match_count; ++i) {
      const MatchRow& row = program.matches()[i];
      atom = {&source, nullptr, i, row.negation == literal};
      if (row.literal == literal || row.negation == literal) return true;
    }
  }
  return false;
}

std::uint32_t op_of(const ProgramView& program, const Atom& atom) {
  using Ops = ExplainedOp;
  // An op and its negation stand side by side, as do those of strict thresholds.
  static_assert(static_cast<int>(Ops::kAtLeast) == 1 && static_cast<int>(Ops::kAbove) == 2 &&
                static_cast<int>(Ops::kBelow) == 3 && static_cast<int>(Ops::kAtMost) == 4 &&
                static_cast<int>(Ops::kEqual) == 5 && static_cast<int>(Ops::kNotEqual) == 6 &&
                static_cast<int>(Ops::kIn) == 7 && static_cast<int>(Ops::kNotIn) == 8 &&
                static_cast<int>(Ops::kHas) == 9 && static_cast<int>(Ops::kHasNot) == 10);
  const SourceRow& source = *atom.source;
  if (atom.threshold != nullptr) {
    return is_bool(program, source) ? 5 : 1 + (atom.threshold->strict != 0 ? 1 : 0) + (atom.negated ? 2 : 0);
  }
  const std::uint32_t op = atom.match == kNone                                  ? 5
                           : source.kind == SourceKind::kMember                 ? 9
                           : next_match(program, atom, atom.match + 1) != kNone ? 7
                                                                                : 5;
  return op + (atom.negated ? 1 : 0);
}

void write_need(const ProgramView& program, const Atom& atom, ByteWriter& writer) {
  if (atom.match != kNone) {
    std::uint32_t count = 0;
    for (std::uint32_t at = atom.match; at != kNone; at = next_match(program, atom, at + 1)) ++count;
    if (count > 1) {
      writer.u8(static_cast<std::uint8_t>(ValueTag::kList));
      writer.varint(count);
    }
    for (std::uint32_t at = atom.match; at != kNone; at = next_match(program, atom, at + 1)) {
      write_value(writer, text_value(program.symbol(program.matches()[at].symbol)));
    }
    return;
  }
  write_value(writer, atom.threshold == nullptr        ? null_value()
                      : is_bool(program, *atom.source) ? bool_value(!atom.negated)
                                                       : number_value(atom.threshold->value));
}

void write_source(const State& state, const SourceRow& source, ByteWriter& writer) {
  if (!granted(state, source.label)) {
    write_value(writer, null_value());
  } else if (is_list(state, source)) {
    write_signal_value(state, source.ref, writer);
  } else {
    // Of others the item does not matter.
    write_value(writer, value_of_source(state, source, state.signals[is_of_signal(source) ? source.ref : 0]));
  }
}

ValueTag truth_of(const State& state, const Atom& atom, std::uint32_t literal) {
  if (is_on(state, literal)) return ValueTag::kTrue;
  const Presence presence =
      state.sources[static_cast<std::size_t>(atom.source - state.program.sources().data())].presence;
  const bool asks_null = atom.threshold == nullptr && atom.match == kNone;
  return presence == Presence::kPresent || (asks_null && presence == Presence::kNull) ? ValueTag::kFalse
                                                                                      : ValueTag::kNull;
}

double change_of(State& state, const Atom& atom, ValueTag truth) {
  const SourceRow& source = *atom.source;
  const double now = state.outcome.time;
  double when = 0;
  if (!granted(state, source.label)) return 0;
  if (source.kind == SourceKind::kDaysUntil) {
    const std::int32_t today = local_day(state, now);
    for (std::int32_t day = 1; day < kYear && when == 0; ++day) {
      state.outcome.time = (today + day) * kDayMs - state.utc_offset_ms;
      if (truth_with(state, atom, *state.signals) != truth) when = state.outcome.time;
    }
  } else if (is_of_signal(source)) {
    const SignalRow& row = state.program.signals()[source.ref];
    Item item = state.signals[source.ref];
    // Each moment drops a few entries more: the item becomes what it will be.
    when = now;
    do {
      when = next_moment(state, atom, row, item, when);
      state.outcome.time = when;
      drop_expired(row, item, when);
    } while (when != 0 && truth_with(state, atom, item) == truth);
  }
  state.outcome.time = now;
  const auto whole = static_cast<double>(static_cast<std::int64_t>(when));
  return whole < when ? whole + 1 : whole;
}

Value value_of_datum(const Datum& value) {
  using Kind = Datum::Kind;
  switch (value.kind) {
    case Kind::kBool:
      return bool_value(value.integer != 0);
    case Kind::kInt:
      return number_value(static_cast<double>(value.integer));
    case Kind::kDouble:
      return value.number - value.number == 0 ? number_value(value.number) : null_value();
    case Kind::kString:
      return text_value(value.text);
    case Kind::kTimestamp:
    case Kind::kDuration: {
      // Seconds, and nanoseconds of which whole milliseconds are told.
      const std::int64_t milliseconds = value.integer * 1000 + static_cast<std::int64_t>(value.size / 1000000);
      return number_value(static_cast<double>(milliseconds));
    }
    default:
      return null_value();
  }
}

}  // namespace omo
