// SPDX-License-Identifier: Apache-2.0
// The playbook as the compiler understands it: what the reading stages fill in and the emitting stages write out.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/code.h"
#include "compiler/document.h"
#include "compiler/expression.h"
#include "compiler/network.h"
#include "compiler/reporter.h"
#include "compiler/strings.h"
#include "wire/program.h"

namespace omo::compiler {

struct Param {
  std::string name;
  Type type = Type::kString;
  bool item = false;
};

struct Event {
  std::string name;
  std::vector<Param> params;
  std::uint8_t label = 0;
  bool has_items = false;
  bool conversion = false;
  bool audience = false;  ///< tells how a page is used
  bool used = false;      ///< goes into the program
  bool exposed = false;
  [[nodiscard]] const Param* find(std::string_view param) const;
};

/// What a sequence takes: one of its steps, or an event that ends every match.
struct SequenceStep {
  std::uint32_t event = 0;   ///< index in Playbook::events
  std::uint16_t number = 0;  ///< of the step from 0 on, or kWithoutStep
  bool has_where = false;
  bool per_item = false;
  Code where;
};

struct Signal {
  std::string name;
  std::uint32_t offset = 0;  ///< of the name in the source
  SignalOp op = SignalOp::kCount;
  std::uint32_t event = 0;  ///< index in Playbook::events
  std::string of;
  const Node* where_text = nullptr;
  bool has_where = false;
  Code where;
  double within_ms = 0;
  double half_life_ms = 0;
  std::uint8_t flags = 0;           ///< kSignal...
  std::vector<SequenceStep> steps;  ///< of a sequence
  std::vector<double> edges[3];     ///< rfm: recency (ms), frequency, monetary
  std::uint32_t keep = 0;           ///< as stated; 0 = not stated
  std::uint32_t keep_offset = 0;
  std::uint32_t capacity = 0;
  Type type = Type::kInt;
  std::uint8_t label = 0;
  std::optional<std::uint8_t> stated_label;
  std::uint32_t purposes_offset = 0;
  bool per_item = false;
  std::uint32_t restore = kNone;  ///< index in Playbook::traits
  bool read = false;              ///< some condition looks at it
  bool in_formula = false;        ///< a formula does: no constant says how much of it matters
  bool broken = false;            ///< reported already: its consumers are not checked against it
};

/// A trait or a value of the context.
struct NamedValue {
  std::string name;
  std::uint32_t offset = 0;
  Type type = Type::kString;
  std::uint8_t label = 0;
};

/// What a condition reads, for labels: the parts by name and the union of their labels.
struct Reads {
  std::uint8_t label = 0;
  std::vector<std::uint32_t> signals, traits, contexts, segments, scores;
  std::vector<std::uint32_t> events, campaigns,
      journeys;  ///< what a journey waits for and shows; journeys of a campaign
};

struct Segment {
  std::string name;
  std::uint32_t offset = 0;
  const Node* when = nullptr;  ///< the string that holds the condition
  Expression condition;
  bool parsed = false;
  std::optional<std::uint8_t> stated_label;
  std::uint32_t purposes_offset = 0;
  Reads reads;
  Condition lowered{Network::kFalse, Network::kFalse};
  bool exposed = false;
};

/// What of the expressions is no atom of the network (wire/program.h, FormulaRow).
struct Formula {
  Code code;
  ValueType type = ValueType::kBool;
  std::uint8_t label = 0;
  const Node* text = nullptr;  ///< the string that holds it first, and the byte where it begins there
  std::uint32_t at = 0;
};

struct Grade {
  std::string name;
  double edge = 0;
};

struct Score {
  std::string name;
  std::uint32_t offset = 0;
  const Node* text = nullptr;  ///< the string that holds the expression
  Expression expression;
  bool parsed = false;
  std::optional<std::uint8_t> stated_label;
  std::uint32_t purposes_offset = 0;
  Reads reads;
  std::uint32_t formula = kNone;  ///< index in Playbook::formulas; kNone where there are errors
  std::vector<Grade> grades;      ///< highest edge first
  bool exposed = false;
};

struct Slot {
  std::string name;
  std::string height;
  bool exposed = false;
};

struct Field {
  std::string key;
  std::string language;  ///< empty = every language
  std::string text;
};

struct Variant {
  std::string name;
  std::uint32_t weight = 1;
  std::string type;
  std::vector<Field> fields;
  std::vector<std::uint32_t> signals;  ///< what a creative of recommendations reads
};

struct Campaign {
  std::string name;
  std::uint32_t offset = 0;
  std::uint32_t slot = 0;
  const Node* audience_text = nullptr;
  Expression audience;
  bool parsed = false;
  Network::Id node = Network::kTrue;
  Reads reads;
  std::optional<std::uint8_t> stated_label;
  std::uint32_t purposes_offset = 0;
  std::int32_t priority = 0;
  std::uint32_t score = kNone;  ///< index in Playbook::scores of the one that is its priority
  std::string group;            ///< empty = none
  bool exempt = false;          ///< from the visitor's budget and quiet
  double from_ms = 0, until_ms = 0;
  std::uint32_t cap = 0;
  double cap_within_ms = 0, quiet_ms = 0;
  std::uint32_t holdout = 0;
  std::string goal;
  std::vector<Variant> variants;
};

/// A condition, or an event, that starts, ends or divides a journey.
struct Trigger {
  const Node* text = nullptr;   ///< null = none
  std::uint32_t event = kNone;  ///< index in Playbook::events
  Expression condition;
  bool parsed = false;
  Network::Id node = Network::kFalse;
};

/// A step of a journey in the flat order of the program: what follows `next` and `otherwise` comes behind it.
struct Step {
  std::string name;
  std::uint32_t offset = 0;
  bool branch = false;
  double after_ms = 0;
  Trigger trigger;
  std::uint32_t campaign = kNone;  ///< index in Playbook::campaigns
  std::uint32_t next = 0, otherwise = 0;
};

struct Journey {
  std::string name;
  std::uint32_t offset = 0;
  Trigger start, goal;
  double timeout_ms = 0;
  double restart_ms = -1;  ///< as JourneyRow
  std::vector<Step> steps;
  Reads reads;
  std::optional<std::uint8_t> stated_label;
  std::uint32_t purposes_offset = 0;
};

/// Limits over all campaigns.
struct Decision {
  std::uint32_t impressions = 0;
  double within_ms = 0, quiet_ms = 0;
  std::uint32_t holdout = 0;  ///< in 1 / 2^32
};

/// Sources of consent, a bit each in their order.
inline constexpr std::string_view kConsentSources[] = {"site", "tcf", "gpp", "consent_mode", "dnt", "gpc"};
inline constexpr unsigned kConsentSite = 1, kConsentTcf = 2, kConsentGpp = 4, kConsentMode = 8, kConsentDnt = 16,
                          kConsentGpc = 32;
/// Consent managers: what was recorded on an earlier page counts for little until they have spoken.
inline constexpr unsigned kConsentAwaited = kConsentTcf | kConsentGpp | kConsentMode;

/// What counts where the playbook lists none.
inline constexpr unsigned kConsentUnstated = kConsentSite | kConsentMode;

struct Consent {
  bool sources_stated = false;
  unsigned sources = 0;
  double wait_ms = kConsentWaitMs;
  std::uint32_t functional_purpose = 0;  ///< TCF custom purpose that means functional; 0 = none
  std::vector<std::uint32_t> vendors;    ///< TCF vendors that sharing needs
  std::uint8_t gpc_also = 0;             ///< what GPC denies besides marketing and sharing
  std::uint8_t dnt = purpose::kMeasurement | purpose::kPersonalization | purpose::kMarketing | purpose::kSharing;

