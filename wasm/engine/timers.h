// SPDX-License-Identifier: Apache-2.0
// Timers: an indexed binary heap, so that time costs what falls due and nothing else.
#pragma once
#include "engine/state.h"

namespace omo {

/// Sets timer `id` to a time, or clears it with 0.
void set_timer(Timers& timers, std::uint32_t id, double due_ms);
/// Earliest timer due at or before `now`, cleared; kNone if there is none.
[[nodiscard]] std::uint32_t take_due_timer(Timers& timers, double now);
/// Makes `next` (0 = none) the earlier of itself and `when`, where that lies ahead.
void note_due(const State& state, double& next, double when);
/// 0 = none.
[[nodiscard]] OMO_INLINE inline double next_due(const Timers& timers) {
  return timers.size > 0 ? timers.due[timers.heap[0]] : 0;
}

}  // namespace omo
