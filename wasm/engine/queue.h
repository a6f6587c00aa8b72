// SPDX-License-Identifier: Apache-2.0
// Unsent events. A sequence number is given when an event first enters a batch, and never again.
#pragma once
#include "engine/state.h"

namespace omo {

struct QueueEntry {
  std::uint32_t offset;  ///< of the entry in the buffer
  std::uint32_t end;
  std::uint32_t sequence;
  std::uint8_t label;  ///< with kQueueConversion
  Bytes record;
};

/// Reads the entry at `offset`; false at the end, and where none stands whole.
[[nodiscard]] bool read_entry(const State& state, std::uint32_t offset, QueueEntry& entry);

/// Appends an event that has no sequence number yet. Where the queue is full, the oldest events that are no conversions
/// make room, then the oldest.
void enqueue(State& state, std::uint8_t label, Bytes record);
void remove_entry(State& state, const QueueEntry& entry);
/// The collector holds the events from first to last.
void acknowledge(State& state, std::uint32_t first, std::uint32_t last);
/// Removes the events whose purposes are not all granted.
void withdraw_from_queue(State& state);
/// Brings the outcome in line with the queue, and cuts off what is no entry.
void count_queue(State& state);

}  // namespace omo
