// SPDX-License-Identifier: Apache-2.0
#include "engine/signals.h"

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

/// Place in the ring of the i-th oldest entry.
std::uint32_t ring(const SignalRow& row, const SignalState& signal, std::uint32_t i) {
  const std::uint32_t at = signal.head + i;
  return at < row.capacity ? at : at - row.capacity;
}

void drop_expired(const SignalRow& row, SignalState& signal, double now) {
  while (signal.size > 0 && now - signal.times[signal.head] >= row.within_ms) {
    signal.head = ring(row, signal, 1);
    --signal.size;
    // What overflowed was older than what has just expired.
    signal.saturated = false;
  }
}

void push_time(const SignalRow& row, SignalState& signal, double now, double number) {
  if (signal.size == row.capacity) {
    signal.head = ring(row, signal, 1);
    --signal.size;
    signal.saturated = true;
  }
  const std::uint32_t at = ring(row, signal, signal.size++);
  signal.times[at] = now;
  if (row.op == SignalOp::kSum) signal.numbers[at] = number;
}

/// The value is now the latest; if it was kept before, it moves to the front.
void push_recent(const SignalRow& row, SignalState& signal, double now, const Value& value) {
  StoredValue entry;
  store_value(entry, value);
  const Value kept = load_value(entry);
  std::uint32_t at = 0;
  while (at < signal.size) {
    const Value other = load_value(signal.values[at]);
    if (other.tag == kept.tag && other.text == kept.text && other.number == kept.number) break;
    ++at;
  }
  if (at == signal.size) {
    if (signal.size < row.capacity) {
      ++signal.size;
    } else {
      signal.saturated = true;
      --at;
    }
  }
  for (; at > 0; --at) {
    signal.times[at] = signal.times[at - 1];
    signal.values[at] = signal.values[at - 1];
  }
  signal.times[0] = now;
  signal.values[0] = entry;
}

/// One occurrence for one signal. `value` is the parameter of `of`.
void take(const SignalRow& row, SignalState& signal, double now, const Value& value) {
  switch (row.op) {
    case SignalOp::kCount:
      if (row.within_ms > 0) {
        push_time(row, signal, now, 0);
      } else if (signal.number < row.capacity) {
        signal.number += 1;
      } else {
        signal.saturated = true;
      }
      break;
    case SignalOp::kSum:
      if (row.within_ms > 0) {
        push_time(row, signal, now, value.number);
      } else {
        signal.number = add(signal.number, value.number);
      }
      break;
    case SignalOp::kRecency:
      signal.last_ms = now;
      break;
    case SignalOp::kLast:
      signal.last_ms = now;
      store_value(signal.values[0], value);
      break;
    case SignalOp::kRecent:
      push_recent(row, signal, now, value);
      break;
  }
}

double windowed_number(const SignalRow& row, const SignalState& signal) {
  if (row.op == SignalOp::kCount) return signal.size;
  double sum = 0;
  for (std::uint32_t i = 0; i < signal.size; ++i) sum = add(sum, signal.numbers[ring(row, signal, i)]);
  return sum;
}

/// Last, recency and recent with a window: what is older than `within` never happened.
void forget_old(const SignalRow& row, SignalState& signal, double now) {
  if (row.within_ms == 0) return;
  if (signal.last_ms != 0 && now - signal.last_ms >= row.within_ms) signal.last_ms = 0;
  while (row.op == SignalOp::kRecent && signal.size > 0 && now - signal.times[signal.size - 1] >= row.within_ms) {
    --signal.size;
  }
}

double number_of(const SignalRow& row, const SignalState& signal) {
  return is_windowed(row) ? windowed_number(row, signal) : signal.number;
}

