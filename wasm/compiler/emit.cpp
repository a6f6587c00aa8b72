// SPDX-License-Identifier: Apache-2.0
// Writes the program: the tables of wire/program.h in their order, behind the header and the directory.
#include <algorithm>
#include <cstring>

#include "compiler/layout.h"
#include "compiler/playbook.h"
#include "compiler/program_body.h"

namespace omo::compiler {
namespace {

class Emitter : public Numbers {
 public:
  explicit Emitter(Compilation& compilation)
      : playbook_(compilation.playbook),
        notes_(notes_of(compilation.playbook)),
        network_(compilation.network),
        needed_(compilation.needed_formulas) {}

  std::vector<std::uint8_t> run(std::uint32_t revision, std::vector<std::uint32_t>& node_numbers) {
    collect_symbols(playbook_, notes_, network_, strings_);
    strings_.sort();
    std::vector<Network::Id> roots;
    for (const Segment& segment : playbook_.segments) roots.push_back(segment.lowered.positive);
    layout_ = lay_out(network_, strings_, source_labels(), roots);
    node_numbers = layout_.node_numbers;
    emit_events();
    emit_signals();
    emit_formulas();
    emit_reads();
    emit_campaigns();
    for (const Variant& note : notes_) emit_variant(note);
    emit_journeys();
    Body body;
    body.add(Section::kMeta, std::vector<MetaRow>{meta()});
    body.add(Section::kStrings, strings_.pool());
    body.add(Section::kSymbols, strings_.rows());
    body.add(Section::kEvents, events_);
    body.add(Section::kParams, params_);
    body.add(Section::kSources, layout_.sources);
    body.add(Section::kThresholds, layout_.thresholds);
    body.add(Section::kMatches, layout_.matches);
    body.add(Section::kNodeParents, layout_.node_parents);
    body.add(Section::kParents, layout_.parents);
    body.add(Section::kGates, layout_.gates);
    body.add(Section::kSignals, signals_);
    body.add(Section::kPredicates, predicates_);
    body.add(Section::kTraits, named_values(playbook_.traits, SourceKind::kTrait));
    body.add(Section::kContexts, named_values(playbook_.contexts, SourceKind::kContext));
    body.add(Section::kSegments, segments());
    body.add(Section::kSlots, slots());
    body.add(Section::kCampaigns, campaigns_);
    body.add(Section::kVariants, variants_);
    body.add(Section::kFields, fields_);
    body.add(Section::kSequences, sequences_);
    body.add(Section::kEdges, edges_);
    const Decision& limits = playbook_.decision;
    body.add(Section::kDecision,
             std::vector<DecisionRow>{{limits.within_ms, limits.quiet_ms, limits.impressions, limits.holdout}});
    body.add(Section::kJourneys, journeys_);
    body.add(Section::kSteps, steps_);
    body.add(Section::kFormulas, formulas_);
    body.add(Section::kScores, scores());
    body.add(Section::kReads, reads_);
    body.add(Section::kConsent, consent_rows(playbook_, strings_));
    return body.finish(revision);
  }

 private:
  [[nodiscard]] std::uint32_t symbol(const std::string& text) const override { return strings_.number(text); }
  [[nodiscard]] std::uint32_t formula(std::uint32_t index) const override { return formula_rows_[index]; }
  [[nodiscard]] std::uint32_t node(std::uint32_t id) const override { return layout_.node(id); }

  [[nodiscard]] std::map<Source, std::uint8_t> source_labels() const {
    std::map<Source, std::uint8_t> labels;
    for (const Source& source : network_.sources()) {
      const bool trait = source.kind == SourceKind::kTrait || source.kind == SourceKind::kDaysUntil;
      labels[source] = source.kind == SourceKind::kFormula   ? playbook_.formulas[source.ref].label
                       : source.kind == SourceKind::kContext ? playbook_.contexts[source.ref].label
                       : trait                               ? playbook_.traits[source.ref].label
                                                             : playbook_.signals[source.ref].label;
    }
    return labels;
  }

