// SPDX-License-Identifier: Apache-2.0
// The network of conditions: sources set literals, literals and gates count into gates. Work is proportional to what
// flips (wire/program.md).
#pragma once
#include "engine/state.h"

namespace omo {

/// Leaves or enters the state in which atoms have a truth value: all literals off, or all atoms false. kNone as source
/// is allowed here and in all of the following, and does nothing.
void set_presence(State& state, std::uint32_t source, Presence presence);
/// Also for booleans (0, 1), durations (ms) and dates.
void set_number(State& state, std::uint32_t source, double number);
/// A null, number, boolean or string.
void set_value(State& state, std::uint32_t source, const Value& value);
/// The members of a `recent` signal.
void set_members(State& state, std::uint32_t source, const Item& item);

/// Is the atom of a threshold true of a number?
[[nodiscard]] OMO_INLINE inline bool holds(const ThresholdRow& row, double number) {
  return row.strict != 0 ? number > row.value : number >= row.value;
}

/// The smallest number at which the next threshold above the source's present one turns on; negative = none.
[[nodiscard]] double next_threshold(const State& state, std::uint32_t source);

}  // namespace omo
