// SPDX-License-Identifier: Apache-2.0
#include "engine/kept_state.h"

#include "engine/campaigns.h"
#include "engine/date.h"
#include "engine/formulas.h"
#include "engine/journeys.h"
#include "engine/network.h"
#include "engine/queue.h"
#include "engine/signals.h"
#include "engine/timers.h"

namespace omo {
namespace {

/// What fell due longer ago than this happens now: a clock that jumps must not cost a life's midnights.
constexpr double kCatchUpMs = 400 * kMillisecondsADay;

/// Of a trait or context value; context values have no days_until().
void publish_named_value(State& state, const NamedValueRow& row, const Item& item) {
  if (!granted(state, row.label)) {
    set_presence(state, row.source, Presence::kUnknown);
    set_presence(state, row.days_source, Presence::kUnknown);
    return;
  }
  const Value value = value_of(item);
  set_value(state, row.source, value);
  if (row.days_source == kNone) return;
  if (const std::uint32_t anniversary = parse_anniversary(value.text); anniversary != 0) {
    set_number(state, row.days_source, days_until(anniversary, local_day(state, state.outcome.time)));
  } else {
    set_presence(state, row.days_source, Presence::kNull);
  }
}

}  // namespace

std::int32_t local_day(const State& state, double time_ms) {
  const double days = (time_ms + state.utc_offset_ms) / kMillisecondsADay;
  const auto whole = static_cast<std::int32_t>(days);
  return static_cast<double>(whole) > days ? whole - 1 : whole;
}

void store_text(Text& to, std::string_view text) {
  // Most values are numbers that follow numbers: there is nothing to wipe.
  if (to.length == 0 && text.empty()) return;
  const std::size_t length = utf8_prefix(text, kMaxStringBytes);
  if constexpr (kForSpeed) {
    // Behind the text that stands here the bytes are zero already. (What a snapshot brought may name any length.)
    const std::size_t before = to.length < kMaxStringBytes ? to.length : kMaxStringBytes;
    for (std::size_t i = length; i < before; ++i) to.bytes[i] = 0;
  } else {
    std::memset(to.bytes, 0, kMaxStringBytes);
  }
  to.length = static_cast<std::uint8_t>(length);
  copy_bytes(reinterpret_cast<std::uint8_t*>(to.bytes), as_bytes(text).first(length));
}

void store_value(Entry& to, const Value& value) {
  to.tag = value.tag;
  to.number = value.number;
  store_text(to.text, value.text);
}

std::uint32_t base_bytes(const Item& item) {
  const std::uint32_t bytes = item.entry_bytes;
  const bool has_tail = bytes == sizeof(double) + sizeof(Tail) || bytes == 2 * sizeof(double) + sizeof(Tail) ||
                        bytes == sizeof(Entry) + sizeof(Tail);
  return has_tail ? bytes - static_cast<std::uint32_t>(sizeof(Tail)) : bytes;
}

Tail& tail_of(const Item& item, std::uint32_t i) {
  return *reinterpret_cast<Tail*>(item.entries + (i + 1) * item.entry_bytes - sizeof(Tail));
}

Value value_of(const Item& item) { return item.size > 0 ? load_value(entry_of(item, 0)) : null_value(); }

Entry& push_front(Item& item, std::uint32_t last) {
  // Rows of one number are the most: a call of the browser's memory.copy or memory.fill costs more than one store.
  if (last > 0) std::memmove(item.entries + item.entry_bytes, item.entries, last * item.entry_bytes);
  if (item.entry_bytes > sizeof(double)) std::memset(item.entries, 0, item.entry_bytes);
  return entry_of(item, 0);
}

Entry& push_entry(Item& item) { return push_front(item, item.size < item.capacity ? item.size++ : item.capacity - 1); }

void set_named_value(State& state, bool trait, std::uint32_t index, const Value& value) {
  const NamedValueRow& row = (trait ? state.program.traits() : state.program.contexts())[index];
  Item& item = (trait ? state.traits : state.contexts)[index];
  item.size = value.is_null() ? 0 : 1;
  store_value(entry_of(item, 0), value);
  touch_named_value(state, trait, index);
  if (row.days_source != kNone) {
    publish_traits(state);  // and the timer of midnight
  } else if (kForSpeed && value.tag == ValueTag::kNumber) {
    set_number(state, row.source, value.number);  // what publishing it comes to
  } else {
    publish_named_value(state, row, item);
  }
}

void publish_traits(State& state) {
  const Rows<NamedValueRow> rows = state.program.traits();
  bool counts = false;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    publish_named_value(state, rows[i], state.traits[i]);
    const std::uint32_t source = rows[i].days_source;
    counts = counts || (source != kNone && state.sources[source].presence == Presence::kPresent);
  }
  const double midnight = (local_day(state, state.outcome.time) + 1.0) * kMillisecondsADay - state.utc_offset_ms;
  set_timer(state.timers, midnight_timer(state), counts ? midnight : 0);
}

