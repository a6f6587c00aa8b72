// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <new>

#include "engine/apply.h"
#include "engine/campaigns.h"
#include "engine/kept_state.h"
#include "engine/signals.h"
#include "engine/state.h"
#include "wire/journal.h"

namespace omo {
namespace {

/// Takes all memory that the state of a program needs; with an arena that only counts, touches nothing.
State* place_state(Arena& arena, const ProgramView& program) {
  auto* state = arena.take<State>(1);
  State counted{};
  State& to = arena.fits() ? *new (state) State{} : counted;
  const std::uint32_t nodes = program.meta().node_count;
  to.node_on = arena.take<std::uint8_t>(nodes);
  to.node_watch = arena.take<std::uint8_t>(nodes);
  to.gate_count = arena.take<std::uint32_t>(program.gates().size());
  to.worklist = arena.take<std::uint32_t>(program.gates().size());
  to.sources = arena.take<SourceState>(program.sources().size());
  to.signals = arena.take<SignalState>(program.signals().size());
  to.next_signal = arena.take<std::uint32_t>(program.signals().size());
  to.first_signal = arena.take<std::uint32_t>(program.events().size());
  to.traits = arena.take<StoredValue>(program.traits().size());
  to.contexts = arena.take<StoredValue>(program.contexts().size());
  to.campaigns = arena.take<CampaignState>(program.campaigns().size());
  to.slots = arena.take<SlotState>(program.slots().size());
  const std::size_t timers = program.signals().size() + program.campaigns().size() + 1;
  to.timers = {arena.take<double>(timers), arena.take<std::uint32_t>(timers), arena.take<std::uint32_t>(timers), 0};
  to.queue = {arena.take<std::uint8_t>(kQueueBytes), 0, 0, 1};
  to.transactions = arena.take<std::uint32_t>(kTransactions);
  to.model = arena.take<BatchModel>(1);
  to.journal = arena.take<std::uint8_t>(kJournalBytes);
  to.scratch = arena.take<std::uint8_t>(kScratchBytes);
  return state;
}

/// The memory of each signal and campaign; `state` is null while only counting.
void place_rings(Arena& arena, const ProgramView& program, State* state) {
  for (std::size_t i = 0; i < program.signals().size(); ++i) {
    const SignalRow& row = program.signals()[i];
    const bool times = is_windowed(row) || row.op == SignalOp::kRecent;
    auto* ring = arena.take<double>(times ? row.capacity : 0);
    auto* numbers = arena.take<double>(is_windowed(row) && row.op == SignalOp::kSum ? row.capacity : 0);
    auto* values = arena.take<StoredValue>(keeps_values(row) ? row.capacity : 0);
    if (state != nullptr) state->signals[i] = {0, 0, ring, numbers, values, 0, 0, false, false};
  }
  for (std::size_t i = 0; i < program.campaigns().size(); ++i) {
    auto* impressions = arena.take<double>(program.campaigns()[i].cap);
    if (state != nullptr) state->campaigns[i] = {impressions, 0, 0, 0};
  }
}

void watch(State& state, std::uint32_t node, std::uint8_t who) {
  if (node < kAlways) state.node_watch[node] |= who;
}

/// Rows and symbols of the names in KnownNames, kNone for one that the program does not have.
void find_known_names(const ProgramView& program, KnownNames& known) {
  const auto event = [&](std::string_view name) { return program.find_row(Table::kEvent, name); };
  known = {event("page_view"),
           event("user_engagement"),
           event("purchase"),
           event("view_promotion"),
           event("dismiss_promotion"),
           program.find_symbol("transaction_id"),
           program.find_symbol("promotion_id")};
}

void fill_state(State& state) {
  const ProgramView& program = state.program;
  find_known_names(program, state.known);
  for (std::uint32_t i = 0; i < program.sources().size(); ++i) state.sources[i] = {0, kNone, Presence::kUnknown};
  for (std::uint32_t i = 0; i < program.events().size(); ++i) state.first_signal[i] = kNone;
  for (auto i = static_cast<std::uint32_t>(program.signals().size()); i-- > 0;) {
    const std::uint32_t event = program.signals()[i].event;
    state.next_signal[i] = state.first_signal[event];
    state.first_signal[event] = i;
  }
  for (const SegmentRow& row : program.segments()) watch(state, row.node, kWatchSegment);
  for (const CampaignRow& row : program.campaigns()) watch(state, row.audience, kWatchAudience);
  for (std::uint32_t i = 0; i < program.slots().size(); ++i) state.slots[i] = {kNone, kNone};
}

}  // namespace

std::size_t Engine::memory_needed(const ProgramView& program) {
  Arena arena({});
  place_state(arena, program);
  place_rings(arena, program, nullptr);
  return arena.used();
}

Status Engine::load_program(Bytes program, MutableBytes memory) {
  state_ = nullptr;
  ProgramView view;
  if (const Status status = view.open(program); status != Status::kOk) return status;
  const std::size_t needed = memory_needed(view);
  if (needed > memory.size()) return Status::kOutOfMemory;
  std::memset(memory.data(), 0, needed);
  Arena arena(memory);
  State* state = place_state(arena, view);
  state->program = view;
  place_rings(arena, view, state);
  fill_state(*state);
  state_ = state;
  // Unknown purposes count as denied; what needs none starts as if nothing had happened.
  clear_kept(*state);
  for (std::uint32_t i = 0; i < view.contexts().size(); ++i) set_context(*state, i, null_value());
  settle(*state);
  return Status::kOk;
}

Status Engine::apply(Bytes record) {
  if (state_ == nullptr) return Status::kNoProgram;
  State& state = *state_;
  state.outcome.flags = 0;
  state.outcome.detail = 0;
  state.outcome.label = 0;
  state.outcome.journal_bytes = 0;
  ByteWriter journal({state.journal, kJournalBytes});
  const Status status = apply_record(state, record, journal);
  settle(state);
  state.outcome.journal_bytes = static_cast<std::uint32_t>(journal.position());
  if (journal.position() > 0) state.outcome.flags |= outcome::kJournal;
  return status;
}

const Outcome& Engine::outcome() const { return state_->outcome; }

Bytes Engine::journal() const { return {state_->journal, state_->outcome.journal_bytes}; }

std::uint32_t Engine::apply_journal(Bytes journal) {
  State& state = *state_;
  state.outcome.flags = 0;
  ByteReader reader(journal);
  Status status = read_journal_header(reader);
  std::uint32_t applied = 0;
  state.replaying = true;
  ByteWriter nowhere({});
  for (std::size_t position = reader.position(); status == Status::kOk;) {
    JournalFrame frame;
    status = read_frame(journal, position, frame);
    if (status != Status::kOk || frame.record.empty()) break;
    // Only what apply() puts there: stored bytes can neither grant a purpose nor give an id.
    const auto kind = static_cast<InputKind>(frame.record[0]);
    if (kind != InputKind::kEvent && kind != InputKind::kIdentify && kind != InputKind::kReset) continue;
    if (granted(state, frame.label) && apply_record(state, frame.record, nowhere) == Status::kOk) ++applied;
  }
  state.replaying = false;
  settle(state);
  state.outcome.detail = static_cast<std::uint32_t>(status);
  return applied;
}

void Engine::clear_state() {
  clear_kept(*state_);
  settle(*state_);
}

const ProgramView& Engine::program() const { return state_->program; }

Truth Engine::segment(std::uint32_t row) const {
  if (row >= state_->program.segments().size()) return Truth::kOff;
  const SegmentRow& segment = state_->program.segments()[row];
  const bool on = segment.node == kAlways || (segment.node != kNone && state_->node_on[segment.node] != 0);
  return on ? Truth::kOn : granted(*state_, segment.label) ? Truth::kOff : Truth::kUnknown;
}

std::uint32_t Engine::decision(std::uint32_t slot) const {
  return slot < state_->program.slots().size() ? state_->slots[slot].variant : kNone;
}

std::uint32_t Engine::campaign_of(std::uint32_t variant) const {
  const Rows<CampaignRow> rows = state_->program.campaigns();
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (variant >= rows[i].first_variant && variant - rows[i].first_variant < rows[i].variant_count) return i;
  }
  return kNone;
}

