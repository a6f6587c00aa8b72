// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "engine/state.h"

namespace omo {

/// Time goes on to `time_ms`; what falls due until then happens.
void advance_to(State& state, double time_ms);
/// May a trait or context value be set, by its row? What a denied purpose holds back is not looked at any closer.
[[nodiscard]] Status admit_value(const State& state, bool trait, std::uint32_t row, const Value& value);
/// May the event at hand be taken? Tells its label in the outcome.
[[nodiscard]] Status admit_occurrence(State& state);
/// Sets one context value that was admitted.
void apply_context(State& state, std::uint32_t row, const Value& value);
/// The event at hand, which has no parameters and was admitted.
[[nodiscard]] Status apply_bare_event(State& state, ByteWriter& journal);

/// Applies one record without settling; the writer takes the journal frames. Facts of denied purposes are not let in:
/// such a record does nothing at all, and State::entered stays false.
[[nodiscard]] Status apply_record(State& state, Bytes record, ByteWriter& journal);

/// Appends a frame where storage may be used; a journal that is being applied is there already.
void keep_in_journal(State& state, ByteWriter& journal, std::uint8_t label, Bytes record);

/// The segments that the input brought on or off become events, until nothing changes any more: each node of the
/// network is told of as on and as off at most once, so that loops end.
void tell_segments(State& state, ByteWriter& journal);

}  // namespace omo
