// SPDX-License-Identifier: Apache-2.0
#include "engine/signals.h"

#include "engine/date.h"
#include "engine/formulas.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/timers.h"

namespace omo {
namespace {

constexpr double kLargest = 1.7976931348623157e308;

/// Sums saturate instead of becoming infinite: an infinity minus itself would be no number.
double add(double a, double b) {
  const double sum = a + b;
  return sum > kLargest ? kLargest : sum < -kLargest ? -kLargest : sum;
}

double oldest_ms(const Item& item) { return entry_of(item, item.size - 1).time_ms; }

/// What is older than `within` never happened.
void drop_expired(const SignalRow& row, Item& item, double now) {
  while (row.within_ms > 0 && item.size > 0 && now - oldest_ms(item) >= row.within_ms) --item.size;
}

/// Index of the entry that a new occurrence replaces: the same value's, or one behind the last.
std::uint32_t find_value(const Item& item, const Value& value) {
  std::uint32_t at = 0;
  for (; at < item.size; ++at) {
    const Entry& other = entry_of(item, at);
    if (other.tag == value.tag && other.number == value.number && same_text(other.text.view(), value.text)) break;
  }
  return at;
}

/// One occurrence for one signal. `value` is the parameter of `of`, as it is kept.
void take(const SignalRow& row, Item& item, double now, const Value& value) {
  if (row.within_ms == 0 && row.op <= SignalOp::kSum) {
    item.number = row.op == SignalOp::kSum     ? add(item.number, value.number)
                  : item.number < row.capacity ? item.number + 1
                                               : item.number;
    return;
  }
  const std::uint32_t same = row.op == SignalOp::kRecent ? find_value(item, value) : item.size;
  Entry& entry = same < item.size ? push_front(item, same) : push_entry(item);
  entry.time_ms = now;
  if (row.op == SignalOp::kSum) entry.number = value.number;
  if (row.op >= SignalOp::kLast) store_value(entry, value);
}

double number_of(const SignalRow& row, const Item& item) {
  if (row.within_ms == 0) return item.number;
  if (row.op == SignalOp::kCount) return item.size;
  double sum = 0;
  for (std::uint32_t i = item.size; i-- > 0;) sum = add(sum, entry_of(item, i).number);
  return sum;
}

/// When the signal next changes by time alone; 0 = never.
double due(const State& state, const SignalRow& row, const Item& item) {
  if (item.size == 0) return 0;
  const double last = oldest_ms(item);
  double when = row.within_ms > 0 ? last + row.within_ms : 0;
  if (row.op == SignalOp::kRecency && row.source != kNone) {
    const double threshold = next_threshold(state, row.source);
    if (threshold >= 0 && (when == 0 || last + threshold < when)) when = last + threshold;
  }
  return when;
}

/// The value that is one number or text; the one of `recent` is a list.
Value single_value(const State& state, const SignalRow& row, const Item& item) {
  if (row.op <= SignalOp::kSum) return number_value(number_of(row, item));
  if (row.op != SignalOp::kRecency || item.size == 0) return value_of(item);
  return number_value(state.outcome.time - oldest_ms(item));
}

/// Gives the occurrence with its present item to the signals that count items (`per_item` 1) or events (0).
void offer(State& state, std::uint8_t per_item) {
  for (std::uint32_t index = state.first_signal[state.occurrence.event]; index != kNone;
       index = state.next_signal[index]) {
    const SignalRow& row = state.program.signals()[index];
    if (row.per_item != per_item) continue;
    // Feedback of a campaign carries the campaign's purposes: it enters only what goes when one of them is withdrawn.
    if (!granted(state, row.label) || (state.outcome.label & ~row.label) != 0) continue;
    if (row.where != kNone && !matches_where(state, row)) continue;
    const Value value = find_param(state, row.of);
    if (row.of != kNone && value.is_null()) continue;
    Item& item = state.signals[index];
    drop_expired(row, item, state.outcome.time);
    take(row, item, state.outcome.time, value);
    item.touched = true;
  }
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
    if (missing > 0) take(row, item, now, number_value(missing));
  } else if (row.op == SignalOp::kCount) {
    const double least = value.number < row.capacity ? value.number : row.capacity;
    while (number_of(row, item) < least) take(row, item, now, value);
  } else if (row.op == SignalOp::kRecency) {
    const double time = time_of(value, now);
    if (time > (item.size > 0 ? oldest_ms(item) : 0)) take(row, item, time, value);
  } else if (item.size == 0) {
    take(row, item, now, value);
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
      set_number(state, row.size_source, item.size);
      set_members(state, row.member_source, item);
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

bool update_signals(State& state, ByteWriter& record) {
  const std::uint32_t first = state.first_signal[state.occurrence.event];
  first_item(state.occurrence);
  offer(state, 0);
  write_occurrence(state, record);
  while (next_item(state)) {
    write_item(state, record);
    offer(state, 1);
  }
  first_item(state.occurrence);
  bool taken = false;
  for (std::uint32_t index = first; index != kNone; index = state.next_signal[index]) {
    if (!state.signals[index].touched) continue;
    state.signals[index].touched = false;
    publish_signal(state, index);
    taken = true;
  }
  return taken;
}

void write_signal_value(const State& state, std::uint32_t index, ByteWriter& writer) {
  const SignalRow& row = state.program.signals()[index];
  const Item& item = state.signals[index];
  if (row.op != SignalOp::kRecent) {
    write_value(writer, granted(state, row.label) ? single_value(state, row, item) : null_value());
    return;
  }
  writer.u8(static_cast<std::uint8_t>(ValueTag::kList));
  writer.varint(item.size);
  for (std::uint32_t i = 0; i < item.size; ++i) write_value(writer, load_value(entry_of(item, i)));
}

}  // namespace omo
