// SPDX-License-Identifier: Apache-2.0
// Why: what a segment, score, slot, campaign, journey or value rests on, and what would change it by time alone. The
// rows that say so are those of wire/explanation.md.
#pragma once
#include "engine/explain_atom.h"
#include "engine/state.h"

namespace omo {

/// Fields of a row that are numbers, in their order.
enum class RowField : std::uint8_t { kDepth, kKind, kOp, kLabel, kChangesAt, kExpiresAt, kWindowMs, kNode, kCount };

struct ExplainedRow {
  double numbers[static_cast<std::size_t>(RowField::kCount)];
  std::string_view name;
  ValueTag state;
  Value need;
  Value value;
};

/// Writes the rows of one answer. The state is the same before and after.
class Explainer {
 public:
  /// Room for the row that says that there was no more.
  static constexpr std::size_t kReserve = 32;
  /// `out` has more than kReserve bytes.
  Explainer(State& state, MutableBytes out)
      : state_(state), program_(state.program), out_(out), writer_(out.first(out.size() - kReserve)) {
    clear();
  }

  /// The row exists, and its table can be explained. Answers the bytes of the answer.
  std::size_t run(Table table, std::uint32_t row);

 private:
  // The row at hand: its fields are set, then it is put, and the next one begins empty.
  void set(RowField field, double value) { row_.numbers[static_cast<std::size_t>(field)] = value; }
  void clear();
  std::size_t head(Explained kind, std::uint32_t depth);
  void end();
  std::size_t put(Explained kind, std::uint32_t depth);

  // Conditions and values.
  ValueTag node(std::uint32_t node, std::uint32_t depth);
  [[nodiscard]] bool is_child(std::uint32_t child, std::uint32_t gate) const;
  ValueTag literal(std::uint32_t node, std::uint32_t depth);
  void describe(const SourceRow& source);
  void operand(Op op, std::uint32_t index, std::uint32_t depth);
  void formula(Explained kind, std::uint32_t index, std::uint32_t depth, const Atom* atom, bool expands);

  // Decisions and journeys: explain_decision.cpp.
  [[nodiscard]] Value priority(std::uint32_t campaign) const;
  [[nodiscard]] std::string_view campaign_name(std::uint32_t campaign) const;
  void slot(std::uint32_t slot);
  void reason(Verdict verdict, bool met);
  void reason_of_usage(Verdict verdict, const Usage& usage, double window_ms);
  void campaign(std::uint32_t campaign);
  void journey(std::uint32_t journey);
  void condition(Explained kind, std::uint32_t node, std::uint32_t event);

  State& state_;
  const ProgramView& program_;
  MutableBytes out_;
  ByteWriter writer_;
  std::size_t start_ = 0;   ///< of the row that is being written
  std::uint32_t bits_ = 0;  ///< what is against a campaign, by Verdict
  bool full_ = false;
  ExplainedRow row_;
};

/// Engine::explain() on a state.
[[nodiscard]] std::size_t explain(State& state, Table table, std::uint32_t row, MutableBytes out);

}  // namespace omo