/// When the signal next changes by time alone; 0 = never.
double due(const State& state, const SignalRow& row, const SignalState& signal) {
  if (is_windowed(row)) return signal.size > 0 ? signal.times[signal.head] + row.within_ms : 0;
  double when = 0;
  if (row.within_ms > 0) {
    if (row.op == SignalOp::kRecent && signal.size > 0) when = signal.times[signal.size - 1] + row.within_ms;
    if (row.op != SignalOp::kRecent && signal.last_ms != 0) when = signal.last_ms + row.within_ms;
  }
  if (row.op == SignalOp::kRecency && signal.last_ms != 0 && row.source != kNone) {
    const double threshold = next_threshold(state, row.source);
    if (threshold >= 0 && (when == 0 || signal.last_ms + threshold < when)) when = signal.last_ms + threshold;
  }
  return when;
}

/// Gives the occurrence with its present item to the signals that count items (`per_item` 1) or events (0). Answers
/// whether there are signals of the other kind.
bool offer(State& state, const Occurrence& occurrence, std::uint8_t per_item) {
  const ProgramView& program = state.program;
  bool others = false;
  for (std::uint32_t index = state.first_signal[occurrence.event]; index != kNone; index = state.next_signal[index]) {
    const SignalRow& row = program.signals()[index];
    if (row.per_item != per_item) {
      others = true;
      continue;
    }
    // Feedback of a campaign carries the campaign's purposes: it enters only what goes when one of them is withdrawn.
    if (!granted(state, row.label) || (state.outcome.label & ~row.label) != 0) continue;
    if (row.where != kNone &&
        !matches_where(program, occurrence, program.predicates().subspan(row.where, row.where_bytes).span())) {
      continue;
    }
    const Value value = row.of != kNone ? find_param(program, occurrence, row.of) : null_value();
    if (row.of != kNone && value.is_null()) continue;
    SignalState& signal = state.signals[index];
    if (is_windowed(row)) drop_expired(row, signal, state.outcome.time);
    take(row, signal, state.outcome.time, value);
    signal.touched = true;
  }
  return others;
}

}  // namespace

void publish_signal(State& state, std::uint32_t index) {
  const SignalRow& row = state.program.signals()[index];
  SignalState& signal = state.signals[index];
  const double now = state.outcome.time;
  if (!granted(state, row.label)) {
    set_unknown(state, row.source);
    set_unknown(state, row.size_source);
    set_unknown(state, row.member_source);
    set_timer(state.timers, index, 0);
    return;
  }
  if (is_windowed(row)) {
    drop_expired(row, signal, now);
  } else {
    forget_old(row, signal, now);
  }
  switch (row.op) {
    case SignalOp::kCount:
    case SignalOp::kSum:
      if (row.source != kNone) set_number(state, row.source, number_of(row, signal));
      break;
    case SignalOp::kRecency:
      if (signal.last_ms != 0) {
        set_number(state, row.source, now - signal.last_ms);
      } else {
        set_null(state, row.source);
      }
      break;
    case SignalOp::kLast:
      set_value(state, row.source, signal.last_ms != 0 ? load_value(signal.values[0]) : null_value());
      break;
    case SignalOp::kRecent:
      set_number(state, row.size_source, signal.size);
      set_members(state, row.member_source, signal.values, signal.size);
      break;
  }
  // Whatever a program says, a timer lies ahead: settle() ends.
  const double when = due(state, row, signal);
  set_timer(state.timers, index, when == 0 || when > now ? when : now + 1);
}

bool update_signals(State& state, Occurrence& occurrence) {
  const std::uint32_t first = state.first_signal[occurrence.event];
  occurrence.item.size = 0;
  if (offer(state, occurrence, 0)) {
    for (ItemWalk walk(state.program, occurrence); walk.next();) offer(state, occurrence, 1);
  }
  occurrence.item.size = 0;
  bool taken = false;
  for (std::uint32_t index = first; index != kNone; index = state.next_signal[index]) {
    if (!state.signals[index].touched) continue;
    state.signals[index].touched = false;
    publish_signal(state, index);
    taken = true;
  }
  return taken;
}

