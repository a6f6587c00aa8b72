// SPDX-License-Identifier: Apache-2.0
// Refunds: what they take back of the purchases that signals remember (docs/signals.md, "Refunds").
#pragma once
#include "engine/state.h"

namespace omo {

/// How the purchase at hand (with its present item, where `per_item`) can be taken back later.
[[nodiscard]] Tail refundable_tail(const State& state, bool per_item);
/// Takes back what the refund at hand says: as a whole (`of_item` false, before its items are read), and for each of
/// its items. Marks the signals that it changed as touched.
void take_back(State& state, bool of_item);

}  // namespace omo
