// SPDX-License-Identifier: Apache-2.0
// Visible and engaged time of the present page (requirements/tracking.md): engaged while visible, focused and within
// idle_ms of the last activity; windows do not stack.
#pragma once
#include "engine/state.h"

namespace omo {

/// Accounts for the time until `now`.
void advance_attention(Attention& attention, double now);
/// Takes an edge at `now`. Answers whether the page is going away, so that its engagement is due.
[[nodiscard]] bool take_edge(Attention& attention, Edge edge, double now);

}  // namespace omo
