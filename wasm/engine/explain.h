// SPDX-License-Identifier: Apache-2.0
// Why: what a segment, score, slot, campaign, journey or value rests on, and what would change it by time alone. The
// rows that say so are those of wire/explanation.md.
#pragma once
#include "engine/explain_atom.h"
#include "engine/state.h"

namespace omo {

/// A row as far as its fields are numbers; need and value follow it.
struct ExplainedRow {
  Explained kind = Explained::kMore;
  std::uint32_t op = 0;
  std::string_view name{nullptr, 0};
  std::uint32_t label = 0;
  double changes_at = 0;
  double expires_at = 0;
  double window_ms = 0;
  std::uint32_t node = kNone;
  ValueTag state = ValueTag::kNull;
};

/// Writes the rows of one answer. The state is the same before and after.
class Explainer {
 public:
  /// Room for the row that says that there was no more.
  static constexpr std::size_t kReserve = 32;
  /// `out` has more than kReserve bytes.
  Explainer(State& state, MutableBytes out)
      : state_(state), program_(state.program), out_(out), writer_(out.first(out.size() - kReserve)) {}

  /// The row exists, and its table can be explained. Answers the bytes of the answer.
  std::size_t run(Table table, std::uint32_t row);

 private:
  // Rows.
  void number(double value);
  std::size_t begin(const ExplainedRow& row, std::uint32_t depth);
  void end();
  void numbers(double need, double value);
  void text(std::string_view text);

  // Conditions and values.
  ValueTag node(std::uint32_t node, std::uint32_t depth);
  [[nodiscard]] bool is_child(std::uint32_t child, std::uint32_t gate) const;
  ValueTag literal(std::uint32_t node, std::uint32_t depth);
  void describe(ExplainedRow& row, const SourceRow& source);
  void operand(Op op, std::uint32_t index, std::uint32_t depth);
  void formula(const ExplainedRow& as, std::uint32_t index, std::uint32_t depth, const Atom* atom, bool expands);

  // Decisions and journeys: explain_decision.cpp.
  void priority(std::uint32_t campaign);
  void slot(std::uint32_t slot);
  void reason(Verdict verdict, bool met, ExplainedRow row = {});
  void reason_of_usage(Verdict verdict, bool met, const Usage& usage, double window_ms);
  void reason_of_share(Verdict verdict, bool met, std::uint32_t share);
  void campaign(std::uint32_t campaign);
  void journey(std::uint32_t journey);
  void condition(Explained kind, std::uint32_t node, std::uint32_t event);

  State& state_;
  const ProgramView& program_;
  MutableBytes out_;
  ByteWriter writer_;
  std::size_t start_ = 0;  ///< of the row that is being written
  bool full_ = false;
};

/// Engine::explain() on a state.
[[nodiscard]] std::size_t explain(State& state, Table table, std::uint32_t row, MutableBytes out);

}  // namespace omo
