// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <bit>

#include "engine/apply.h"
#include "engine/campaigns.h"
#include "engine/explain.h"
#include "engine/journeys.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/queue.h"
#include "engine/segments.h"
#include "engine/signals.h"
#include "engine/state.h"
#include "wire/journal.h"

namespace omo {

const std::uint8_t* Engine::segments() const {
  return state_->node_on + state_->program.meta().node_count - state_->program.segments().size();
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
  state.paused = true;
  ByteWriter nowhere({});
  for (std::size_t position = reader.position(); status == Status::kOk;) {
    JournalFrame frame;
    status = read_frame(journal, position, frame);
    if (status != Status::kOk || frame.record.empty()) break;
    // Only what apply() puts there: stored bytes can neither grant a purpose nor give an id.
    const auto kind = static_cast<InputKind>(frame.record[0]);
    if (kind != InputKind::kEvent && kind != InputKind::kIdentify && kind != InputKind::kReset &&
        kind != InputKind::kTick && kind != InputKind::kKept) {
      continue;
    }
    state.queues = (frame.label & kFrameQueued) != 0;
    if (granted(state, frame.label & purpose::kAll) && apply_record(state, frame.record, nowhere) == Status::kOk)
      ++applied;
  }
  state.replaying = false;
  settle(state);
  // The tab that wrote the journal has told of them.
  forget_moves(state);
  state.outcome.detail = static_cast<std::uint32_t>(status);
  return applied;
}

void Engine::clear_state() {
  clear_kept(*state_);
  settle(*state_);
  forget_moves(*state_);
}

void Engine::go_alone(std::uint32_t latest) {
  QueueEntry entry;
  while (state_->outcome.queue_events > latest && read_entry(*state_, 0, entry)) remove_entry(*state_, entry);
  state_->own->stream.size = 0;
}

const ProgramView& Engine::program() const { return state_->program; }

Truth Engine::segment(std::uint32_t row) const {
  if (row >= state_->program.segments().size()) return Truth::kOff;
  const SegmentRow& segment = state_->program.segments()[row];
  const bool on = is_on(*state_, segment.node);
  return on ? Truth::kOn : granted(*state_, segment.label) ? Truth::kOff : Truth::kUnknown;
}

Value Engine::score(std::uint32_t row) const {
  const Rows<ScoreRow> rows = state_->program.scores();
  if (row >= rows.size()) return null_value();
  const FormulaState& formula = state_->formulas[rows[row].formula];
  return formula.presence == Presence::kPresent ? number_value(formula.number) : null_value();
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
  const std::uint32_t bits = reasons(campaign);
  return bits == 0 ? Verdict::kShown : static_cast<Verdict>(std::countr_zero(bits));
}

std::uint32_t Engine::reasons(std::uint32_t campaign) const {
  constexpr std::uint32_t kNoSuchCampaign = 1u << static_cast<std::uint32_t>(Verdict::kAudience);
  return campaign < state_->program.campaigns().size() ? state_->reasons[campaign] : kNoSuchCampaign;
}

Usage Engine::usage(std::uint32_t campaign) const {
  return campaign < state_->program.campaigns().size() ? campaign_usage(*state_, campaign) : Usage{};
}

Usage Engine::fatigue() const { return fatigue_usage(*state_); }

JourneyState Engine::journey(std::uint32_t row) const {
  return row < state_->program.journeys().size() ? journey_state(*state_, row) : JourneyState{};
}

namespace {

/// How well a field's language fits: its own, its base language, the default one, any; a field for all fits best.
std::uint32_t fit_of(const ProgramView& program, const FieldRow& field, std::string_view language,
                     std::string_view base) {
  if (field.language == kNone) return 5;
  const std::string_view own = program.symbol(field.language);
  if (same_text(own, language)) return 4;
  if (same_text(own, base)) return 3;
  return field.language == program.meta().default_language ? 2 : 1;
}

}  // namespace

std::size_t Engine::creative(std::uint32_t variant, std::string_view language, MutableBytes out) const {
  const ProgramView& program = state_->program;
  if (variant >= program.variants().size()) return 0;
  const VariantRow& row = program.variants()[variant];
  const Rows<FieldRow> fields = program.fields().subspan(row.first_field, row.field_count);
  std::size_t base = 0;
  while (base < language.size() && language[base] != '-') ++base;
  ByteWriter writer(out);
  std::uint32_t count = 0;
  writer.u8(0);
  // Fields of one key stand together; the first of the best fitting is written, in the place of their key.
  for (std::uint32_t i = 0; i < fields.size() && count < 127; ++count) {
    const std::uint32_t key = fields[i].key;
    std::uint32_t best_fit = 0;
    std::uint32_t best = i;
    for (; i < fields.size() && fields[i].key == key; ++i) {
      const std::uint32_t fit = fit_of(program, fields[i], language, {language.data(), base});
      if (fit <= best_fit) continue;
      best_fit = fit;
      best = i;
    }
    writer.text(program.symbol(key));
    writer.u8(static_cast<std::uint8_t>(ValueTag::kString));
    writer.text(as_text(program.strings().subspan(fields[best].offset, fields[best].length).span()));
  }
  if (!writer.ok()) return 0;
  out[0] = static_cast<std::uint8_t>(count);
  return writer.position();
}

std::size_t Engine::value(Table table, std::uint32_t row, MutableBytes out) const {
  ByteWriter writer(out);
  const ProgramView& program = state_->program;
  if (table == Table::kSignal && row < program.signals().size()) {
    write_signal_value(*state_, row, writer);
  } else if ((table == Table::kTrait || table == Table::kContext) && row < program.count_of(table)) {
    write_value(writer, value_of((table == Table::kTrait ? state_->traits : state_->contexts)[row]));
  }
  return writer.ok() ? writer.position() : 0;
}

std::size_t Engine::explain(Table table, std::uint32_t row, MutableBytes out) const {
  return omo::explain(*state_, table, row, out);
}

bool Engine::saturated(std::uint32_t signal) const {
  return signal < state_->program.signals().size() && is_saturated(*state_, signal);
}

Bytes Engine::stream() const { return {state_->own->stream.entries, state_->own->stream.size * kIdBytes}; }

}  // namespace omo
