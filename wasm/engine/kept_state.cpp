// SPDX-License-Identifier: Apache-2.0
#include "engine/kept_state.h"

#include "engine/campaigns.h"
#include "engine/date.h"
#include "engine/network.h"
#include "engine/queue.h"
#include "engine/signals.h"
#include "engine/timers.h"

namespace omo {
namespace {

constexpr double kDayMs = 86400000;

/// The visitor's calendar day.
std::int32_t local_day(const State& state) {
  const double days = (state.outcome.time + state.utc_offset_ms) / kDayMs;
  const auto whole = static_cast<std::int32_t>(days);
  return static_cast<double>(whole) > days ? whole - 1 : whole;
}

void publish_days_of(State& state, std::uint32_t trait) {
  const NamedValueRow& row = state.program.traits()[trait];
  if (row.days_source == kNone) return;
  const std::uint32_t anniversary = parse_anniversary(load_value(state.traits[trait]).text);
  if (!granted(state, row.label)) {
    set_unknown(state, row.days_source);
  } else if (anniversary == 0) {
    set_null(state, row.days_source);
  } else {
    set_number(state, row.days_source, days_until(anniversary, local_day(state)));
  }
}

void publish_trait(State& state, std::uint32_t trait) {
  const NamedValueRow& row = state.program.traits()[trait];
  if (granted(state, row.label)) {
    set_value(state, row.source, load_value(state.traits[trait]));
  } else {
    set_unknown(state, row.source);
  }
  publish_days_of(state, trait);
}

void publish_context(State& state, std::uint32_t context) {
  const NamedValueRow& row = state.program.contexts()[context];
  if (granted(state, row.label)) {
    set_value(state, row.source, load_value(state.contexts[context]));
  } else {
    set_unknown(state, row.source);
  }
}

void publish_all(State& state) {
  const ProgramView& program = state.program;
  for (std::uint32_t i = 0; i < program.signals().size(); ++i) publish_signal(state, i);
  for (std::uint32_t i = 0; i < program.traits().size(); ++i) publish_trait(state, i);
  for (std::uint32_t i = 0; i < program.contexts().size(); ++i) publish_context(state, i);
  publish_days(state);
  state.decide = true;
}

}  // namespace

void set_trait(State& state, std::uint32_t trait, const Value& value) {
  store_value(state.traits[trait], value);
  publish_trait(state, trait);
  publish_days(state);
}

void set_context(State& state, std::uint32_t context, const Value& value) {
  store_value(state.contexts[context], value);
  publish_context(state, context);
}

void publish_days(State& state) {
  bool counts = false;
  for (std::uint32_t i = 0; i < state.program.traits().size(); ++i) {
    publish_days_of(state, i);
    const std::uint32_t source = state.program.traits()[i].days_source;
    counts = counts || (source != kNone && state.sources[source].presence == Presence::kPresent);
  }
  const double midnight = (local_day(state) + 1.0) * kDayMs - state.utc_offset_ms;
  set_timer(state.timers, midnight_timer(state), counts ? midnight : 0);
}

void remember_transaction(State& state, std::uint32_t id_hash) {
  state.transactions[state.transaction_count++ % kTransactions] = id_hash;
}

bool is_repeated_purchase(State& state, std::string_view transaction_id) {
  const std::uint32_t hash = fnv32(as_bytes(transaction_id));
  const std::uint32_t size = state.transaction_count < kTransactions ? state.transaction_count : kTransactions;
  for (std::uint32_t i = 0; i < size; ++i) {
    if (state.transactions[i] == hash) return true;
  }
  remember_transaction(state, hash);
  return false;
}

void clear_account(State& state) {
  for (std::uint32_t i = 0; i < state.program.traits().size(); ++i) set_trait(state, i, null_value());
}

void clear_kept(State& state) {
  state.outcome.time = 0;
  state.has_seed = false;
  std::memset(state.seed, 0, kIdBytes);
  state.has_stream = false;
  state.transaction_count = 0;
  clear_queue(state);
  clear_account(state);
  for (std::uint32_t i = 0; i < state.program.signals().size(); ++i) clear_signal(state, i);
  for (std::uint32_t i = 0; i < state.program.campaigns().size(); ++i) clear_campaign(state, i);
}

void apply_consent(State& state, std::uint8_t present, std::uint8_t granted_bits) {
  const auto before = state.consent;
  const auto after = static_cast<std::uint8_t>((before & ~present) | (granted_bits & present & purpose::kAll));
  if (after == before) return;
  state.consent = after;
  state.outcome.consent = after;
  state.outcome.flags |= outcome::kConsentChanged | outcome::kSegmentsChanged;
  const auto withdrawn = static_cast<std::uint8_t>(before & ~after);
  if (withdrawn != 0) {
    const ProgramView& program = state.program;
    for (std::uint32_t i = 0; i < program.signals().size(); ++i) {
      if ((program.signals()[i].label & withdrawn) != 0) clear_signal(state, i);
    }
    for (std::uint32_t i = 0; i < program.traits().size(); ++i) {
      if ((program.traits()[i].label & withdrawn) != 0) store_value(state.traits[i], null_value());
    }
    for (std::uint32_t i = 0; i < program.contexts().size(); ++i) {
      if ((program.contexts()[i].label & withdrawn) != 0) store_value(state.contexts[i], null_value());
    }
    for (std::uint32_t i = 0; i < program.campaigns().size(); ++i) {
      if ((program.campaigns()[i].label & withdrawn) != 0) clear_campaign(state, i);
    }
    if ((kTransactionLabel & withdrawn) != 0) state.transaction_count = 0;
    withdraw_from_queue(state);
    state.outcome.flags |= outcome::kStateRemoved;
  }
  publish_all(state);
}

void settle(State& state) {
  const auto signals = static_cast<std::uint32_t>(state.program.signals().size());
  for (;;) {
    const std::uint32_t id = take_due_timer(state.timers, state.outcome.time);
    if (id == kNone) break;
    if (id < signals) {
      expire_signal(state, id);
    } else if (id == midnight_timer(state)) {
      publish_days(state);
    } else {
      state.decide = true;
    }
  }
  decide_slots(state);
  const bool measures = state.program.meta().sync_events != 0 && granted(state, purpose::kMeasurement);
  if (!state.has_seed || (measures && !state.has_stream)) state.outcome.flags |= outcome::kNeedsSeed;
  state.outcome.wake_at = next_due(state.timers);
}

}  // namespace omo
