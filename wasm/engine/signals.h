// SPDX-License-Identifier: Apache-2.0
// Declared aggregates of events. An occurrence leaves a window when its age reaches `within`.
#pragma once
#include "engine/aggregates.h"
#include "engine/occurrence.h"
#include "engine/state.h"

namespace omo {

/// Gives the event at hand to every signal that counts it and whose purposes are granted, and writes it into `record`
/// (null = nobody keeps one) on the way: its items are read once for both. Answers whether a signal took it.
bool update_signals(State& state, ByteWriter* record);
/// Brings sources and timer in line with the signal's state, the time and the consent.
void publish_signal(State& state, std::uint32_t signal);
/// A trait was handed over: the signals that name it to be restored from become at least what it says. It is gone: what
/// came from it cannot be told from the rest any more, so they begin anew.
void restore_signals(State& state, std::uint32_t trait);
/// A session (kSignalSession) or a page view (kSignalPage) begins: its signals are as if nothing had happened.
void begin_span(State& state, std::uint8_t span);
/// The value that is one number, boolean or text; null where it has none yet. Consent is the caller's matter.
[[nodiscard]] Value signal_value(const State& state, std::uint32_t signal);
void write_signal_value(const State& state, std::uint32_t signal, ByteWriter& writer);

}  // namespace omo
