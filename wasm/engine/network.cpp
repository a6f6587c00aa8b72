// SPDX-License-Identifier: Apache-2.0
#include "engine/network.h"

#include "engine/segments.h"

namespace omo {
namespace {

bool holds(const ThresholdRow& row, double number) {
  return row.strict != 0 ? number > row.value : number >= row.value;
}

void flip_if(State& state, std::uint32_t node, bool on) {
  if (node != kNone) flip(state, node, on);
}

/// Row of the match with this symbol, or kNone. Matches of a source are sorted by symbol, which their row begins with.
std::uint32_t find_match(const State& state, const SourceRow& source, std::uint32_t symbol) {
  const Rows<MatchRow> rows = state.program.matches().subspan(source.first_match, source.match_count);
  const std::uint32_t at =
      lower_bound(reinterpret_cast<const std::uint8_t*>(rows.data()), sizeof(MatchRow), source.match_count, symbol);
  return at < source.match_count && rows[at].symbol == symbol ? source.first_match + at : kNone;
}

void set_match(State& state, std::uint32_t match, bool equal) {
  const MatchRow& row = state.program.matches()[match];
  flip_if(state, row.literal, equal);
  flip_if(state, row.negation, !equal);
}

}  // namespace

bool is_on(const State& state, std::uint32_t node) {
  return node == kAlways || (node != kNone && state.node_on[node] != 0);
}

void flip(State& state, std::uint32_t node, bool on) {
  if ((state.node_on[node] != 0) == on) return;
  const Rows<std::uint32_t> first = state.program.node_parents();
  const Rows<std::uint32_t> parents = state.program.parents();
  const Rows<GateRow> gates = state.program.gates();
  const std::uint32_t literals = state.program.meta().literal_count;
  // All gates that follow move in one direction, so each enters the worklist at most once.
  std::uint32_t waiting = 0;
  std::uint8_t watched = 0;
  for (;;) {
    state.node_on[node] = on;
    watched |= state.node_watch[node];
    if ((state.node_watch[node] & kWatchReaders) != 0) note_move(state, node);
    for (std::uint32_t i = first[node]; i < first[node + 1]; ++i) {
      const std::uint32_t gate = parents[i];
      std::uint32_t& count = state.gate_count[gate];
      const bool was = count >= gates[gate].need;
      count = on ? count + 1 : count - 1;
      if ((count >= gates[gate].need) != was) state.worklist[waiting++] = literals + gate;
    }
    if (waiting == 0) break;
    node = state.worklist[--waiting];
  }
  if ((watched & kWatchSegment) != 0) state.outcome.flags |= outcome::kSegmentsChanged;
  if ((watched & kWatchAudience) != 0) state.decide = true;
}

void set_presence(State& state, std::uint32_t source, Presence presence) {
  if (source == kNone) return;
  SourceState& now = state.sources[source];
  if (now.presence == presence) return;
  const SourceRow& row = state.program.sources()[source];
  const bool present = presence == Presence::kPresent;
  if (present || now.presence == Presence::kPresent) {
    for (std::uint32_t i = 0; i < row.threshold_count; ++i) {
      const ThresholdRow& threshold = state.program.thresholds()[row.first_threshold + i];
      flip_if(state, threshold.literal, false);
      flip_if(state, threshold.negation, present);
    }
    for (std::uint32_t i = 0; i < row.match_count; ++i) {
      const MatchRow& match = state.program.matches()[row.first_match + i];
      flip_if(state, match.literal, false);
      flip_if(state, match.negation, present);
    }
    now.position = 0;
    now.symbol = kNone;
  }
  now.presence = presence;
  flip_if(state, row.null_literal, presence == Presence::kNull);
  flip_if(state, row.present_literal, present);
}

void set_number(State& state, std::uint32_t source, double number) {
  if (source == kNone) return;
  set_presence(state, source, Presence::kPresent);
  SourceState& now = state.sources[source];
  const SourceRow& row = state.program.sources()[source];
  const Rows<ThresholdRow> rows = state.program.thresholds().subspan(row.first_threshold, row.threshold_count);
  while (now.position < rows.size() && holds(rows[now.position], number)) {
    flip_if(state, rows[now.position].literal, true);
    flip_if(state, rows[now.position].negation, false);
    ++now.position;
  }
  while (now.position > 0 && !holds(rows[now.position - 1], number)) {
    --now.position;
    flip_if(state, rows[now.position].literal, false);
    flip_if(state, rows[now.position].negation, true);
  }
}

namespace {

void set_string(State& state, std::uint32_t source, std::string_view text) {
  if (source == kNone) return;
  set_presence(state, source, Presence::kPresent);
  SourceState& now = state.sources[source];
  const SourceRow& row = state.program.sources()[source];
  const std::uint32_t symbol = row.match_count > 0 ? state.program.find_symbol(text) : kNone;
  if (symbol == now.symbol) return;
  const std::uint32_t before = now.symbol != kNone ? find_match(state, row, now.symbol) : kNone;
  const std::uint32_t after = symbol != kNone ? find_match(state, row, symbol) : kNone;
  now.symbol = symbol;
  if (before != kNone) set_match(state, before, false);
  if (after != kNone) set_match(state, after, true);
}

}  // namespace

void set_value(State& state, std::uint32_t source, const Value& value) {
  if (value.tag == ValueTag::kNull) {
    set_presence(state, source, Presence::kNull);
  } else if (value.tag == ValueTag::kString) {
    set_string(state, source, value.text);
  } else {
    set_number(state, source, value.number);
  }
}

void set_members(State& state, std::uint32_t source, const Item& item) {
  if (source == kNone) return;
  set_presence(state, source, Presence::kPresent);
  const SourceRow& row = state.program.sources()[source];
  for (std::uint32_t i = 0; i < row.match_count; ++i) {
    const std::string_view text = state.program.symbol(state.program.matches()[row.first_match + i].symbol);
    bool member = false;
    for (std::uint32_t k = 0; k < item.size; ++k) member = member || same_text(entry_of(item, k).text.view(), text);
    set_match(state, row.first_match + i, member);
  }
}

double next_threshold(const State& state, std::uint32_t source) {
  const SourceRow& row = state.program.sources()[source];
  const std::uint32_t position = state.sources[source].position;
  if (position >= row.threshold_count) return -1;
  const ThresholdRow& threshold = state.program.thresholds()[row.first_threshold + position];
  return threshold.value + (threshold.strict != 0 ? 1 : 0);
}

}  // namespace omo
