// SPDX-License-Identifier: Apache-2.0
#include "engine/network.h"

#include "engine/segments.h"

namespace omo {
namespace {

/// What turns nodes on and off. Pointers and counts are its own, since the compiler must take it that what is written
/// to nodes changes all else: a source that moves past many thresholds would load them again for each.
class Wave {
 public:
  OMO_INLINE explicit Wave(const State& state)
      : node_on_(state.node_on),
        node_watch_(state.node_watch),
        levels_(state.gate_level),
        worklist_(state.worklist),
        first_(state.program.node_parents().data()),
        parents_(state.program.parents().data()),
        literals_(state.program.meta().literal_count),
        inner_gates_(state.program.gates().size() - state.program.segments().size()) {}

  /// Sets a node that is not in this state, and all that follows from it.
  OMO_INLINE void flip(State& state, std::uint32_t node, bool on) {
    const std::int32_t step = on ? 1 : -1;
    const std::int32_t crossed = on ? 0 : -1;
    // All gates that follow move in one direction, so each enters the worklist at most once.
    std::uint32_t waiting = 0;
    for (;;) {
      set(state, node, on);
      const std::uint32_t* const end = parents_ + first_[node + 1];
      for (const std::uint32_t* parent = parents_ + first_[node]; parent != end; ++parent) {
        const std::uint32_t gate = *parent;
        if ((levels_[gate] += step) != crossed) continue;
        if (gate < inner_gates_) {
          worklist_[waiting++] = literals_ + gate;
        } else {
          set(state, literals_ + gate, on);
        }
      }
      if (waiting == 0) break;
      node = worklist_[--waiting];
    }
  }

  [[nodiscard]] OMO_INLINE bool differs(std::uint32_t node, bool on) const { return (node_on_[node] != 0) != on; }

  /// Tells of what was watched.
  OMO_INLINE void end(State& state) const {
    if ((watched_ & kWatchSegment) != 0) state.outcome.flags |= outcome::kSegmentsChanged;
    if ((watched_ & kWatchAudience) != 0) state.decide = true;
    if ((watched_ & kWatchJourney) != 0) state.walk = true;
  }

 private:
  OMO_INLINE void set(State& state, std::uint32_t node, bool on) {
    node_on_[node] = on;
    const std::uint8_t watch = node_watch_[node];
    watched_ |= watch;
    if ((watch & kWatchReaders) != 0) note_move(state, node);
  }

  std::uint8_t* node_on_;
  const std::uint8_t* node_watch_;
  std::int32_t* levels_;
  std::uint32_t* worklist_;
  const std::uint32_t* first_;
  const std::uint32_t* parents_;
  std::uint32_t literals_;
  std::uint32_t inner_gates_;
  std::uint8_t watched_ = 0;
};

/// A wave of its own for one node: in a build for size, all share these instructions.
[[maybe_unused]] void flip(State& state, std::uint32_t node, bool on) {
  Wave wave(state);
  if (wave.differs(node, on)) wave.flip(state, node, on);
  wave.end(state);
}

OMO_FAST_INLINE void flip_if(State& state, Wave& wave, std::uint32_t node, bool on) {
  if (node == kNone) return;
  if constexpr (!kForSpeed) {
    flip(state, node, on);
  } else if (wave.differs(node, on)) {
    wave.flip(state, node, on);
  }
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

OMO_FAST_INLINE void set_match(State& state, Wave& wave, const MatchRow& row, bool equal) {
  flip_if(state, wave, row.literal, equal);
  flip_if(state, wave, row.negation, !equal);
}

}  // namespace

bool is_on(const State& state, std::uint32_t node) {
  return node == kAlways || (node != kNone && state.node_on[node] != 0);
}

void set_presence(State& state, std::uint32_t source, Presence presence) {
  if (source == kNone) return;
  SourceState& now = state.sources[source];
  if (now.presence == presence) return;
  const SourceRow& row = state.program.sources()[source];
  const bool present = presence == Presence::kPresent;
  Wave wave(state);
  if (present || now.presence == Presence::kPresent) {
    for (std::uint32_t i = 0; i < row.threshold_count; ++i) {
      const ThresholdRow& threshold = state.program.thresholds()[row.first_threshold + i];
      flip_if(state, wave, threshold.literal, false);
      flip_if(state, wave, threshold.negation, present);
    }
    for (std::uint32_t i = 0; i < row.match_count; ++i) {
      const MatchRow& match = state.program.matches()[row.first_match + i];
      flip_if(state, wave, match.literal, false);
      flip_if(state, wave, match.negation, present);
    }
    now.position = 0;
    now.match = kNone;
  }
  now.presence = presence;
  flip_if(state, wave, row.null_literal, presence == Presence::kNull);
  flip_if(state, wave, row.present_literal, present);
  wave.end(state);
}

void set_number(State& state, std::uint32_t source, double number) {
  if (source == kNone) return;
  SourceState& now = state.sources[source];
  if (now.presence != Presence::kPresent) set_presence(state, source, Presence::kPresent);
  const SourceRow& row = state.program.sources()[source];
  const ThresholdRow* const rows = state.program.thresholds().data() + row.first_threshold;
  std::uint32_t& position = now.position;
  const auto rises = [&] { return position < row.threshold_count && holds(rows[position], number); };
  const auto falls = [&] { return position > 0 && !holds(rows[position - 1], number); };
  if (kForSpeed && !rises() && !falls()) return;
  Wave wave(state);
  for (; rises(); ++position) {
    flip_if(state, wave, rows[position].literal, true);
    flip_if(state, wave, rows[position].negation, false);
  }
  while (falls()) {
    --position;
    flip_if(state, wave, rows[position].literal, false);
    flip_if(state, wave, rows[position].negation, true);
  }
  wave.end(state);
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
  Wave wave(state);
  while (before.at != before.end || after.at != after.end) {
    const int order = before.at == before.end ? 1 : after.at == after.end ? -1 : order_of(*before.at, *after.at);
    if (order < 0) set_match(state, wave, *before.at, false);
    if (order > 0) set_match(state, wave, *after.at, true);
    if (order <= 0) ++before.at;
    if (order >= 0) ++after.at;
  }
  wave.end(state);
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
  Wave wave(state);
  for (std::uint32_t i = 0; i < row.match_count; ++i) {
    const MatchRow& match = state.program.matches()[row.first_match + i];
    const std::string_view text = state.program.symbol(match.symbol);
    bool member = false;
    for (std::uint32_t k = 0; k < item.size; ++k) member = member || same_text(entry_of(item, k).text.view(), text);
    set_match(state, wave, match, member);
  }
  wave.end(state);
}

double next_threshold(const State& state, std::uint32_t source) {
  const SourceRow& row = state.program.sources()[source];
  const std::uint32_t position = state.sources[source].position;
  if (position >= row.threshold_count) return -1;
  const ThresholdRow& threshold = state.program.thresholds()[row.first_threshold + position];
  return threshold.value + (threshold.strict != 0 ? 1 : 0);
}

}  // namespace omo
