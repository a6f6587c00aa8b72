// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "engine/state.h"

namespace omo {

/// Time goes on to `time_ms`; what falls due until then happens.
void advance_to(State& state, double time_ms);
/// Sets one context value by its row.
[[nodiscard]] Status apply_context(State& state, std::uint32_t row, const Value& value);
/// An event without parameters, by its row; kNone is no event.
[[nodiscard]] Status apply_bare_event(State& state, std::uint32_t row, ByteWriter& journal);

/// Applies one record without settling; the writer takes the journal frames.
[[nodiscard]] Status apply_record(State& state, Bytes record, ByteWriter& journal);

/// Appends a frame where storage may be used; a journal that is being applied is there already.
void keep_in_journal(State& state, ByteWriter& journal, std::uint8_t label, Bytes record);

/// The segments that the input brought on or off become events, until nothing changes any more: each node of the
/// network is told of as on and as off at most once, so that loops end.
void tell_segments(State& state, ByteWriter& journal);

}  // namespace omo
