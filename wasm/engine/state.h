// SPDX-License-Identifier: Apache-2.0
// Everything an engine knows. Plain structs in one arena; the rooms beside this file are functions over them.
#pragma once
#include <cstdint>
#include <string_view>

#include "engine/engine.h"
#include "wire/batch_model.h"
#include "wire/input.h"
#include "wire/program.h"
#include "wire/snapshot.h"

namespace omo {

/// A kept string, cut at kMaxStringBytes; the bytes behind it are zero.
struct Text {
  std::uint8_t length;
  char bytes[kMaxStringBytes];
  [[nodiscard]] OMO_INLINE std::string_view view() const { return {bytes, length}; }
};
static_assert(kMaxStringBytes < 256);

/// One kept occurrence or value. An item that needs less keeps only the beginning: the time, or time and number.
struct Entry {
  double time_ms;
  double number;
  ValueTag tag;
  Text text;
  std::uint8_t reserved[2];  ///< zero: a snapshot holds these bytes
};
static_assert(sizeof(Entry) == 120);

/// Follows the rest of an entry where occurrences weigh differently, or where a refund may take them back.
struct Tail {
  double amount;              ///< of a purchase with an id: what is left of its value; else what the entry weighs
  std::uint32_t transaction;  ///< hash of the purchase's id; 0 = none
  std::uint32_t item;         ///< hash of the item's id; 0 = none
  double quantity;            ///< what is left of the item's
};
static_assert(sizeof(Tail) == 24);

/// What outlives an input, in one shape, so that one loop forgets, withdraws, saves or loads all of it. The entries
/// stand latest first (but for the queue, whose entries are bytes).
struct Item {
  /// Count and sum for ever without entries; other signals: time of the latest occurrence that was dropped for want of
  /// room; campaign, fatigue: when it was dismissed, 0 = never; journey:
  /// where it stands (journeys.h); queue: last sequence number
  double number;
  std::uint8_t* entries;
  std::uint32_t size;  ///< entries that are there
  std::uint32_t capacity;
  std::uint32_t entry_bytes;
  std::uint32_t name;        ///< symbol; kNone = the engine's own
  std::uint32_t definition;  ///< a snapshot's entry with another one is not this item's
  EntryKind kind;
  std::uint8_t label;
  std::uint16_t touched;  ///< by the event that is being applied; of a sequence: one bit a step
};

[[nodiscard]] OMO_INLINE inline Entry& entry_of(const Item& item, std::uint32_t i) {
  return *reinterpret_cast<Entry*>(item.entries + i * item.entry_bytes);
}

/// Bytes of the item's entries without their tail, where they have one.
[[nodiscard]] std::uint32_t base_bytes(const Item& item);
/// Only of an item whose entries have one.
[[nodiscard]] Tail& tail_of(const Item& item, std::uint32_t i);

/// Items of the engine itself.
struct OwnItems {
  Item seed;
  Item stream;
  Item transactions;  ///< hashes of the purchases seen
  Item session;       ///< number: hash of the campaign that it began with; row: start and latest activity, ms
  Item queue;         ///< unsent events: {u32 sequence, u8 label, u16 length, record}. Sequence 0 = not given yet
};
inline constexpr std::uint32_t kOwnItems = sizeof(OwnItems) / sizeof(Item);
inline constexpr std::uint32_t kTransactions = 64;  ///< purchase ids remembered for deduplication
inline constexpr std::uint32_t kIdBytes = 8;
inline constexpr std::uint32_t kQueueEntryHeader = 7;
inline constexpr std::uint8_t kQueueConversion = 0x80;  ///< in the entry's label byte: dropped last

enum class Presence : std::uint8_t { kUnknown, kNull, kPresent };

struct SourceState {
  std::uint32_t position;  ///< thresholds that are true: the first `position`, since they are sorted
  std::uint32_t match;     ///< first match row of the present string; kNone = it has none
  Presence presence;
};

struct SlotState {
  std::uint32_t campaign;  ///< shown; kNone = default content
  std::uint32_t variant;   ///< of it; kNone
  std::uint32_t held;      ///< campaign that was seen in this page view and stays for it; kNone
};

/// What a formula gave last; kNull = an error.
struct FormulaState {
  double number;
  Presence presence;
};

/// Attention of this tab to this page (docs/attention.md). Its clock is the page's own, the times of the inputs: engine
/// time may stand still, where an earlier visit's wall clock was ahead.
struct Attention {
  double advanced_ms;  ///< accounted for until here
  double active_ms;    ///< what is left of the idle window
  double visible_ms;
  bool visible;
  bool focused;
  std::uint32_t section_count;
  /// The page, then its sections: path or id as text, engaged ms as number, true for a section that is in view. The
  /// path is empty while no page is shown.
  Entry parts[kMaxSections + 1];
};

/// Timers by number: signals first (a window's oldest entry, a recency's next threshold), then journeys, then midnight,
/// then decisions, then the next whole minute.
struct Timers {
  double* due;               ///< 0 = not set
  std::uint32_t* heap;       ///< timer numbers, a binary heap by due time
  std::uint32_t* positions;  ///< of a timer in the heap
  std::uint32_t size;
};

/// Names that the engine itself acts on, in the order of kKnownNames (engine.cpp): symbols, kNone for one that the
/// program does not have.
struct KnownNames {
  std::uint32_t page_view;
  std::uint32_t user_engagement;
  std::uint32_t section_engagement;
  std::uint32_t purchase;
  std::uint32_t view_promotion;
  std::uint32_t dismiss_promotion;
  std::uint32_t transaction_id;
  std::uint32_t promotion_id;
  std::uint32_t page_path;
  std::uint32_t page_title;
  std::uint32_t page_referrer;
  std::uint32_t page_type;
  std::uint32_t engagement_time;
  std::uint32_t visible_time;
  std::uint32_t section_id;
  std::uint32_t creative_name;
  std::uint32_t session_start;
  std::uint32_t session_facts[4];  ///< in the order of page_context from kPageReferrer on
  std::uint32_t refund;
  std::uint32_t value;
  std::uint32_t item_id;
  std::uint32_t quantity;
  std::uint32_t segment_entered;
  std::uint32_t segment_exited;
  std::uint32_t segment;
};

struct Param {
  std::uint32_t row;  ///< of ProgramView::params()
  Value value;
};

/// Declared parameters of an event or of one item, in the order of the program.
struct Params {
  Param entries[kMaxParams];
  std::uint32_t size;
};

/// The event at hand, as the rules see it: parameters that the playbook does not declare, have the wrong type or are
/// not finite are left out.
struct Occurrence {
  std::uint32_t event;       ///< row of ProgramView::events()
  std::uint32_t event_name;  ///< its symbol
  std::uint32_t item_count;
  std::uint32_t items_read;
  bool wrong_type;
  bool has_symbols;  ///< the names in `items` are symbols
  Params params;
  Params item;      ///< of the item read last
  Bytes items;      ///< the encoded items
  ByteReader rest;  ///< items not read yet
};

struct State {
  Outcome outcome;
  ProgramView program;
  KnownNames known;

