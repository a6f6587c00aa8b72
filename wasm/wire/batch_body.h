// SPDX-License-Identifier: Apache-2.0
// The order of things in a batch's body, once for both directions (batch.md).
#pragma once
#include "wire/batch.h"
#include "wire/batch_model.h"

namespace omo {

/// Times are u48.
inline constexpr double kTimeEndMs = 281474976710656.0;

struct BatchEvent {
  std::uint32_t sequence = 0;
  std::uint32_t event = 0;  ///< row of ProgramView::events()
  std::uint32_t items = 0;
  std::uint64_t time_ms = 0;
};

/// May what has this label travel under this consent stamp?
[[nodiscard]] inline bool covers(std::uint8_t consent, int label) {
  const auto needed = static_cast<std::uint8_t>(label | purpose::kMeasurement);
  return (consent & needed) == needed;
}

/// Codes a body. `Events` is the other end:
///   uint32_t count(uint32_t)              number of events: answers it, or takes it
///   void event(BatchEvent&)               fills in the next event (encoding)
///   void begin(const BatchEvent&)         this event begins (both)
///   void value(uint32_t row, uint32_t item, BatchValue&)    fills in a value (encoding)
///   void put(uint32_t row, uint32_t item, const BatchValue&) takes a value (decoding)
///   string_view keep(string_view)         gives decoded text a lifetime
///   bool membership(bool); bool segment(uint32_t row, bool)
/// Answers false where the body does not decode or names what the program does not have.
template <class Coder, class Events>
[[nodiscard]] bool code_batch_body(Coder& coder, BatchModel& model, const ProgramView& program,
                                   const BatchHeader& header, Events& events) {
  BatchCodec<Coder> codec(coder, model, program);
  const std::uint32_t count = codec.count(model.count, events.count(0));
  if (count > 0xFFFF) return false;
  events.count(count);
  std::uint32_t next_sequence = 0;
  const std::uint64_t sent_units = header.sent_ms / kBatchTimeUnitMs;
  auto units = static_cast<double>(sent_units);
  std::uint32_t previous_event = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    BatchEvent event;
    if (Coder::kEncodes) events.event(event);
    const std::uint64_t sequence =
        std::uint64_t{next_sequence} + codec.count(i == 0 ? model.first : model.gap, event.sequence - next_sequence);
    if (sequence >= kNone) return false;
    event.sequence = static_cast<std::uint32_t>(sequence);
    next_sequence = event.sequence + 1;
    event.event = codec.event(previous_event, event.event);
    if (event.event >= program.events().size()) return false;
    previous_event = event.event;
    const EventRow& row = program.events()[event.event];
    if (!covers(header.consent, row.label | consent_to_send(row))) return false;
    const std::uint64_t event_units = event.time_ms / kBatchTimeUnitMs;
    units += codec.number(model.time, static_cast<double>(event_units) - units, true);
    if (!(units >= 0 && units < kTimeEndMs / kBatchTimeUnitMs)) return false;
    event.time_ms = static_cast<std::uint64_t>(units) * kBatchTimeUnitMs;
    if ((row.flags & kEventHasItems) != 0) {
      event.items = codec.count(model.items, event.items ^ 1) ^ 1;
      if (event.items > kMaxItems) return false;
    }
    events.begin(event);
    // The event's own parameters, as those of the item before the first, then item by item.
    static_assert(kNone + 1 == 0);
    for (std::uint32_t item = kNone; item != event.items; ++item) {
      for (std::uint32_t param = row.first_param; param < row.first_param + row.param_count; ++param) {
        if ((program.params()[param].item != 0) != (item != kNone)) continue;
        BatchValue value;
        if (Coder::kEncodes) events.value(param, item, value);
        codec.param(param, value, [&](std::string_view text) { return events.keep(text); });
        if (value.present) events.put(param, item, value);
      }
    }
    if (!codec.ok()) return false;
  }
  if (coder.bit(model.membership, events.membership(false))) {
    events.membership(true);
    for (std::uint32_t i = 0; i < program.segments().size(); ++i) {
      if (!covers(header.consent, program.segments()[i].label | consent_to_tell(program))) continue;
      events.segment(i, coder.bit(model.truth, events.segment(i, false)));
    }
  }
  return codec.ok();
}

}  // namespace omo
