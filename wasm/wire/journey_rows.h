// SPDX-License-Identifier: Apache-2.0
// Rows of the program (program.h) for limits over all campaigns, and for journeys.
#pragma once
#include <cstdint>

namespace omo {

/// Limits over all campaigns (exactly one row).
struct DecisionRow {
  double within_ms;           ///< window of `impressions`; 0 = for ever
  double quiet_ms;            ///< after a dismissal of any campaign that is not exempt; 0 = none
  std::uint32_t impressions;  ///< of all campaigns that are not exempt; 0 = no budget
  std::uint32_t holdout;      ///< share of visitors that see no campaign, in 1 / 2^32
};

/// Steps over time. It starts while `start` is on, and ends after its last step, with its goal or by its timeout.
struct JourneyRow {
  double timeout_ms;         ///< after its start; 0 = none
  double restart_ms;         ///< after its end; 0 = once `start` was off in between; negative = never
  std::uint32_t name;        ///< symbol
  std::uint32_t start;       ///< node
  std::uint32_t goal_event;  ///< row of kEvents; kNone
  std::uint32_t goal;        ///< node; kNone
  std::uint32_t first_step;
  std::uint32_t step_count;
  std::uint32_t definition;  ///< hash of the name: where a visitor stands survives edits, by the name of the step
  std::uint8_t label;        ///< union of the labels of all that it reads or shows and its own purposes
  std::uint8_t reserved[3];
};

/// A step holds until one of its events, or leads on at once (kStepBranch). It leads forward only.
struct StepRow {
  double after_ms;          ///< a holding step is done this long after it began; 0 = not by time
  std::uint32_t name;       ///< symbol
  std::uint32_t event;      ///< row of kEvents that ends it; kNone
  std::uint32_t node;       ///< condition that ends it, or that a branch asks; kNone
  std::uint32_t campaign;   ///< row of kCampaigns that it shows, whose impression ends it; kNone
  std::uint32_t next;       ///< row of kSteps, after this one; up to first_step + step_count, the end
  std::uint32_t otherwise;  ///< of a branch whose condition is not on; elsewhere as `next`
  std::uint32_t flags;      ///< kStepBranch
  std::uint32_t reserved;
};
inline constexpr std::uint32_t kStepBranch = 1;

static_assert(sizeof(DecisionRow) == 24 && sizeof(JourneyRow) == 48 && sizeof(StepRow) == 40);

}  // namespace omo
