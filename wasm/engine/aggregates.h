// SPDX-License-Identifier: Apache-2.0
// What one signal keeps of its occurrences, and what it makes of them. docs/signals.md defines every operation.
#pragma once
#include "engine/state.h"

namespace omo {

inline constexpr Tail kPlainTail = {1, 0, 0, 0};  ///< an occurrence that no refund takes back

/// Sums saturate instead of becoming infinite: an infinity minus itself would be no number.
[[nodiscard]] double add(double a, double b);
/// Does the event at hand count for the signal, as far as purposes and page view say?
[[nodiscard]] bool accepts(const State& state, const SignalRow& row);
/// What is older than `within` never happened.
void drop_expired(const SignalRow& row, Item& item, double now);
/// One occurrence. `value` is the parameter of `of`, as it is kept.
void take(const SignalRow& row, Item& item, double now, Value value, const Tail& tail);
/// Drops one entry.
void remove(Item& item, std::uint32_t index);

/// The steps (bit by number, bit kWithoutStep) that one event has matched advance the matches of a sequence.
void advance(Item& item, std::uint32_t steps, double now);

/// Would this number be the new result of a `min` or `max` that has one? False for every other operation.
[[nodiscard]] bool is_better(const SignalRow& row, const Item& item, double number);
/// How many of a count, the sum of a sum.
[[nodiscard]] double number_of(const SignalRow& row, const Item& item);
/// Does the value of entry `index` stand nearer to the front already? Only entries of purchases, or of `top` in a
/// window, may repeat one.
[[nodiscard]] bool repeats(const Item& item, std::uint32_t index);
/// Different values.
[[nodiscard]] std::uint32_t count_values(const Item& item);
/// Of `top`: what the value of entry `index` weighs, at the time of that entry. All weights fade alike, so an order of
/// them holds for ever: see outranks() in aggregates.cpp. The tastes with their weights are those of all entries that
/// do not repeat() one; at another time a weight is this one times decay() of the time in between.
[[nodiscard]] double weight_at(const SignalRow& row, const Item& item, std::uint32_t index);
/// 0.5 ^ (age / half-life), 1 without a half-life. The same bits everywhere; relative error below 2^-49.
[[nodiscard]] double decay(const SignalRow& row, double age_ms);
/// Grade 0 (recency), 1 (frequency) or 2 (monetary) of an rfm signal: 1 to the number of its edges + 1, which is best.
[[nodiscard]] std::uint32_t grade_of(const State& state, const SignalRow& row, const Item& item, std::uint32_t which);
/// The value that is one number, boolean or text; those of `recent` and `rfm` are lists.
[[nodiscard]] Value single_value(const State& state, const SignalRow& row, const Item& item);
/// When the signal next changes by time alone; 0 = never.
[[nodiscard]] double due(const State& state, const SignalRow& row, const Item& item);
[[nodiscard]] bool is_saturated(const State& state, std::uint32_t signal);

}  // namespace omo
