// SPDX-License-Identifier: Apache-2.0
// Journeys: one state a visitor and journey, a step and since when (docs/playbook.md). Steps lead forward only, and a
// journey that has ended starts again only after a minute, or after its start condition was off: so however journeys,
// campaigns and segments act on each other, each goes at most once through its steps at one moment.
//
// A tab that sees a journey move writes the new state into the journal, and a replay takes it from there: what made it
// move, the page's context say, may not be known then. Where tabs disagree, the latest move counts.
//
// Item::number of a journey is 1 + the hash of the name of the step at which it stands, so that it survives a change of
// program, or -JourneyEnd after its end, less kRearmed once its start condition was off since. The entry has the time
// of the step's beginning or of the end, and as number the time of the start.
#pragma once
#include "engine/state.h"

namespace omo {

inline constexpr double kRearmed = 4;

/// Does the item's state make sense in this program?
[[nodiscard]] bool is_journey_valid(const State& state, const Item& item);
/// Brings step, timer and decisions in line with the item and the consent.
void publish_journey(State& state, std::uint32_t journey);
/// The event at hand, feedback of a campaign or of kNone, may end the step or the journey.
void offer_to_journeys(State& state, std::uint32_t campaign);
/// Where something changed: journeys start, go on by conditions and time, and end.
void advance_journeys(State& state);
/// Writes the journeys that have moved into the journal.
void write_journeys(State& state, ByteWriter& journal);
/// Does a journey stand at a step that shows the campaign?
[[nodiscard]] bool is_in_journey(const State& state, std::uint32_t campaign);
[[nodiscard]] JourneyState journey_state(const State& state, std::uint32_t journey);

}  // namespace omo
