// SPDX-License-Identifier: Apache-2.0
// Timers: times in an array by timer number. They are looked through when one is due, or when the earliest may have
// moved: what else happens costs one comparison.
#pragma once
#include "engine/state.h"

namespace omo {

/// Sets timer `id` to a time after the present one, or clears it with 0.
void set_timer(State& state, std::uint32_t id, double due_ms);
/// Acts on the timers that are due.
void run_due_timers(State& state);
/// Brings outcome.wake_at in line with the timers.
void find_wake(State& state);

}  // namespace omo
