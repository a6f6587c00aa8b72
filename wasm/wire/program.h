// SPDX-License-Identifier: Apache-2.0
// The compiled playbook. program.md draws the bytes; this header mirrors it. Every table is an array of the structs
// below, little-endian, 8-byte aligned from the start of the file, and is read in place: nothing is parsed or copied.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/bytes.h"
#include "wire/formula_rows.h"
#include "wire/journey_rows.h"
#include "wire/op.h"
#include "wire/vocabulary.h"

namespace omo {

inline constexpr std::uint32_t kProgramMagic = 0x504F4D4F;  ///< "OMOP"
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;          ///< "no such index" in every index field

struct ProgramHeader {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t flags;            ///< 0; readers refuse flags they do not know
  std::uint32_t body_bytes;       ///< bytes from the end of this header to the signature block
  std::uint32_t signature_bytes;  ///< bytes of the signature block after the body; 0 = unsigned
  std::uint64_t hash;             ///< FNV-1a 64 of the body: identity and checksum in one
  std::uint32_t revision;         ///< grows with each publication, for roll-back refusal; 0 = not stated
  std::uint32_t reserved;         ///< 0
};
static_assert(sizeof(ProgramHeader) == 32);

/// Signature block (wire room; written by `omo sign`, not checked by the engine): key id, expiry, Ed25519 over the
/// header, the body, the key id and the expiry.
struct ProgramSignature {
  std::uint64_t key_id;
  std::uint64_t expires_ms;
  std::uint8_t signature[64];
};
static_assert(sizeof(ProgramSignature) == 80);

/// Tables in the order in which the directory at the start of the body lists them.
enum class Section : std::uint32_t {
  kMeta,
  kStrings,  ///< bytes of all strings, UTF-8, without terminators
  kSymbols,
  kEvents,
  kParams,
  kSources,
  kThresholds,
  kMatches,
  kNodeParents,  ///< u32[nodes + 1]: where the parents of a node begin in kParents
  kParents,      ///< u32: gate numbers
  kGates,
  kSignals,
  kPredicates,  ///< u8: code of `where` conditions and formulas
  kTraits,
  kContexts,
  kSegments,
  kSlots,
  kCampaigns,
  kVariants,
  kFields,
  kSequences,
  kEdges,  ///< f64: edges of the grades of rfm signals, ascending
  kDecision,
  kJourneys,
  kSteps,
  kFormulas,
  kScores,
  kReads,
  kConsent,
  kCount
};
inline constexpr std::uint32_t kSectionCount = static_cast<std::uint32_t>(Section::kCount);

struct SectionEntry {
  std::uint32_t offset;  ///< from the start of the file; a multiple of 8
  std::uint32_t count;   ///< rows, not bytes
};

inline constexpr double kMillisecondsADay = 86400000;

struct MetaRow {
  std::uint32_t site;              ///< symbol
  std::uint32_t default_language;  ///< symbol
  std::uint32_t node_count;        ///< literals and gates; the literals come first
  std::uint32_t literal_count;
  std::uint32_t sync_events;    ///< 0 = nothing leaves; else kSyncEvents, perhaps with kSyncExempt
  std::uint32_t session_rules;  ///< kSessionMidnight | kSessionCampaign: what else begins a new session
  double session_idle_ms;       ///< a session ends after this long without activity
  double session_max_ms;        ///< and this long after its start
  double stream_ms;             ///< a stream id is replaced after this long
};
inline constexpr std::uint32_t kSyncEvents = 1, kSyncExempt = 2;  ///< consent_to_tell() (batch.h)
inline constexpr std::uint32_t kSessionMidnight = 1;              ///< a midnight of the visitor's time zone
inline constexpr std::uint32_t kSessionCampaign = 2;              ///< a page view with other campaign tags

/// A name or string constant. Sorted by (hash, bytes), so that a binary search resolves a string.
struct SymbolRow {
  std::uint32_t hash;    ///< fnv32 of the bytes
  std::uint32_t offset;  ///< in kStrings
  std::uint32_t length;
};

/// Sorted by `name`.
struct EventRow {
  std::uint32_t name;         ///< symbol
  std::uint32_t first_param;  ///< in kParams
  std::uint16_t param_count;
  std::uint8_t label;  ///< purposes that must be granted before the event is taken at all
  std::uint8_t flags;  ///< kEventHasItems | kEventConversion | kEventExposed | kEventAsks
};
inline constexpr std::uint8_t kEventHasItems = 1;
inline constexpr std::uint8_t kEventConversion = 2;
inline constexpr std::uint8_t kEventExposed = 4;
inline constexpr std::uint8_t kEventAsks = 8;  ///< needs consent to leave: consent_to_send() (batch.h)

/// Sorted by `name` within an event.
struct ParamRow {
  std::uint32_t name;  ///< symbol
  Type type;
  std::uint8_t item;  ///< 1 = read from the event's items, or flat where there are none
  std::uint16_t reserved;
};

/// A value that conditions look at. Its atoms are thresholds (numbers, durations, dates, booleans as 0 and 1) and
/// matches (strings). A literal is an atom or its negation; its number is a node number.
struct SourceRow {
  SourceKind kind;
  std::uint8_t label;
  std::uint16_t reserved;
  std::uint32_t ref;  ///< row of kSignals, kTraits or kContexts
  std::uint32_t first_threshold;
  std::uint32_t threshold_count;
  std::uint32_t first_match;
  std::uint32_t match_count;
  std::uint32_t null_literal;     ///< on while the value is null; kNone if nothing asks
  std::uint32_t present_literal;  ///< on while the value is known and not null
};

/// Sorted by (value, strict) within a source. The atom is `source >= value`, or `source > value` where strict.
struct ThresholdRow {
  double value;  ///< durations in ms, dates in days since 1970-01-01
  std::uint32_t strict;
  std::uint32_t literal;   ///< on while the atom is true; kNone if unused
  std::uint32_t negation;  ///< on while the atom is false; kNone if unused
  std::uint32_t reserved;
};

/// Sorted by (symbol, literal, negation) within a source. The atom is that the source is one of the symbols of the rows
/// with these literals (kMember: `symbol in source`, one row an atom).
struct MatchRow {
  std::uint32_t symbol;
  std::uint32_t literal;
  std::uint32_t negation;
};

/// Node number literal_count + row. On while at least `need` children are on: need = children for &&, 1 for ||, 0 for
/// always. The last gates are those of the segments, in the order of kSegments; they have no parents.
struct GateRow {
  std::uint32_t need;
};

struct SignalRow {
  double within_ms;     ///< 0 = for ever
  double half_life_ms;  ///< top: after this long an occurrence weighs half; 0 = it does not fade
  std::uint32_t name;   ///< symbol
  std::uint32_t event;  ///< row of kEvents; of a sequence, that of its first step: its kSequences say what it takes
  std::uint32_t of;     ///< symbol of the parameter; kNone for count and recency
  std::uint32_t where;  ///< offset in kPredicates; kNone = every occurrence
  std::uint32_t where_bytes;
  std::uint32_t capacity;  ///< entries kept at most; beyond, the result is saturated. Sequence: its steps
  std::uint32_t
      definition;        ///< hash of all that gives the state its meaning: a snapshot entry with another one is dropped
  std::uint32_t source;  ///< row of kSources for the value; kNone if no condition looks
  std::uint32_t size_source;
  std::uint32_t member_source;
  SignalOp op;
  Type type;  ///< of the value (recent: of its members)
  std::uint8_t label;
  std::uint8_t per_item;       ///< 1 = one occurrence an item
  std::uint32_t restore;       ///< row of kTraits whose value brings the signal back after storage was lost; kNone
  std::uint32_t first_edge;    ///< rfm: in kEdges, those of recency (ms), frequency and monetary one after the other
  std::uint8_t edge_count[3];  ///< rfm: of recency, frequency, monetary
  std::uint8_t flags;          ///< kSignal...
};
inline constexpr std::uint8_t kSignalRefundable = 1;  ///< takes purchases: entries remember what a refund takes back
inline constexpr std::uint8_t kSignalSession = 2;     ///< begins anew with each session
inline constexpr std::uint8_t kSignalPage = 4;        ///< begins anew with each page view, and is never kept

/// What a sequence takes, besides the signals in the chain of its event.
struct SequenceRow {
  std::uint32_t signal;  ///< row of kSignals
  std::uint32_t event;   ///< row of kEvents
  std::uint32_t where;   ///< offset in kPredicates; kNone = every occurrence
  std::uint32_t where_bytes;
  std::uint16_t step;     ///< number of the step from 0 on, or kWithoutStep
  std::uint8_t per_item;  ///< 1 = an item must match
  std::uint8_t reserved;
};
inline constexpr std::uint16_t kWithoutStep = 15;  ///< the event ends every match that has begun
static_assert(kMaxSteps <= kWithoutStep);

struct NamedValueRow {        ///< a trait or a context value
  std::uint32_t name;         ///< symbol
  std::uint32_t source;       ///< kNone if no condition looks
  std::uint32_t days_source;  ///< source of days_until(trait); kNone
  Type type;
  std::uint8_t label;
  std::uint16_t reserved;
};

struct SegmentRow {
  std::uint32_t name;  ///< symbol
  std::uint32_t node;  ///< node_count - number of segments + row
  std::uint8_t label;
  std::uint8_t exposed;
  std::uint16_t reserved;
};
inline constexpr std::uint32_t kAlways = 0xFFFFFFFE;
inline constexpr std::uint32_t kExposedBit = 64;  ///< in label_of(), above the purposes

struct SlotRow {
  std::uint32_t name;  ///< symbol
  std::uint32_t exposed;
};

/// In the order of the playbook, which decides among equal priorities.
struct CampaignRow {
  double from_ms;          ///< first moment; 0 = no start
  double until_ms;         ///< first moment after the schedule; 0 = no end
  double cap_within_ms;    ///< 0 = for ever
  double quiet_ms;         ///< after a dismissal; 0 = none
  std::uint32_t name;      ///< symbol
  std::uint32_t slot;      ///< row of kSlots
  std::uint32_t audience;  ///< node, kNone or kAlways
  std::uint32_t cap;       ///< impressions; 0 = no cap
  std::uint32_t holdout;   ///< share of visitors that never see it, in 1 / 2^32
  std::uint32_t goal;      ///< symbol of an event; kNone
  std::uint32_t first_variant;
  std::uint16_t variant_count;
  std::uint8_t label;  ///< union of the labels of its audience, its journeys and its own purposes
  std::uint8_t flags;  ///< kCampaignExempt | kCampaignInJourney
  std::int32_t priority;
  std::uint32_t definition;  ///< hash of the name: its feedback survives edits
  std::uint32_t group;       ///< symbol of its exclusion group; kNone
  std::uint32_t score;       ///< row of kScores that is its priority; kNone
};
inline constexpr std::uint8_t kCampaignExempt = 1;     ///< from the budget and the quiet of DecisionRow
inline constexpr std::uint8_t kCampaignInJourney = 2;  ///< shown only while a journey stands at a step that shows it

struct VariantRow {
  std::uint32_t name;  ///< symbol
  std::uint32_t weight;
  std::uint32_t first_field;
  std::uint32_t field_count;
};

/// Variants after those of the last campaign are notes: texts by the name of what they tell of, which the engine
/// answers as it does creatives. Titles are for people; of signals that are durations the text is "ms".
inline constexpr const char* kTitlesNote = ".titles";
inline constexpr const char* kDurationsNote = ".durations";

/// One text of a creative ("title", "body", "image", "href", "cta", "code", ...), in one language or in all.
struct FieldRow {
  std::uint32_t key;       ///< symbol
  std::uint32_t language;  ///< symbol; kNone = every language
  std::uint32_t offset;    ///< in kStrings
  std::uint32_t length;
};

/// What the shell must know of consent before it may keep or send: a text of a word and numbers, separated by spaces.
/// "site", "gpp", "consent_mode", "dnt": the sources that count; "tcf F V...": custom purpose of functional (0 = none)
/// and vendors of sharing; "wait MS"; "gpc". No row of a source: consent() and Consent Mode count, and nobody is waited
/// for.
struct ConsentRow {
  std::uint32_t name;  ///< symbol
  std::uint8_t label;  ///< dnt: purposes that it denies; gpc: those that it denies besides marketing and sharing
  std::uint8_t reserved[3];
};
static_assert(sizeof(ConsentRow) == 8);

static_assert(sizeof(MetaRow) == 48 && sizeof(SymbolRow) == 12 && sizeof(EventRow) == 12 && sizeof(ParamRow) == 8);
static_assert(sizeof(SourceRow) == 32 && sizeof(ThresholdRow) == 24 && sizeof(MatchRow) == 12 && sizeof(GateRow) == 4);
static_assert(sizeof(SignalRow) == 72 && sizeof(SequenceRow) == 20 && sizeof(NamedValueRow) == 16 &&
              sizeof(SegmentRow) == 12 && sizeof(SlotRow) == 8);
static_assert(sizeof(CampaignRow) == 80 && sizeof(VariantRow) == 16 && sizeof(FieldRow) == 16);

/// Rows of a table: a span whose accessors are certain to be inlined.
template <class Row>
class Rows {
 public:
  OMO_INLINE Rows(const Row* begin, std::uint32_t count) : begin_(begin), count_(count) {}
  [[nodiscard]] OMO_INLINE std::uint32_t size() const { return count_; }
  [[nodiscard]] OMO_INLINE bool empty() const { return count_ == 0; }
  [[nodiscard]] OMO_INLINE const Row& operator[](std::size_t index) const { return begin_[index]; }
  [[nodiscard]] OMO_INLINE const Row* data() const { return begin_; }
  [[nodiscard]] OMO_INLINE const Row* begin() const { return begin_; }
  [[nodiscard]] OMO_INLINE const Row* end() const { return begin_ + count_; }
  [[nodiscard]] OMO_INLINE Rows subspan(std::uint32_t first, std::uint32_t count) const {
    return {begin_ + first, count};
  }
  [[nodiscard]] OMO_INLINE ByteSpan<const Row> span() const { return {begin_, count_}; }

