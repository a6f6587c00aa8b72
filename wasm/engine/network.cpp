// SPDX-License-Identifier: Apache-2.0
#include "engine/network.h"

#include "engine/segments.h"

namespace omo {
namespace {

OMO_INLINE inline void flip_if(State& state, std::uint32_t node, bool on) {
  if (node != kNone) flip(state, node, on);
}

/// First match row with this symbol, or kNone. Matches of a source are sorted by symbol, which their row begins with.
std::uint32_t find_match(const State& state, const SourceRow& source, std::uint32_t symbol) {
  const Rows<MatchRow> rows = state.program.matches().subspan(source.first_match, source.match_count);
  const std::uint32_t at =
      lower_bound(reinterpret_cast<const std::uint8_t*>(rows.data()), sizeof(MatchRow), source.match_count, symbol);
  return at < source.match_count && rows[at].symbol == symbol ? source.first_match + at : kNone;
}

/// The rows of one symbol: they name the atoms that are true while the source has that value.
struct Matches {
  const MatchRow* at;
  const MatchRow* end;
};

Matches matches_from(const State& state, const SourceRow& source, std::uint32_t first) {
  const MatchRow* rows = state.program.matches().data();
  if (first == kNone) return {rows, rows};
  const MatchRow* const limit = rows + source.first_match + source.match_count;
  Matches result{rows + first, rows + first};
  while (result.end != limit && result.end->symbol == result.at->symbol) ++result.end;
  return result;
}

void set_match(State& state, const MatchRow& row, bool equal) {
  flip_if(state, row.literal, equal);
  flip_if(state, row.negation, !equal);
}

}  // namespace

bool is_on(const State& state, std::uint32_t node) {
  return node == kAlways || (node != kNone && state.node_on[node] != 0);
}

void flip(State& state, std::uint32_t node, bool on) {
  std::uint8_t* const node_on = state.node_on;
  if ((node_on[node] != 0) == on) return;
  const std::uint8_t* const node_watch = state.node_watch;
  std::int32_t* const levels = state.gate_level;
  std::uint32_t* const worklist = state.worklist;
  const std::uint32_t* const first = state.program.node_parents().data();
  const std::uint32_t* const parents = state.program.parents().data();
  const std::uint32_t literals = state.program.meta().literal_count;
  const std::uint32_t inner_gates = state.program.gates().size() - state.program.segments().size();
  const std::int32_t step = on ? 1 : -1;
  const std::int32_t crossed = on ? 0 : -1;
  // All gates that follow move in one direction, so each enters the worklist at most once.
  std::uint32_t waiting = 0;
  std::uint8_t watched = 0;
  for (;;) {
    node_on[node] = on;
    watched |= node_watch[node];
    if ((node_watch[node] & kWatchReaders) != 0) note_move(state, node);
    const std::uint32_t* const end = parents + first[node + 1];
    for (const std::uint32_t* parent = parents + first[node]; parent != end; ++parent) {
      const std::uint32_t gate = *parent;
      if ((levels[gate] += step) != crossed) continue;
      if (gate < inner_gates) {
        worklist[waiting++] = literals + gate;
      } else {
        node_on[literals + gate] = on;
        watched |= node_watch[literals + gate];
        if ((node_watch[literals + gate] & kWatchReaders) != 0) note_move(state, literals + gate);
      }
    }
    if (waiting == 0) break;
    node = worklist[--waiting];
  }
  if ((watched & kWatchSegment) != 0) state.outcome.flags |= outcome::kSegmentsChanged;
  if ((watched & kWatchAudience) != 0) state.decide = true;
  if ((watched & kWatchJourney) != 0) state.walk = true;
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
    now.match = kNone;
  }
  now.presence = presence;
  flip_if(state, row.null_literal, presence == Presence::kNull);
  flip_if(state, row.present_literal, present);
}

void set_number(State& state, std::uint32_t source, double number) {
  if (source == kNone) return;
  SourceState& now = state.sources[source];
  if (now.presence != Presence::kPresent) set_presence(state, source, Presence::kPresent);
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

int order_of(const MatchRow& a, const MatchRow& b) {
  if (a.literal != b.literal) return a.literal < b.literal ? -1 : 1;
  return a.negation < b.negation ? -1 : a.negation > b.negation ? 1 : 0;
}

void set_string(State& state, std::uint32_t source, std::string_view text) {
  if (source == kNone) return;
  set_presence(state, source, Presence::kPresent);
  SourceState& now = state.sources[source];
  const SourceRow& row = state.program.sources()[source];
  const std::uint32_t symbol = row.match_count > 0 ? state.program.find_symbol(text) : kNone;
  const std::uint32_t match = symbol != kNone ? find_match(state, row, symbol) : kNone;
  if (match == now.match) return;
  // Atoms that both values have stay as they are: the rows of each value are in the order of their atoms.
  Matches before = matches_from(state, row, now.match);
  Matches after = matches_from(state, row, match);
  now.match = match;
  while (before.at != before.end || after.at != after.end) {
    const int order = before.at == before.end ? 1 : after.at == after.end ? -1 : order_of(*before.at, *after.at);
    if (order < 0) set_match(state, *before.at, false);
    if (order > 0) set_match(state, *after.at, true);
    if (order <= 0) ++before.at;
    if (order >= 0) ++after.at;
  }
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
    const MatchRow& match = state.program.matches()[row.first_match + i];
    const std::string_view text = state.program.symbol(match.symbol);
    bool member = false;
    for (std::uint32_t k = 0; k < item.size; ++k) member = member || same_text(entry_of(item, k).text.view(), text);
    set_match(state, match, member);
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
