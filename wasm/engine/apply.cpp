// SPDX-License-Identifier: Apache-2.0
// What each kind of input does.
#include "engine/apply.h"

#include <iterator>

#include "engine/attention.h"
#include "engine/campaigns.h"
#include "engine/formulas.h"
#include "engine/journeys.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/queue.h"
#include "engine/segments.h"
#include "engine/session.h"
#include "engine/signals.h"
#include "engine/timers.h"
#include "wire/batch.h"
#include "wire/journal.h"

namespace omo {

void keep_in_journal(State& state, ByteWriter& journal, std::uint8_t label, Bytes record) {
  if (!state.replaying && granted(state, purpose::kStorage)) write_frame(journal, label, record);
}

namespace {

/// Are these pairs and nothing else? Asked before anything takes effect.
bool reads_as_pairs(ByteReader reader) {
  skip_pairs(reader, false);
  return reader.is_done();
}

void take_utc_offset(State& state, const Value& value) {
  constexpr double kDayMin = 1440;
  if (value.number <= -kDayMin || value.number >= kDayMin) return;
  state.utc_offset_ms = value.number * 60000;
  publish_traits(state);
  touch_formulas(state, true);
}

Status take_own_occurrence(State& state, ByteWriter& journal);

/// The visitor is active in this tab; the other tabs learn it from the journal.
void keep_activity(State& state, ByteWriter& journal) {
  if (!note_activity(state)) return;
  ByteWriter writer({state.scratch, kInputHeaderBytes});
  write_input_header(writer, InputKind::kTick, state.outcome.time);
  keep_in_journal(state, journal, state.own->session.label, writer.written());
}

/// What the event at hand needs: its own purposes, and those of the campaign or the segment that it tells of.
std::uint8_t label_at_hand(const State& state) {
  std::uint8_t label = state.program.events()[state.occurrence.event].label;
  if (const std::uint32_t campaign = campaign_named(state); campaign != kNone) label |= state.campaigns[campaign].label;
  const std::uint32_t segment = is_segment_event(state) ? segment_named(state) : kNone;
  if (segment != kNone) label |= state.program.segments()[segment].label;
  return label;
}

/// Before the event at hand takes effect: a session begins with it where one is due, else the present one goes on.
void attend_session(State& state, ByteWriter& journal) {
  Occurrence& occurrence = state.occurrence;
  // The first one begins with a page view.
  const bool ended = state.own->session.size > 0 && is_session_due(state, 0);
  const bool page_view = occurrence.event_name == state.known.page_view;
  if (ended || (page_view && (!kForSpeed || may_view_begin_session(state)))) {
    const Occurrence at_hand = occurrence;
    if (begin_occurrence(state, state.known.session_start) == Status::kOk) {
      for (std::uint32_t i = 0; i < std::size(state.known.session_facts); ++i) {
        const Item& fact = state.contexts[page_context::kPageReferrer + i];
        add_param(state, occurrence.params, state.known.session_facts[i], value_of(fact));
      }
      (void)take_own_occurrence(state, journal);  // not taken where none is due, and without its purpose
    }
    occurrence = at_hand;
  }
  keep_activity(state, journal);
}

/// The event at hand, which admit_occurrence() has admitted, takes effect. Its texts must not lie in the scratch
/// buffer: they are read while that is written.
Status take_occurrence(State& state, ByteWriter& journal) {
  const ProgramView& program = state.program;
  const Occurrence& occurrence = state.occurrence;
  const EventRow& row = program.events()[occurrence.event];
  const std::uint32_t campaign = campaign_named(state);
  const bool of_segment = is_segment_event(state);
  const std::uint32_t segment = of_segment ? segment_named(state) : kNone;
  const auto label = static_cast<std::uint8_t>(state.outcome.label);
  const bool begins_session = occurrence.event_name == state.known.session_start;
  if (begins_session) {
    if (!begin_session(state)) return Status::kOk;
  } else if (of_segment) {
    if (segment == kNone || !remember_segment(state, segment)) return Status::kOk;
  } else if (!state.replaying && occurrence.event_name != state.known.user_engagement &&
             (label & ~state.own->session.label) == 0) {
    attend_session(state, journal);
  }
  state.outcome.label = label;
  if (occurrence.event_name == state.known.page_view && !state.replaying) begin_view(state);
  bool kept = begins_session || of_segment;
  // Of an order that needs more purposes than the remembered ids, the id would stay when one of them is withdrawn.
  if (occurrence.event_name == state.known.purchase && granted(state, state.own->transactions.label) &&
      (label & ~state.own->transactions.label) == 0) {
    const Value id = find_param(state, state.known.transaction_id);
    if (id.tag == ValueTag::kString) {
      if (is_repeated_purchase(state, id.text)) return Status::kOk;
      kept = true;
    }
  }
  const auto leaving = static_cast<std::uint8_t>(label | consent_to_send(row));
  const bool queued = program.meta().sync_events != 0 && granted(state, leaving | purpose::kMeasurement) &&
                      (!state.replaying || state.queues);
  // Where neither queue nor journal takes it, the record is not made.
  const bool recorded = queued || (!state.replaying && granted(state, purpose::kStorage));
  ByteWriter writer({state.scratch, kScratchBytes});
  if (recorded) write_input_header(writer, InputKind::kEvent, state.outcome.time);
  kept = update_signals(state, recorded ? &writer : nullptr) || kept;
  kept = take_feedback(state, campaign) || kept;
  offer_to_journeys(state, campaign);
  if (!kept && !queued) return Status::kOk;
  if (!writer.ok()) return Status::kTooLarge;
  const bool conversion = (row.flags & kEventConversion) != 0;
  if (queued) enqueue(state, conversion ? leaving | kQueueConversion : leaving, writer.written());
  keep_in_journal(state, journal, queued ? leaving | kFrameQueued : label, writer.written());
  if (occurrence.wrong_type) state.outcome.detail = static_cast<std::uint32_t>(Status::kWrongType);
  return Status::kOk;
}

/// The same for an event that the engine has begun itself: it needs its purposes as any other.
Status take_own_occurrence(State& state, ByteWriter& journal) {
  const Status admitted = admit_occurrence(state);
  return admitted == Status::kOk ? take_occurrence(state, journal) : admitted;
}

Status apply_event(State& state, double time_ms, Bytes payload, bool has_symbols, ByteWriter& journal) {
  const Status status = read_occurrence(state, payload, has_symbols);
  if (status != Status::kOk) return status;
  if (const Status admitted = admit_occurrence(state); admitted != Status::kOk) return admitted;
  if (payload.size() > kMaxRecordBytes - kInputHeaderBytes) return Status::kTooLarge;
  advance_to(state, time_ms);
  // A page cannot say who is in a segment.
  if (!state.replaying && is_segment_event(state)) return Status::kUnknownEvent;
  return take_occurrence(state, journal);
}

/// One trait or context value that was admitted takes effect.
void take_value(State& state, bool trait, std::uint32_t row, const Value& value) {
  Item& item = (trait ? state.traits : state.contexts)[row];
  const bool known = item.size > 0;
  set_named_value(state, trait, row, value);
  if (trait && (known || item.size > 0)) restore_signals(state, row);
  if (!trait && row == page_context::kUtcOffsetMin) take_utc_offset(state, value);
}

/// Writes a trait that was taken into the journal. A frame of its own for each: it goes with the trait's purposes.
void keep_trait(State& state, std::string_view name, const Item& item, ByteWriter& journal) {
  ByteWriter writer({state.scratch, kScratchBytes});
  write_input_header(writer, InputKind::kIdentify, state.outcome.time);
  writer.u8(1);
  writer.text(name);
  write_value(writer, value_of(item));
  keep_in_journal(state, journal, item.label, writer.written());
}

/// Sets traits or context values. Where none of them is admitted nothing has happened, and no time has passed.
Status apply_values(State& state, double time_ms, Table table, ByteReader reader, ByteWriter& journal) {
  if (!reads_as_pairs(reader)) return Status::kBadRecord;
  const bool traits = table == Table::kTrait;
  for (bool entered = false;;) {
    ByteReader pairs = reader;
    std::uint32_t count = pairs.varint();
    if (traits && count > kMaxParams) return Status::kTooLarge;
    bool admitted = false;
    for (; count > 0; --count) {
      const std::string_view name = pairs.text();
      const Value value = read_value(pairs);
      const std::uint32_t row = state.program.find_row(table, name);
      const Status status = admit_value(state, traits, row, value);
      if (status != Status::kOk) {
        state.outcome.detail = static_cast<std::uint32_t>(status);
        continue;
      }
      admitted = true;
      if (!entered) break;
      take_value(state, traits, row, value);
      if (traits) keep_trait(state, name, state.traits[row], journal);
    }
    if (entered || !admitted) return Status::kOk;
    entered = true;
    state.outcome.detail = 0;
    advance_to(state, time_ms);
  }
}

void add_text(State& state, std::uint32_t name, std::string_view text) {
  add_param(state, state.occurrence.params, name, text_value(kept_text(text)));
}

void add_whole(State& state, std::uint32_t name, double number) {
  add_param(state, state.occurrence.params, name, number_value(static_cast<double>(static_cast<std::int64_t>(number))));
}

/// The event that the engine has begun itself takes effect; a playbook without sync may not name it.
void take_own_event(State& state, Status begun, ByteWriter& journal) {
  if (begun == Status::kOk) begun = take_own_occurrence(state, journal);
  if (begun != Status::kOk) state.outcome.detail = static_cast<std::uint32_t>(begun);
}

/// The engagement of the page and of its sections is told where there is some; counting starts from zero.
void report_engagement(State& state, ByteWriter& journal) {
  Attention& attention = state.attention;
  const std::string_view path = attention.parts[0].text.view();
  for (std::uint32_t i = 0; i <= attention.section_count; ++i) {
    Entry& part = attention.parts[i];
    const double engaged_ms = part.number;
    part.number = 0;
    if (path.empty() || attention.visible_ms <= 0 || (i > 0 && engaged_ms <= 0)) continue;
    const Status begun = begin_occurrence(state, i > 0 ? state.known.section_engagement : state.known.user_engagement);
    if (begun == Status::kOk) {
      // Of these, each event declares its own.
      add_whole(state, state.known.engagement_time, engaged_ms);
      add_whole(state, state.known.visible_time, attention.visible_ms);
      add_text(state, state.known.page_path, path);
      add_text(state, state.known.section_id, part.text.view());
    }
    take_own_event(state, begun, journal);
  }
  attention.visible_ms = 0;
}

Status apply_page(State& state, ByteReader reader, ByteWriter& journal) {
  const std::string_view path = reader.text();
  const std::string_view title = reader.text();
  const std::string_view referrer = reader.text();
  if (!reader.is_done()) return Status::kBadRecord;
  report_engagement(state, journal);
  Attention& attention = state.attention;
  store_text(attention.parts[0].text, path);
  attention.active_ms = kIdleMs;
  attention.section_count = 0;
  begin_view(state);
  const Status begun = begin_occurrence(state, state.known.page_view);
  if (begun == Status::kOk) {
    add_text(state, state.known.page_path, path);
    add_text(state, state.known.page_title, title);
    add_text(state, state.known.page_referrer, referrer);
    add_param(state, state.occurrence.params, state.known.page_type, value_of(state.contexts[page_context::kPageType]));
  }
  take_own_event(state, begun, journal);
  return Status::kOk;
}

Status apply_edge(State& state, ByteReader reader, ByteWriter& journal) {
  const auto edge = static_cast<Edge>(reader.u8());
  if (!reader.is_done() || edge < Edge::kVisible || edge > Edge::kFrozen) return Status::kBadRecord;
  if (take_edge(state.attention, edge)) report_engagement(state, journal);
  // From here on no page is shown: one that comes back is a new view, and visible before it says so.
  if (edge == Edge::kLeave) state.attention.parts[0].text.length = 0;
  // What leaves or is blurred is no activity.
  if (edge == Edge::kVisible || edge == Edge::kFocused || edge == Edge::kActivity) keep_activity(state, journal);
  return Status::kOk;
}

Status apply_section(State& state, ByteReader reader) {
  const bool in_view = reader.u8() != 0;
  const std::string_view id = reader.text();
  if (!reader.is_done()) return Status::kBadRecord;
  take_section(state.attention, in_view, id);
  return Status::kOk;
}

void take_id(const State& state, Item& item, Bytes bytes) {
  if (item.size > 0) return;
  item.size = 1;
  item.number = state.outcome.time;
  std::memcpy(item.entries, bytes.data(), kIdBytes);
}

Status apply_seed(State& state, ByteReader reader) {
  const Bytes bytes = reader.take(2 * std::size_t{kIdBytes});
  if (!reader.is_done()) return Status::kBadRecord;
  take_id(state, state.own->seed, bytes);
  if (granted(state, purpose::kMeasurement)) take_id(state, state.own->stream, bytes.subspan(kIdBytes));
  state.decide = true;
  return Status::kOk;
}

}  // namespace

void advance_to(State& state, double time_ms) {
  state.entered = true;
  state.paused = state.replaying;
  if (time_ms > state.outcome.time) state.outcome.time = time_ms;
  // What fell due in the meantime happened before this input.
  if (is_unsettled(state)) settle_due(state);
  if (!state.replaying) advance_attention(state.attention, time_ms);
}

Status admit_value(const State& state, bool trait, std::uint32_t row, const Value& value) {
  if (row >= (trait ? state.program.traits() : state.program.contexts()).size()) return Status::kUnknownName;
  const Item& item = (trait ? state.traits : state.contexts)[row];
  if (!granted(state, item.label)) return Status::kNotConsented;
  // The definition of a trait or context value is its type.
  return value.is_null() || fits_type(value, static_cast<Type>(item.definition)) ? Status::kOk : Status::kWrongType;
}

Status admit_occurrence(State& state) {
  state.outcome.label = label_at_hand(state);
  return granted(state, state.outcome.label) ? Status::kOk : Status::kNotConsented;
}

void apply_context(State& state, std::uint32_t row, const Value& value) { take_value(state, false, row, value); }

Status apply_bare_event(State& state, ByteWriter& journal) { return take_occurrence(state, journal); }

void tell_segments(State& state, ByteWriter& journal) {
  for (bool told = true; told;) {
    told = false;
    sort_moves(state);
    for (std::uint32_t i = 0; i < state.moved_size; ++i) {
      for (MovedSegment moved = moved_segment(state, i); moved.next(state);) {
        const Status begun =
            begin_occurrence(state, moved.on ? state.known.segment_entered : state.known.segment_exited);
        if (begun == Status::kOk) {
          add_text(state, state.known.segment, state.program.symbol(state.program.segments()[moved.segment].name));
        }
        take_own_event(state, begun, journal);
        told = true;
      }
    }
    if (told) settle(state);
  }
  forget_moves(state);
}

Status apply_record(State& state, Bytes record, ByteWriter& journal) {
  ByteReader reader(record);
  const auto kind = static_cast<InputKind>(reader.u8());
  const auto time = reader.u48();
  if (!reader.ok()) return Status::kBadRecord;
  const Bytes payload = record.subspan(kInputHeaderBytes);
  // Facts are admitted before anything else: of denied ones neither the time nor the size may be seen.
  if (kind == InputKind::kEvent || kind == InputKind::kNamedEvent) {
    return apply_event(state, time, payload, kind == InputKind::kNamedEvent, journal);
  }
  if (record.size() > kMaxRecordBytes) return Status::kTooLarge;
  if (kind == InputKind::kIdentify) return apply_values(state, time, Table::kTrait, reader, journal);
  if (kind == InputKind::kContext) return apply_values(state, time, Table::kContext, reader, journal);
  advance_to(state, time);
  switch (kind) {
    case InputKind::kConsent: {
      const std::uint8_t present = reader.u8();
      const std::uint8_t granted_bits = reader.u8();
      if (!reader.is_done()) return Status::kBadRecord;
      apply_consent(state, present, granted_bits);
      return Status::kOk;
    }
    case InputKind::kTick:
      // In a journal: a tab saw the visitor active.
      if (state.replaying) (void)note_activity(state);
      return reader.at_end() ? Status::kOk : Status::kBadRecord;
    case InputKind::kEdge:
      return apply_edge(state, reader, journal);
    case InputKind::kReset:
      if (!reader.at_end()) return Status::kBadRecord;
      for (std::uint32_t trait = 0; trait < state.program.traits().size(); ++trait) {
        if (state.traits[trait].size == 0) continue;
        state.traits[trait].size = 0;
        restore_signals(state, trait);
      }
      publish_all(state);
      keep_in_journal(state, journal, 0, record);
      return Status::kOk;
    case InputKind::kSeed:
      return apply_seed(state, reader);
    case InputKind::kPage:
      return apply_page(state, reader, journal);
    case InputKind::kSection:
      return apply_section(state, reader);
    case InputKind::kKept:
      // Only journeys: whoever wrote a journal, it brings neither a seed nor a queue.
      if (!state.replaying || payload.empty() || payload[0] != static_cast<std::uint8_t>(EntryKind::kJourney)) break;
      return load_item(state, 0, reader) && reader.is_done() ? Status::kOk : Status::kBadRecord;
    case InputKind::kAck: {
      const std::uint32_t first = reader.u32();
      const std::uint32_t last = reader.u32();
      if (!reader.is_done()) return Status::kBadRecord;
      acknowledge(state, first, last);
      return Status::kOk;
    }
    default:
      break;
  }
  return Status::kBadRecord;
}

}  // namespace omo