 private:
  const Row* begin_;
  std::uint32_t count_;
};

/// A program that has been checked: every index, offset and count inside is in range. Borrows the bytes.
class ProgramView {
 public:
  /// Checks magic, version, lengths, hash and every cross reference; on anything else than kOk the view stays empty.
  /// `bytes` must be 8-byte aligned and outlive the view.
  [[nodiscard]] Status open(Bytes bytes);

  [[nodiscard]] bool is_open() const { return header_ != nullptr; }
  [[nodiscard]] std::uint64_t hash() const { return header_->hash; }
  [[nodiscard]] std::uint32_t short_hash() const { return static_cast<std::uint32_t>(header_->hash); }
  [[nodiscard]] OMO_INLINE const MetaRow& meta() const { return rows<MetaRow>(Section::kMeta)[0]; }

  [[nodiscard]] OMO_INLINE Rows<std::uint8_t> strings() const { return rows<std::uint8_t>(Section::kStrings); }
  [[nodiscard]] OMO_INLINE Rows<SymbolRow> symbols() const { return rows<SymbolRow>(Section::kSymbols); }
  [[nodiscard]] OMO_INLINE Rows<EventRow> events() const { return rows<EventRow>(Section::kEvents); }
  [[nodiscard]] OMO_INLINE Rows<ParamRow> params() const { return rows<ParamRow>(Section::kParams); }
  [[nodiscard]] OMO_INLINE Rows<SourceRow> sources() const { return rows<SourceRow>(Section::kSources); }
  [[nodiscard]] OMO_INLINE Rows<ThresholdRow> thresholds() const { return rows<ThresholdRow>(Section::kThresholds); }
  [[nodiscard]] OMO_INLINE Rows<MatchRow> matches() const { return rows<MatchRow>(Section::kMatches); }
  [[nodiscard]] OMO_INLINE Rows<std::uint32_t> node_parents() const {
    return rows<std::uint32_t>(Section::kNodeParents);
  }
  [[nodiscard]] OMO_INLINE Rows<std::uint32_t> parents() const { return rows<std::uint32_t>(Section::kParents); }
  [[nodiscard]] OMO_INLINE Rows<GateRow> gates() const { return rows<GateRow>(Section::kGates); }
  [[nodiscard]] OMO_INLINE Rows<SignalRow> signals() const { return rows<SignalRow>(Section::kSignals); }
  [[nodiscard]] OMO_INLINE Rows<std::uint8_t> predicates() const { return rows<std::uint8_t>(Section::kPredicates); }
  [[nodiscard]] OMO_INLINE Rows<NamedValueRow> traits() const { return rows<NamedValueRow>(Section::kTraits); }
  [[nodiscard]] OMO_INLINE Rows<NamedValueRow> contexts() const { return rows<NamedValueRow>(Section::kContexts); }
  [[nodiscard]] OMO_INLINE Rows<SegmentRow> segments() const { return rows<SegmentRow>(Section::kSegments); }
  [[nodiscard]] OMO_INLINE Rows<SlotRow> slots() const { return rows<SlotRow>(Section::kSlots); }
  [[nodiscard]] OMO_INLINE Rows<CampaignRow> campaigns() const { return rows<CampaignRow>(Section::kCampaigns); }
  [[nodiscard]] OMO_INLINE Rows<VariantRow> variants() const { return rows<VariantRow>(Section::kVariants); }
  [[nodiscard]] OMO_INLINE Rows<FieldRow> fields() const { return rows<FieldRow>(Section::kFields); }
  [[nodiscard]] OMO_INLINE Rows<SequenceRow> sequences() const { return rows<SequenceRow>(Section::kSequences); }
  [[nodiscard]] OMO_INLINE Rows<double> edges() const { return rows<double>(Section::kEdges); }