  [[nodiscard]] MetaRow meta() const {
    MetaRow row{};
    row.site = strings_.number(playbook_.site);
    row.default_language = strings_.number(playbook_.default_language);
    row.literal_count = layout_.literal_count;
    row.node_count = layout_.literal_count + static_cast<std::uint32_t>(layout_.gates.size());
    row.sync_events = playbook_.sync_events ? kSyncEvents | (playbook_.sync_exempt ? kSyncExempt : 0) : 0;
    row.session_rules =
        (playbook_.session_midnight ? kSessionMidnight : 0) | (playbook_.session_campaign ? kSessionCampaign : 0);
    row.session_idle_ms = playbook_.session_idle_ms;
    row.session_max_ms = playbook_.session_max_ms;
    row.stream_ms = playbook_.stream_ms;
    return row;
  }

  void emit_events() {
    std::vector<const Event*> used;
    for (const Event& event : playbook_.events) {
      if (event.used) used.push_back(&event);
    }
    const auto by_symbol = [this](const auto& a, const auto& b) { return strings_.number(a) < strings_.number(b); };
    std::sort(used.begin(), used.end(), [&](const Event* a, const Event* b) { return by_symbol(a->name, b->name); });
    event_rows_.assign(playbook_.events.size(), kNone);
    for (const Event* event : used) {
      std::vector<Param> params = event->params;
      std::sort(params.begin(), params.end(),
                [&](const Param& a, const Param& b) { return by_symbol(a.name, b.name); });
      event_rows_[static_cast<std::size_t>(event - playbook_.events.data())] =
          static_cast<std::uint32_t>(events_.size());
      const int flags = (event->has_items ? kEventHasItems : 0) | (event->conversion ? kEventConversion : 0) |
                        (event->exposed ? kEventExposed : 0) |
                        (playbook_.sync_exempt && !event->audience ? kEventAsks : 0);
      events_.push_back({strings_.number(event->name), static_cast<std::uint32_t>(params_.size()),
                         static_cast<std::uint16_t>(params.size()), event->label, static_cast<std::uint8_t>(flags)});
      for (const Param& param : params) {
        params_.push_back({strings_.number(param.name), param.type, static_cast<std::uint8_t>(param.item ? 1 : 0), 0});
      }
    }
  }

  template <class Source, class Row>
  void emit_where(const Source& source, Row& row) {
    row.where = source.has_where ? static_cast<std::uint32_t>(predicates_.size()) : kNone;
    encode(source.where, this, predicates_);
    row.where_bytes = source.has_where ? static_cast<std::uint32_t>(predicates_.size()) - row.where : 0;
  }

  /// The formulas in the order in which they were made, which puts each behind those that it reads.
  void emit_formulas() {
    formula_rows_.assign(playbook_.formulas.size(), kNone);
    for (std::uint32_t i = 0; i < playbook_.formulas.size(); ++i) {
      if (!needed_[i]) continue;
      const Formula& formula = playbook_.formulas[i];
      formula_rows_[i] = static_cast<std::uint32_t>(formulas_.size());
      FormulaRow row{};
      row.code = static_cast<std::uint32_t>(predicates_.size());
      encode(formula.code, this, predicates_);
      row.code_bytes = static_cast<std::uint32_t>(predicates_.size()) - row.code;
      row.source = layout_.source_row(SourceKind::kFormula, i);
      row.label = formula.label;
      row.flags = formula_flags(playbook_, formula.code);
      if (row.source != kNone) layout_.sources[row.source].ref = formula_rows_[i];
      formulas_.push_back(row);
    }
  }

  void emit_reads() {
    const auto traits = static_cast<std::uint32_t>(playbook_.signals.size());
    const auto contexts = traits + static_cast<std::uint32_t>(playbook_.traits.size());
    const auto formulas = contexts + static_cast<std::uint32_t>(playbook_.contexts.size());
    const auto nodes = formulas + static_cast<std::uint32_t>(formulas_.size());
    const auto read_node = [&](std::uint32_t number, std::uint32_t reader) {
      if (number < kAlways) reads_.push_back({nodes + number, reader});
    };
    for (std::uint32_t i = 0; i < playbook_.formulas.size(); ++i) {
      const std::uint32_t reader = formula_rows_[i];
      if (reader == kNone) continue;
      for (const Instruction& each : playbook_.formulas[i].code) {
        if (each.op == Op::kSignal) reads_.push_back({each.row, reader});
        if (each.op == Op::kTrait || each.op == Op::kDaysUntil) reads_.push_back({traits + each.row, reader});
        if (each.op == Op::kContext) reads_.push_back({contexts + each.row, reader});
        if (each.op == Op::kFormula) reads_.push_back({formulas + formula_rows_[each.row], reader});
        if (each.op != Op::kCondition) continue;
        read_node(layout_.node(each.row), reader);
        read_node(layout_.node(each.negation), reader);
      }
    }
    for (std::uint32_t i = 0; has_segment_events(playbook_) && i < playbook_.segments.size(); ++i) {
      read_node(layout_.node(playbook_.segments[i].lowered.positive), static_cast<std::uint32_t>(formulas_.size()) + i);
    }
    const auto key = [](const ReadRow& row) { return std::uint64_t{row.subject} << 32 | row.reader; };
    std::sort(reads_.begin(), reads_.end(), [&](const ReadRow& a, const ReadRow& b) { return key(a) < key(b); });
    const auto same = [&](const ReadRow& a, const ReadRow& b) { return key(a) == key(b); };
    reads_.erase(std::unique(reads_.begin(), reads_.end(), same), reads_.end());
  }

