// SPDX-License-Identifier: Apache-2.0
#include "engine/campaigns.h"

#include "engine/timers.h"

namespace omo {
namespace {

/// A number that depends on the visitor's seed, the campaign and what it is for, evenly spread over 32 bits.
std::uint32_t draw(const State& state, std::uint32_t campaign, std::string_view what) {
  const std::string_view name = state.program.symbol(state.program.campaigns()[campaign].name);
  std::uint64_t hash = fnv64(as_bytes(what), fnv64(as_bytes(name), fnv64({state.seed, kIdBytes})));
  // FNV spreads its last bytes poorly: the finaliser of MurmurHash3 (Appleby) does the rest.
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDull;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53ull;
  return static_cast<std::uint32_t>(hash >> 32);
}

bool audience_on(const State& state, const CampaignRow& row) {
  return row.audience == kAlways || (row.audience != kNone && state.node_on[row.audience] != 0);
}

/// What can forbid a campaign although nothing about its limits does: consent, audience, schedule, a dismissal.
Verdict standing(const State& state, std::uint32_t index) {
  const CampaignRow& row = state.program.campaigns()[index];
  const double now = state.outcome.time;
  if (!granted(state, row.label)) return Verdict::kConsent;
  if (!audience_on(state, row)) return Verdict::kAudience;
  if (now < row.from_ms || (row.until_ms != 0 && now >= row.until_ms)) return Verdict::kSchedule;
  const double dismissed = state.campaigns[index].dismissed_ms;
  if (dismissed != 0 && now - dismissed < row.quiet_ms) return Verdict::kQuiet;
  return Verdict::kEligible;
}

Verdict eligibility(const State& state, std::uint32_t index) {
  const Verdict verdict = standing(state, index);
  if (verdict != Verdict::kEligible) return verdict;
  const CampaignRow& row = state.program.campaigns()[index];
  const CampaignState& campaign = state.campaigns[index];
  if (row.cap > 0 && campaign.size >= row.cap &&
      (row.cap_within_ms == 0 || state.outcome.time - impression(row, campaign, 0) < row.cap_within_ms)) {
    return Verdict::kCap;
  }
  return row.holdout > 0 && draw(state, index, "holdout") < row.holdout ? Verdict::kHoldout : Verdict::kEligible;
}

/// The campaign changes by time alone at the next of: schedule start and end, end of quiet, oldest impression leaving
/// the cap.
void set_campaign_timer(State& state, std::uint32_t index) {
  const CampaignRow& row = state.program.campaigns()[index];
  const CampaignState& campaign = state.campaigns[index];
  const double now = state.outcome.time;
  double due = 0;
  const auto consider = [&](double when) {
    if (when > now && (due == 0 || when < due)) due = when;
  };
  consider(row.from_ms);
  consider(row.until_ms);
  if (campaign.dismissed_ms != 0) consider(campaign.dismissed_ms + row.quiet_ms);
  if (row.cap > 0 && campaign.size >= row.cap && row.cap_within_ms > 0) {
    consider(impression(row, campaign, 0) + row.cap_within_ms);
  }
  set_timer(state.timers, campaign_timer(state, index), due);
}

std::uint32_t campaign_named(const State& state, const Occurrence& occurrence) {
  const Value id = find_param(state.program, occurrence, state.known.promotion_id);
  const std::uint32_t name = id.tag == ValueTag::kString ? state.program.find_symbol(id.text) : kNone;
  const Rows<CampaignRow> rows = state.program.campaigns();
  for (std::uint32_t i = 0; name != kNone && i < rows.size(); ++i) {
    if (rows[i].name == name) return i;
  }
  return kNone;
}

}  // namespace

double impression(const CampaignRow& row, const CampaignState& campaign, std::uint32_t i) {
  return campaign.impressions[(campaign.head + i) % row.cap];
}

void push_impression(const CampaignRow& row, CampaignState& campaign, double time) {
  if (row.cap == 0) return;
  if (campaign.size == row.cap) {
    campaign.head = (campaign.head + 1) % row.cap;
    --campaign.size;
  }
  campaign.impressions[(campaign.head + campaign.size++) % row.cap] = time;
}

std::uint32_t variant_of(const State& state, std::uint32_t index) {
  const CampaignRow& row = state.program.campaigns()[index];
  const Rows<VariantRow> variants = state.program.variants().subspan(row.first_variant, row.variant_count);
  std::uint64_t total = 0;
  for (const VariantRow& variant : variants) total += variant.weight;
  std::uint64_t at = total * draw(state, index, "variant") >> 32;
  std::uint32_t chosen = 0;
  while (chosen + 1 < variants.size() && at >= variants[chosen].weight) at -= variants[chosen++].weight;
  return row.first_variant + chosen;
}

std::uint8_t feedback_label(const State& state, const Occurrence& occurrence) {
  const std::uint32_t index = campaign_named(state, occurrence);
  return index == kNone ? std::uint8_t{0} : state.program.campaigns()[index].label;
}

bool take_feedback(State& state, const Occurrence& occurrence) {
  const std::uint32_t index = campaign_named(state, occurrence);
  if (index == kNone) return false;
  const CampaignRow& row = state.program.campaigns()[index];
  if (!granted(state, row.label)) return false;
  CampaignState& campaign = state.campaigns[index];
  if (occurrence.event == state.known.view_promotion) {
    // A view that has shown it keeps it, even where this impression is the last that the cap allows. A page that tells
    // of a campaign which was not decided here (a holdout's, say) brings it nowhere.
    if (!state.replaying && verdict_of(state, index) == Verdict::kShown) state.slots[row.slot].held = index;
    push_impression(row, campaign, state.outcome.time);
  } else if (occurrence.event == state.known.dismiss_promotion) {
    campaign.dismissed_ms = state.outcome.time;
    if (state.slots[row.slot].held == index) state.slots[row.slot].held = kNone;
  } else {
    return false;
  }
  set_campaign_timer(state, index);
  state.decide = true;
  return true;
}

void begin_view(State& state) {
  for (std::uint32_t i = 0; i < state.program.slots().size(); ++i) state.slots[i].held = kNone;
  state.decide = true;
}

void clear_campaign(State& state, std::uint32_t index) {
  CampaignState& campaign = state.campaigns[index];
  campaign.dismissed_ms = 0;
  campaign.size = 0;
  campaign.head = 0;
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
    const std::uint32_t variant = chosen == kNone ? kNone : variant_of(state, chosen);
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