  [[nodiscard]] OMO_INLINE const DecisionRow& decision() const { return rows<DecisionRow>(Section::kDecision)[0]; }
  [[nodiscard]] OMO_INLINE Rows<JourneyRow> journeys() const { return rows<JourneyRow>(Section::kJourneys); }
  [[nodiscard]] OMO_INLINE Rows<StepRow> steps() const { return rows<StepRow>(Section::kSteps); }

  [[nodiscard]] OMO_INLINE Rows<FormulaRow> formulas() const { return rows<FormulaRow>(Section::kFormulas); }
  [[nodiscard]] OMO_INLINE Rows<ScoreRow> scores() const { return rows<ScoreRow>(Section::kScores); }
  [[nodiscard]] OMO_INLINE Rows<ReadRow> reads() const { return rows<ReadRow>(Section::kReads); }

  [[nodiscard]] std::string_view symbol(std::uint32_t index) const {
    if (index >= symbols().size()) return {};
    const SymbolRow& row = symbols()[index];
    return as_text(Bytes(strings().data() + row.offset, row.length));
  }
  /// Symbol of a string, or kNone.
  [[nodiscard]] std::uint32_t find_symbol(std::string_view text) const;
  /// Rows of a table of names (events, signals, traits, ...); 0 for a table that this version does not have.
  [[nodiscard]] std::uint32_t count_of(Table table) const;
  [[nodiscard]] std::string_view name_of(Table table, std::uint32_t row) const;
  /// Row with this name, or kNone. Searches from the front: for look-ups outside the event path.
  [[nodiscard]] std::uint32_t find_row(Table table, std::string_view name) const;
  /// Purposes of a row, 0 where its table has none; kExposedBit where the playbook exposes it.
  [[nodiscard]] std::uint32_t label_of(Table table, std::uint32_t row) const;
  /// Row of kEvents of an event's symbol, or kNone.
  [[nodiscard]] std::uint32_t find_event(std::uint32_t name) const;
  [[nodiscard]] OMO_INLINE Rows<ParamRow> params_of(const EventRow& event) const {
    return params().subspan(event.first_param, event.param_count);
  }