  void state(unsigned stated) {
    sources_stated = true;
    sources = stated;
  }
};

/// A row of the program's consent table: a word and numbers.
struct ConsentSetting {
  std::string text;
  std::uint8_t label;
};

struct Playbook {
  std::string site;
  std::string default_language = "en";
  std::string catalog;  ///< address of the catalog; empty = none
  bool sync_events = true;
  bool sync_exempt = false;  ///< audience measurement needs no consent, until there is a decision
  std::uint32_t exempt_offset = 0;
  bool sync_segments = false;  ///< entries and exits of segments are sent
  double session_idle_ms = kSessionIdleMs, session_max_ms = kSessionMaxMs;
  bool session_midnight = false, session_campaign = true;
  double stream_ms = kStreamDays * kMillisecondsADay;
  std::vector<Event> events;
  std::vector<NamedValue> traits, contexts;
  std::vector<Signal> signals;
  std::vector<Segment> segments;
  std::vector<Score> scores;
  std::vector<Formula> formulas;
  std::unordered_map<std::string, std::uint32_t> formula_numbers;  ///< by code_key()
  std::vector<Slot> slots;
  bool slots_declared = false;
  std::vector<Campaign> campaigns;
  Decision decision;
  std::vector<Journey> journeys;
  Consent consent;
  std::vector<Field> titles;  ///< by name of a signal, trait, segment, score, or "context." and that of a context value

  /// Names that an expression may use alone. One namespace: a name means one thing.
  enum class NameKind : std::uint8_t { kSignal, kTrait, kSegment, kScore };
  struct Name {
    NameKind kind;
    std::uint32_t index;
    std::uint32_t offset;
  };
  std::unordered_map<std::string, Name> names;
  std::unordered_map<std::string, std::uint32_t> event_numbers, context_numbers, slot_numbers, campaign_numbers;
};

/// Where a condition, or a part of one, stands: bytes of the text of a JSON string. For the map.
struct Place {
  const Node* text;
  std::uint32_t begin, end;
  Condition condition;
};

/// What all stages share.
struct Compilation {
  explicit Compilation(Reporter& reporter_) : reporter(reporter_) {}
  Reporter& reporter;
  Playbook playbook;
  Network network;
  std::vector<bool> needed_formulas;  ///< by index in Playbook::formulas
  std::vector<Place> places;
  std::vector<std::uint32_t> node_numbers;  ///< by Network::Id: nodes of the program, once it is written

