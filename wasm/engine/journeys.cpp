// SPDX-License-Identifier: Apache-2.0
#include "engine/journeys.h"

#include "engine/apply.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/timers.h"

namespace omo {
namespace {

/// Item::number of a journey that stands at a step.
double number_of(const State& state, std::uint32_t step) {
  return 1.0 + state.program.symbols()[state.program.steps()[step].name].hash;
}

/// JourneyEnd that Item::number tells, as a number; below 1 where it tells none.
double end_of(double number) { return number < -kRearmed ? -number - kRearmed : -number; }

/// The step of the journey that the item's number names; kNone for an end, and where there is none.
std::uint32_t find_step(const State& state, const JourneyRow& row, double number) {
  for (std::uint32_t step = row.first_step; step < row.first_step + row.step_count; ++step) {
    const bool holds = (state.program.steps()[step].flags & kStepBranch) == 0;
    if (holds && number_of(state, step) == number) return step;
  }
  return kNone;
}

/// A time `after_ms` later than `time`, 0 where there is none.
double later(double time, double after_ms) { return after_ms > 0 ? time + after_ms : 0; }

/// When the journey next changes by time alone; 0 = never. What has passed already is of no interest.
double due(const State& state, std::uint32_t journey) {
  const JourneyRow& row = state.program.journeys()[journey];
  const Item& item = state.journeys[journey];
  if (item.size == 0) return 0;
  const Entry& entry = entry_of(item, 0);
  const std::uint32_t step = state.journey_steps[journey];
  double when = 0;
  if (step == kNone) {
    note_due(state, when, later(entry.time_ms, row.restart_ms));
  } else {
    note_due(state, when, later(entry.time_ms, state.program.steps()[step].after_ms));
    note_due(state, when, later(entry.number, row.timeout_ms));
  }
  return when;
}

/// From the time `at` on the journey stands at a step, or has ended.
[[gnu::noinline]] void stand(State& state, std::uint32_t journey, std::uint32_t step, double number, double at) {
  Item& item = state.journeys[journey];
  entry_of(item, 0).time_ms = at;
  item.number = number;
  item.touched = true;
  state.journey_steps[journey] = step;
  state.decide = true;
}

[[gnu::noinline]] void end(State& state, std::uint32_t journey, JourneyEnd how, double at) {
  stand(state, journey, kNone, -static_cast<double>(how), at);
}

/// Goes to a step; branches on the way take no time.
void go_to(State& state, std::uint32_t journey, std::uint32_t step, double at) {
  const JourneyRow& row = state.program.journeys()[journey];
  const Rows<StepRow> steps = state.program.steps();
  const std::uint32_t last = row.first_step + row.step_count;
  while (step < last && (steps[step].flags & kStepBranch) != 0) {
    step = is_on(state, steps[step].node) ? steps[step].next : steps[step].otherwise;
  }
  if (step >= last) {
    end(state, journey, JourneyEnd::kCompleted, at);
  } else {
    stand(state, journey, step, number_of(state, step), at);
  }
}

/// Starts a journey that does not run, where it may.
void start(State& state, std::uint32_t journey) {
  const JourneyRow& row = state.program.journeys()[journey];
  Item& item = state.journeys[journey];
  const double now = state.outcome.time;
  if (!is_on(state, row.start)) return;
  if (item.size > 0) {
    const bool rested = row.restart_ms > 0 && now - entry_of(item, 0).time_ms >= row.restart_ms;
    if (row.restart_ms == 0 ? item.number >= -kRearmed : !rested) return;
  }
  item.size = 1;
  entry_of(item, 0).number = now;
  go_to(state, journey, row.first_step, now);
}

/// Notes that the start condition is off since a journey ended that may start at once.
void rearm(State& state, std::uint32_t journey) {
  const JourneyRow& row = state.program.journeys()[journey];
  Item& item = state.journeys[journey];
  if (row.restart_ms != 0 || item.number >= 0 || item.number < -kRearmed || is_on(state, row.start)) return;
  item.number -= kRearmed;
  item.touched = true;
}

/// One move of a journey that runs: conditions come before times that have passed. False where it stays or ends.
bool move(State& state, std::uint32_t journey) {
  const JourneyRow& row = state.program.journeys()[journey];
  const Entry& entry = entry_of(state.journeys[journey], 0);
  const double now = state.outcome.time;
  const StepRow& step = state.program.steps()[state.journey_steps[journey]];
  const double step_due = later(entry.time_ms, step.after_ms);
  const double end_due = later(entry.number, row.timeout_ms);
  const bool step_over = step_due != 0 && now >= step_due;
  const bool timed_out = end_due != 0 && now >= end_due && (!step_over || end_due <= step_due);
  const bool at_goal = is_on(state, row.goal);
  const bool done = is_on(state, step.node);
  if (at_goal || (timed_out && !done)) {
    end(state, journey, at_goal ? JourneyEnd::kGoal : JourneyEnd::kTimeout, at_goal ? now : end_due);
    return false;
  }
  if (done || step_over) go_to(state, journey, step.next, done ? now : step_due);
  return done || step_over;
}

}  // namespace

bool is_journey_valid(const State& state, const Item& item) {
  if (item.size == 0 || item.number < 0) {
    const double how = end_of(item.number);
    return item.size > 0 && (how == 1 || how == 2 || how == 3);
  }
  const JourneyRow& row = state.program.journeys()[static_cast<std::uint32_t>(&item - state.journeys)];
  return find_step(state, row, item.number) != kNone;
}

void publish_journey(State& state, std::uint32_t journey) {
  const JourneyRow& row = state.program.journeys()[journey];
  const Item& item = state.journeys[journey];
  state.journey_steps[journey] = item.size > 0 ? find_step(state, row, item.number) : kNone;
  set_timer(state.timers, timer_of(state, item), due(state, journey));
  state.decide = true;
  state.walk = true;
}

void offer_to_journeys(State& state, std::uint32_t campaign) {
  if (state.replaying) return;
  const Occurrence& occurrence = state.occurrence;
  const std::uint32_t seen = occurrence.event_name == state.known.view_promotion ? campaign : kNone;
  const double now = state.outcome.time;
  for (std::uint32_t i = 0; i < state.program.journeys().size(); ++i) {
    const JourneyRow& row = state.program.journeys()[i];
    const std::uint32_t at = state.journey_steps[i];
    // As with signals: feedback of a campaign enters only what goes when one of its purposes is withdrawn.
    if (at == kNone || !granted(state, row.label) || (state.outcome.label & ~row.label) != 0) continue;
    const StepRow& step = state.program.steps()[at];
    if (row.goal_event == occurrence.event) {
      end(state, i, JourneyEnd::kGoal, now);
    } else if (step.event == occurrence.event || (seen != kNone && step.campaign == seen)) {
      go_to(state, i, step.next, now);
    }
    state.walk = true;
  }
}

void advance_journeys(State& state) {
  if (!state.walk || state.replaying || state.paused) return;
  state.walk = false;
  for (std::uint32_t i = 0; i < state.program.journeys().size(); ++i) {
    if (!granted(state, state.program.journeys()[i].label)) continue;
    if (state.journey_steps[i] == kNone) start(state, i);
    while (state.journey_steps[i] != kNone && move(state, i)) {
    }
    rearm(state, i);
    set_timer(state.timers, i + timer_of(state, *state.journeys), due(state, i));
  }
}

void write_journeys(State& state, ByteWriter& journal) {
  if (state.paused || !granted(state, purpose::kStorage)) return;
  for (Item* item = state.journeys; item != state.campaigns; ++item) {
    if (!item->touched) continue;
    ByteWriter writer({state.scratch, kScratchBytes});
    write_input_header(writer, InputKind::kKept, state.outcome.time);
    save_item(state, *item, writer);
    const std::size_t before = journal.position();
    keep_in_journal(state, journal, item->label, writer.written());
    item->touched = journal.position() == before;  // what does not fit comes with the next input
  }
}

bool is_in_journey(const State& state, std::uint32_t campaign) {
  for (std::uint32_t i = 0; i < state.program.journeys().size(); ++i) {
    const std::uint32_t step = state.journey_steps[i];
    if (step != kNone && state.program.steps()[step].campaign == campaign) return true;
  }
  return false;
}

JourneyState journey_state(const State& state, std::uint32_t journey) {
  const Item& item = state.journeys[journey];
  JourneyState result;
  if (item.size == 0) return result;
  const Entry& entry = entry_of(item, 0);
  result.step = state.journey_steps[journey];
  if (item.number < 0) {
    result.end = static_cast<JourneyEnd>(static_cast<std::uint8_t>(end_of(item.number)));
  }
  result.since = entry.time_ms;
  result.started = entry.number;
  result.due = due(state, journey);
  return result;
}

}  // namespace omo
