// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "engine/state.h"

namespace omo {

/// Applies one record without settling; the writer takes the journal frames.
[[nodiscard]] Status apply_record(State& state, Bytes record, ByteWriter& journal);

}  // namespace omo
