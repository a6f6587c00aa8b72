// SPDX-License-Identifier: Apache-2.0
// What outlives an input, as a whole: forgetting it, withdrawing purposes from it, bringing conditions in line with it.
#pragma once
#include "engine/timers.h"

namespace omo {

/// Purchases are recognised by their transaction_id for the sake of the signals.
inline constexpr std::uint8_t kTransactionLabel = purpose::kPersonalization;

/// Items of these kinds (bits by EntryKind) that need one of these purposes become as if nothing had happened; 0 as
/// purposes is every item of the kinds. Conditions follow with publish_all().
void forget(State& state, std::uint32_t kinds, std::uint8_t purposes);
inline constexpr std::uint32_t kEverything = ~0u;
/// All but the context values, which belong to the page view.
inline constexpr std::uint32_t kKept = ~(1u << static_cast<std::uint32_t>(EntryKind::kContext));

/// Makes room at the front for one more entry, dropping the one at `last` (an index), and gives it zeroed.
Entry& push_front(Item& item, std::uint32_t last);
/// Adds an entry; where the item is full, the oldest one goes.
Entry& push_entry(Item& item);

/// The visitor's calendar day at a time.
[[nodiscard]] std::int32_t local_day(const State& state, double time_ms);
/// Sets a trait or context value by its row; null removes it.
void set_named_value(State& state, bool trait, std::uint32_t index, const Value& value);
/// Brings every trait and days_until() up to the present local day.
void publish_traits(State& state);
/// Brings all conditions in line with the kept state and the consent.
void publish_all(State& state);
/// Was this purchase seen before? Remembers it if not.
[[nodiscard]] bool is_repeated_purchase(State& state, std::string_view transaction_id);

/// Everything as if nothing had happened, under the present consent; the clock begins anew.
void clear_kept(State& state);
/// Changes the granted purposes; what rests on a withdrawn one is forgotten.
void apply_consent(State& state, std::uint8_t present, std::uint8_t granted_bits);

/// Write and read one item as an entry of a snapshot (wire/snapshot.md). Reading answers false, and forgets the item,
/// where nothing of this program wants it, consent does not cover it and `label`, or it does not read.
void save_item(const State& state, const Item& item, ByteWriter& writer);
[[nodiscard]] bool load_item(State& state, std::uint32_t label, ByteReader& entries);

/// Is there a due timer or a decision to make?
[[nodiscard]] OMO_INLINE inline bool is_unsettled(const State& state) {
  const double due = next_due(state.timers);
  return state.decide || state.walk || state.formulas_wait || (due != 0 && due <= state.outcome.time);
}
/// What fell due, and the decisions.
void settle_due(State& state);
/// After any change: due timers, journeys, decisions, the next wake-up.
void settle(State& state);

/// settle() for the one place that comes with every input.
OMO_INLINE inline void settle_here(State& state) {
  if (is_unsettled(state)) settle_due(state);
  const MetaRow& meta = state.program.meta();
  Item& stream = state.own->stream;
  Item& queue = state.own->queue;
  // An id that has served its time makes room for one that nothing connects with it, once nothing waits under it.
  const double age = state.outcome.time - stream.number;
  if (!(stream.size == 0 || queue.size > 0 || age < meta.stream_ms)) {
    stream.size = 0;
    queue.number = 0;
  }
  const bool measures = meta.sync_events != 0 && granted(state, purpose::kMeasurement);
  if (state.own->seed.size == 0 || (measures && stream.size == 0)) state.outcome.flags |= outcome::kNeedsSeed;
  state.outcome.wake_at = next_due(state.timers);
}

}  // namespace omo
