// SPDX-License-Identifier: Apache-2.0
// Decisions: which campaign and variant each slot shows, and the feedback that limits them.
#pragma once
#include "engine/occurrence.h"
#include "engine/state.h"

namespace omo {

/// Takes an impression (view_promotion) or dismissal (dismiss_promotion) of a campaign. Answers whether it was one that
/// is kept.
bool take_feedback(State& state, const Occurrence& occurrence);
/// Label of the campaign that an event names in promotion_id, 0 where it names none: feedback carries it.
[[nodiscard]] std::uint8_t feedback_label(const State& state, const Occurrence& occurrence);
/// Decides every slot anew where something changed.
void decide_slots(State& state);
/// A page view begins: no slot is held to what the last view showed.
void begin_view(State& state);
void clear_campaign(State& state, std::uint32_t campaign);
/// Adds an impression to the ring of the latest `cap`.
void push_impression(const CampaignRow& row, CampaignState& campaign, double time);
/// The i-th oldest impression kept.
[[nodiscard]] double impression(const CampaignRow& row, const CampaignState& campaign, std::uint32_t i);
[[nodiscard]] Verdict verdict_of(const State& state, std::uint32_t campaign);
/// Variant by weight, from the seed and the campaign's name (FNV-1a 64 of both, mixed; see docs/playbook.md).
[[nodiscard]] std::uint32_t variant_of(const State& state, std::uint32_t campaign);

}  // namespace omo
