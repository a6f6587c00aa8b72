// SPDX-License-Identifier: Apache-2.0
// Decisions: which campaign and variant each slot shows, and the feedback that limits them. One solve over all slots:
// what this page view has seen stays where it is; then the campaigns are looked at once, the highest priority first
// and in the order of the playbook among equals, and each is taken that has nothing against it, whose slot and group
// are free, and for whose impression the visitor's budget has room.
#pragma once
#include "engine/state.h"

namespace omo {

/// The campaign that the event at hand names in promotion_id; kNone.
[[nodiscard]] std::uint32_t campaign_named(const State& state);
/// Takes an impression (view_promotion) or dismissal (dismiss_promotion) of a campaign, or kNone. Answers whether it
/// was one that is kept.
bool take_feedback(State& state, std::uint32_t campaign);
/// Decides every slot anew where something changed.
void decide_slots(State& state);
/// No slot is held any more to what the page view has seen.
void release_slots(State& state);
/// A page view begins: no slot is held to what the last view showed.
void begin_view(State& state);
/// What is against a campaign but for its slot, its group and the budget, as bits by Verdict.
[[nodiscard]] std::uint32_t campaign_obstacles(const State& state, std::uint32_t campaign);
/// Its number, or its score; kLastPriority where that is unknown.
[[nodiscard]] double campaign_priority(const State& state, const CampaignRow& row);
inline constexpr double kLastPriority = -1.7976931348623157e308;
/// Of a campaign's cap, and of the budget over all campaigns.
[[nodiscard]] Usage campaign_usage(const State& state, std::uint32_t campaign);
[[nodiscard]] Usage fatigue_usage(const State& state);

}  // namespace omo
