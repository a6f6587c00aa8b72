// SPDX-License-Identifier: Apache-2.0
#include "engine/attention.h"

namespace omo {

void advance_attention(Attention& attention, double now) {
  const double from = attention.advanced_ms;
  if (now <= from) return;
  attention.advanced_ms = now;
  if (!attention.visible || from == 0) return;
  attention.visible_ms += now - from;
  if (!attention.focused) return;
  const double idle_from = attention.activity_ms + kIdleMs;
  const double until = now < idle_from ? now : idle_from;
  if (until > from) attention.engaged_ms += until - from;
}

bool take_edge(Attention& attention, Edge edge, double now) {
  advance_attention(attention, now);
  if (edge == Edge::kVisible) attention.visible = true;
  if (edge == Edge::kFocused || edge == Edge::kBlurred) attention.focused = edge == Edge::kFocused;
  if (edge == Edge::kHidden || edge >= Edge::kLeave) {
    attention.visible = false;
    return true;
  }
  // Load, focus and coming back are activity too.
  if (edge != Edge::kBlurred) attention.activity_ms = now;
  return false;
}

}  // namespace omo
