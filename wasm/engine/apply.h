// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "engine/state.h"

namespace omo {

/// Applies one record without settling; the writer takes the journal frames.
[[nodiscard]] Status apply_record(State& state, Bytes record, ByteWriter& journal);

/// The segments that the input brought on or off become events, until nothing changes any more: each node of the
/// network is told of as on and as off at most once, so that loops end.
void tell_segments(State& state, ByteWriter& journal);

}  // namespace omo