 private:
  struct TableView {
    const std::uint8_t* begin;
    std::uint32_t count;
  };
  template <class Row>
  [[nodiscard]] OMO_INLINE Rows<Row> rows(Section section) const {
    const TableView& table = tables_[static_cast<std::uint32_t>(section)];
    return {reinterpret_cast<const Row*>(table.begin), table.count};
  }
  [[nodiscard]] bool sections_in_range(std::size_t end);
  [[nodiscard]] bool references_in_range() const;
  [[nodiscard]] bool network_ends() const;  ///< propagation through the gates comes to an end
  [[nodiscard]] bool sizes_in_range() const;
  [[nodiscard]] bool journeys_end() const;  ///< every step leads forward, to a step of its journey or to the end
  [[nodiscard]] const std::uint8_t* row_of(const void* named_table, std::uint32_t row) const;
  [[nodiscard]] std::uint32_t lower_bound(Section section, std::uint32_t key) const;

  const ProgramHeader* header_ = nullptr;
  TableView tables_[kSectionCount] = {};
  std::uint32_t symbol_starts_[kForSpeed ? 256 : 1] = {};  ///< for speed: first symbol by the first byte of its hash
};

/// First of `count` rows, sorted by the u32 that each begins with, whose key is not below `key`; `count` if none is.
[[nodiscard]] std::uint32_t lower_bound(const std::uint8_t* rows, std::uint32_t row_bytes, std::uint32_t count,
                                        std::uint32_t key);

}  // namespace omo