  void error(std::uint32_t offset, std::string message) { reporter.error(offset, std::move(message)); }
  /// Position of byte `at` of the text of a JSON string.
  [[nodiscard]] std::uint32_t offset_in(const Node& string, std::uint32_t at) const {
    return offset_in_string(reporter.source(), string.offset, at);
  }
};

/// "personalization and marketing"
[[nodiscard]] std::string purposes_text(std::uint8_t label);
[[nodiscard]] std::string_view wire_type_name(Type type);

// The stages, in the order in which they run. Each reports what it finds and goes on.
void read_head(Compilation& compilation, const Node& root);       // read_values.cpp
void read_consent(Compilation& compilation, const Node& root);    // read_consent.cpp
void read_events(Compilation& compilation, const Node& root);     // read_values.cpp
void read_traits(Compilation& compilation, const Node& root);     // read_values.cpp
void read_context(Compilation& compilation, const Node& root);    // read_values.cpp
void read_signals(Compilation& compilation, const Node& root);    // read_signals.cpp
void read_segments(Compilation& compilation, const Node& root);   // read_segments.cpp
void read_scores(Compilation& compilation, const Node& root);     // read_scores.cpp
void read_slots(Compilation& compilation, const Node& root);      // read_campaigns.cpp
void read_campaigns(Compilation& compilation, const Node& root);  // read_campaigns.cpp
void read_limits(Compilation& compilation, const Node& root);     // read_limits.cpp
void read_journeys(Compilation& compilation, const Node& root);   // read_journeys.cpp
void read_coupons(Compilation& compilation, const Node& root);    // read_coupons.cpp
void read_expose(Compilation& compilation, const Node& root);     // read_values.cpp
void read_titles(Compilation& compilation, const Node& root);     // titles.cpp
void lower_segments(Compilation& compilation);                    // read_segments.cpp
void lower_audiences(Compilation& compilation);                   // read_segments.cpp
void lower_journeys(Compilation& compilation);                    // read_journeys.cpp
void check_labels(Compilation& compilation);                      // labels.cpp
void infer_capacities(Compilation& compilation);                  // capacity.cpp
void check_exempt(Compilation& compilation);                      // exempt.cpp
void check_lifetimes(Compilation& compilation);                   // capacity.cpp
void check_state_size(Compilation& compilation);                  // capacity.cpp
/// Creatives of no campaign: titles, and which signals are durations (wire/program.md). titles.cpp
[[nodiscard]] std::vector<Variant> notes_of(const Playbook& playbook);
/// Adds every name that a program needs as a symbol. symbols.cpp
void collect_symbols(const Playbook& playbook, const std::vector<Variant>& notes, const Network& network,
                     StringTable& strings);
/// Hash of all that gives the kept state of a signal its meaning, by names: numbers of symbols change with the rest of
/// the playbook. definitions.cpp
[[nodiscard]] std::uint32_t signal_definition(const Playbook& playbook, const Signal& signal);
/// kFormulaMoves and kFormulaNow of its code. formulas.cpp
[[nodiscard]] std::uint8_t formula_flags(const Playbook& playbook, const Code& code);
/// Which formulas the marked part of the network, the scores and other such formulas need. Marks the network.
[[nodiscard]] std::vector<bool> mark_needed(Compilation& compilation);                                   // formulas.cpp
[[nodiscard]] std::vector<std::uint8_t> emit_program(Compilation& compilation, std::uint32_t revision);  // emit.cpp
[[nodiscard]] std::string write_map(const Compilation& compilation, std::string_view file,
                                    std::uint64_t program_hash);                                 // map.cpp
[[nodiscard]] std::string write_manifest(const Playbook& playbook, std::uint64_t program_hash);  // manifest.cpp

/// The consent table; empty where the playbook says nothing of it. read_consent.cpp
[[nodiscard]] std::vector<ConsentSetting> consent_settings(const Playbook& playbook);
class StringTable;
[[nodiscard]] std::vector<ConsentRow> consent_rows(const Playbook& playbook, const StringTable& strings);

/// Are entries and exits of segments events of this program?
[[nodiscard]] bool has_segment_events(const Playbook& playbook);

/// Bytes at most of the snapshot entry of each (wire/snapshot.md). capacity.cpp
[[nodiscard]] std::size_t state_bytes(const Signal& signal);
[[nodiscard]] std::size_t state_bytes(const NamedValue& trait);
[[nodiscard]] std::size_t state_bytes(const Campaign& campaign);
[[nodiscard]] std::size_t state_bytes(const Journey& journey);
/// Of the visitor's budget, under one label.
[[nodiscard]] std::size_t state_bytes(const Decision& decision);
/// Labels of the campaigns that the budget counts, ascending; empty without a budget.
[[nodiscard]] std::vector<std::uint8_t> fatigue_labels(const Playbook& playbook);
/// Impression times that are kept of a campaign.
[[nodiscard]] std::uint32_t kept_impressions(const Campaign& campaign);
[[nodiscard]] std::size_t state_bytes(const Playbook& playbook);

}  // namespace omo::compiler
