// SPDX-License-Identifier: Apache-2.0
#include "engine/queue.h"

namespace omo {
namespace {

void publish(State& state) {
  state.outcome.queue_events = state.queue.events;
  state.outcome.queue_bytes = state.queue.used;
  state.outcome.flags |= outcome::kQueueChanged;
}

template <class Predicate>
void remove_if(State& state, Predicate&& predicate) {
  QueueEntry entry;
  for (std::uint32_t offset = 0; read_entry(state.queue, offset, entry);) {
    if (predicate(entry)) {
      remove_entry(state, entry);
    } else {
      offset = after(entry);
    }
  }
}

void make_room(State& state, std::uint32_t needed) {
  for (const bool conversions_too : {false, true}) {
    QueueEntry entry;
    for (std::uint32_t offset = 0; state.queue.used + needed > kQueueBytes && read_entry(state.queue, offset, entry);) {
      if (conversions_too || (entry.label & kQueueConversion) == 0) {
        remove_entry(state, entry);
      } else {
        offset = after(entry);
      }
    }
  }
}

}  // namespace

bool read_entry(const Queue& queue, std::uint32_t offset, QueueEntry& entry) {
  if (offset + kQueueEntryHeader > queue.used) return false;
  ByteReader reader({queue.bytes + offset, queue.used - offset});
  entry.offset = offset;
  entry.sequence = reader.u32();
  entry.label = reader.u8();
  entry.record = reader.take(reader.u16());
  return reader.ok();
}

void enqueue(State& state, std::uint32_t sequence, std::uint8_t label, Bytes record) {
  const auto needed = static_cast<std::uint32_t>(kQueueEntryHeader + record.size());
  if (needed > kQueueBytes) return;
  make_room(state, needed);
  Queue& queue = state.queue;
  ByteWriter writer({queue.bytes + queue.used, kQueueBytes - queue.used});
  writer.u32(sequence);
  writer.u8(label);
  writer.u16(static_cast<std::uint16_t>(record.size()));
  writer.put(record);
  queue.used += needed;
  ++queue.events;
  publish(state);
  if ((label & kQueueConversion) != 0) state.outcome.flags |= outcome::kConversionQueued;
}

void remove_entry(State& state, const QueueEntry& entry) {
  Queue& queue = state.queue;
  const std::uint32_t end = after(entry);
  std::memmove(queue.bytes + entry.offset, queue.bytes + end, queue.used - end);
  queue.used -= end - entry.offset;
  --queue.events;
  publish(state);
}

void acknowledge(State& state, std::uint32_t first, std::uint32_t last) {
  remove_if(state, [&](const QueueEntry& entry) {
    return entry.sequence != 0 && entry.sequence >= first && entry.sequence <= last;
  });
}

void withdraw_from_queue(State& state) {
  const bool measured = granted(state, purpose::kMeasurement);
  remove_if(state, [&](const QueueEntry& entry) {
    return !measured || !granted(state, static_cast<std::uint8_t>(entry.label & ~kQueueConversion));
  });
  if (measured) return;
  state.has_stream = false;
  state.queue.next_sequence = 1;
}

void clear_queue(State& state) {
  state.queue.used = 0;
  state.queue.events = 0;
  state.queue.next_sequence = 1;
  publish(state);
}

}  // namespace omo
