// SPDX-License-Identifier: Apache-2.0
// Visible and engaged time of the present page and its sections (docs/attention.md): engaged while visible, focused and
// within idle_ms of the last activity; windows do not stack.
#pragma once
#include "engine/state.h"

namespace omo {

/// Accounts for the time until `now`, on the page's own clock. What comes late, or without a time, changes nothing.
void advance_attention(Attention& attention, double now);
/// Takes an edge. Answers whether the page is going away, so that its engagement is due.
[[nodiscard]] bool take_edge(Attention& attention, Edge edge);
/// A section came into view or left it. Those beyond kMaxSections of a page are ignored.
void take_section(Attention& attention, bool in_view, std::string_view id);

}  // namespace omo
