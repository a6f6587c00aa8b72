// SPDX-License-Identifier: Apache-2.0
#include "engine/aggregates.h"

#include "engine/kept_state.h"
#include "engine/network.h"

namespace omo {
namespace {

constexpr double kLargest = 1.7976931348623157e308;

double time_at(const Item& item, std::uint32_t index) { return entry_of(item, index).time_ms; }

Value value_at(const Item& item, std::uint32_t index) {
  const Entry& entry = entry_of(item, index);
  return base_bytes(item) == sizeof(Entry) ? load_value(entry) : number_value(entry.number);
}

bool same_value(const Value& a, const Value& b) {
  return a.tag == b.tag && a.number == b.number && same_text(a.text, b.text);
}

/// How many occurrences the entry stands for, faded to the time of the entry.
double weight_of(const Item& item, std::uint32_t index) {
  const Tail& tail = tail_of(item, index);
  return tail.transaction != 0 ? 1 : tail.amount;
}

/// Does every occurrence keep an entry of its own, also where its value is there already? Purchases do, since a refund
/// takes one of them back; so does `top` in a window, which they leave one by one.
bool keeps_each(const SignalRow& row) {
  return (row.flags & kSignalRefundable) != 0 || (row.op == SignalOp::kTop && row.within_ms > 0);
}

bool comes_first(const Value& a, const Value& b) {
  if (a.number != b.number) return a.number < b.number;
  for (std::size_t i = 0; i < a.text.size() && i < b.text.size(); ++i) {
    if (a.text[i] != b.text[i]) return static_cast<std::uint8_t>(a.text[i]) < static_cast<std::uint8_t>(b.text[i]);
  }
  return a.text.size() < b.text.size();
}

/// Is the value of entry `a` before that of entry `b`? Of `top`: the heavier, then the later, then by name. The later
/// entry's time is where both are weighed, so that the answer does not depend on when it is asked for.
bool outranks(const SignalRow& row, const Item& item, std::uint32_t a, std::uint32_t b) {
  if (row.op == SignalOp::kMin) return entry_of(item, a).number < entry_of(item, b).number;
  if (row.op == SignalOp::kMax) return entry_of(item, a).number > entry_of(item, b).number;
  const double between = time_at(item, a) - time_at(item, b);
  double weight_a = weight_at(row, item, a);
  double weight_b = weight_at(row, item, b);
  if (between < 0) {
    weight_a *= decay(row, -between);
  } else {
    weight_b *= decay(row, between);
  }
  if (weight_a != weight_b) return weight_a > weight_b;
  return between != 0 ? between > 0 : comes_first(value_at(item, a), value_at(item, b));
}

/// Entry of the first value in rank, or of the last one. There is at least one entry.
std::uint32_t find_rank(const SignalRow& row, const Item& item, bool last) {
  std::uint32_t found = 0;
  for (std::uint32_t i = 1; i < item.size; ++i) {
    if (row.op == SignalOp::kTop && keeps_each(row) && repeats(item, i)) continue;
    if (outranks(row, item, i, found) != last) found = i;
  }
  return found;
}

/// Entry that goes where the item is full.
std::uint32_t find_victim(const SignalRow& row, const Item& item) {
  switch (row.op) {
    case SignalOp::kFirst:
      return 0;  // the oldest is the result, and the others follow it in their order
    case SignalOp::kTop:
      if (keeps_each(row)) break;
      [[fallthrough]];
    case SignalOp::kMin:
    case SignalOp::kMax:
      return find_rank(row, item, true);
    default:
      break;
  }
  return item.size - 1;
}

/// Sums, averages and rfm for ever lose nothing: what goes is added to the oldest entry that stays.
bool merges(const SignalRow& row) {
  return row.within_ms == 0 && (row.op == SignalOp::kSum || row.op == SignalOp::kAverage || row.op == SignalOp::kRfm);
}

/// Of min and max: drops the entries that the new number makes superfluous, being at least as good and staying longer.
/// What is left is strictly better the older it is. False where the number itself is superfluous, for ever.
bool outdo(const SignalRow& row, Item& item, double number) {
  std::uint32_t outdone = 0;
  for (; outdone < item.size; ++outdone) {
    const double kept = entry_of(item, outdone).number;
    if (row.op == SignalOp::kMin ? kept < number : kept > number) break;
  }
  if (row.within_ms == 0 && outdone < item.size) return false;
  for (; outdone > 0; --outdone) remove(item, 0);
  return true;
}

double total_weight(const Item& item) {
  double weight = 0;
  for (std::uint32_t i = item.size; i-- > 0;) weight = add(weight, weight_of(item, i));
  return weight;
}

double total_number(const Item& item) {
  double sum = 0;
  for (std::uint32_t i = item.size; i-- > 0;) sum = add(sum, entry_of(item, i).number);
  return sum;
}

Rows<double> edges_of(const State& state, const SignalRow& row, std::uint32_t which) {
  std::uint32_t first = row.first_edge;
  for (std::uint32_t i = 0; i < which; ++i) first += row.edge_count[i];
  return state.program.edges().subspan(first, row.edge_count[which]);
}

}  // namespace

double add(double a, double b) {
  const double sum = a + b;
  return sum > kLargest ? kLargest : sum < -kLargest ? -kLargest : sum;
}

bool accepts(const State& state, const SignalRow& row) {
  // Feedback of a campaign carries the campaign's purposes: it enters only what goes when one of them is withdrawn.
  if (!granted(state, row.label) || (state.outcome.label & ~row.label) != 0) return false;
  // What a journal holds happened in another page view, or is there already.
  return (row.flags & kSignalPage) == 0 || !state.replaying;
}

void drop_expired(const SignalRow& row, Item& item, double now) {
  while (row.within_ms > 0 && item.size > 0 && now - time_at(item, item.size - 1) >= row.within_ms) --item.size;
}

void remove(Item& item, std::uint32_t index) {
  --item.size;
  std::uint8_t* const at = item.entries + index * item.entry_bytes;
  std::memmove(at, at + item.entry_bytes, (item.size - index) * item.entry_bytes);
}

void take(const SignalRow& row, Item& item, double now, Value value, const Tail& tail) {
  if (item.capacity == 0) {
    item.number = row.op == SignalOp::kSum     ? add(item.number, value.number)
                  : item.number < row.capacity ? item.number + 1
                                               : item.number;
    return;
  }
  if (row.op == SignalOp::kDistinct) {
    // Which value it was does not matter: 53 bits of its hash are a whole number.
    value.number += 0.0;  // of the two zeros, the positive one
    std::uint8_t bytes[sizeof(double)];
    std::memcpy(bytes, &value.number, sizeof bytes);
    value = number_value(static_cast<double>(fnv64(as_bytes(value.text), fnv64({bytes, sizeof bytes})) >> 11));
  }
  const bool lists = row.op == SignalOp::kRecent || row.op == SignalOp::kDistinct || row.op == SignalOp::kTop;
  const bool ranks = row.op == SignalOp::kMin || row.op == SignalOp::kMax;
  double amount = tail.amount;
  double merged = 0;
  bool merging = false;
  std::uint32_t gone = item.size;
  if (lists && !keeps_each(row)) {
    for (gone = 0; gone < item.size && !same_value(value_at(item, gone), value);) ++gone;
    if (gone < item.size && row.op == SignalOp::kTop) {
      amount = add(amount, tail_of(item, gone).amount * decay(row, now - time_at(item, gone)));
    }
  } else if (ranks && !keeps_each(row)) {
    if (!outdo(row, item, value.number)) return;
    gone = item.size;
  }
  double weight = 0;
  if (gone == item.capacity) {
    if (row.op == SignalOp::kFirst && item.capacity == 1) return;
    gone = find_victim(row, item);
    merging = merges(row);
    if (merging) {
      merged = entry_of(item, gone).number;
      weight = weight_of(item, gone);
    } else if (row.op != SignalOp::kRecency && row.op != SignalOp::kLast && time_at(item, gone) > item.number) {
      item.number = time_at(item, gone);
    }
  } else if (gone == item.size) {
    ++item.size;
  }
  Entry& entry = push_front(item, gone);
  entry.time_ms = now;
  const std::uint32_t base = base_bytes(item);
  if (base == sizeof(Entry)) {
    store_value(entry, value);
  } else if (base > sizeof(double)) {
    entry.number = value.number;
  }
  if (base != item.entry_bytes) {
    tail_of(item, 0) = tail;
    tail_of(item, 0).amount = amount;
  }
  if (merging) {
    const std::uint32_t oldest = item.size - 1;
    weight = add(weight, weight_of(item, oldest));
    tail_of(item, oldest) = {weight, 0, 0, 0};
    entry_of(item, oldest).number = add(entry_of(item, oldest).number, merged);
  }
}

// Entry k holds when the matches of k + 1 steps began: of all of them the latest, which is all that matters. Whether
// and how long a match goes on depends on its steps to come, which are the same for all matches of so many steps, and
// on its beginning: it ends `within` after that, or with the next `without`, which ends all. So among matches of one
// length the one that began last outlives the others, and whatever they could become, it can become too. The beginning
// of k + 2 steps is one of k + 1 steps, so the entries stand latest first, without gaps: what expires goes from the
// end, and the sequence is complete while the last step's entry is there.
void advance(Item& item, std::uint32_t steps, double now) {
  if ((steps >> kWithoutStep & 1) != 0) item.size = 0;
  // From the last step on, so that one event is one step of a match.
  for (std::uint32_t step = item.size < item.capacity ? item.size : item.capacity - 1;; --step) {
    if ((steps >> step & 1) != 0) {
      entry_of(item, step).time_ms = step > 0 ? time_at(item, step - 1) : now;
      if (step == item.size) ++item.size;
    }
    if (step == 0) break;
  }
}

bool is_better(const SignalRow& row, const Item& item, double number) {
  if (row.op != SignalOp::kMin && row.op != SignalOp::kMax) return false;
  const double best = entry_of(item, find_rank(row, item, false)).number;
  return row.op == SignalOp::kMin ? number < best : number > best;
}

double number_of(const SignalRow& row, const Item& item) {
  if (item.capacity == 0) return item.number;
  return row.op == SignalOp::kCount ? item.size : total_number(item);
}

bool repeats(const Item& item, std::uint32_t index) {
  const Value value = value_at(item, index);
  bool found = false;
  for (std::uint32_t i = 0; i < index && !found; ++i) found = same_value(value_at(item, i), value);
  return found;
}

std::uint32_t count_values(const Item& item) {
  std::uint32_t count = item.size;
  // Entries without a tail are of different values.
  if (base_bytes(item) == item.entry_bytes) return count;
  for (std::uint32_t i = 0; i < item.size; ++i) count -= repeats(item, i) ? 1 : 0;
  return count;
}

double weight_at(const SignalRow& row, const Item& item, std::uint32_t index) {
  double sum = 0;
  for (std::uint32_t i = keeps_each(row) ? item.size : index + 1; i-- > index;) {
    if (i > index && !same_value(value_at(item, i), value_at(item, index))) continue;
    sum = add(sum, weight_of(item, i) * decay(row, time_at(item, index) - time_at(item, i)));
  }
  return sum;
}

double decay(const SignalRow& row, double age_ms) {
  if (row.half_life_ms <= 0 || age_ms <= 0) return 1;
  const double halves = age_ms / row.half_life_ms;
  if (!(halves < 1000)) return 0;
  const auto whole = static_cast<std::uint32_t>(halves);
  // e^x by its series: with |x| below ln 2, what 17 terms leave out is below 2^-60.
  const double x = (whole - halves) * 0.69314718055994531;
  double power = 1;
  for (std::uint32_t term = 17; term > 0; --term) power = 1 + x * power / term;
  const std::uint64_t bits = (std::uint64_t{1023} - whole) << 52;
  double scale = 0;
  std::memcpy(&scale, &bits, sizeof scale);
  return power * scale;
}

std::uint32_t grade_of(const State& state, const SignalRow& row, const Item& item, std::uint32_t which) {
  const Rows<double> edges = edges_of(state, row, which);
  if (which == 0 && item.size == 0) return 1;
  const double value = which == 0   ? state.outcome.time - time_at(item, 0)
                       : which == 1 ? total_weight(item)
                                    : total_number(item);
  std::uint32_t reached = 0;
  for (const double edge : edges) reached += value >= edge ? 1 : 0;
  return which == 0 ? edges.size() + 1 - reached : reached + 1;
}

Value single_value(const State& state, const SignalRow& row, const Item& item) {
  const bool none = item.size == 0;
  switch (row.op) {
    case SignalOp::kCount:
    case SignalOp::kSum:
      return number_value(number_of(row, item));
    case SignalOp::kDistinct:
      return number_value(count_values(item));
    case SignalOp::kSequence:
      return bool_value(item.size == item.capacity);
    case SignalOp::kRecency:
      return none ? null_value() : number_value(state.outcome.time - time_at(item, 0));
    case SignalOp::kAverage: {
      const double weight = none ? 0 : total_weight(item);
      return weight > 0 ? number_value(total_number(item) / weight) : null_value();
    }
    case SignalOp::kMin:
    case SignalOp::kMax:
    case SignalOp::kTop:
      return none ? null_value() : value_at(item, find_rank(row, item, false));
    case SignalOp::kFirst:
      return none ? null_value() : value_at(item, item.size - 1);
    default:
      return value_of(item);
  }
}

double due(const State& state, const SignalRow& row, const Item& item) {
  if (item.size == 0) return 0;
  double when = row.within_ms > 0 ? time_at(item, item.size - 1) + row.within_ms : 0;
  const auto also = [&when](double time) {
    if (when == 0 || time < when) when = time;
  };
  const double latest = time_at(item, 0);
  if (row.op == SignalOp::kRecency && row.source != kNone) {
    const double threshold = next_threshold(state, row.source);
    if (threshold >= 0) also(latest + threshold);
  }
  if (row.op == SignalOp::kRfm) {
    for (const double edge : edges_of(state, row, 0)) {
      if (latest + edge > state.outcome.time) also(latest + edge);
    }
  }
  return when;
}

bool is_saturated(const State& state, std::uint32_t signal) {
  const SignalRow& row = state.program.signals()[signal];
  const Item& item = state.signals[signal];
  if (item.capacity == 0) return row.op == SignalOp::kCount && item.number >= row.capacity;
  return item.number != 0 && (row.within_ms == 0 || state.outcome.time - item.number < row.within_ms);
}

}  // namespace omo
