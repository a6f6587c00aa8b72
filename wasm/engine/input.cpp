// SPDX-License-Identifier: Apache-2.0
// The inputs: what every one has before and after it.
#include "engine/apply.h"
#include "engine/engine.h"
#include "engine/journeys.h"
#include "engine/kept_state.h"
#include "engine/occurrence.h"
#include "engine/state.h"

namespace omo {
namespace {

/// Before an input: nothing has happened in this call.
OMO_INLINE inline void begin_input(State& state) {
  state.outcome.flags = 0;
  state.outcome.detail = 0;
  state.outcome.label = 0;
  state.outcome.journal_bytes = 0;
  state.entered = false;
}

/// Of an input that was not let in nothing is seen, not even that it came.
OMO_INLINE inline void end_input(State& state, ByteWriter& journal) {
  if (!state.entered) return;
  if constexpr (kForSpeed) {
    settle_here(state);
    if (state.moved_size > 0) tell_segments(state, journal);
    if (!state.program.journeys().empty()) write_journeys(state, journal);
  } else {
    settle(state);
    tell_segments(state, journal);
    write_journeys(state, journal);
  }
  state.outcome.journal_bytes = static_cast<std::uint32_t>(journal.position());
  if (journal.position() > 0) state.outcome.flags |= outcome::kJournal;
}

/// Goes on to a time that a host states as a number; false for one that no record could hold.
OMO_INLINE inline bool take_time(State& state, double time_ms) {
  constexpr double kEnd = 281474976710656;  // 2^48
  if (!(time_ms >= 0 && time_ms < kEnd)) return false;
  advance_to(state, static_cast<double>(static_cast<std::int64_t>(time_ms)));
  return true;
}

}  // namespace

Status Engine::apply(Bytes record) {
  if (state_ == nullptr) return Status::kNoProgram;
  begin_input(*state_);
  ByteWriter journal({state_->journal, kJournalBytes});
  const Status status = apply_record(*state_, record, journal);
  end_input(*state_, journal);
  return status;
}

Status Engine::set_context(std::uint32_t row, double time_ms, const Value& value) {
  if (state_ == nullptr) return Status::kNoProgram;
  begin_input(*state_);
  if (const Status status = admit_value(*state_, false, row, value); status != Status::kOk) return status;
  if (!take_time(*state_, time_ms)) return Status::kBadRecord;
  ByteWriter journal({state_->journal, kJournalBytes});
  apply_context(*state_, row, value);
  end_input(*state_, journal);
  return Status::kOk;
}

Status Engine::take_event(std::uint32_t row, double time_ms) {
  if (state_ == nullptr) return Status::kNoProgram;
  begin_input(*state_);
  if (row != kNone) {
    if (row >= state_->program.events().size()) return Status::kUnknownEvent;
    begin_event(*state_, row);
    if (const Status status = admit_occurrence(*state_); status != Status::kOk) return status;
  }
  if (!take_time(*state_, time_ms)) return Status::kBadRecord;
  ByteWriter journal({state_->journal, kJournalBytes});
  const Status status = row == kNone ? Status::kOk : apply_bare_event(*state_, journal);
  end_input(*state_, journal);
  return status;
}

}  // namespace omo
