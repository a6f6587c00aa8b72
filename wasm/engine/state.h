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

/// What outlives an input, in one shape, so that one loop forgets, withdraws, saves or loads all of it. The entries
/// stand latest first (but for the queue, whose entries are bytes).
struct Item {
  double number;  ///< count and sum for ever; campaign: when it was dismissed, 0 = never; queue: last sequence number
  std::uint8_t* entries;
  std::uint32_t size;  ///< entries that are there
  std::uint32_t capacity;
  std::uint32_t entry_bytes;
  std::uint32_t name;        ///< symbol; kNone = the engine's own
  std::uint32_t definition;  ///< a snapshot's entry with another one is not this item's
  EntryKind kind;
  std::uint8_t label;
  bool touched;  ///< by the event that is being applied
};

[[nodiscard]] OMO_INLINE inline Entry& entry_of(const Item& item, std::uint32_t i) {
  return *reinterpret_cast<Entry*>(item.entries + i * item.entry_bytes);
}

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
  std::uint32_t symbol;    ///< of the present string; kNone = none that the program names
  Presence presence;
};

struct SlotState {
  std::uint32_t variant;  ///< shown; kNone = default content
  std::uint32_t held;     ///< campaign that was seen in this page view and stays for it; kNone
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

/// Timers by number: signals first (a window's oldest entry, a recency's next threshold), then campaigns, then
/// midnight and the next whole minute.
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
  std::uint32_t session_start;
  std::uint32_t session_facts[4];  ///< in the order of page_context from kPageReferrer on
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
  Params params;
  Params item;      ///< of the item read last
  Bytes items;      ///< the encoded items
  ByteReader rest;  ///< items not read yet
};

struct State {
  Outcome outcome;
  ProgramView program;
  KnownNames known;

  std::uint8_t* node_on;
  std::uint8_t* node_watch;  ///< kWatch bits: who wants to know when a node flips
  std::uint32_t* gate_count;
  std::uint32_t* worklist;
  SourceState* sources;
  std::uint32_t* next_signal;   ///< chain of the signals of one event
  std::uint32_t* first_signal;  ///< by event
  SlotState* slots;
  Timers timers;
  FormulaState* formulas;
  std::uint8_t* formula_scores;  ///< 1 = the formula is a score
  std::uint32_t* formula_dirty;  ///< bits: evaluate again
  std::uint32_t* moved;          ///< nodes with readers that have flipped since segments were told of
  std::uint32_t moved_size;
  bool formulas_wait;

  /// All items in one array: those of the tables, by row, then the engine's own.
  Item* signals;
  Item* campaigns;
  Item* traits;
  Item* contexts;
  Item* told;  ///< segments that were entered, an item for each of their labels: hashes of names
  OwnItems* own;
  Item* items_end;

  Occurrence occurrence;
  Attention attention;
  BatchModel* model;  ///< scratch of build_batch()
  std::uint8_t* journal;
  std::uint8_t* scratch;  ///< a canonical record while it is made

  double utc_offset_ms;
  std::uint8_t consent;
  bool decide;     ///< something that decisions rest on has changed
  bool replaying;  ///< a journal is being applied: nothing is journaled again
};

inline constexpr std::uint8_t kWatchSegment = 1;
inline constexpr std::uint8_t kWatchAudience = 2;
inline constexpr std::uint8_t kWatchReaders = 4;  ///< kReads has rows
inline constexpr std::uint8_t kMoved = 8;         ///< it is in State::moved
inline constexpr std::uint8_t kToldOn = 16;       ///< by the present input
inline constexpr std::uint8_t kToldOff = 32;
inline constexpr std::size_t kScratchBytes = kMaxRecordBytes;

[[nodiscard]] OMO_INLINE inline bool granted(const State& state, std::uint32_t label) {
  return (label & ~std::uint32_t{state.consent}) == 0;
}

/// Is a node, kAlways or kNone on?
[[nodiscard]] bool is_on(const State& state, std::uint32_t node);

/// Timer of a signal or campaign, and the one of midnight.
[[nodiscard]] OMO_INLINE inline std::uint32_t timer_of(const State& state, const Item& item) {
  return static_cast<std::uint32_t>(&item - state.signals);
}
[[nodiscard]] OMO_INLINE inline std::uint32_t midnight_timer(const State& state) {
  return timer_of(state, *state.traits);
}
/// The one of formulas that read the clock.
[[nodiscard]] OMO_INLINE inline std::uint32_t minute_timer(const State& state) { return midnight_timer(state) + 1; }

void store_text(Text& to, std::string_view text);
void store_value(Entry& to, const Value& value);
[[nodiscard]] OMO_INLINE inline Value load_value(const Entry& from) {
  return {from.tag, from.number, from.text.view()};
}
/// The item's latest value, null where there is none.
[[nodiscard]] Value value_of(const Item& item);

}  // namespace omo