  [[nodiscard]] std::vector<ScoreRow> scores() const {
    std::vector<ScoreRow> rows;
    for (const Score& score : playbook_.scores) {
      rows.push_back({strings_.number(score.name), formula_rows_[score.formula], score.reads.label,
                      static_cast<std::uint8_t>(score.exposed ? 1 : 0), 0});
    }
    return rows;
  }

  void emit_signals() {
    for (std::uint32_t i = 0; i < playbook_.signals.size(); ++i) {
      const Signal& signal = playbook_.signals[i];
      SignalRow row{};
      row.within_ms = signal.within_ms;
      row.name = strings_.number(signal.name);
      row.event = event_rows_[signal.event];
      row.of = strings_.number_or_none(signal.of);
      emit_where(signal, row);
      row.capacity = signal.capacity;
      row.definition = signal_definition(playbook_, signal);
      row.source = layout_.source_row(SourceKind::kSignal, i);
      row.size_source = layout_.source_row(SourceKind::kSize, i);
      row.member_source = layout_.source_row(SourceKind::kMember, i);
      row.op = signal.op;
      row.type = signal.type;
      row.label = signal.label;
      row.per_item = signal.per_item ? 1 : 0;
      row.restore = signal.restore;
      row.half_life_ms = signal.half_life_ms;
      row.flags = signal.flags;
      row.first_edge = static_cast<std::uint32_t>(edges_.size());
      for (std::size_t which = 0; which < 3; ++which) {
        row.edge_count[which] = static_cast<std::uint8_t>(signal.edges[which].size());
        edges_.insert(edges_.end(), signal.edges[which].begin(), signal.edges[which].end());
      }
      signals_.push_back(row);
      for (const SequenceStep& step : signal.steps) {
        SequenceRow of{};
        of.signal = i;
        of.event = event_rows_[step.event];
        emit_where(step, of);
        of.step = step.number;
        of.per_item = step.per_item ? 1 : 0;
        sequences_.push_back(of);
      }
    }
  }

  [[nodiscard]] std::vector<NamedValueRow> named_values(const std::vector<NamedValue>& values, SourceKind kind) const {
    std::vector<NamedValueRow> rows;
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      const std::uint32_t days = kind == SourceKind::kTrait ? layout_.source_row(SourceKind::kDaysUntil, i) : kNone;
      rows.push_back(
          {strings_.number(values[i].name), layout_.source_row(kind, i), days, values[i].type, values[i].label, 0});
    }
    return rows;
  }

  [[nodiscard]] std::vector<SegmentRow> segments() const {
    std::vector<SegmentRow> rows;
    rows.reserve(playbook_.segments.size());
    for (const Segment& segment : playbook_.segments) {
      const auto node = static_cast<std::uint32_t>(layout_.first_segment_node + rows.size());
      rows.push_back({strings_.number(segment.name), node, segment.reads.label,
                      static_cast<std::uint8_t>(segment.exposed ? 1 : 0), 0});
    }
    return rows;
  }

  [[nodiscard]] std::vector<SlotRow> slots() const {
    std::vector<SlotRow> rows;
    for (const Slot& slot : playbook_.slots) rows.push_back({strings_.number(slot.name), slot.exposed ? 1u : 0u});
    return rows;
  }

