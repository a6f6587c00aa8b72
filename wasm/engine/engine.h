// SPDX-License-Identifier: Apache-2.0
// The engine: a pure state machine, (program, state, input) -> (state', effects). No clock, no randomness, no I/O, no
// exceptions, and no allocation after load_program(). The same inputs give the same bytes on every platform.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/bytes.h"
#include "wire/input.h"
#include "wire/program.h"
#include "wire/vocabulary.h"

namespace omo {

/// What the last call did. Its layout is ABI (abi/README.md): fixed offsets, read by the shell.
struct Outcome {
  double time = 0;                  ///< engine time, ms since 1970-01-01 UTC
  double wake_at = 0;               ///< the engine wants a tick then; 0 = never
  std::uint32_t flags = 0;          ///< outcome:: bits, of the last call only
  std::uint32_t journal_bytes = 0;  ///< frames that the last apply() wants appended
  std::uint32_t queue_events = 0;
  std::uint32_t queue_bytes = 0;
  std::uint32_t detail = 0;  ///< a Status that is not the call's own, or entries that a snapshot lost
  std::uint32_t batch_first = 0;
  std::uint32_t batch_last = 0;
  std::uint32_t consent = 0;  ///< granted purposes
  std::uint32_t label = 0;    ///< label of the last applied event
  std::uint32_t reserved = 0;
};
static_assert(sizeof(Outcome) == 56);

/// How much of a frequency cap or of the visitor's budget is used.
struct Usage {
  std::uint32_t used = 0;  ///< impressions in the window
  std::uint32_t most = 0;  ///< impressions allowed in it; 0 = no limit
  double leaves_at = 0;    ///< ms since 1970: when the oldest of them leaves the window; 0 = none does
  double quiet_until = 0;  ///< ms since 1970: a dismissal keeps it quiet up to then; 0 = it does not
};

/// Where a journey of the visitor stands.
struct JourneyState {
  std::uint32_t step = kNone;          ///< row of kSteps; kNone = it does not run
  JourneyEnd end = JourneyEnd::kNone;  ///< how it ended last, where it does not run
  double since = 0;                    ///< ms since 1970: when the step began, or the journey ended; 0 = it never ran
  double started = 0;                  ///< ms since 1970
  double due = 0;                      ///< ms since 1970: when it changes by time alone; 0 = not
};

struct State;  // state.h
struct Value;  // wire/input.h

/// One visitor on one device (or one stream in the tests and `omo replay`). Lives in memory that the caller gives.
class Engine {
 public:
  /// Bytes of memory that load_program() needs for a program that ProgramView::open() accepts.
  [[nodiscard]] static std::size_t memory_needed(const ProgramView& program);

  /// Checks the program and makes a fresh state in `memory` (8-byte aligned; both must outlive the engine).
  [[nodiscard]] Status load_program(Bytes program, MutableBytes memory);

  /// The first bytes of the memory: all that tells one visitor from the next. Kept entries lie behind them, and count
  /// only as far as the items in these bytes say. So a copy, made after load_program(), that is put back between two
  /// calls is a fresh state for the next of many visitors.
  [[nodiscard]] Bytes state_bytes() const;

  /// Applies one input record (wire/input.md). Facts of denied purposes (kNotConsented), unknown events and values of
  /// which none can be taken do nothing at all; on another status the input had no effect but for the time.
  [[nodiscard]] Status apply(Bytes record);

  /// What a context record with this one value does, by the row of its name. kBadRecord for a time below 0 or beyond 48
  /// bits; a fraction of a ms is cut off.
  [[nodiscard]] Status set_context(std::uint32_t row, double time_ms, const Value& value);
  /// What an event record without parameters does, by the row of its name; kNone: only time passes, as by a tick.
  [[nodiscard]] Status take_event(std::uint32_t row, double time_ms);

  [[nodiscard]] const Outcome& outcome() const;
  [[nodiscard]] Bytes journal() const;  ///< outcome().journal_bytes bytes of frames

  /// Applies the frames of a journal whose label is granted; the header is checked. Answers how many were applied.
  std::uint32_t apply_journal(Bytes journal);

  /// Forgets the kept state; consent, page, context and the clock of this page view stay.
  void clear_state();

  /// What is stored can no longer be kept in step, so it is left to another tab: unsent events but the `latest` ones,
  /// and the stream id, are forgotten here. Otherwise both would send them, under numbers that mean two events.
  void go_alone(std::uint32_t latest);

  /// Writes the kept state; 0 = it does not fit.
  [[nodiscard]] std::size_t save_snapshot(MutableBytes out) const;
  /// Replaces the kept state. Entries that do not belong to this program are dropped; of those that consent covers,
  /// outcome().detail has the number.
  [[nodiscard]] Status load_snapshot(Bytes snapshot);

  /// Writes a batch of the first unsent events, or of the first unsent conversions; 0 = nothing to send or not allowed
  /// to. A batch of conversions must not be acknowledged: between its first and last there may be others.
  [[nodiscard]] std::size_t build_batch(MutableBytes out, std::uint32_t batch_flags);

  /// The 8 bytes of the stream id; empty without one.
  [[nodiscard]] Bytes stream() const;

  [[nodiscard]] const ProgramView& program() const;
  [[nodiscard]] Truth segment(std::uint32_t row) const;
  /// One byte a segment, by row: 1 = on. Kept current; valid until load_program().
  [[nodiscard]] const std::uint8_t* segments() const;
  /// A finite number, or null where the score is unknown or an error.
  [[nodiscard]] Value score(std::uint32_t row) const;
  /// Row of kVariants that the slot shows, or kNone for its default content.
  [[nodiscard]] std::uint32_t decision(std::uint32_t slot) const;
  [[nodiscard]] std::uint32_t campaign_of(std::uint32_t variant) const;
  /// The first reason why a campaign is not shown.
  [[nodiscard]] Verdict verdict(std::uint32_t campaign) const;
  /// All reasons, as bits by Verdict; 0 = it is shown.
  [[nodiscard]] std::uint32_t reasons(std::uint32_t campaign) const;
  [[nodiscard]] Usage usage(std::uint32_t campaign) const;  ///< of a campaign's own cap
  [[nodiscard]] Usage fatigue() const;                      ///< of the visitor's budget over all campaigns
  [[nodiscard]] JourneyState journey(std::uint32_t row) const;
  /// Writes pairs (key, value) of a variant's creative in the language, see abi/README.md. 0 = it does not fit.
  [[nodiscard]] std::size_t creative(std::uint32_t variant, std::string_view language, MutableBytes out) const;
  /// Writes the value (wire/input.md) of a signal, trait or context value. 0 = no such row, or it does not fit.
  [[nodiscard]] std::size_t value(Table table, std::uint32_t row, MutableBytes out) const;

  /// Writes why a segment, score, slot, campaign, journey, signal, trait or context value is as it is
  /// (wire/explanation.md). 0 = no such row, or there is no room for anything.
  [[nodiscard]] std::size_t explain(Table table, std::uint32_t row, MutableBytes out) const;

  /// Has a signal dropped, for want of room, an occurrence that would still count (docs/signals.md)?
  [[nodiscard]] bool saturated(std::uint32_t signal) const;

 private:
  State* state_ = nullptr;
};

}  // namespace omo