void expire_signal(State& state, std::uint32_t index) { publish_signal(state, index); }

void clear_signal(State& state, std::uint32_t index) {
  SignalState& signal = state.signals[index];
  signal.last_ms = 0;
  signal.number = 0;
  signal.size = 0;
  signal.head = 0;
  signal.saturated = false;
  publish_signal(state, index);
}

void write_signal_value(const State& state, std::uint32_t index, ByteWriter& writer) {
  const SignalRow& row = state.program.signals()[index];
  const SignalState& signal = state.signals[index];
  Value value;
  switch (row.op) {
    case SignalOp::kCount:
    case SignalOp::kSum:
      value = number_value(number_of(row, signal));
      break;
    case SignalOp::kRecency:
      if (signal.last_ms != 0) value = number_value(state.outcome.time - signal.last_ms);
      break;
    case SignalOp::kLast:
      if (signal.last_ms != 0) value = load_value(signal.values[0]);
      break;
    case SignalOp::kRecent:
      writer.u8(static_cast<std::uint8_t>(ValueTag::kList));
      writer.varint(signal.size);
      for (std::uint32_t i = 0; i < signal.size; ++i) write_value(writer, load_value(signal.values[i]));
      return;
  }
  write_value(writer, granted(state, row.label) ? value : null_value());
}

void save_signal(const State& state, std::uint32_t index, ByteWriter& writer) {
  const SignalRow& row = state.program.signals()[index];
  const SignalState& signal = state.signals[index];
  const auto time = [&](double ms) { writer.u48(ms); };
  if (is_windowed(row)) {
    writer.varint(signal.size);
    for (std::uint32_t i = 0; i < signal.size; ++i) {
      const std::uint32_t at = ring(row, signal, i);
      time(signal.times[at]);
      if (row.op == SignalOp::kSum) writer.f64(signal.numbers[at]);
    }
    writer.u8(signal.saturated ? 1 : 0);
  } else if (row.op == SignalOp::kCount) {
    writer.varint(static_cast<std::uint32_t>(signal.number));
  } else if (row.op == SignalOp::kSum) {
    writer.f64(signal.number);
  } else if (row.op == SignalOp::kRecent) {
    writer.varint(signal.size);
    for (std::uint32_t i = 0; i < signal.size; ++i) {
      time(signal.times[i]);
      write_value(writer, load_value(signal.values[i]));
    }
  } else {
    time(signal.last_ms);
    if (row.op == SignalOp::kLast) write_value(writer, load_value(signal.values[0]));
  }
}

bool load_signal(State& state, std::uint32_t index, ByteReader& reader) {
  const SignalRow& row = state.program.signals()[index];
  SignalState& signal = state.signals[index];
  const auto time = [&] { return reader.u48(); };
  bool valid = true;
  if (is_windowed(row)) {
    // A capacity that shrank keeps the latest; a number that is not finite never comes from here.
    for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
      const double when = time();
      const double number = row.op == SignalOp::kSum ? reader.f64() : 0;
      valid = valid && number - number == 0;
      push_time(row, signal, when, number);
    }
    signal.saturated = reader.u8() != 0 || signal.saturated;
  } else if (row.op == SignalOp::kCount) {
    signal.number = reader.varint();
  } else if (row.op == SignalOp::kSum) {
    signal.number = reader.f64();
    valid = signal.number - signal.number == 0;
  } else if (row.op == SignalOp::kRecent) {
    for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
      const double when = time();
      const Value value = read_value(reader);
      if (signal.size == row.capacity) continue;
      signal.times[signal.size] = when;
      store_value(signal.values[signal.size++], value);
    }
  } else {
    signal.last_ms = time();
    if (row.op == SignalOp::kLast) store_value(signal.values[0], read_value(reader));
  }
  if (!reader.ok() || !reader.at_end() || !valid) {
    clear_signal(state, index);
    return false;
  }
  publish_signal(state, index);
  return true;
}

}  // namespace omo
