// SPDX-License-Identifier: Apache-2.0
// Entry and exit of segments as events (docs/playbook.md). What was told is kept, so that a reload tells nothing twice.
#pragma once
#include "engine/state.h"

namespace omo {

/// Counts, by label, the segments that are remembered; answers how many labels there are. None where nothing of the
/// program reads segments' nodes.
std::uint32_t count_told(const ProgramView& program, std::uint32_t* counts);

/// A node with readers has flipped.
void note_move(State& state, std::uint32_t node);
/// In the order of the nodes: the order in which they flipped may come from a fact that is denied.
void sort_moves(State& state);
/// Nothing is told of what has flipped so far.
void forget_moves(State& state);

/// Is the event at hand segment_entered or segment_exited? And the segment that it names, kNone.
[[nodiscard]] bool is_segment_event(const State& state);
[[nodiscard]] std::uint32_t segment_named(const State& state);
/// Remembers what the segment event at hand says. False where it was so already.
[[nodiscard]] bool remember_segment(State& state, std::uint32_t segment);

/// The segments of a node that has flipped, one by one, as far as they are not what was told of them.
struct MovedSegment {
  std::uint32_t segment;
  bool on;
  std::uint32_t read;  ///< row of kReads
  std::uint32_t node;
  bool done;
  bool next(State& state);
};
[[nodiscard]] MovedSegment moved_segment(const State& state, std::uint32_t index);

}  // namespace omo
