// SPDX-License-Identifier: Apache-2.0
#include "engine/signals.h"

#include "engine/aggregates.h"
#include "engine/date.h"
#include "engine/formulas.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/refund.h"
#include "engine/timers.h"

namespace omo {
namespace {

/// Row of the signal that a link of an event's chain belongs to: its own, or that of its step.
std::uint32_t signal_of(const State& state, std::uint32_t link) {
  const std::uint32_t signals = state.program.signals().size();
  return link < signals ? link : state.program.sequences()[link - signals].signal;
}

/// Gives the occurrence with its present item to the signals that count items (`per_item` 1) or events (0).
void offer(State& state, std::uint8_t per_item) {
  const std::uint32_t signals = state.program.signals().size();
  for (std::uint32_t link = state.first_signal[state.occurrence.event]; link != kNone; link = state.next_signal[link]) {
    const std::uint32_t index = signal_of(state, link);
    const SignalRow& row = state.program.signals()[index];
    const SequenceRow* const step = link < signals ? nullptr : &state.program.sequences()[link - signals];
    if ((step != nullptr ? step->per_item : row.per_item) != per_item) continue;
    if (!accepts(state, row)) continue;
    Item& item = state.signals[index];
    if (step != nullptr) {
      const auto bit = static_cast<std::uint16_t>(1u << (step->step & kWithoutStep));
      if (matches_where(state, step->where, step->where_bytes)) item.touched |= bit;
      continue;
    }
    if (!matches_where(state, row.where, row.where_bytes)) continue;
    const Value value = kForSpeed && row.of == kNone ? null_value() : find_param(state, row.of);
    if (row.of != kNone && value.is_null()) continue;
    drop_expired(row, item, state.outcome.time);
    const bool refundable = (row.flags & kSignalRefundable) != 0;
    take(row, item, state.outcome.time, value, refundable ? refundable_tail(state, per_item != 0) : kPlainTail);
    item.touched = 1;
  }
}

/// Brings the touched signals of an event's chain up to date. Answers whether one of them outlives the page view.
bool publish_touched(State& state, std::uint32_t event) {
  bool kept = false;
  for (std::uint32_t link = state.first_signal[event]; link != kNone; link = state.next_signal[link]) {
    const std::uint32_t index = signal_of(state, link);
    const SignalRow& row = state.program.signals()[index];
    Item& item = state.signals[index];
    if (item.touched == 0) continue;
    drop_expired(row, item, state.outcome.time);
    if (row.op == SignalOp::kSequence) advance(item, item.touched, state.outcome.time);
    item.touched = 0;
    publish_signal(state, index);
    kept = kept || (row.flags & kSignalPage) == 0;
  }
  return kept;
}

/// The time that a trait names, not after `now`: ms since 1970, or the beginning of a date in UTC, so that a replay
/// does not depend on where the visitor is. A date without a year names none: 0.
double time_of(const Value& value, double now) {
  double time = value.number;
  if (value.tag == ValueTag::kString) {
    const std::uint32_t day = parse_anniversary(value.text);
    if (day == 0 || value.text[0] == '-') return 0;
    std::int32_t year = 0;
    for (std::size_t i = 0; i < 4; ++i) year = year * 10 + (value.text[i] - '0');
    time = days_from_civil(year, day / 32, day % 32) * 86400000.0;
  }
  return time < now ? time : now;
}

void restore(const SignalRow& row, Item& item, const Value& value, double now) {
  drop_expired(row, item, now);
  if (row.op == SignalOp::kSum) {
    const double missing = value.number - number_of(row, item);
    if (missing > 0) take(row, item, now, number_value(missing), kPlainTail);
  } else if (row.op == SignalOp::kCount) {
    const double least = value.number < row.capacity ? value.number : row.capacity;
    while (number_of(row, item) < least) take(row, item, now, value, kPlainTail);
  } else if (row.op == SignalOp::kRecency) {
    const double time = time_of(value, now);
    if (time > (item.size > 0 ? entry_of(item, 0).time_ms : 0)) take(row, item, time, value, kPlainTail);
  } else if (item.size == 0 || is_better(row, item, value.number)) {
    take(row, item, now, value, kPlainTail);
  }
}

}  // namespace

void restore_signals(State& state, std::uint32_t trait) {
  const Value value = value_of(state.traits[trait]);
  for (std::uint32_t index = 0; index < state.program.signals().size(); ++index) {
    const SignalRow& row = state.program.signals()[index];
    if (row.restore != trait || !granted(state, row.label)) continue;
    Item& item = state.signals[index];
    if (value.is_null()) {
      item.size = 0;
      item.number = 0;
    } else {
      restore(row, item, value, state.outcome.time);
    }
    publish_signal(state, index);
  }
}

void publish_signal(State& state, std::uint32_t index) {
  const SignalRow& row = state.program.signals()[index];
  Item& item = state.signals[index];
  double when = 0;
  if (!granted(state, row.label)) {
    for (const std::uint32_t source : {row.source, row.size_source, row.member_source}) {
      set_presence(state, source, Presence::kUnknown);
    }
  } else {
    drop_expired(row, item, state.outcome.time);
    if (row.op == SignalOp::kRecent) {
      set_number(state, row.size_source, count_values(item));
      set_members(state, row.member_source, item);
    } else if (row.op == SignalOp::kRfm) {
      set_number(state, row.source, grade_of(state, row, item, 0));
      set_number(state, row.size_source, grade_of(state, row, item, 1));
      set_number(state, row.member_source, grade_of(state, row, item, 2));
    } else if (row.source != kNone) {
      set_value(state, row.source, single_value(state, row, item));
    }
    when = due(state, row, item);
    // Whatever a program says, a timer lies ahead: settle() ends.
    if (when != 0 && when <= state.outcome.time) when = state.outcome.time + 1;
  }
  set_timer(state.timers, index, when);
  touch_signal(state, index);
}

Value signal_value(const State& state, std::uint32_t index) {
  return single_value(state, state.program.signals()[index], state.signals[index]);
}

void begin_span(State& state, std::uint8_t span) {
  for (std::uint32_t index = 0; index < state.program.signals().size(); ++index) {
    if ((state.program.signals()[index].flags & span) == 0) continue;
    state.signals[index].size = 0;
    state.signals[index].number = 0;
    publish_signal(state, index);
  }
}

bool update_signals(State& state, ByteWriter* record) {
  const bool refunds = state.occurrence.event_name == state.known.refund;
  first_item(state.occurrence);
  offer(state, 0);
  if (refunds) take_back(state, false);
  if (record != nullptr) write_occurrence(state, *record);
  if ((state.program.events()[state.occurrence.event].flags & kEventHasItems) != 0) {
    while (next_item(state)) {
      if (record != nullptr) write_item(state, *record);
      offer(state, 1);
      if (refunds) take_back(state, true);
    }
    first_item(state.occurrence);
  }
  bool kept = publish_touched(state, state.occurrence.event);
  const std::uint32_t purchase = refunds ? state.program.find_event(state.known.purchase) : kNone;
  if (purchase != kNone) kept = publish_touched(state, purchase) || kept;
  return kept;
}

void write_signal_value(const State& state, std::uint32_t index, ByteWriter& writer) {
  const SignalRow& row = state.program.signals()[index];
  const Item& item = state.signals[index];
  const bool is_list = row.op == SignalOp::kRecent;
  if (!is_list && row.op != SignalOp::kRfm) {
    write_value(writer, granted(state, row.label) ? single_value(state, row, item) : null_value());
    return;
  }
  writer.u8(static_cast<std::uint8_t>(ValueTag::kList));
  writer.varint(is_list ? count_values(item) : 3);
  for (std::uint32_t i = 0; i < (is_list ? item.size : 3); ++i) {
    if (!is_list) {
      write_value(writer, granted(state, row.label) ? number_value(grade_of(state, row, item, i)) : null_value());
    } else if (!repeats(item, i)) {
      write_value(writer, load_value(entry_of(item, i)));
    }
  }
}

}  // namespace omo
