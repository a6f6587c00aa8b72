// SPDX-License-Identifier: Apache-2.0
#include "engine/campaigns.h"

#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/occurrence.h"
#include "engine/signals.h"
#include "engine/timers.h"

namespace omo {
namespace {

/// What a draw is for.
constexpr char kHoldout[] = "holdout";
constexpr char kVariant[] = "variant";
static_assert(sizeof kHoldout == sizeof kVariant);

/// A number that depends on the visitor's seed, the campaign and what it is for, evenly spread over 32 bits. Without a
/// seed the eight bytes are zero.
std::uint32_t draw(const State& state, const CampaignRow& row, const char* what) {
  const std::string_view name = state.program.symbol(row.name);
  constexpr std::uint8_t kNoSeed[kIdBytes] = {};
  const Item& seed = state.own->seed;
  std::uint64_t hash = fnv64({seed.size > 0 ? seed.entries : kNoSeed, kIdBytes});
  hash = fnv64(as_bytes({what, sizeof kVariant - 1}), fnv64(as_bytes(name), hash));
  // FNV spreads its last bytes poorly: the finaliser of MurmurHash3 (Appleby) does the rest.
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDull;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53ull;
  return static_cast<std::uint32_t>(hash >> 32);
}

/// What can forbid a campaign although nothing about its limits does: consent, audience, schedule, a dismissal.
Verdict standing(const State& state, std::uint32_t index) {
  const CampaignRow& row = state.program.campaigns()[index];
  const double now = state.outcome.time;
  if (!granted(state, row.label)) return Verdict::kConsent;
  if (!is_on(state, row.audience)) return Verdict::kAudience;
  if (now < row.from_ms || (row.until_ms != 0 && now >= row.until_ms)) return Verdict::kSchedule;
  const double dismissed = state.campaigns[index].number;
  if (dismissed != 0 && now - dismissed < row.quiet_ms) return Verdict::kQuiet;
  return Verdict::kEligible;
}

/// When the oldest of the impressions that fill the cap leaves its window; 0 = the cap is not full, or has no window.
double cap_until(const CampaignRow& row, const Item& item) {
  const bool full = row.cap_within_ms > 0 && item.size > 0 && item.size == row.cap;
  return full ? entry_of(item, item.size - 1).time_ms + row.cap_within_ms : 0;
}

Verdict eligibility(const State& state, std::uint32_t index) {
  const Verdict verdict = standing(state, index);
  if (verdict != Verdict::kEligible) return verdict;
  const CampaignRow& row = state.program.campaigns()[index];
  const Item& item = state.campaigns[index];
  if (row.cap > 0 && item.size == row.cap && (row.cap_within_ms == 0 || state.outcome.time < cap_until(row, item))) {
    return Verdict::kCap;
  }
  return row.holdout > 0 && draw(state, row, kHoldout) < row.holdout ? Verdict::kHoldout : Verdict::kEligible;
}

/// The campaign changes by time alone at the next of: schedule start and end, end of quiet, oldest impression leaving
/// the cap.
void set_campaign_timer(State& state, std::uint32_t index) {
  const CampaignRow& row = state.program.campaigns()[index];
  const Item& item = state.campaigns[index];
  double due = 0;
  for (const double when :
       {row.from_ms, row.until_ms, item.number != 0 ? item.number + row.quiet_ms : 0, cap_until(row, item)}) {
    if (when > state.outcome.time && (due == 0 || when < due)) due = when;
  }
  set_timer(state.timers, timer_of(state, item), due);
}

/// Variant by weight, from the seed and the campaign's name (FNV-1a 64 of both, mixed; see docs/playbook.md).
std::uint32_t variant_of(const State& state, const CampaignRow& row) {
  const Rows<VariantRow> variants = state.program.variants().subspan(row.first_variant, row.variant_count);
  std::uint64_t total = 0;
  for (const VariantRow& variant : variants) total += variant.weight;
  std::uint64_t at = total * draw(state, row, kVariant) >> 32;
  std::uint32_t chosen = 0;
  while (chosen + 1 < variants.size() && at >= variants[chosen].weight) at -= variants[chosen++].weight;
  return row.first_variant + chosen;
}

}  // namespace

std::uint32_t campaign_named(const State& state) {
  const Value id = find_param(state, state.known.promotion_id);
  return id.tag == ValueTag::kString ? state.program.find_row(Table::kCampaign, id.text) : kNone;
}

bool take_feedback(State& state, std::uint32_t index) {
  if (index == kNone) return false;
  SlotState& slot = state.slots[state.program.campaigns()[index].slot];
  Item& item = state.campaigns[index];
  const double now = state.outcome.time;
  const std::uint32_t event = state.occurrence.event_name;
  if (event == state.known.view_promotion) {
    // A view that has shown it keeps it, even where this impression is the last that the cap allows. A page that tells
    // of a campaign which was not decided here (a holdout's, say) brings it nowhere.
    if (!state.replaying && verdict_of(state, index) == Verdict::kShown) slot.held = index;
    if (item.capacity > 0) push_entry(item).time_ms = now;
  } else if (event == state.known.dismiss_promotion) {
    item.number = now;
    if (slot.held == index) slot.held = kNone;
  } else {
    return false;
  }
  state.decide = true;
  return true;
}

void begin_view(State& state) {
  for (std::uint32_t i = 0; i < state.program.slots().size(); ++i) state.slots[i].held = kNone;
  begin_span(state, kSignalPage);
  state.decide = true;
}

void decide_slots(State& state) {
  if (!state.decide) return;
  state.decide = false;
  const Rows<CampaignRow> rows = state.program.campaigns();
  std::uint32_t index = 0;
  for (std::uint32_t slot = 0; slot < state.program.slots().size(); ++slot) {
    SlotState& shown = state.slots[slot];
    if (shown.held != kNone && standing(state, shown.held) != Verdict::kEligible) shown.held = kNone;
    std::uint32_t chosen = shown.held;
    for (; index < rows.size() && rows[index].slot == slot; ++index) {
      set_campaign_timer(state, index);
      if (chosen == kNone && eligibility(state, index) == Verdict::kEligible) chosen = index;
    }
    const std::uint32_t variant = chosen == kNone ? kNone : variant_of(state, rows[chosen]);
    if (variant != shown.variant) state.outcome.flags |= outcome::kDecisionsChanged;
    shown.variant = variant;
  }
}

Verdict verdict_of(const State& state, std::uint32_t index) {
  const CampaignRow& row = state.program.campaigns()[index];
  const std::uint32_t variant = state.slots[row.slot].variant;
  if (variant != kNone && variant >= row.first_variant && variant < row.first_variant + row.variant_count) {
    return Verdict::kShown;
  }
  return eligibility(state, index);
}

}  // namespace omo
