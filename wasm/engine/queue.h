// SPDX-License-Identifier: Apache-2.0
// Unsent events. A sequence number is given when an event first enters a batch, and never again.
#pragma once
#include "engine/state.h"

namespace omo {

struct QueueEntry {
  std::uint32_t offset;  ///< of the entry in the buffer
  std::uint32_t sequence;
  std::uint8_t label;  ///< with kQueueConversion
  Bytes record;
};

/// Reads the entry at `offset`; false at the end.
[[nodiscard]] bool read_entry(const Queue& queue, std::uint32_t offset, QueueEntry& entry);
[[nodiscard]] inline std::uint32_t after(const QueueEntry& entry) {
  return entry.offset + kQueueEntryHeader + static_cast<std::uint32_t>(entry.record.size());
}

/// Appends an event. Where the queue is full, the oldest events that are no conversions make room, then the oldest.
void enqueue(State& state, std::uint32_t sequence, std::uint8_t label, Bytes record);
void remove_entry(State& state, const QueueEntry& entry);
/// The collector holds the events from first to last.
void acknowledge(State& state, std::uint32_t first, std::uint32_t last);
/// Withdrawn purposes: their events are removed, all of them where measurement is not granted.
void withdraw_from_queue(State& state);
void clear_queue(State& state);

}  // namespace omo
