// SPDX-License-Identifier: Apache-2.0
#include "engine/attention.h"

namespace omo {

// The sleep that is not counted has used up the idle window too.
static_assert(kSleepMs > kIdleMs);

void advance_attention(Attention& attention, double now) {
  const double passed = now - attention.advanced_ms;
  if (passed <= 0) return;
  attention.advanced_ms = now;
  if (!attention.visible) return;
  double engaged = 0;
  if (attention.focused) {
    engaged = passed < attention.active_ms ? passed : attention.active_ms;
    attention.active_ms -= engaged;
  }
  // No sign of life for so long: the device was asleep, or the page was frozen.
  if (passed > kSleepMs) return;
  attention.visible_ms += passed;
  for (std::uint32_t i = 0; i <= attention.section_count; ++i) {
    Entry& part = attention.parts[i];
    if (i == 0 || part.tag == ValueTag::kTrue) part.number += engaged;
  }
}

bool take_edge(Attention& attention, Edge edge) {
  if (edge == Edge::kVisible) attention.visible = true;
  if (edge == Edge::kFocused || edge == Edge::kBlurred) attention.focused = edge == Edge::kFocused;
  if (edge == Edge::kHidden || edge >= Edge::kLeave) {
    attention.visible = false;
    return true;
  }
  // Load, focus and coming back are activity too.
  if (edge != Edge::kBlurred) attention.active_ms = kIdleMs;
  return false;
}

void take_section(Attention& attention, bool in_view, std::string_view id) {
  const std::string_view kept{id.data(), utf8_prefix(id, kMaxStringBytes)};
  std::uint32_t at = 1;
  while (at <= attention.section_count && !same_text(attention.parts[at].text.view(), kept)) ++at;
  const bool is_new = at > attention.section_count;
  if (at > kMaxSections || (is_new && !in_view)) return;
  Entry& section = attention.parts[at];
  if (is_new) {
    attention.section_count = at;
    section.number = 0;
    store_text(section.text, kept);
  }
  section.tag = in_view ? ValueTag::kTrue : ValueTag::kFalse;
}

}  // namespace omo
