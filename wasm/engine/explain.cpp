// SPDX-License-Identifier: Apache-2.0
#include "engine/explain.h"

#include "engine/formulas.h"
#include "engine/kept_state.h"
#include "engine/signals.h"

namespace omo {
namespace {

/// Gates below gates, as far as the stack of the module allows. Gates of one kind are flat already.
constexpr std::uint32_t kDeepest = 10;
constexpr std::uint32_t kFields = 12;
constexpr std::uint32_t kMostLoads = 24;

/// What a formula loads, in the order of its code, each once.
struct Loads {
  struct Load {
    Op op;
    std::uint32_t row;
  };
  const State* state;
  Host host;
  std::uint32_t size = 0;
  Load loads[kMostLoads] = {};

  static Datum note(const void* from, Op op, ByteReader& code) {
    // What a host is made from is constant elsewhere; these are a variable of write_formula()'s caller.
    Loads& self = *const_cast<Loads*>(static_cast<const Loads*>(from));
    ByteReader ahead = code;
    const std::uint32_t row = ahead.u32();
    bool known = self.size == kMostLoads;
    for (std::uint32_t i = 0; i < self.size; ++i) known = known || (self.loads[i].op == op && self.loads[i].row == row);
    if (!known) self.loads[self.size++] = {op, row};
    return self.host.load(self.state, op, code);
  }
};

/// In a frame of its own, which is gone before what the formula reads is explained.
[[gnu::noinline]] void write_formula(const State& state, std::uint32_t index, Loads& loads, ByteWriter& writer) {
  TextRoom room;
  const Host host{&loads, Loads::note, loads.host.member, loads.host.now_ms};
  const Datum value = formula_value(state, index, host, room);
  write_value(writer, granted(state, state.program.formulas()[index].label) ? value_of_datum(value) : null_value());
}

}  // namespace

std::size_t Explainer::run(Table table, std::uint32_t row) {
  ExplainedRow score;
  score.kind = Explained::kScore;
  switch (table) {
    case Table::kSegment:
      node(program_.segments()[row].node, 0);
      break;
    case Table::kScore:
      formula(score, program_.scores()[row].formula, 0, nullptr, true);
      break;
    case Table::kSlot:
      slot(row);
      break;
    case Table::kCampaign:
      campaign(row);
      break;
    case Table::kJourney:
      journey(row);
      break;
    case Table::kSignal:
      operand(Op::kSignal, row, 0);
      break;
    default:
      operand(table == Table::kTrait ? Op::kTrait : Op::kContext, row, 0);
  }
  const std::size_t end = writer_.position();
  writer_ = ByteWriter(out_);
  writer_.put(out_.first(end));
  if (full_) {
    begin({}, 0);
    numbers(0, 0);
  }
  writer_.u8(static_cast<std::uint8_t>(ValueTag::kNull));
  return writer_.position();
}

/// Zero is one byte, as null.
void Explainer::number(double value) { write_value(writer_, value == 0 ? null_value() : number_value(value)); }

/// Writes all of a row but its need and value. Answers where its state is.
std::size_t Explainer::begin(const ExplainedRow& row, std::uint32_t depth) {
  start_ = writer_.position();
  writer_.u8(static_cast<std::uint8_t>(ValueTag::kList));
  writer_.varint(kFields);
  for (const double field : {static_cast<double>(depth), static_cast<double>(row.kind), static_cast<double>(row.op),
                             static_cast<double>(row.label), row.changes_at, row.expires_at, row.window_ms,
                             row.node < kAlways ? row.node + 1.0 : 0.0}) {
    number(field);
  }
  write_value(writer_, row.name.empty() ? null_value() : text_value(row.name));
  const std::size_t state_at = writer_.position();
  writer_.u8(static_cast<std::uint8_t>(row.state));
  return state_at;
}

/// A row that does not fit is taken back, and none follows it.
void Explainer::end() {
  if (writer_.ok()) return;
  writer_.rewind(start_);
  full_ = true;
}

void Explainer::numbers(double need, double value) {
  number(need);
  number(value);
  end();
}

void Explainer::text(std::string_view text) {
  write_value(writer_, text.empty() ? null_value() : text_value(text));
  number(0);
  end();
}

/// The condition of a node, and all below it. Answers how it stands: null = unknown or an error.
ValueTag Explainer::node(std::uint32_t node, std::uint32_t depth) {
  const bool on = is_on(state_, node);
  if (full_) return on ? ValueTag::kTrue : ValueTag::kNull;
  const std::uint32_t literals = program_.meta().literal_count;
  if (node < literals) return literal(node, depth);
  const bool is_gate = node < kAlways;
  const std::uint32_t gate = node - literals;
  const std::uint32_t need = is_gate ? program_.gates()[gate].need : 0;
  std::uint32_t children = 0;
  std::uint32_t only = kNone;
  for (std::uint32_t child = 0; is_gate && child < node; ++child) {
    if (!is_child(child, gate)) continue;
    ++children;
    only = child;
  }
  if (children == 1 && need == 1) return this->node(only, depth);
  const bool any = node == kNone || need < children || (need > 0 && children == 0);
  const bool deep = depth >= kDeepest && children > 0;
  ExplainedRow row;
  row.kind = deep ? Explained::kMore : any ? Explained::kAny : Explained::kAll;
  row.node = node;
  row.state = on ? ValueTag::kTrue : children == 0 ? ValueTag::kFalse : ValueTag::kNull;
  const std::size_t state_at = begin(row, depth);
  numbers(0, 0);
  if (full_ || deep) return row.state;
  std::uint32_t off = 0;
  for (std::uint32_t child = 0; children > 0 && child < node && !full_; ++child) {
    if (is_child(child, gate) && this->node(child, depth + 1) == ValueTag::kFalse) ++off;
  }
  // One that is false decides &&, and || only all of them.
  if (!on && children > 0 && off >= (any ? children : 1)) row.state = ValueTag::kFalse;
  out_[state_at] = static_cast<std::uint8_t>(row.state);
  return row.state;
}

bool Explainer::is_child(std::uint32_t child, std::uint32_t gate) const {
  const std::uint32_t* const first = program_.node_parents().data() + child;
  for (std::uint32_t i = first[0]; i < first[1]; ++i) {
    if (program_.parents()[i] == gate) return true;
  }
  return false;
}

ValueTag Explainer::literal(std::uint32_t node, std::uint32_t depth) {
  Atom atom;
  if (!find_atom(program_, node, atom)) return ValueTag::kNull;
  const SourceRow& source = *atom.source;
  ExplainedRow row;
  row.kind = static_cast<Explained>(source.kind);
  row.op = static_cast<std::uint32_t>(op_of(program_, atom));
  row.label = source.label;
  row.node = node;
  row.state = truth_of(state_, atom, node);
  row.changes_at = change_of(state_, atom, row.state);
  if (source.kind == SourceKind::kFormula) {
    formula(row, source.ref, depth, &atom, true);
    return row.state;
  }
  describe(row, source);
  begin(row, depth);
  write_need(program_, atom, writer_);
  write_source(state_, source, writer_);
  end();
  return row.state;
}

/// Name, window and expiry of what a source looks at, which is no formula.
void Explainer::describe(ExplainedRow& row, const SourceRow& source) {
  if (!is_of_signal(source)) {
    row.name = program_.name_of(source.kind == SourceKind::kContext ? Table::kContext : Table::kTrait, source.ref);
    return;
  }
  const SignalRow& signal = program_.signals()[source.ref];
  const Item& item = state_.signals[source.ref];
  row.name = program_.symbol(signal.name);
  row.window_ms = signal.within_ms;
  if (signal.within_ms > 0 && item.size > 0 && granted(state_, signal.label)) {
    row.expires_at = entry_of(item, item.size - 1).time_ms + signal.within_ms;
  }
}

/// What a formula loads, or a value that is asked for by itself.
void Explainer::operand(Op op, std::uint32_t index, std::uint32_t depth) {
  ExplainedRow row;
  if (op == Op::kCondition) {
    if (index < program_.meta().node_count) node(index, depth);
    return;
  }
  if (op == Op::kFormula) {
    row.kind = Explained::kScore;
    if (index < program_.formulas().size()) formula(row, index, depth, nullptr, false);
    return;
  }
  SourceRow source{};
  source.kind = op == Op::kSignal      ? SourceKind::kSignal
                : op == Op::kContext   ? SourceKind::kContext
                : op == Op::kDaysUntil ? SourceKind::kDaysUntil
                                       : SourceKind::kTrait;
  source.ref = index;
  const Table table = op == Op::kSignal ? Table::kSignal : op == Op::kContext ? Table::kContext : Table::kTrait;
  if (index >= program_.count_of(table)) return;
  source.label = static_cast<std::uint8_t>(program_.label_of(table, index) & purpose::kAll);
  row.kind = static_cast<Explained>(source.kind);
  row.label = source.label;
  describe(row, source);
  begin(row, depth);
  number(0);
  if (op == Op::kSignal) {
    write_signal_value(state_, index, writer_);
  } else {
    write_source(state_, source, writer_);
  }
  end();
}

/// A formula with its value, as an atom where there is one, and what it reads one deeper.
[[gnu::noinline]] void Explainer::formula(const ExplainedRow& as, std::uint32_t index, std::uint32_t depth,
                                          const Atom* atom, bool expands) {
  Loads loads;
  loads.state = &state_;
  loads.host = formula_host(state_);
  ExplainedRow row = as;
  row.label = program_.formulas()[index].label;
  for (std::uint32_t i = 0; i < program_.scores().size(); ++i) {
    if (program_.scores()[i].formula != index) continue;
    row.name = program_.name_of(Table::kScore, i);
    row.label = program_.label_of(Table::kScore, i);
    break;
  }
  begin(row, depth);
  if (atom != nullptr) {
    write_need(program_, *atom, writer_);
  } else {
    number(0);
  }
  write_formula(state_, index, loads, writer_);
  end();
  for (std::uint32_t i = 0; i < loads.size && expands && !full_; ++i) {
    operand(loads.loads[i].op, loads.loads[i].row, depth + 1);
  }
}

std::size_t explain(State& state, Table table, std::uint32_t row, MutableBytes out) {
  constexpr auto kBit = [](Table each) { return 1u << static_cast<std::uint32_t>(each); };
  constexpr std::uint32_t kTables = kBit(Table::kSegment) | kBit(Table::kScore) | kBit(Table::kSlot) |
                                    kBit(Table::kCampaign) | kBit(Table::kJourney) | kBit(Table::kSignal) |
                                    kBit(Table::kTrait) | kBit(Table::kContext);
  const auto number = static_cast<std::uint32_t>(table);
  const bool known = number < 32 && (kTables >> number & 1) != 0;
  if (!known || row >= state.program.count_of(table) || out.size() <= Explainer::kReserve) return 0;
  return Explainer(state, out).run(table, row);
}

}  // namespace omo
