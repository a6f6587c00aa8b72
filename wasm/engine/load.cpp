// SPDX-License-Identifier: Apache-2.0
// A program becomes a fresh state: its memory is measured and placed by the same code.
#include <bit>
#include <iterator>

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
    "section_id\0creative_name\0session_start\0session_referrer\0session_source\0session_medium\0session_campaign\0"
    "refund\0value\0item_id\0quantity\0segment_entered\0segment_exited\0segment\0";

/// Hands out the items of a state, or only the memory that they need.
struct ItemPlacer {
  Arena& arena;
  Item* next;

  [[gnu::noinline]] void add(EntryKind kind, std::uint8_t label, std::uint32_t name, std::uint32_t definition,
                             std::uint32_t entry_bytes, std::uint32_t capacity) {
    auto* entries = arena.take<std::uint8_t>(std::size_t{entry_bytes} * capacity);
    if (!arena.counts_only()) *next = {0, entries, 0, capacity, entry_bytes, name, definition, kind, label, 0};
    ++next;
  }
};

/// Bytes of an entry by SignalOp: a time; and a number; and a value; with a tail where occurrences weigh differently.
constexpr std::uint8_t kTimeBytes = sizeof(double);
constexpr std::uint8_t kNumberBytes = 2 * sizeof(double);
constexpr std::uint8_t kTailBytes = sizeof(Tail);
constexpr std::uint8_t kEntryBytes[] = {0,
                                        kTimeBytes,
                                        kNumberBytes,
                                        kTimeBytes,
                                        sizeof(Entry),
                                        sizeof(Entry),
                                        kNumberBytes,
                                        kNumberBytes,
                                        kNumberBytes + kTailBytes,
                                        sizeof(Entry),
                                        kNumberBytes,
                                        sizeof(Entry) + kTailBytes,
                                        kTimeBytes,
                                        kNumberBytes + kTailBytes};
static_assert(std::size(kEntryBytes) == static_cast<std::size_t>(SignalOp::kRfm) + 1);

std::uint32_t entry_bytes_of(const SignalRow& row) {
  const std::uint32_t bytes = kEntryBytes[static_cast<std::uint32_t>(row.op)];
  const bool adds_tail = (row.flags & kSignalRefundable) != 0 && (bytes <= kNumberBytes || bytes == sizeof(Entry));
  return adds_tail ? bytes + kTailBytes : bytes;
}

/// What is one number for ever has no entries.
std::uint32_t capacity_of(const SignalRow& row) {
  return row.op <= SignalOp::kSum && row.within_ms == 0 && (row.flags & kSignalRefundable) == 0 ? 0 : row.capacity;
}

void add_named_values(ItemPlacer& items, EntryKind kind, Rows<NamedValueRow> rows) {
  for (const NamedValueRow& row : rows) {
    items.add(kind, row.label, row.name, static_cast<std::uint32_t>(row.type), sizeof(Entry), 1);
  }
}

/// The labels of the campaigns that the visitor's budget counts, as bits.
std::uint64_t fatigue_labels(const ProgramView& program) {
  const DecisionRow& limits = program.decision();
  std::uint64_t labels = 0;
  if (limits.impressions == 0 && limits.quiet_ms == 0) return labels;
  for (const CampaignRow& row : program.campaigns()) {
    if ((row.flags & kCampaignExempt) == 0) labels |= std::uint64_t{1} << (row.label & purpose::kAll);
  }
  return labels;
}

/// What the playbook says that an event needs; what the engine remembers of it goes with it.
std::uint8_t label_of(const ProgramView& program, std::string_view event) {
  return static_cast<std::uint8_t>(program.label_of(Table::kEvent, program.find_row(Table::kEvent, event)));
}