  std::uint8_t* node_on;     ///< the last ones are the segments, in their order
  std::uint8_t* node_watch;  ///< kWatch bits: who wants to know when a node flips
  std::int32_t* gate_level;  ///< children that are on minus those that it needs: on from zero on
  std::uint32_t* worklist;
  SourceState* sources;
  std::uint32_t* next_signal;   ///< chain of what takes one event: rows of kSignals, then, counted on, of kSequences
  std::uint32_t* first_signal;  ///< by event
  SlotState* slots;
  std::uint32_t* order;    ///< campaigns as decisions look at them: the highest priority first
  std::uint32_t* reasons;  ///< by campaign: bits by Verdict of all that keeps it from being shown; 0 = it is shown
  std::uint32_t* journey_steps;  ///< row of kSteps at which a journey stands; kNone
  Timers timers;
  FormulaState* formulas;
  std::uint8_t* formula_scores;  ///< 1 = the formula is a score
  std::uint32_t* formula_dirty;  ///< bits: evaluate again
  std::uint32_t* moved;          ///< nodes with readers that have flipped since segments were told of
  std::uint32_t moved_size;
  bool formulas_wait;

  /// All items in one array: those of the tables, by row, then the engine's own.
  Item* signals;
  Item* journeys;
  Item* campaigns;
  Item* traits;
  Item* contexts;
  Item* told;     ///< segments that were entered, an item for each of their labels: hashes of names
  Item* fatigue;  ///< impressions and dismissal of all campaigns that are not exempt: one item a label, up to `own`
  OwnItems* own;
  Item* items_end;

  Occurrence occurrence;
  Attention attention;
  BatchModel* model;  ///< scratch of build_batch()
  std::uint8_t* journal;
  std::uint8_t* scratch;  ///< a canonical record while it is made

  double utc_offset_ms;
  std::uint8_t consent;
  bool entered;    ///< the input at hand was let in: time has passed
  bool decide;     ///< something that decisions rest on has changed
  bool walk;       ///< something that journeys rest on has changed
  bool paused;     ///< journeys go on with the next input: what is known was replaced as a whole
  bool replaying;  ///< a journal is being applied: nothing is journaled again
  bool queues;     ///< while replaying: the event was to be sent when it happened
};

inline constexpr std::uint8_t kWatchSegment = 1;
inline constexpr std::uint8_t kWatchAudience = 2;
inline constexpr std::uint8_t kWatchReaders = 4;  ///< kReads has rows
inline constexpr std::uint8_t kMoved = 8;         ///< it is in State::moved
inline constexpr std::uint8_t kToldOn = 16;       ///< by the present input
inline constexpr std::uint8_t kToldOff = 32;
inline constexpr std::uint8_t kWatchJourney = 64;
inline constexpr std::size_t kScratchBytes = kMaxRecordBytes;

[[nodiscard]] OMO_INLINE inline bool granted(const State& state, std::uint32_t label) {
  return (label & ~std::uint32_t{state.consent}) == 0;
}

/// Is a node, kAlways or kNone on?
[[nodiscard]] bool is_on(const State& state, std::uint32_t node);

/// Timer of a signal or journey, of midnight and of decisions.
[[nodiscard]] OMO_INLINE inline std::uint32_t timer_of(const State& state, const Item& item) {
  return static_cast<std::uint32_t>(&item - state.signals);
}
[[nodiscard]] OMO_INLINE inline std::uint32_t midnight_timer(const State& state) {
  return timer_of(state, *state.campaigns);
}
[[nodiscard]] OMO_INLINE inline std::uint32_t decision_timer(const State& state) { return midnight_timer(state) + 1; }
/// The one of formulas that read the clock.
[[nodiscard]] OMO_INLINE inline std::uint32_t minute_timer(const State& state) { return midnight_timer(state) + 2; }

void store_text(Text& to, std::string_view text);
void store_value(Entry& to, const Value& value);
[[nodiscard]] OMO_INLINE inline Value load_value(const Entry& from) {
  return {from.tag, from.number, from.text.view()};
}
/// The item's latest value, null where there is none.
[[nodiscard]] Value value_of(const Item& item);

}  // namespace omo