  void emit_campaigns() {
    for (const Campaign& each : playbook_.campaigns) {
      const Campaign* campaign = &each;
      CampaignRow row{};
      row.from_ms = campaign->from_ms;
      row.until_ms = campaign->until_ms;
      row.cap_within_ms = campaign->cap_within_ms;
      row.quiet_ms = campaign->quiet_ms;
      row.name = strings_.number(campaign->name);
      row.slot = campaign->slot;
      row.audience = layout_.node(campaign->node);
      row.cap = campaign->cap;
      row.holdout = campaign->holdout;
      row.goal = strings_.number_or_none(campaign->goal);
      row.first_variant = static_cast<std::uint32_t>(variants_.size());
      row.variant_count = static_cast<std::uint16_t>(campaign->variants.size());
      row.label = campaign->reads.label;
      row.priority = campaign->priority;
      row.definition = definition("campaign", campaign->name);
      row.group = strings_.number_or_none(campaign->group);
      row.score = campaign->score;
      row.flags = static_cast<std::uint8_t>((campaign->exempt ? kCampaignExempt : 0) |
                                            (campaign->reads.journeys.empty() ? 0 : kCampaignInJourney));
      campaigns_.push_back(row);
      for (const Variant& variant : campaign->variants) emit_variant(variant);
    }
  }

  /// Of what survives edits: the form of its entry, and its name.
  static std::uint32_t definition(std::string_view form, std::string_view name) {
    return fnv32(as_bytes(name), fnv32(as_bytes(form)));
  }

  [[nodiscard]] std::uint32_t event_row(const Trigger& trigger) const {
    return trigger.event == kNone ? kNone : event_rows_[trigger.event];
  }

  void emit_journeys() {
    for (const Journey& journey : playbook_.journeys) {
      JourneyRow row{};
      row.timeout_ms = journey.timeout_ms;
      row.restart_ms = journey.restart_ms;
      row.name = strings_.number(journey.name);
      row.start = layout_.node(journey.start.node);
      row.goal_event = event_row(journey.goal);
      row.goal = layout_.node(journey.goal.node);
      row.first_step = static_cast<std::uint32_t>(steps_.size());
      row.step_count = static_cast<std::uint32_t>(journey.steps.size());
      row.definition = definition("journey", journey.name);
      row.label = journey.reads.label;
      journeys_.push_back(row);
      for (const Step& step : journey.steps) {
        steps_.push_back({step.after_ms, strings_.number(step.name), event_row(step.trigger),
                          layout_.node(step.trigger.node), step.campaign, row.first_step + step.next,
                          row.first_step + (step.branch ? step.otherwise : step.next), step.branch ? kStepBranch : 0,
                          0});
      }
    }
  }

  void emit_variant(const Variant& variant) {
    variants_.push_back({strings_.number(variant.name), variant.weight, static_cast<std::uint32_t>(fields_.size()),
                         static_cast<std::uint32_t>(variant.fields.size())});
    for (const Field& field : variant.fields) {
      const StringTable::Place place = strings_.place(field.text);
      fields_.push_back(
          {strings_.number(field.key), strings_.number_or_none(field.language), place.offset, place.length});
    }
  }

  const Playbook& playbook_;
  const std::vector<Variant> notes_;
  const Network& network_;
  StringTable strings_;
  NetworkLayout layout_;
  std::vector<std::uint32_t> event_rows_;  ///< by index in Playbook::events
  std::vector<EventRow> events_;
  std::vector<ParamRow> params_;
  std::vector<SignalRow> signals_;
  std::vector<SequenceRow> sequences_;
  std::vector<double> edges_;
  std::vector<std::uint8_t> predicates_;
  std::vector<CampaignRow> campaigns_;
  std::vector<VariantRow> variants_;
  std::vector<FieldRow> fields_;
  std::vector<JourneyRow> journeys_;
  std::vector<StepRow> steps_;
  const std::vector<bool>& needed_;
  std::vector<std::uint32_t> formula_rows_;  ///< by index in Playbook::formulas; kNone where it is not needed
  std::vector<FormulaRow> formulas_;
  std::vector<ReadRow> reads_;
};

}  // namespace

std::vector<std::uint8_t> emit_program(Compilation& compilation, std::uint32_t revision) {
  return Emitter(compilation).run(revision, compilation.node_numbers);
}

}  // namespace omo::compiler