void publish_all(State& state) {
  for (std::uint32_t i = 0; i < state.program.signals().size(); ++i) publish_signal(state, i);
  const Rows<NamedValueRow> contexts = state.program.contexts();
  for (std::uint32_t i = 0; i < contexts.size(); ++i) publish_named_value(state, contexts[i], state.contexts[i]);
  publish_traits(state);
  for (std::uint32_t i = 0; i < state.program.journeys().size(); ++i) publish_journey(state, i);
  touch_formulas(state, false);
  state.decide = true;
  state.walk = true;
  state.paused = true;
}

bool is_repeated_purchase(State& state, std::string_view transaction_id) {
  const std::uint32_t hash = fnv32(as_bytes(transaction_id));
  Item& seen = state.own->transactions;
  const auto* hashes = reinterpret_cast<const std::uint32_t*>(seen.entries);
  for (std::uint32_t i = 0; i < seen.size; ++i) {
    if (hashes[i] == hash) return true;
  }
  std::memcpy(&push_entry(seen), &hash, sizeof hash);
  return false;
}

void forget(State& state, std::uint32_t kinds, std::uint8_t purposes) {
  for (Item* item = state.signals; item != state.items_end; ++item) {
    if ((kinds >> static_cast<std::uint32_t>(item->kind) & 1) == 0) continue;
    if (purposes != 0 && (item->label & purposes) == 0) continue;
    item->size = 0;
    item->number = 0;
    item->touched = false;
  }
  count_queue(state);
}

void clear_kept(State& state) {
  state.outcome.time = 0;
  forget(state, kKept, 0);
  publish_all(state);
}

void apply_consent(State& state, std::uint8_t present, std::uint8_t granted_bits) {
  const std::uint8_t before = state.consent;
  const auto after = static_cast<std::uint8_t>((before & ~present) | (granted_bits & present & purpose::kAll));
  if (after == before) return;
  state.consent = after;
  state.outcome.consent = after;
  state.outcome.flags |= outcome::kConsentChanged | outcome::kSegmentsChanged;
  if (const auto withdrawn = static_cast<std::uint8_t>(before & ~after); withdrawn != 0) {
    forget(state, kEverything, withdrawn);
    withdraw_from_queue(state);
    // What stands there because it was seen was decided among others that may have needed the purpose.
    release_slots(state);
    state.outcome.flags |= outcome::kStateRemoved;
  }
  publish_all(state);
}

void settle_due(State& state) {
  const double now = state.outcome.time;
  // With journeys, what falls due happens at its own time, as if the page had been awake: they depend on the order.
  const bool in_order = !state.program.journeys().empty() && !state.replaying && !state.paused;
  for (;;) {
    const double due = next_due(state.timers);
    const std::uint32_t id = take_due_timer(state.timers, now);
    if (id == kNone) break;
    if (in_order && now - due <= kCatchUpMs) state.outcome.time = due;
    if (id < timer_of(state, *state.journeys)) {
      publish_signal(state, id);
    } else if (id < midnight_timer(state)) {
      state.walk = true;
    } else if (id == midnight_timer(state)) {
      publish_traits(state);
    } else if (id == minute_timer(state)) {
      touch_formulas(state, true);
    } else {
      state.decide = true;
    }
    if (in_order && next_due(state.timers) != due) {
      update_formulas(state);
      advance_journeys(state);
    }
  }
  state.outcome.time = now;
  update_formulas(state);
  advance_journeys(state);
  decide_slots(state);
}

void settle(State& state) { settle_here(state); }

}  // namespace omo
