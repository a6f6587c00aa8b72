// SPDX-License-Identifier: Apache-2.0
// Everything an engine knows. Plain structs in one arena; the rooms beside this file are functions over them.
#pragma once
#include <cstdint>
#include <string_view>

#include "engine/arena.h"
#include "engine/engine.h"
#include "wire/batch_model.h"
#include "wire/input.h"
#include "wire/program.h"

namespace omo {

/// A kept string, cut at kMaxStringBytes.
struct Text {
  std::uint8_t length;
  char bytes[kMaxStringBytes];
  [[nodiscard]] std::string_view view() const { return {bytes, length}; }
};
static_assert(kMaxStringBytes < 256);

struct StoredValue {
  double number;
  ValueTag tag;
  Text text;
};

enum class Presence : std::uint8_t { kUnknown, kNull, kPresent };

struct SourceState {
  std::uint32_t position;  ///< thresholds that are true: the first `position`, since they are sorted
  std::uint32_t symbol;    ///< of the present string; kNone = none that the program names
  Presence presence;
};

struct SignalState {
  double last_ms;       ///< recency, last: when; 0 = never
  double number;        ///< count and sum for ever
  double* times;        ///< windowed count and sum, recent: `size` of them, oldest first (recent: latest first)
  double* numbers;      ///< windowed sum
  StoredValue* values;  ///< last, recent
  std::uint32_t size;
  std::uint32_t head;  ///< first of the ring (windowed)
  bool saturated;
  bool touched;  ///< by the event that is being applied
};

struct CampaignState {
  double* impressions;  ///< ring of the latest `cap` times
  double dismissed_ms;  ///< 0 = never
  std::uint32_t size;
  std::uint32_t head;
};

struct SlotState {
  std::uint32_t variant;  ///< shown; kNone = default content
  std::uint32_t held;     ///< campaign that was seen in this page view and stays for it; kNone
};

/// Attention of this tab to this page (requirements/tracking.md).
struct Attention {
  double advanced_ms;  ///< accounted for until here
  double activity_ms;
  double visible_ms;
  double engaged_ms;
  bool visible;
  bool focused;
  Text path;
};

inline constexpr std::uint32_t kTransactions = 64;  ///< purchase ids remembered for deduplication
inline constexpr std::uint32_t kIdBytes = 8;

/// Unsent events, in one buffer: entries of {u32 sequence, u8 label, u16 length, record}. Sequence 0 = not given yet.
struct Queue {
  std::uint8_t* bytes;
  std::uint32_t used;
  std::uint32_t events;
  std::uint32_t next_sequence;  ///< from 1
};
inline constexpr std::uint32_t kQueueEntryHeader = 7;
inline constexpr std::uint8_t kQueueConversion = 0x80;  ///< in the entry's label byte: dropped last

/// Timers by number: signals first (a window's oldest entry, a recency's next threshold), then campaigns, then
/// midnight.
struct Timers {
  double* due;               ///< 0 = not set
  std::uint32_t* heap;       ///< timer numbers, a binary heap by due time
  std::uint32_t* positions;  ///< of a timer in the heap
  std::uint32_t size;
};

/// Names that the engine itself acts on, looked up once while a program is loaded: rows of kEvents, symbols of
/// parameters.
struct KnownNames {
  std::uint32_t page_view;
  std::uint32_t user_engagement;
  std::uint32_t purchase;
  std::uint32_t view_promotion;
  std::uint32_t dismiss_promotion;
  std::uint32_t transaction_id;
  std::uint32_t promotion_id;
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
  SignalState* signals;
  std::uint32_t* next_signal;   ///< chain of the signals of one event
  std::uint32_t* first_signal;  ///< by event
  StoredValue* traits;
  StoredValue* contexts;
  CampaignState* campaigns;
  SlotState* slots;
  Timers timers;
  Queue queue;
  Attention attention;
  std::uint32_t* transactions;
  std::uint32_t transaction_count;
  BatchModel* model;  ///< scratch of build_batch()
  std::uint8_t* journal;
  std::uint8_t* scratch;  ///< a canonical record while it is made

  std::uint8_t seed[kIdBytes];
  std::uint8_t stream[kIdBytes];
  double utc_offset_ms;
  std::uint8_t consent;
  bool has_seed;
  bool has_stream;
  bool decide;     ///< something that decisions rest on has changed
  bool replaying;  ///< a journal is being applied: nothing is journaled again
};

inline constexpr std::uint8_t kWatchSegment = 1;
inline constexpr std::uint8_t kWatchAudience = 2;
inline constexpr std::size_t kScratchBytes = kMaxRecordBytes;

[[nodiscard]] OMO_INLINE inline bool granted(const State& state, std::uint8_t label) {
  return (label & ~state.consent) == 0;
}

/// Numbers of timers.
[[nodiscard]] inline std::uint32_t campaign_timer(const State& state, std::uint32_t campaign) {
  return static_cast<std::uint32_t>(state.program.signals().size()) + campaign;
}
[[nodiscard]] inline std::uint32_t midnight_timer(const State& state) {
  return campaign_timer(state, static_cast<std::uint32_t>(state.program.campaigns().size()));
}

inline void store_text(Text& to, std::string_view text) {
  to.length = static_cast<std::uint8_t>(utf8_prefix(text, kMaxStringBytes));
  if (to.length > 0) std::memcpy(to.bytes, text.data(), to.length);
}
inline void store_value(StoredValue& to, const Value& value) {
  to.tag = value.tag;
  to.number = value.number;
  store_text(to.text, value.text);
}
[[nodiscard]] inline Value load_value(const StoredValue& from) {
  return {from.tag, from.number, from.tag == ValueTag::kString ? from.text.view() : std::string_view{}};
}

}  // namespace omo
