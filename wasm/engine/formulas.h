// SPDX-License-Identifier: Apache-2.0
// Formulas: what of the expressions is no atom of the network, and what they load.
#pragma once
#include "engine/state.h"
#include "expression/evaluate.h"

namespace omo {

/// Runs the signal's `where` condition over the occurrence and its present item. Only true counts: an error (a
/// parameter that is missing or of another type, unless && or || absorbs it) is not true.
[[nodiscard]] bool matches_where(const State& state, std::uint32_t where, std::uint32_t bytes);

/// What formulas load, and their clock: whole minutes.
[[nodiscard]] Host formula_host(const State& state);
/// The value of a formula now. Its text lies in the program, in the state or in the room.
[[nodiscard]] Datum formula_value(const State& state, std::uint32_t index, const Host& host, TextRoom& room);

/// A subject of ReadRow has changed: the formulas that read it are evaluated again by update_formulas().
void touch_signal(State& state, std::uint32_t row);
/// Of a trait or context value, by its row.
void touch_named_value(State& state, bool trait, std::uint32_t index);
void touch_node(State& state, std::uint32_t node);
/// All formulas; with `moving` those that read the clock.
void touch_formulas(State& state, bool moving);

/// Evaluates what was touched, in the order of the rows, and sets the minute's timer.
void update_formulas(State& state);

/// The first row of kReads whose subject is a node, or one behind: they stand last, by node.
[[nodiscard]] std::uint32_t subject_of_node(const State& state, std::uint32_t node);

}  // namespace omo
