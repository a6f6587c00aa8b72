// SPDX-License-Identifier: Apache-2.0
#include "engine/kept_state.h"

#include "engine/campaigns.h"
#include "engine/date.h"
#include "engine/formulas.h"
#include "engine/network.h"
#include "engine/queue.h"
#include "engine/signals.h"
#include "engine/timers.h"

namespace omo {
namespace {

constexpr double kDayMs = 86400000;

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

void publish_contexts(State& state) {
  const Rows<NamedValueRow> rows = state.program.contexts();
  for (std::uint32_t i = 0; i < rows.size(); ++i) publish_named_value(state, rows[i], state.contexts[i]);
}

}  // namespace

std::int32_t local_day(const State& state, double time_ms) {
  const double days = (time_ms + state.utc_offset_ms) / kDayMs;
  const auto whole = static_cast<std::int32_t>(days);
  return static_cast<double>(whole) > days ? whole - 1 : whole;
}

void store_text(Text& to, std::string_view text) {
  to.length = static_cast<std::uint8_t>(utf8_prefix(text, kMaxStringBytes));
  std::memset(to.bytes, 0, kMaxStringBytes);
  if (to.length > 0) std::memcpy(to.bytes, text.data(), to.length);
}

void store_value(Entry& to, const Value& value) {
  to.tag = value.tag;
  to.number = value.number;
  store_text(to.text, value.text);
}

Value value_of(const Item& item) { return item.size > 0 ? load_value(entry_of(item, 0)) : null_value(); }

Entry& push_front(Item& item, std::uint32_t last) {
  std::memmove(item.entries + item.entry_bytes, item.entries, last * item.entry_bytes);
  std::memset(item.entries, 0, item.entry_bytes);
  return entry_of(item, 0);
}

Entry& push_entry(Item& item) { return push_front(item, item.size < item.capacity ? item.size++ : item.capacity - 1); }

void set_named_value(State& state, Item& item, const Value& value) {
  item.size = value.is_null() ? 0 : 1;
  store_value(entry_of(item, 0), value);
  touch_named_value(state, item);
  if (item.kind == EntryKind::kTrait) {
    publish_traits(state);
  } else {
    publish_contexts(state);
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
  const double midnight = (local_day(state, state.outcome.time) + 1.0) * kDayMs - state.utc_offset_ms;
  set_timer(state.timers, midnight_timer(state), counts ? midnight : 0);
}

void publish_all(State& state) {
  for (std::uint32_t i = 0; i < state.program.signals().size(); ++i) publish_signal(state, i);
  publish_contexts(state);
  publish_traits(state);
  touch_formulas(state, false);
  state.decide = true;
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
    state.outcome.flags |= outcome::kStateRemoved;
  }
  publish_all(state);
}

void settle(State& state) {
  for (;;) {
    const std::uint32_t id = take_due_timer(state.timers, state.outcome.time);
    if (id == kNone) break;
    if (id < state.program.signals().size()) {
      publish_signal(state, id);
    } else if (id == midnight_timer(state)) {
      publish_traits(state);
    } else if (id == minute_timer(state)) {
      touch_formulas(state, true);
    } else {
      state.decide = true;
    }
  }
  update_formulas(state);
  decide_slots(state);
  const bool measures = state.program.meta().sync_events != 0 && granted(state, purpose::kMeasurement);
  if (state.own->seed.size == 0 || (measures && state.own->stream.size == 0)) {
    state.outcome.flags |= outcome::kNeedsSeed;
  }
  state.outcome.wake_at = next_due(state.timers);
}

}  // namespace omo
