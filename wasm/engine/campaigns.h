// SPDX-License-Identifier: Apache-2.0
// Decisions: which campaign and variant each slot shows, and the feedback that limits them.
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
/// A page view begins: no slot is held to what the last view showed.
void begin_view(State& state);
[[nodiscard]] Verdict verdict_of(const State& state, std::uint32_t campaign);

}  // namespace omo
