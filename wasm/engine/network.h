// SPDX-License-Identifier: Apache-2.0
// The network of conditions: sources set literals, literals and gates count into gates. Work is proportional to what
// flips (wire/program.md).
#pragma once
#include "engine/state.h"

namespace omo {

/// Turns a node on or off and everything that follows from it.
void flip(State& state, std::uint32_t node, bool on);

void set_unknown(State& state, std::uint32_t source);
void set_null(State& state, std::uint32_t source);
/// Also for booleans (0, 1), durations (ms) and dates.
void set_number(State& state, std::uint32_t source, double number);
void set_string(State& state, std::uint32_t source, std::string_view text);
/// A null, number, boolean or string. kNone as source is allowed in all of these and does nothing.
void set_value(State& state, std::uint32_t source, const Value& value);
/// The members of a `recent` signal.
void set_members(State& state, std::uint32_t source, const StoredValue* values, std::uint32_t count);

/// The smallest number at which the next threshold above the source's present one turns on; negative = none.
[[nodiscard]] double next_threshold(const State& state, std::uint32_t source);

}  // namespace omo
