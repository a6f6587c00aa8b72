// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "engine/state.h"

namespace omo {

/// Applies one record without settling; the writer takes the journal frames.
[[nodiscard]] Status apply_record(State& state, Bytes record, ByteWriter& journal);

/// Appends a frame where storage may be used; a journal that is being applied is there already.
void keep_in_journal(State& state, ByteWriter& journal, std::uint8_t label, Bytes record);

}  // namespace omo