Verdict Engine::verdict(std::uint32_t campaign) const {
  return campaign < state_->program.campaigns().size() ? verdict_of(*state_, campaign) : Verdict::kAudience;
}

std::size_t Engine::creative(std::uint32_t variant, std::string_view language, MutableBytes out) const {
  const ProgramView& program = state_->program;
  if (variant >= program.variants().size()) return 0;
  const VariantRow& row = program.variants()[variant];
  const Rows<FieldRow> fields = program.fields().subspan(row.first_field, row.field_count);
  const std::string_view base = language.substr(0, language.find('-'));
  const auto fit = [&](const FieldRow& field) {
    if (field.language == kNone) return 5;
    const std::string_view own = program.symbol(field.language);
    return own == language ? 4 : own == base ? 3 : field.language == program.meta().default_language ? 2 : 1;
  };
  ByteWriter writer(out);
  const std::size_t count_at = writer.position();
  std::uint8_t count = 0;
  writer.u8(0);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    // Fields of one key stand together; the best fitting of them is written, at its place.
    bool best = true;
    for (std::size_t k = 0; k < fields.size(); ++k) {
      if (fields[k].key == fields[i].key &&
          (k < i ? fit(fields[k]) >= fit(fields[i]) : fit(fields[k]) > fit(fields[i]))) {
        best = false;
      }
    }
    if (!best || count == 127) continue;
    writer.text(program.symbol(fields[i].key));
    writer.u8(static_cast<std::uint8_t>(ValueTag::kString));
    writer.text(as_text(program.strings().subspan(fields[i].offset, fields[i].length).span()));
    ++count;
  }
  if (!writer.ok()) return 0;
  out[count_at] = count;
  return writer.position();
}

std::size_t Engine::value(Table table, std::uint32_t row, MutableBytes out) const {
  ByteWriter writer(out);
  const ProgramView& program = state_->program;
  if (table == Table::kSignal && row < program.signals().size()) {
    write_signal_value(*state_, row, writer);
  } else if (table == Table::kTrait && row < program.traits().size()) {
    write_value(writer, load_value(state_->traits[row]));
  } else if (table == Table::kContext && row < program.contexts().size()) {
    write_value(writer, load_value(state_->contexts[row]));
  }
  return writer.ok() ? writer.position() : 0;
}

Bytes Engine::stream() const { return {state_->stream, state_->has_stream ? kIdBytes : 0}; }

}  // namespace omo
