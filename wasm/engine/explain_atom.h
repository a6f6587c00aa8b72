// SPDX-License-Identifier: Apache-2.0
// One atom of the network, told of its number: what it compares, how it stands, and when time alone flips it.
#pragma once
#include "engine/state.h"
#include "expression/datum.h"

namespace omo {

struct Atom {
  const SourceRow* source;
  const ThresholdRow* threshold;  ///< null for the others
  std::uint32_t match;            ///< first row of kMatches with this literal; kNone
  bool negated;                   ///< the literal is on while the atom is false; without either: `present`, not `null`
};

/// Is it of a signal? Else a trait's, a context value's or a formula's.
[[nodiscard]] inline bool is_of_signal(const SourceRow& source) {
  return source.kind == SourceKind::kSignal || source.kind == SourceKind::kSize || source.kind == SourceKind::kMember;
}
[[nodiscard]] constexpr ValueTag tag_of(bool on) { return on ? ValueTag::kTrue : ValueTag::kFalse; }

/// The atom of a literal. False where a broken program has none.
[[nodiscard]] bool find_atom(const ProgramView& program, std::uint32_t literal, Atom& atom);
/// ExplainedOp, as a number.
[[nodiscard]] std::uint32_t op_of(const ProgramView& program, const Atom& atom);
/// The constant that it compares with: a number, boolean, text, list of texts or null.
void write_need(const ProgramView& program, const Atom& atom, ByteWriter& writer);
/// The value that it looks at; null where that is denied. Not of a formula.
void write_source(const State& state, const SourceRow& source, ByteWriter& writer);
/// As the network has it: null = unknown or an error.
[[nodiscard]] ValueTag truth_of(const State& state, const Atom& atom, std::uint32_t literal);
/// The first ms from now on at which it stands otherwise than `truth` though nothing happens; 0 = never, and for
/// formulas, whose value no rule foresees. The state is the same before and after.
[[nodiscard]] double change_of(State& state, const Atom& atom, ValueTag truth);
/// A number (times and durations in ms), boolean or text; null for all else.
[[nodiscard]] Value value_of_datum(const Datum& value);

}  // namespace omo
