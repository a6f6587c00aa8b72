// SPDX-License-Identifier: Apache-2.0
// A program becomes a fresh state: its memory is measured and placed by the same code.
#include "engine/arena.h"
#include "engine/formulas.h"
#include "engine/kept_state.h"
#include "engine/segments.h"
#include "engine/session.h"
#include "engine/signals.h"
#include "engine/state.h"

namespace omo {
namespace {

/// In the order of KnownNames.
constexpr char kKnownNames[] =
    "page_view\0user_engagement\0section_engagement\0purchase\0view_promotion\0dismiss_promotion\0transaction_id\0"
    "promotion_id\0page_path\0page_title\0page_referrer\0page_type\0engagement_time_msec\0visible_time_msec\0"
    "section_id\0session_start\0session_referrer\0session_source\0session_medium\0session_campaign\0"
    "segment_entered\0segment_exited\0segment\0";

/// Hands out the items of a state, or only the memory that they need.
struct ItemPlacer {
  Arena& arena;
  Item* next;

  [[gnu::noinline]] void add(EntryKind kind, std::uint8_t label, std::uint32_t name, std::uint32_t definition,
                             std::uint32_t entry_bytes, std::uint32_t capacity) {
    auto* entries = arena.take<std::uint8_t>(std::size_t{entry_bytes} * capacity);
    if (!arena.counts_only()) *next = {0, entries, 0, capacity, entry_bytes, name, definition, kind, label, false};
    ++next;
  }
};

/// A sum adds up numbers, `last` and `recent` keep values; the others need only the time.
std::uint32_t entry_bytes_of(SignalOp op) {
  return op == SignalOp::kSum ? 2 * sizeof(double) : op >= SignalOp::kLast ? sizeof(Entry) : sizeof(double);
}

void add_named_values(ItemPlacer& items, EntryKind kind, Rows<NamedValueRow> rows) {
  for (const NamedValueRow& row : rows) {
    items.add(kind, row.label, row.name, static_cast<std::uint32_t>(row.type), sizeof(Entry), 1);
  }
}

void place_items(Arena& arena, const ProgramView& program, State& to) {
  const std::uint32_t tables =
      program.signals().size() + program.campaigns().size() + program.traits().size() + program.contexts().size();
  std::uint32_t told[purpose::kAll + 1] = {};
  const std::uint32_t labels = count_told(program, told);
  ItemPlacer items{arena, arena.take<Item>(tables + labels + kOwnItems)};
  to.signals = items.next;
  for (const SignalRow& row : program.signals()) {
    items.add(EntryKind::kSignal, row.label, row.name, row.definition, entry_bytes_of(row.op),
              row.op == SignalOp::kRecency || row.op == SignalOp::kLast ? 1 : row.capacity);
  }
  to.campaigns = items.next;
  for (const CampaignRow& row : program.campaigns()) {
    items.add(EntryKind::kCampaign, row.label, row.name, row.definition, sizeof(double), row.cap);
  }
  to.traits = items.next;
  add_named_values(items, EntryKind::kTrait, program.traits());
  to.contexts = items.next;
  add_named_values(items, EntryKind::kContext, program.contexts());
  to.told = items.next;
  for (std::uint32_t label = 0; label <= purpose::kAll; ++label) {
    if (told[label] == 0) continue;
    items.add(EntryKind::kSegments, static_cast<std::uint8_t>(label), kNone, label, sizeof(std::uint32_t), told[label]);
  }
  to.own = reinterpret_cast<OwnItems*>(items.next);
  items.add(EntryKind::kSeed, 0, kNone, 0, kIdBytes, 1);
  items.add(EntryKind::kStream, purpose::kMeasurement, kNone, 0, kIdBytes, 1);
  items.add(EntryKind::kTransactions, kTransactionLabel, kNone, 0, sizeof(std::uint32_t), kTransactions);
  items.add(EntryKind::kSession, kSessionLabel, kNone, 0, 2 * sizeof(double), 1);
  items.add(EntryKind::kQueue, purpose::kMeasurement, kNone, 0, 1, kQueueBytes);
  to.items_end = items.next;
}

/// Takes all memory that the state of a program needs. Answers how much.
[[gnu::noinline]] std::size_t place_state(std::uint8_t* memory, const ProgramView& program) {
  Arena arena(memory);
  alignas(State) std::uint8_t counted[sizeof(State)];  // written where nothing is placed; too large to initialise
  auto* placed = arena.take<State>(1);
  State& to = arena.counts_only() ? *reinterpret_cast<State*>(counted) : *placed;
  const std::uint32_t nodes = program.meta().node_count;
  to.node_on = arena.take<std::uint8_t>(nodes);
  to.node_watch = arena.take<std::uint8_t>(nodes);
  to.gate_count = arena.take<std::uint32_t>(nodes);
  to.worklist = arena.take<std::uint32_t>(nodes);
  to.sources = arena.take<SourceState>(program.sources().size());
  to.next_signal = arena.take<std::uint32_t>(program.signals().size());
  to.first_signal = arena.take<std::uint32_t>(program.events().size());
  to.slots = arena.take<SlotState>(program.slots().size());
  const std::size_t timers = program.signals().size() + program.campaigns().size() + 2;
  to.timers.due = arena.take<double>(timers);
  to.timers.heap = arena.take<std::uint32_t>(timers);
  to.timers.positions = arena.take<std::uint32_t>(timers);
  to.formulas = arena.take<FormulaState>(program.formulas().size());
  to.formula_scores = arena.take<std::uint8_t>(program.formulas().size());
  to.formula_dirty = arena.take<std::uint32_t>(program.formulas().size() / 32 + 1);
  to.moved = arena.take<std::uint32_t>(program.reads().size());
  to.model = arena.take<BatchModel>(1);
  to.journal = arena.take<std::uint8_t>(kJournalBytes);
  to.scratch = arena.take<std::uint8_t>(kScratchBytes);
  place_items(arena, program, to);
  return arena.used();
}

void find_known_names(State& state) {
  auto* symbol = reinterpret_cast<std::uint32_t*>(&state.known);
  for (const char* name = kKnownNames; *name != 0;) {
    const char* end = name;
    while (*end != 0) ++end;
    *symbol++ = state.program.find_symbol({name, static_cast<std::size_t>(end - name)});
    name = end + 1;
  }
}

void watch(State& state, std::uint32_t node, std::uint8_t who) {
  if (node < kAlways) state.node_watch[node] |= who;
}

/// What is not zero in a fresh state.
void fill_state(State& state) {
  const ProgramView& program = state.program;
  find_known_names(state);
  for (std::uint32_t i = 0; i < program.sources().size(); ++i) state.sources[i].symbol = kNone;
  std::memset(state.first_signal, 0xFF, program.events().size() * sizeof(std::uint32_t));  // kNone
  for (std::uint32_t i = program.signals().size(); i-- > 0;) {
    std::uint32_t& first = state.first_signal[program.signals()[i].event];
    state.next_signal[i] = first;
    first = i;
  }
  for (const SegmentRow& row : program.segments()) watch(state, row.node, kWatchSegment);
  for (const CampaignRow& row : program.campaigns()) watch(state, row.audience, kWatchAudience);
  for (const ScoreRow& row : program.scores()) state.formula_scores[row.formula] = 1;
  const std::uint32_t first_node = subject_of_node(state, 0);
  for (const ReadRow& row : program.reads()) {
    const std::uint32_t node = row.subject - first_node;
    if (row.subject >= first_node && node < program.meta().node_count) watch(state, node, kWatchReaders);
  }
  std::memset(static_cast<void*>(state.slots), 0xFF, program.slots().size() * sizeof(SlotState));  // kNone
}

}  // namespace

std::size_t Engine::memory_needed(const ProgramView& program) { return place_state(nullptr, program); }

Status Engine::load_program(Bytes program, MutableBytes memory) {
  state_ = nullptr;
  ProgramView view;
  if (const Status status = view.open(program); status != Status::kOk) return status;
  const std::size_t needed = memory_needed(view);
  if (needed > memory.size()) return Status::kOutOfMemory;
  std::memset(memory.data(), 0, needed);
  place_state(memory.data(), view);
  auto* state = reinterpret_cast<State*>(memory.data());
  state->program = view;
  fill_state(*state);
  state_ = state;
  // Unknown purposes count as denied; what needs none starts as if nothing had happened.
  publish_all(*state);
  settle(*state);
  forget_moves(*state);
  return Status::kOk;
}

}  // namespace omo
