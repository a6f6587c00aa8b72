// SPDX-License-Identifier: Apache-2.0
// Declared aggregates of events. An occurrence leaves a window when its age reaches `within`.
#pragma once
#include "engine/occurrence.h"
#include "engine/state.h"

namespace omo {

/// Gives the event's occurrences to every signal that counts it and whose purposes are granted. Answers whether any
/// took it.
bool update_signals(State& state, Occurrence& occurrence);
/// The timer of a signal has fallen due: its window lost an entry, or its recency reached a threshold.
void expire_signal(State& state, std::uint32_t signal);
/// Forgets what the signal knows; its sources become unknown or as if nothing had happened.
void clear_signal(State& state, std::uint32_t signal);
/// Brings sources and timer in line with the signal's state and the consent.
void publish_signal(State& state, std::uint32_t signal);

/// Is the state of this signal a ring of time stamps?
[[nodiscard]] inline bool is_windowed(const SignalRow& row) {
  return row.within_ms > 0 && (row.op == SignalOp::kCount || row.op == SignalOp::kSum);
}
/// Does it keep values (`last`: one, `recent`: many)?
[[nodiscard]] inline bool keeps_values(const SignalRow& row) {
  return row.op == SignalOp::kLast || row.op == SignalOp::kRecent;
}

void write_signal_value(const State& state, std::uint32_t signal, ByteWriter& writer);
void save_signal(const State& state, std::uint32_t signal, ByteWriter& writer);
/// Replaces the state of the signal by a snapshot's payload; false and cleared where it does not read.
[[nodiscard]] bool load_signal(State& state, std::uint32_t signal, ByteReader& reader);

}  // namespace omo
