// SPDX-License-Identifier: Apache-2.0
#include "engine/timers.h"

namespace omo {
namespace {

void place(Timers& timers, std::uint32_t position, std::uint32_t id) {
  timers.heap[position] = id;
  timers.positions[id] = position;
}

void sift(Timers& timers, std::uint32_t position) {
  const std::uint32_t id = timers.heap[position];
  const double due = timers.due[id];
  while (position > 0 && timers.due[timers.heap[(position - 1) / 2]] > due) {
    place(timers, position, timers.heap[(position - 1) / 2]);
    position = (position - 1) / 2;
  }
  for (;;) {
    std::uint32_t child = 2 * position + 1;
    if (child >= timers.size) break;
    if (child + 1 < timers.size && timers.due[timers.heap[child + 1]] < timers.due[timers.heap[child]]) ++child;
    if (timers.due[timers.heap[child]] >= due) break;
    place(timers, position, timers.heap[child]);
    position = child;
  }
  place(timers, position, id);
}

}  // namespace

void set_timer(Timers& timers, std::uint32_t id, double due_ms) {
  if (timers.due[id] == due_ms) return;
  const bool was_set = timers.due[id] != 0;
  timers.due[id] = due_ms;
  if (due_ms == 0) {
    const std::uint32_t position = timers.positions[id];
    const std::uint32_t last = timers.heap[--timers.size];
    if (last != id) {
      place(timers, position, last);
      sift(timers, position);
    }
    return;
  }
  if (!was_set) place(timers, timers.size++, id);
  sift(timers, timers.positions[id]);
}

void note_due(const State& state, double& next, double when) {
  if (when > state.outcome.time && (next == 0 || when < next)) next = when;
}

std::uint32_t take_due_timer(Timers& timers, double now) {
  if (timers.size == 0 || timers.due[timers.heap[0]] > now) return kNone;
  const std::uint32_t id = timers.heap[0];
  set_timer(timers, id, 0);
  return id;
}

}  // namespace omo
