// SPDX-License-Identifier: Apache-2.0
#include "engine/queue.h"

namespace omo {
namespace {

void report(State& state, std::uint32_t events) {
  if (state.outcome.queue_bytes == state.own->queue.size) return;
  state.outcome.queue_events = events;
  state.outcome.queue_bytes = state.own->queue.size;
  state.outcome.flags |= outcome::kQueueChanged;
}

}  // namespace

bool read_entry(const State& state, std::uint32_t offset, QueueEntry& entry) {
  const Item& queue = state.own->queue;
  ByteReader reader({queue.entries + offset, queue.size - offset});
  entry.offset = offset;
  entry.sequence = reader.u32();
  entry.label = reader.u8();
  entry.record = reader.take(reader.u16());
  entry.end = offset + static_cast<std::uint32_t>(reader.position());
  return reader.ok() && entry.record.size() >= kInputHeaderBytes;
}

void count_queue(State& state) {
  Item& queue = state.own->queue;
  QueueEntry entry;
  entry.end = 0;
  std::uint32_t events = 0;
  while (read_entry(state, entry.end, entry)) ++events;
  queue.size = entry.offset;
  report(state, events);
}

void enqueue(State& state, std::uint8_t label, Bytes record) {
  Item& queue = state.own->queue;
  const auto needed = static_cast<std::uint32_t>(kQueueEntryHeader + record.size());
  const auto purposes = static_cast<std::uint8_t>(label & purpose::kAll);
  QueueEntry entry;
  // Only what needs all that the new one needs makes room for it, and first what needs more: else it would be seen in
  // what is left, after a purpose was withdrawn, that it had been granted.
  for (int pass = 0; pass < 4; ++pass) {
    const std::uint8_t spared = pass % 2 == 0 ? kQueueConversion : std::uint8_t{0};
    for (std::uint32_t offset = 0; queue.size + needed > kQueueBytes && read_entry(state, offset, entry);) {
      const auto needs = static_cast<std::uint8_t>(entry.label & purpose::kAll);
      const bool yields = (purposes & ~needs) == 0 && (pass > 1 || needs != purposes);
      if (yields && (entry.label & spared) == 0) {
        remove_entry(state, entry);
      } else {
        offset = entry.end;
      }
    }
  }
  if (queue.size + needed > kQueueBytes) return;
  ByteWriter writer({queue.entries + queue.size, needed});
  writer.u32(0);
  writer.u8(label);
  writer.u16(static_cast<std::uint16_t>(record.size()));
  writer.put(record);
  queue.size += needed;
  report(state, state.outcome.queue_events + 1);
  if ((label & kQueueConversion) != 0) state.outcome.flags |= outcome::kConversionQueued;
}

void remove_entry(State& state, const QueueEntry& entry) {
  Item& queue = state.own->queue;
  std::memmove(queue.entries + entry.offset, queue.entries + entry.end, queue.size - entry.end);
  queue.size -= entry.end - entry.offset;
  report(state, state.outcome.queue_events - 1);
}

void acknowledge(State& state, std::uint32_t first, std::uint32_t last) {
  QueueEntry entry;
  for (std::uint32_t offset = 0; read_entry(state, offset, entry);) {
    offset = entry.end;
    if (entry.sequence == 0 || entry.sequence < first || entry.sequence > last) continue;
    remove_entry(state, entry);
    offset = entry.offset;
  }
}

void withdraw_from_queue(State& state) {
  QueueEntry entry;
  for (std::uint32_t offset = 0; read_entry(state, offset, entry);) {
    offset = entry.end;
    if (granted(state, entry.label & purpose::kAll)) continue;
    remove_entry(state, entry);
    offset = entry.offset;
  }
}

}  // namespace omo
