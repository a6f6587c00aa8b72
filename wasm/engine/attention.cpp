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
  switch (edge) {
    case Edge::kVisible:
      attention.visible = true;
      break;
    case Edge::kFocused:
      attention.focused = true;
      break;
    case Edge::kBlurred:
      attention.focused = false;
      break;
    case Edge::kActivity:
      break;
    case Edge::kHidden:
    case Edge::kLeave:
    case Edge::kFrozen:
      attention.visible = false;
      return true;
  }
  // Load, focus and coming back are activity too.
  if (edge != Edge::kBlurred) attention.activity_ms = now;
  return false;
}

bool take_engagement(Attention& attention, ByteWriter& writer) {
  if (attention.visible_ms <= 0 || attention.path.length == 0) return false;
  writer.text("user_engagement");
  writer.varint(3);
  writer.text("engagement_time_msec");
  write_value(writer, number_value(static_cast<double>(static_cast<std::int64_t>(attention.engaged_ms))));
  writer.text("visible_time_msec");
  write_value(writer, number_value(static_cast<double>(static_cast<std::int64_t>(attention.visible_ms))));
  writer.text("page_path");
  write_value(writer, text_value(attention.path.view()));
  writer.varint(0);
  attention.visible_ms = 0;
  attention.engaged_ms = 0;
  return true;
}

}  // namespace omo