void place_items(Arena& arena, const ProgramView& program, State& to) {
  const std::uint64_t fatigue = fatigue_labels(program);
  const std::uint32_t tables = program.signals().size() + program.journeys().size() + program.campaigns().size() +
                               program.traits().size() + program.contexts().size();
  std::uint32_t told[purpose::kAll + 1] = {};
  const std::uint32_t labels = count_told(program, told);
  ItemPlacer items{arena,
                   arena.take<Item>(tables + static_cast<std::uint32_t>(std::popcount(fatigue)) + labels + kOwnItems)};
  to.signals = items.next;
  for (const SignalRow& row : program.signals()) {
    // A signal of the page view is no more kept than its context is.
    items.add((row.flags & kSignalPage) != 0 ? EntryKind::kContext : EntryKind::kSignal, row.label, row.name,
              row.definition, entry_bytes_of(row), capacity_of(row));
  }
  to.journeys = items.next;
  for (const JourneyRow& row : program.journeys()) {
    items.add(EntryKind::kJourney, row.label, row.name, row.definition, 2 * sizeof(double), 1);
  }
  to.campaigns = items.next;
  for (const CampaignRow& row : program.campaigns()) {
    // Without a cap, the last impression tells which of several variants was seen.
    const std::uint32_t impressions = row.cap > 0 ? row.cap : row.variant_count > 1 ? 1 : 0;
    items.add(EntryKind::kCampaign, row.label, row.name, row.definition, 2 * sizeof(double), impressions);
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
  to.fatigue = items.next;
  for (std::uint32_t label = 0; label <= purpose::kAll; ++label) {
    if ((fatigue >> label & 1) == 0) continue;
    items.add(EntryKind::kFatigue, static_cast<std::uint8_t>(label), kNone, label, sizeof(double),
              program.decision().impressions);
  }
  to.own = reinterpret_cast<OwnItems*>(items.next);
  items.add(EntryKind::kSeed, 0, kNone, 0, kIdBytes, 1);
  items.add(EntryKind::kStream, purpose::kMeasurement, kNone, 0, kIdBytes, 1);
  items.add(EntryKind::kTransactions, kTransactionLabel | label_of(program, "purchase"), kNone, 0,
            sizeof(std::uint32_t), kTransactions);
  items.add(EntryKind::kSession, kSessionLabel | label_of(program, "session_start"), kNone, 0, 2 * sizeof(double), 1);
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
  to.gate_level = arena.take<std::int32_t>(program.gates().size());
  to.worklist = arena.take<std::uint32_t>(program.gates().size() - program.segments().size());
  to.sources = arena.take<SourceState>(program.sources().size());
  to.next_signal = arena.take<std::uint32_t>(program.signals().size() + program.sequences().size());
  to.first_signal = arena.take<std::uint32_t>(program.events().size());
  to.slots = arena.take<SlotState>(program.slots().size());
  to.order = arena.take<std::uint32_t>(program.campaigns().size());
  to.reasons = arena.take<std::uint32_t>(program.campaigns().size());
  to.journey_steps = arena.take<std::uint32_t>(program.journeys().size());
  const std::size_t timers = program.signals().size() + program.journeys().size() + 3;
  to.timers.due = arena.take<double>(timers);
  to.timers.heap = arena.take<std::uint32_t>(timers);
  to.timers.positions = arena.take<std::uint32_t>(timers);
  to.formulas = arena.take<FormulaState>(program.formulas().size());
  to.formula_scores = arena.take<std::uint8_t>(program.formulas().size());
  to.formula_dirty = arena.take<std::uint32_t>(program.formulas().size() / 32 + 1);
  to.moved = arena.take<std::uint32_t>(program.reads().size());
  place_items(arena, program, to);
  // One memory for what lasts for one call only: an input's frames and record, or the model of a batch.
  constexpr std::size_t kOfInput = kJournalBytes + kScratchBytes;
  to.journal = arena.take<std::uint8_t>(sizeof(BatchModel) > kOfInput ? sizeof(BatchModel) : kOfInput);
  to.model = reinterpret_cast<BatchModel*>(to.journal);
  to.scratch = to.journal + kJournalBytes;
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
  for (std::uint32_t i = 0; i < program.sources().size(); ++i) state.sources[i].match = kNone;
  std::memset(state.first_signal, 0xFF, program.events().size() * sizeof(std::uint32_t));  // kNone
  const std::uint32_t signals = program.signals().size();
  for (std::uint32_t i = signals + program.sequences().size(); i-- > 0;) {
    // A sequence takes what its steps take.
    if (i < signals && program.signals()[i].op == SignalOp::kSequence) continue;
    const std::uint32_t event = i < signals ? program.signals()[i].event : program.sequences()[i - signals].event;
    std::uint32_t& first = state.first_signal[event];
    state.next_signal[i] = first;
    first = i;
  }
  for (std::uint32_t i = 0; i < program.gates().size(); ++i) {
    state.gate_level[i] = -static_cast<std::int32_t>(program.gates()[i].need);
    state.node_on[program.meta().literal_count + i] = state.gate_level[i] >= 0;
  }
  for (const SegmentRow& row : program.segments()) watch(state, row.node, kWatchSegment);
  for (std::uint32_t i = 0; i < program.campaigns().size(); ++i) {
    state.order[i] = i;
    watch(state, program.campaigns()[i].audience, kWatchAudience);
  }
  for (const JourneyRow& row : program.journeys()) {
    watch(state, row.start, kWatchJourney);
    watch(state, row.goal, kWatchJourney);
  }
  for (const StepRow& row : program.steps()) watch(state, row.node, kWatchJourney);
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
  if (memory_needed(view) > memory.size()) return Status::kOutOfMemory;
  state_ = reinterpret_cast<State*>(memory.data());
  std::memset(memory.data(), 0, memory.size());
  place_state(memory.data(), view);
  state_->program = view;
  fill_state(*state_);
  // Unknown purposes count as denied; what needs none starts as if nothing had happened.
  publish_all(*state_);
  settle(*state_);
  forget_moves(*state_);
  return Status::kOk;
}

Bytes Engine::state_bytes() const {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(state_);
  return {begin, static_cast<std::size_t>(reinterpret_cast<const std::uint8_t*>(state_->items_end) - begin)};
}

}  // namespace omo
