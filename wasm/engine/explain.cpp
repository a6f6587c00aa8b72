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
  switch (table) {
    case Table::kSegment:
      node(program_.segments()[row].node, 0);
      break;
    case Table::kScore:
      formula(Explained::kScore, program_.scores()[row].formula, 0, nullptr, true);
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
    default:
      operand(table == Table::kSignal ? Op::kSignal : table == Table::kTrait ? Op::kTrait : Op::kContext, row, 0);
  }
  const std::size_t end = writer_.position();
  writer_ = ByteWriter(out_);
  writer_.put(out_.first(end));
  if (full_) put(Explained::kMore, 0);
  writer_.u8(static_cast<std::uint8_t>(ValueTag::kNull));
  return writer_.position();
}

[[gnu::noinline]] void Explainer::clear() { std::memset(static_cast<void*>(&row_), 0, sizeof row_); }

/// Writes all of the row but its need and value. Answers where its state is.
[[gnu::noinline]] std::size_t Explainer::head(Explained kind, std::uint32_t depth) {
  set(RowField::kDepth, depth);
  set(RowField::kKind, static_cast<double>(kind));
  start_ = writer_.position();
  writer_.u8(static_cast<std::uint8_t>(ValueTag::kList));
  writer_.varint(kFields);
  // Zero is one byte, as null.
  for (const double number : row_.numbers) write_value(writer_, number == 0 ? null_value() : number_value(number));
  write_value(writer_, row_.name.empty() ? null_value() : text_value(row_.name));
  const std::size_t state_at = writer_.position();
  writer_.u8(static_cast<std::uint8_t>(row_.state));
  return state_at;
}

/// A row that does not fit is taken back, and none follows it.
[[gnu::noinline]] void Explainer::end() {
  clear();
  if (writer_.ok()) return;
  writer_.rewind(start_);
  full_ = true;
}

[[gnu::noinline]] std::size_t Explainer::put(Explained kind, std::uint32_t depth) {
  const std::size_t state_at = head(kind, depth);
  write_value(writer_, row_.need);
  write_value(writer_, row_.value);
  end();
  return state_at;
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
  ValueTag result = on ? ValueTag::kTrue : children == 0 ? ValueTag::kFalse : ValueTag::kNull;
  row_.state = result;
  set(RowField::kNode, is_gate ? node + 1.0 : 0.0);
  const std::size_t state_at = put(deep ? Explained::kMore : any ? Explained::kAny : Explained::kAll, depth);
  if (full_ || deep) return result;
  std::uint32_t off = 0;
  for (std::uint32_t child = 0; children > 0 && child < node && !full_; ++child) {
    if (is_child(child, gate) && this->node(child, depth + 1) == ValueTag::kFalse) ++off;
  }
  // One that is false decides &&, and || only all of them.
  if (!on && children > 0 && off >= (any ? children : 1)) result = ValueTag::kFalse;
  out_[state_at] = static_cast<std::uint8_t>(result);
  return result;
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
  const ValueTag truth = truth_of(state_, atom, node);
  row_.state = truth;
  set(RowField::kOp, op_of(program_, atom));
  set(RowField::kLabel, source.label);
  set(RowField::kChangesAt, change_of(state_, atom, truth));
  set(RowField::kNode, node + 1.0);
  if (source.kind == SourceKind::kFormula) {
    formula(Explained::kFormula, source.ref, depth, &atom, true);
    return truth;
  }
  describe(source);
  head(static_cast<Explained>(source.kind), depth);
  write_need(program_, atom, writer_);
  write_source(state_, source, writer_);
  end();
  return truth;
}

/// Name, window and expiry of what a source looks at, which is no formula.
void Explainer::describe(const SourceRow& source) {
  if (!is_of_signal(source)) {
    row_.name = program_.name_of(source.kind == SourceKind::kContext ? Table::kContext : Table::kTrait, source.ref);
    return;
  }
  const SignalRow& signal = program_.signals()[source.ref];
  const Item& item = state_.signals[source.ref];
  row_.name = program_.symbol(signal.name);
  set(RowField::kWindowMs, signal.within_ms);
  if (signal.within_ms > 0 && item.size > 0 && granted(state_, signal.label)) {
    set(RowField::kExpiresAt, entry_of(item, item.size - 1).time_ms + signal.within_ms);
  }
}

/// What a formula loads, or a value that is asked for by itself.
void Explainer::operand(Op op, std::uint32_t index, std::uint32_t depth) {
  if (op == Op::kCondition) {
    if (index < program_.meta().node_count) node(index, depth);
    return;
  }
  if (op == Op::kFormula) {
    if (index < program_.formulas().size()) formula(Explained::kScore, index, depth, nullptr, false);
    return;
  }
  const Table table = op == Op::kSignal ? Table::kSignal : op == Op::kContext ? Table::kContext : Table::kTrait;
  if (index >= program_.count_of(table)) return;
  // As far as a source is read here.
  SourceRow source;
  source.kind = op == Op::kSignal      ? SourceKind::kSignal
                : op == Op::kContext   ? SourceKind::kContext
                : op == Op::kDaysUntil ? SourceKind::kDaysUntil
                                       : SourceKind::kTrait;
  source.ref = index;
  source.label = static_cast<std::uint8_t>(program_.label_of(table, index) & purpose::kAll);
  set(RowField::kLabel, source.label);
  describe(source);
  head(static_cast<Explained>(source.kind), depth);
  writer_.u8(static_cast<std::uint8_t>(ValueTag::kNull));
  if (op == Op::kSignal) {
    write_signal_value(state_, index, writer_);
  } else {
    write_source(state_, source, writer_);
  }
  end();
}

/// A formula with its value, as an atom where there is one, and what it reads one deeper.
[[gnu::noinline]] void Explainer::formula(Explained kind, std::uint32_t index, std::uint32_t depth, const Atom* atom,
                                          bool expands) {
  Loads loads;
  loads.state = &state_;
  loads.host = formula_host(state_);
  set(RowField::kLabel, program_.formulas()[index].label);
  for (std::uint32_t i = 0; i < program_.scores().size(); ++i) {
    if (program_.scores()[i].formula != index) continue;
    row_.name = program_.name_of(Table::kScore, i);
    set(RowField::kLabel, program_.label_of(Table::kScore, i));
  }
  head(kind, depth);
  if (atom != nullptr) {
    write_need(program_, *atom, writer_);
  } else {
    writer_.u8(static_cast<std::uint8_t>(ValueTag::kNull));
  }
  write_formula(state_, index, loads, writer_);
  end();
  // A formula may read the condition of another, and so on.
  if (!expands || loads.size == 0 || full_) return;
  if (depth >= kDeepest) {
    put(Explained::kMore, depth + 1);
    return;
  }
  for (std::uint32_t i = 0; i < loads.size && !full_; ++i) {
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
