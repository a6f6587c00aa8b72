// SPDX-License-Identifier: Apache-2.0
#include "engine/campaigns.h"

#include "engine/journeys.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/occurrence.h"
#include "engine/signals.h"
#include "engine/timers.h"
#include "engine/variants.h"

namespace omo {
namespace {

constexpr std::uint32_t bit(Verdict verdict) { return 1u << static_cast<std::uint32_t>(verdict); }

/// What takes a campaign away from a page view that has seen it.
constexpr std::uint32_t kReleases = bit(Verdict::kConsent) | bit(Verdict::kAudience) | bit(Verdict::kSchedule) |
                                    bit(Verdict::kQuiet) | bit(Verdict::kSeed);

/// Of the items from `first` up to `last`: their impressions that the window (0 = for ever) still holds, and the latest
/// dismissal.
[[gnu::noinline]] Usage usage_of(const State& state, const Item* first, const Item* last, std::uint32_t most,
                                 double within_ms, double quiet_ms) {
  const double now = state.outcome.time;
  Usage usage;
  usage.most = most;
  for (; first != last; ++first) {
    for (std::uint32_t i = 0; i < first->size; ++i) {
      const double leaves = within_ms > 0 ? entry_of(*first, i).time_ms + within_ms : 0;
      if (leaves != 0 && leaves <= now) break;  // the latest come first
      ++usage.used;
      if (usage.leaves_at == 0 || leaves < usage.leaves_at) usage.leaves_at = leaves;
    }
    const double until = first->number != 0 && quiet_ms > 0 ? first->number + quiet_ms : 0;
    if (until > now && until > usage.quiet_until) usage.quiet_until = until;
  }
  return usage;
}

bool is_full(const Usage& usage) { return usage.most > 0 && usage.used >= usage.most; }

std::uint32_t obstacles(const State& state, std::uint32_t index, const Usage& usage, bool held_out) {
  const CampaignRow& row = state.program.campaigns()[index];
  const double now = state.outcome.time;
  std::uint32_t bits = 0;
  if (!granted(state, row.label)) bits |= bit(Verdict::kConsent);
  if (!is_on(state, row.audience)) bits |= bit(Verdict::kAudience);
  if (now < row.from_ms || (row.until_ms != 0 && now >= row.until_ms)) bits |= bit(Verdict::kSchedule);
  if (usage.quiet_until != 0) bits |= bit(Verdict::kQuiet);
  if (is_full(usage)) bits |= bit(Verdict::kCap);
  if ((row.flags & kCampaignInJourney) != 0 && !is_in_journey(state, index)) bits |= bit(Verdict::kJourney);
  const bool draws = row.holdout > 0 || row.variant_count > 1 || state.program.decision().holdout > 0;
  if (draws && state.own->seed.size == 0) bits |= bit(Verdict::kSeed);
  if (is_held_out(state, row.name, row.holdout)) bits |= bit(Verdict::kHoldout);
  if (held_out) bits |= bit(Verdict::kGlobalHoldout);
  return bits;
}

/// Brings `order` up to the present priorities. An insertion sort: they were in order before, and few have changed.
void sort_campaigns(State& state) {
  const Rows<CampaignRow> rows = state.program.campaigns();
  for (std::uint32_t i = 1; i < rows.size(); ++i) {
    const std::uint32_t moving = state.order[i];
    const double priority = campaign_priority(state, rows[moving]);
    std::uint32_t at = i;
    for (; at > 0; --at) {
      const std::uint32_t before = state.order[at - 1];
      const double other = campaign_priority(state, rows[before]);
      if (other > priority || (other == priority && before < moving)) break;
      state.order[at] = before;
    }
    state.order[at] = moving;
  }
}

bool is_group_taken(const State& state, std::uint32_t group) {
  if (group == kNone) return false;
  for (std::uint32_t slot = 0; slot < state.program.slots().size(); ++slot) {
    const std::uint32_t campaign = state.slots[slot].campaign;
    if (campaign != kNone && state.program.campaigns()[campaign].group == group) return true;
  }
  return false;
}

/// The item of the visitor's budget that counts a campaign; null for one that is exempt.
Item* fatigue_of(const State& state, const CampaignRow& row) {
  if ((row.flags & kCampaignExempt) != 0) return nullptr;
  auto* const end = reinterpret_cast<Item*>(state.own);
  for (Item* item = state.fatigue; item != end; ++item) {
    if (item->label == row.label) return item;
  }
  return nullptr;
}

/// Which variant the impression at hand was of: the one that it names, else the one that is chosen. As it is kept: the
/// hash of the name, 0 = not known.
double variant_seen(const State& state, std::uint32_t campaign) {
  const CampaignRow& row = state.program.campaigns()[campaign];
  const Value name = find_param(state, state.known.creative_name);
  if (const std::uint32_t named = find_variant(state, row, fnv32(as_bytes(name.text))); named != kNone) {
    return variant_hash(state, named);
  }
  return state.own->seed.size > 0 ? variant_hash(state, choose_variant(state, campaign)) : 0;
}

}  // namespace

std::uint32_t campaign_obstacles(const State& state, std::uint32_t index) {
  return obstacles(state, index, campaign_usage(state, index),
                   is_held_out(state, kNone, state.program.decision().holdout));
}

double campaign_priority(const State& state, const CampaignRow& row) {
  if (row.score == kNone) return row.priority;
  const FormulaState& score = state.formulas[state.program.scores()[row.score].formula];
  return score.presence == Presence::kPresent ? score.number : kLastPriority;
}

std::uint32_t campaign_named(const State& state) {
  if (kForSpeed && state.occurrence.params.size == 0) return kNone;
  const Value id = find_param(state, state.known.promotion_id);
  return id.tag == ValueTag::kString ? state.program.find_row(Table::kCampaign, id.text) : kNone;
}

bool take_feedback(State& state, std::uint32_t index) {
  if (index == kNone) return false;
  const CampaignRow& row = state.program.campaigns()[index];
  SlotState& slot = state.slots[row.slot];
  Item& item = state.campaigns[index];
  Item* const fatigue = fatigue_of(state, row);
  const double now = state.outcome.time;
  const std::uint32_t event = state.occurrence.event_name;
  if (event == state.known.view_promotion) {
    // A view that has shown it keeps it, even where this impression is the last that the cap allows. A page that tells
    // of a campaign which was not decided here (a holdout's, say) brings it nowhere.
    if (!state.replaying && slot.campaign == index) slot.held = index;
    if (item.capacity > 0) {
      const double variant = variant_seen(state, index);
      Entry& entry = push_entry(item);
      entry.time_ms = now;
      entry.number = variant;
    }
    if (fatigue != nullptr && fatigue->capacity > 0) push_entry(*fatigue).time_ms = now;
  } else if (event == state.known.dismiss_promotion) {
    item.number = now;
    if (fatigue != nullptr && state.program.decision().quiet_ms > 0) fatigue->number = now;
    if (slot.held == index) slot.held = kNone;
  } else {
    return false;
  }
  state.decide = true;
  return true;
}

void release_slots(State& state) {
  for (std::uint32_t i = 0; i < state.program.slots().size(); ++i) {
    // What nothing was held in stays as it was decided.
    if (kForSpeed && state.slots[i].held != kNone) state.decide = true;
    state.slots[i].held = kNone;
  }
  if (!kForSpeed) state.decide = true;
}

void begin_view(State& state) {
  release_slots(state);
  begin_span(state, kSignalPage);
}

Usage campaign_usage(const State& state, std::uint32_t index) {
  const CampaignRow& row = state.program.campaigns()[index];
  const Item* const item = &state.campaigns[index];
  return usage_of(state, item, item + 1, row.cap, row.cap_within_ms, row.quiet_ms);
}

Usage fatigue_usage(const State& state) {
  const DecisionRow& limits = state.program.decision();
  return usage_of(state, state.fatigue, reinterpret_cast<const Item*>(state.own), limits.impressions, limits.within_ms,
                  limits.quiet_ms);
}

void decide_slots(State& state) {
  if (!state.decide) return;
  state.decide = false;
  sort_campaigns(state);
  const Rows<CampaignRow> rows = state.program.campaigns();
  const std::uint32_t slots = state.program.slots().size();
  const Usage fatigue = fatigue_usage(state);
  std::uint32_t left = fatigue.most > fatigue.used ? fatigue.most - fatigue.used : 0;
  const bool held_out = is_held_out(state, kNone, state.program.decision().holdout);
  double next = 0;
  note_due(state, next, fatigue.quiet_until);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const CampaignRow& row = rows[i];
    const Usage usage = campaign_usage(state, i);
    state.reasons[i] = obstacles(state, i, usage, held_out);
    for (const double when : {row.from_ms, row.until_ms, usage.quiet_until, is_full(usage) ? usage.leaves_at : 0}) {
      note_due(state, next, when);
    }
  }
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    std::uint32_t& held = state.slots[slot].held;
    if (held != kNone && (state.reasons[held] & kReleases) != 0) held = kNone;
    state.slots[slot].campaign = held;
  }
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t index = state.order[i];
    const CampaignRow& row = rows[index];
    std::uint32_t& shown = state.slots[row.slot].campaign;
    std::uint32_t& bits = state.reasons[index];
    if (shown == index) {
      bits = 0;  // held
      continue;
    }
    const bool counts = (row.flags & kCampaignExempt) == 0;
    if (is_group_taken(state, row.group)) bits |= bit(Verdict::kGroup);
    const bool spent = fatigue.most > 0 && left == 0;
    if (counts && spent) note_due(state, next, fatigue.leaves_at);
    if (counts && (spent || fatigue.quiet_until != 0)) bits |= bit(Verdict::kFatigue);
    // Another one comes first: the only thing against it, or else no reason worth the name.
    if (bits == 0 && shown != kNone) bits = bit(Verdict::kEligible);
    if (bits != 0) continue;
    shown = index;
    if (counts && left > 0) --left;
  }
  set_timer(state.timers, decision_timer(state), next);
  for (std::uint32_t i = 0; i < slots; ++i) {
    SlotState& slot = state.slots[i];
    const std::uint32_t variant = slot.campaign == kNone ? kNone : choose_variant(state, slot.campaign);
    if (variant != slot.variant) state.outcome.flags |= outcome::kDecisionsChanged;
    slot.variant = variant;
  }
}

}  // namespace omo
