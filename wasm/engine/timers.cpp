// SPDX-License-Identifier: Apache-2.0
#include "engine/timers.h"

#include "engine/kept_state.h"
#include "engine/signals.h"

namespace omo {

void set_timer(State& state, std::uint32_t id, double due_ms) {
  double& due = state.timers[id];
  if (due == due_ms) return;
  if (due == state.outcome.wake_at || due_ms < state.outcome.wake_at) state.wake_moved = true;
  due = due_ms;
}

void run_due_timers(State& state) {
  const double now = state.outcome.time;
  if (state.outcome.wake_at == 0 || state.outcome.wake_at > now) return;
  state.wake_moved = true;
  const std::uint32_t midnight = midnight_timer(state);
  for (std::uint32_t id = 0; id <= midnight; ++id) {
    double& due = state.timers[id];
    if (due == 0 || due > now) continue;
    due = 0;
    if (id < state.program.signals().size()) {
      publish_signal(state, id);
    } else if (id == midnight) {
      publish_traits(state);
    } else {
      state.decide = true;
    }
  }
}

void find_wake(State& state) {
  if (!state.wake_moved) return;
  state.wake_moved = false;
  double next = 0;
  for (std::uint32_t id = 0; id <= midnight_timer(state); ++id) {
    const double due = state.timers[id];
    if (due != 0 && (next == 0 || due < next)) next = due;
  }
  state.outcome.wake_at = next;
}

}  // namespace omo
