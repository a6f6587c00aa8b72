// SPDX-License-Identifier: Apache-2.0
#include "wire/program.h"

#include <cstddef>
#include <iterator>

namespace omo {
namespace {

constexpr std::uint8_t kRowBytes[kSectionCount] = {sizeof(MetaRow),
                                                   1,
                                                   sizeof(SymbolRow),
                                                   sizeof(EventRow),
                                                   sizeof(ParamRow),
                                                   sizeof(SourceRow),
                                                   sizeof(ThresholdRow),
                                                   sizeof(MatchRow),
                                                   4,
                                                   4,
                                                   sizeof(GateRow),
                                                   sizeof(SignalRow),
                                                   1,
                                                   sizeof(NamedValueRow),
                                                   sizeof(NamedValueRow),
                                                   sizeof(SegmentRow),
                                                   sizeof(SlotRow),
                                                   sizeof(CampaignRow),
                                                   sizeof(VariantRow),
                                                   sizeof(FieldRow),
                                                   sizeof(SequenceRow),
                                                   sizeof(double),
                                                   sizeof(DecisionRow),
                                                   sizeof(JourneyRow),
                                                   sizeof(StepRow),
                                                   sizeof(FormulaRow),
                                                   sizeof(ScoreRow),
                                                   sizeof(ReadRow),
                                                   sizeof(ConsentRow)};

constexpr std::size_t kDirectoryBytes = kSectionCount * sizeof(SectionEntry);

/// Targets of a reference that are no sections.
constexpr std::uint8_t kNodes = kSectionCount;
constexpr std::uint8_t kLiterals = kSectionCount + 1;

enum class Reference : std::uint8_t {
  kIndex,        ///< u32 below the target's count
  kIndexOrNone,  ///< or kNone
  kNode,         ///< u32 below the target's count, or kAlways, or kNone
  kEnd,          ///< u32 up to and including the target's count
  kRange,        ///< u32 first, u32 count: within the target
  kRangeOrNone,
  kShortRange,  ///< u32 first, u16 count
};

struct Rule {
  Section section;
  std::uint8_t field;  ///< offset in the row
  std::uint8_t target;
  Reference reference;
};

constexpr std::uint8_t target(Section section) { return static_cast<std::uint8_t>(section); }
constexpr std::uint8_t kSymbol = target(Section::kSymbols);

/// Every reference of every row. What is not listed here is a number, a label or a flag that any value suits.
constexpr Rule kRules[] = {
    {Section::kMeta, offsetof(MetaRow, site), kSymbol, Reference::kIndex},
    {Section::kMeta, offsetof(MetaRow, default_language), kSymbol, Reference::kIndex},
    {Section::kSymbols, offsetof(SymbolRow, offset), target(Section::kStrings), Reference::kRange},
    {Section::kEvents, offsetof(EventRow, name), kSymbol, Reference::kIndex},
    {Section::kEvents, offsetof(EventRow, first_param), target(Section::kParams), Reference::kShortRange},
    {Section::kParams, offsetof(ParamRow, name), kSymbol, Reference::kIndex},
    {Section::kSources, offsetof(SourceRow, first_threshold), target(Section::kThresholds), Reference::kRange},
    {Section::kSources, offsetof(SourceRow, first_match), target(Section::kMatches), Reference::kRange},
    {Section::kSources, offsetof(SourceRow, null_literal), kLiterals, Reference::kIndexOrNone},
    {Section::kSources, offsetof(SourceRow, present_literal), kLiterals, Reference::kIndexOrNone},
    {Section::kThresholds, offsetof(ThresholdRow, literal), kLiterals, Reference::kIndexOrNone},
    {Section::kThresholds, offsetof(ThresholdRow, negation), kLiterals, Reference::kIndexOrNone},
    {Section::kMatches, offsetof(MatchRow, symbol), kSymbol, Reference::kIndex},
    {Section::kMatches, offsetof(MatchRow, literal), kLiterals, Reference::kIndexOrNone},
    {Section::kMatches, offsetof(MatchRow, negation), kLiterals, Reference::kIndexOrNone},
    {Section::kNodeParents, 0, target(Section::kParents), Reference::kEnd},
    {Section::kParents, 0, target(Section::kGates), Reference::kIndex},
    {Section::kSignals, offsetof(SignalRow, name), kSymbol, Reference::kIndex},
    {Section::kSignals, offsetof(SignalRow, event), target(Section::kEvents), Reference::kIndex},
    {Section::kSignals, offsetof(SignalRow, of), kSymbol, Reference::kIndexOrNone},
    {Section::kSignals, offsetof(SignalRow, where), target(Section::kPredicates), Reference::kRangeOrNone},
    {Section::kSignals, offsetof(SignalRow, source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kSignals, offsetof(SignalRow, size_source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kSignals, offsetof(SignalRow, member_source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kSignals, offsetof(SignalRow, restore), target(Section::kTraits), Reference::kIndexOrNone},
    {Section::kTraits, offsetof(NamedValueRow, name), kSymbol, Reference::kIndex},
    {Section::kTraits, offsetof(NamedValueRow, source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kTraits, offsetof(NamedValueRow, days_source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kContexts, offsetof(NamedValueRow, name), kSymbol, Reference::kIndex},
    {Section::kContexts, offsetof(NamedValueRow, source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kContexts, offsetof(NamedValueRow, days_source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kSegments, offsetof(SegmentRow, name), kSymbol, Reference::kIndex},
    {Section::kSegments, offsetof(SegmentRow, node), kNodes, Reference::kNode},
    {Section::kSlots, offsetof(SlotRow, name), kSymbol, Reference::kIndex},
    {Section::kCampaigns, offsetof(CampaignRow, name), kSymbol, Reference::kIndex},
    {Section::kCampaigns, offsetof(CampaignRow, slot), target(Section::kSlots), Reference::kIndex},
    {Section::kCampaigns, offsetof(CampaignRow, audience), kNodes, Reference::kNode},
    {Section::kCampaigns, offsetof(CampaignRow, goal), kSymbol, Reference::kIndexOrNone},
    {Section::kCampaigns, offsetof(CampaignRow, first_variant), target(Section::kVariants), Reference::kShortRange},
    {Section::kVariants, offsetof(VariantRow, name), kSymbol, Reference::kIndex},
    {Section::kVariants, offsetof(VariantRow, first_field), target(Section::kFields), Reference::kRange},
    {Section::kFields, offsetof(FieldRow, key), kSymbol, Reference::kIndex},
    {Section::kFields, offsetof(FieldRow, language), kSymbol, Reference::kIndexOrNone},
    {Section::kFields, offsetof(FieldRow, offset), target(Section::kStrings), Reference::kRange},
    {Section::kSignals, offsetof(SignalRow, first_edge), target(Section::kEdges), Reference::kEnd},
    {Section::kSequences, offsetof(SequenceRow, signal), target(Section::kSignals), Reference::kIndex},
    {Section::kSequences, offsetof(SequenceRow, event), target(Section::kEvents), Reference::kIndex},
    {Section::kSequences, offsetof(SequenceRow, where), target(Section::kPredicates), Reference::kRangeOrNone},
    {Section::kCampaigns, offsetof(CampaignRow, group), kSymbol, Reference::kIndexOrNone},
    {Section::kCampaigns, offsetof(CampaignRow, score), target(Section::kScores), Reference::kIndexOrNone},
    {Section::kJourneys, offsetof(JourneyRow, name), kSymbol, Reference::kIndex},
    {Section::kJourneys, offsetof(JourneyRow, start), kNodes, Reference::kNode},
    {Section::kJourneys, offsetof(JourneyRow, goal_event), target(Section::kEvents), Reference::kIndexOrNone},
    {Section::kJourneys, offsetof(JourneyRow, goal), kNodes, Reference::kNode},
    {Section::kJourneys, offsetof(JourneyRow, first_step), target(Section::kSteps), Reference::kRange},
    {Section::kSteps, offsetof(StepRow, name), kSymbol, Reference::kIndex},
    {Section::kSteps, offsetof(StepRow, event), target(Section::kEvents), Reference::kIndexOrNone},
    {Section::kSteps, offsetof(StepRow, node), kNodes, Reference::kNode},
    {Section::kSteps, offsetof(StepRow, campaign), target(Section::kCampaigns), Reference::kIndexOrNone},
    {Section::kFormulas, offsetof(FormulaRow, code), target(Section::kPredicates), Reference::kRange},
    {Section::kFormulas, offsetof(FormulaRow, source), target(Section::kSources), Reference::kIndexOrNone},
    {Section::kScores, offsetof(ScoreRow, name), kSymbol, Reference::kIndex},
    {Section::kScores, offsetof(ScoreRow, formula), target(Section::kFormulas), Reference::kIndex},
    {Section::kConsent, offsetof(ConsentRow, name), kSymbol, Reference::kIndex},
};
static_assert(offsetof(EventRow, param_count) == offsetof(EventRow, first_param) + 4);
static_assert(offsetof(CampaignRow, variant_count) == offsetof(CampaignRow, first_variant) + 4);
static_assert(offsetof(SignalRow, where_bytes) == offsetof(SignalRow, where) + 4);
static_assert(offsetof(SequenceRow, where_bytes) == offsetof(SequenceRow, where) + 4);
static_assert(offsetof(JourneyRow, step_count) == offsetof(JourneyRow, first_step) + 4);
static_assert(offsetof(FormulaRow, code_bytes) == offsetof(FormulaRow, code) + 4);

constexpr std::uint8_t kAbsent = 255;

/// Where the rows of a table have their name, label and exposure.
struct NamedTable {
  Section section;
  std::uint8_t name;
  std::uint8_t label;
  std::uint8_t exposed;
  std::uint8_t mask = 1;  ///< of the byte of the exposure
};
constexpr NamedTable kNamedTables[] = {
    {Section::kEvents, offsetof(EventRow, name), offsetof(EventRow, label), offsetof(EventRow, flags), kEventExposed},
    {Section::kSignals, offsetof(SignalRow, name), offsetof(SignalRow, label), kAbsent},
    {Section::kTraits, offsetof(NamedValueRow, name), offsetof(NamedValueRow, label), kAbsent},
    {Section::kContexts, offsetof(NamedValueRow, name), offsetof(NamedValueRow, label), kAbsent},
    {Section::kSegments, offsetof(SegmentRow, name), offsetof(SegmentRow, label), offsetof(SegmentRow, exposed)},
    {Section::kSlots, offsetof(SlotRow, name), kAbsent, offsetof(SlotRow, exposed)},
    {Section::kCampaigns, offsetof(CampaignRow, name), offsetof(CampaignRow, label), kAbsent},
    {Section::kVariants, offsetof(VariantRow, name), kAbsent, kAbsent},
    {Section::kScores, offsetof(ScoreRow, name), offsetof(ScoreRow, label), offsetof(ScoreRow, exposed)},
    {Section::kJourneys, offsetof(JourneyRow, name), offsetof(JourneyRow, label), kAbsent},
    {Section::kSteps, offsetof(StepRow, name), kAbsent, kAbsent},
    {Section::kConsent, offsetof(ConsentRow, name), offsetof(ConsentRow, label), kAbsent},
};
static_assert(static_cast<std::uint32_t>(Table::kEvent) == 1 &&
              static_cast<std::uint32_t>(Table::kConsent) == std::size(kNamedTables));

/// Null for a table that is not there.
const NamedTable* named_table(Table table) {
  const std::uint32_t index = static_cast<std::uint32_t>(table) - 1;
  const bool known = index < std::size(kNamedTables) && kNamedTables[index].section != Section::kCount;
  return known ? &kNamedTables[index] : nullptr;
}

std::uint32_t load_u32(const std::uint8_t* bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, 4);
  return value;
}

bool is_in_range(Reference reference, const std::uint8_t* field, std::uint32_t count) {
  const std::uint32_t value = load_u32(field);
  const std::uint32_t extent = reference == Reference::kShortRange ? load_u32(field + 4) & 0xFFFF
                               : reference >= Reference::kRange    ? load_u32(field + 4)
                                                                   : 0;
  if (reference >= Reference::kEnd) {
    if (reference == Reference::kRangeOrNone && value == kNone) return true;
    return value <= count && extent <= count - value;
  }
  if (value == kNone) return reference != Reference::kIndex;
  return value < count || (reference == Reference::kNode && value == kAlways);
}

}  // namespace

bool ProgramView::sections_in_range(std::size_t end) {
  const auto* directory = reinterpret_cast<const SectionEntry*>(header_ + 1);
  for (std::uint32_t i = 0; i < kSectionCount; ++i) {
    const SectionEntry& entry = directory[i];
    if (entry.offset % 8 != 0 || entry.offset < sizeof(ProgramHeader) + kDirectoryBytes || entry.offset > end)
      return false;
    if (entry.count > (end - entry.offset) / kRowBytes[i]) return false;
    tables_[i] = {reinterpret_cast<const std::uint8_t*>(header_) + entry.offset, entry.count};
  }
  return rows<MetaRow>(Section::kMeta).size() == 1;
}

bool ProgramView::references_in_range() const {
  for (const Rule& rule : kRules) {
    const auto section = static_cast<std::uint32_t>(rule.section);
    const TableView& table = tables_[section];
    const std::uint32_t count = rule.target < kSectionCount ? tables_[rule.target].count
                                : rule.target == kNodes     ? meta().node_count
                                                            : meta().literal_count;
    for (std::uint32_t i = 0; i < table.count; ++i) {
      if (!is_in_range(rule.reference, table.begin + i * kRowBytes[section] + rule.field, count)) return false;
    }
  }
  return true;
}

bool ProgramView::network_ends() const {
  const std::uint32_t nodes = meta().node_count;
  const std::uint32_t literals = meta().literal_count;
  if (literals > nodes || nodes >= kAlways || gates().size() != nodes - literals) return false;
  if (node_parents().size() != std::size_t{nodes} + 1 || node_parents()[nodes] != parents().size()) return false;
  for (const GateRow& row : gates()) {
    if (row.need > kMaxProgramBytes) return false;
  }
  // Each segment has a gate of its own, the last ones, which nothing counts.
  const std::uint32_t segment_count = segments().size();
  if (segment_count > gates().size() || node_parents()[nodes - segment_count] != parents().size()) return false;
  for (std::uint32_t i = 0; i < segment_count; ++i) {
    if (segments()[i].node != nodes - segment_count + i) return false;
  }
  for (std::uint32_t node = 0; node < nodes; ++node) {
    if (node_parents()[node] > node_parents()[node + 1]) return false;
    // A parent is a gate that comes after its child.
    for (std::uint32_t i = node_parents()[node]; i < node_parents()[node + 1]; ++i) {
      if (literals + parents()[i] <= node) return false;
    }
  }
  return true;
}

bool ProgramView::sizes_in_range() const {
  // A batch codes the row of an event in 8 bits; so many signals of the largest capacity fit a 32-bit address space.
  if (events().size() > kMaxEvents || signals().size() > kMaxSignals) return false;
  if (contexts().size() < page_context::kCount) return false;
  for (const SignalRow& row : signals()) {
    if (row.op < SignalOp::kCount || row.op > SignalOp::kRfm) return false;
    if (row.capacity == 0 || row.capacity > kMaxKeep) return false;
    if (row.op == SignalOp::kSequence && row.capacity > kMaxSteps) return false;
    // NaN compares false with everything, so it would be no window and no half-life; what is infinite never ends.
    if (!(row.half_life_ms >= 0)) return false;
    const std::uint32_t edge_count = std::uint32_t{row.edge_count[0]} + row.edge_count[1] + row.edge_count[2];
    if (edge_count > edges().size() - row.first_edge) return false;
  }
  // By SourceKind: rows of what a source looks at.
  const std::uint32_t looked_at[] = {0,
                                     signals().size(),
                                     traits().size(),
                                     contexts().size(),
                                     signals().size(),
                                     signals().size(),
                                     traits().size(),
                                     formulas().size()};
  for (const SourceRow& row : sources()) {
    const auto kind = static_cast<std::size_t>(row.kind);
    if (kind >= sizeof looked_at / sizeof *looked_at || row.ref >= looked_at[kind]) return false;
  }
  const std::uint32_t readers = formulas().size() + segments().size();
  for (const ReadRow& row : reads()) {
    if (row.reader >= readers) return false;
  }
  for (const CampaignRow& row : campaigns()) {
    if (row.variant_count == 0 || row.cap > kMaxCapImpressions) return false;
  }
  const Rows<DecisionRow> decision = rows<DecisionRow>(Section::kDecision);
  if (campaigns().size() > kMaxCampaigns || slots().size() > kMaxSlots) return false;
  return decision.size() == 1 && decision[0].impressions <= kMaxCapImpressions;
}

bool ProgramView::journeys_end() const {
  if (journeys().size() > kMaxJourneys) return false;
  for (const JourneyRow& row : journeys()) {
    // It starts again a while after its end, or not by time: catching up with years of absence ends soon.
    if (row.restart_ms > 0 && row.restart_ms < kMinRestartMs) return false;
    const std::uint32_t end = row.first_step + row.step_count;
    for (std::uint32_t step = row.first_step; step < end; ++step) {
      for (const std::uint32_t to : {steps()[step].next, steps()[step].otherwise}) {
        if (to <= step || to > end) return false;
      }
    }
  }
  return true;
}

Status ProgramView::open(Bytes bytes) {
  header_ = nullptr;
  if (bytes.size() < sizeof(ProgramHeader)) return Status::kBadLength;
  const auto* header = reinterpret_cast<const ProgramHeader*>(bytes.data());
  if (header->magic != kProgramMagic) return Status::kBadMagic;
  if (header->version != kProgramVersion || header->flags != 0 || header->reserved != 0) {
    return Status::kBadVersion;
  }
  if (bytes.size() > kMaxProgramBytes || header->body_bytes > kMaxProgramBytes) return Status::kBadLength;
  const std::size_t end = sizeof(ProgramHeader) + header->body_bytes;
  if (header->signature_bytes != 0 && header->signature_bytes != sizeof(ProgramSignature)) return Status::kBadLength;
  if (end + header->signature_bytes != bytes.size()) return Status::kBadLength;
  if (fnv64(bytes.subspan(sizeof(ProgramHeader), header->body_bytes)) != header->hash) return Status::kBadChecksum;
  if (header->body_bytes < kDirectoryBytes) return Status::kBadStructure;
  header_ = header;
  if (!sections_in_range(end) || !references_in_range() || !network_ends() || !sizes_in_range() || !journeys_end()) {
    header_ = nullptr;
    return Status::kBadStructure;
  }
  if constexpr (kForSpeed) {
    std::uint32_t row = 0;
    for (std::uint32_t begin = 0; begin < 256; ++begin) {
      while (row < symbols().size() && symbols()[row].hash >> 24 < begin) ++row;
      symbol_starts_[begin] = row;
    }
  }
  return Status::kOk;
}

std::uint32_t ProgramView::find_symbol(std::string_view text) const {
  const std::uint32_t hash = fnv32(as_bytes(text));
  const Rows<SymbolRow> rows = symbols();
  std::uint32_t first = kForSpeed ? symbol_starts_[hash >> 24] : lower_bound(Section::kSymbols, hash);
  while (kForSpeed && first < rows.size() && rows[first].hash < hash) ++first;
  for (std::uint32_t i = first; i < rows.size() && rows[i].hash == hash; ++i) {
    if (same_text(symbol(i), text)) return i;
  }
  return kNone;
}

std::uint32_t ProgramView::count_of(Table table) const {
  const NamedTable* named = named_table(table);
  return named != nullptr ? tables_[static_cast<std::uint32_t>(named->section)].count : 0;
}

const std::uint8_t* ProgramView::row_of(const void* named, std::uint32_t row) const {
  const auto section = static_cast<std::uint32_t>(static_cast<const NamedTable*>(named)->section);
  return tables_[section].begin + row * kRowBytes[section];
}

std::string_view ProgramView::name_of(Table table, std::uint32_t row) const {
  if (row >= count_of(table)) return {};
  const NamedTable* named = named_table(table);
  return symbol(load_u32(row_of(named, row) + named->name));
}

std::uint32_t ProgramView::find_row(Table table, std::string_view name) const {
  const std::uint32_t symbol = find_symbol(name);
  const std::uint32_t count = symbol == kNone ? 0 : count_of(table);
  const NamedTable* named = named_table(table);
  for (std::uint32_t row = 0; row < count; ++row) {
    if (load_u32(row_of(named, row) + named->name) == symbol) return row;
  }
  return kNone;
}

std::uint32_t ProgramView::label_of(Table table, std::uint32_t row) const {
  if (row >= count_of(table)) return 0;
  const NamedTable* named = named_table(table);
  const std::uint8_t* bytes = row_of(named, row);
  const std::uint32_t label = named->label == kAbsent ? 0 : bytes[named->label];
  return label | (named->exposed != kAbsent && (bytes[named->exposed] & named->mask) != 0 ? kExposedBit : 0);
}

std::uint32_t ProgramView::find_event(std::uint32_t name) const {
  const std::uint32_t row = lower_bound(Section::kEvents, name);
  return row < events().size() && events()[row].name == name ? row : kNone;
}

std::uint32_t ProgramView::lower_bound(Section section, std::uint32_t key) const {
  const auto index = static_cast<std::uint32_t>(section);
  return omo::lower_bound(tables_[index].begin, kRowBytes[index], tables_[index].count, key);
}

std::uint32_t lower_bound(const std::uint8_t* rows, std::uint32_t row_bytes, std::uint32_t count, std::uint32_t key) {
  std::uint32_t low = 0;
  while (count > 0) {
    const std::uint32_t half = count / 2;
    if (load_u32(rows + (low + half) * row_bytes) < key) {
      low += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return low;
}

}  // namespace omo
