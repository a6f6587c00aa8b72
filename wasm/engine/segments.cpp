// SPDX-License-Identifier: Apache-2.0
#include "engine/segments.h"

#include "engine/formulas.h"
#include "engine/kept_state.h"
#include "engine/occurrence.h"

namespace omo {
namespace {

/// Hashes of the names of the segments with this label that were entered; null where none is remembered.
Item* told_item(State& state, std::uint8_t label) {
  for (Item* item = state.told; item != &state.own->seed; ++item) {
    if (item->kind == EntryKind::kSegments && item->label == label) return item;
  }
  return nullptr;
}

std::uint32_t hash_of(const State& state, std::uint32_t segment) {
  return state.program.symbols()[state.program.segments()[segment].name].hash;
}

/// Index among the remembered ones; their number where it is none of them.
std::uint32_t find_told(const Item& item, std::uint32_t hash) {
  const auto* hashes = reinterpret_cast<const std::uint32_t*>(item.entries);
  std::uint32_t at = 0;
  while (at < item.size && hashes[at] != hash) ++at;
  return at;
}

}  // namespace

std::uint32_t count_told(const ProgramView& program, std::uint32_t* counts) {
  std::uint32_t labels = 0;
  for (const ReadRow& row : program.reads()) {
    if (row.reader < program.formulas().size()) continue;
    std::uint32_t& count = counts[program.segments()[row.reader - program.formulas().size()].label & purpose::kAll];
    if (count == 0) ++labels;
    if (count < kMaxSegmentsTold) ++count;
  }
  return labels;
}

void note_move(State& state, std::uint32_t node) {
  touch_node(state, node);
  if ((state.node_watch[node] & kMoved) != 0 || state.moved_size == state.program.reads().size()) return;
  state.node_watch[node] |= kMoved;
  state.moved[state.moved_size++] = node;
}

void sort_moves(State& state) {
  for (std::uint32_t i = 1; i < state.moved_size; ++i) {
    const std::uint32_t node = state.moved[i];
    std::uint32_t at = i;
    for (; at > 0 && state.moved[at - 1] > node; --at) state.moved[at] = state.moved[at - 1];
    state.moved[at] = node;
  }
}

void forget_moves(State& state) {
  while (state.moved_size > 0) {
    state.node_watch[state.moved[--state.moved_size]] &= static_cast<std::uint8_t>(~(kMoved | kToldOn | kToldOff));
  }
}

bool is_segment_event(const State& state) {
  const std::uint32_t name = state.occurrence.event_name;
  return name == state.known.segment_entered || name == state.known.segment_exited;
}

std::uint32_t segment_named(const State& state) {
  const Value name = find_param(state, state.known.segment);
  return name.tag == ValueTag::kString ? state.program.find_row(Table::kSegment, name.text) : kNone;
}

bool remember_segment(State& state, std::uint32_t segment) {
  Item* const item = told_item(state, state.program.segments()[segment].label);
  if (item == nullptr) return false;
  const std::uint32_t hash = hash_of(state, segment);
  const std::uint32_t at = find_told(*item, hash);
  const bool on = state.occurrence.event_name == state.known.segment_entered;
  if ((at < item->size) == on) return false;
  if (on) {
    std::memcpy(&push_entry(*item), &hash, sizeof hash);
  } else {
    const std::uint32_t bytes = item->entry_bytes;
    std::memmove(item->entries + at * bytes, item->entries + (at + 1) * bytes, (item->size - at - 1) * bytes);
    --item->size;
  }
  return true;
}

MovedSegment moved_segment(const State& state, std::uint32_t index) {
  const std::uint32_t node = state.moved[index];
  const Rows<ReadRow> rows = state.program.reads();
  const std::uint32_t read = lower_bound(reinterpret_cast<const std::uint8_t*>(rows.data()), sizeof(ReadRow),
                                         rows.size(), subject_of_node(state, node));
  return {kNone, state.node_on[node] != 0, read, node, false};
}

bool MovedSegment::next(State& state) {
  const ProgramView& program = state.program;
  const std::uint8_t told = on ? kToldOn : kToldOff;
  // One flip of a node is told to all of its segments, a second one in the same direction to none.
  if (!done && (state.node_watch[node] & told) != 0) return false;
  done = true;
  const std::uint32_t subject = subject_of_node(state, node);
  while (read < program.reads().size() && program.reads()[read].subject == subject) {
    const std::uint32_t reader = program.reads()[read++].reader;
    if (reader < program.formulas().size()) continue;
    segment = reader - program.formulas().size();
    const SegmentRow& row = program.segments()[segment];
    const Item* item = told_item(state, row.label);
    if (item == nullptr || !granted(state, row.label)) continue;
    if ((find_told(*item, hash_of(state, segment)) < item->size) == on) continue;
    state.node_watch[node] |= told;
    return true;
  }
  return false;
}

}  // namespace omo
