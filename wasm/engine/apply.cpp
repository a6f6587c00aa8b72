// SPDX-License-Identifier: Apache-2.0
// What each kind of input does.
#include "engine/apply.h"

#include "engine/attention.h"
#include "engine/campaigns.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/queue.h"
#include "engine/signals.h"
#include "wire/journal.h"

namespace omo {
namespace {

/// Appends a frame where storage may be used; a journal that is being applied is there already.
void keep_in_journal(State& state, ByteWriter& journal, std::uint8_t label, Bytes record) {
  if (!state.replaying && granted(state, purpose::kStorage)) write_frame(journal, label, record);
}

/// Events that the engine makes itself: a page_view or user_engagement with its texts cut to kMaxStringBytes.
constexpr std::size_t kDerivedBytes = 3 * kMaxStringBytes + 128;

/// The text as it is kept.
Value cut(std::string_view text) { return text_value(text.substr(0, utf8_prefix(text, kMaxStringBytes))); }

/// Are these pairs and nothing else? Asked before anything takes effect.
bool reads_as_pairs(ByteReader reader) {
  skip_pairs(reader);
  return reader.is_done();
}

/// `payload` must not lie in the scratch buffer: its texts are read while that is written.
Status apply_event(State& state, Bytes payload, ByteWriter& journal) {
  const ProgramView& program = state.program;
  Occurrence occurrence;
  if (const Status status = read_occurrence(program, payload, occurrence); status != Status::kOk) return status;
  const EventRow& row = program.events()[occurrence.event];
  const auto label = static_cast<std::uint8_t>(row.label | feedback_label(state, occurrence));
  state.outcome.label = label;
  if (!granted(state, label)) return Status::kNotConsented;
  if (occurrence.event == state.known.page_view && !state.replaying) begin_view(state);
  bool kept = false;
  if (occurrence.event == state.known.purchase && granted(state, kTransactionLabel)) {
    const Value id = find_param(program, occurrence, state.known.transaction_id);
    if (id.tag == ValueTag::kString) {
      if (is_repeated_purchase(state, id.text)) return Status::kOk;
      kept = true;
    }
  }
  kept = update_signals(state, occurrence) || kept;
  kept = take_feedback(state, occurrence) || kept;
  const bool queued = program.meta().sync_events != 0 && granted(state, purpose::kMeasurement);
  if (!kept && !queued) return Status::kOk;
  ByteWriter writer({state.scratch, kScratchBytes});
  write_input_header(writer, InputKind::kEvent, state.outcome.time);
  write_occurrence(program, occurrence, writer);
  if (!writer.ok()) return Status::kTooLarge;
  if (queued) {
    const bool conversion = (row.flags & kEventConversion) != 0;
    enqueue(state, 0, static_cast<std::uint8_t>(label | (conversion ? kQueueConversion : 0)), writer.written());
  }
  keep_in_journal(state, journal, label, writer.written());
  if (occurrence.wrong_type) state.outcome.detail = static_cast<std::uint32_t>(Status::kWrongType);
  return Status::kOk;
}

/// Sets traits; writes those that were taken into the journal, under the purposes that all of them need.
Status apply_identify(State& state, ByteReader reader, ByteWriter& journal) {
  ByteWriter writer({state.scratch, kScratchBytes});
  write_input_header(writer, InputKind::kIdentify, state.outcome.time);
  std::uint32_t taken = 0;
  std::uint8_t shared = purpose::kAll;
  if (!reads_as_pairs(reader)) return Status::kBadRecord;
  const std::uint32_t count = reader.varint();
  if (count > kMaxParams) return Status::kTooLarge;
  const std::size_t count_at = writer.position();
  writer.u8(0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view name = reader.text();
    const Value value = read_value(reader);
    const std::uint32_t trait = state.program.find_row(Table::kTrait, name);
    if (trait == kNone) {
      state.outcome.detail = static_cast<std::uint32_t>(Status::kUnknownName);
      continue;
    }
    const NamedValueRow& row = state.program.traits()[trait];
    if (!value.is_null() && !fits_type(value, row.type)) {
      state.outcome.detail = static_cast<std::uint32_t>(Status::kWrongType);
      continue;
    }
    if (!granted(state, row.label)) {
      state.outcome.detail = static_cast<std::uint32_t>(Status::kNotConsented);
      continue;
    }
    set_trait(state, trait, value);
    shared &= row.label;
    writer.text(name);
    write_value(writer, load_value(state.traits[trait]));
    ++taken;
  }
  if (taken == 0) return Status::kOk;
  state.scratch[count_at] = static_cast<std::uint8_t>(taken);
  keep_in_journal(state, journal, shared, writer.written());
  return Status::kOk;
}

Status apply_context(State& state, ByteReader reader) {
  if (!reads_as_pairs(reader)) return Status::kBadRecord;
  for (std::uint32_t n = reader.varint(); n > 0; --n) {
    const std::string_view name = reader.text();
    const Value value = read_value(reader);
    if (same_text(name, "utc_offset_min") && value.tag == ValueTag::kNumber && value.number > -1440 &&
        value.number < 1440) {
      state.utc_offset_ms = value.number * 60000;
      publish_days(state);
    }
    const std::uint32_t context = state.program.find_row(Table::kContext, name);
    if (context == kNone) {
      state.outcome.detail = static_cast<std::uint32_t>(Status::kUnknownName);
    } else if (!value.is_null() && !fits_type(value, state.program.contexts()[context].type)) {
      state.outcome.detail = static_cast<std::uint32_t>(Status::kWrongType);
    } else if (granted(state, state.program.contexts()[context].label)) {
      set_context(state, context, value);
    }
  }
  return Status::kOk;
}

/// The page's engagement becomes an event where it is due.
Status report_engagement(State& state, ByteWriter& journal) {
  std::uint8_t derived[kDerivedBytes];
  ByteWriter writer(derived);
  if (!take_engagement(state.attention, writer)) return Status::kOk;
  const Status status = apply_event(state, writer.written(), journal);
  return status == Status::kUnknownEvent ? Status::kOk : status;  // a playbook without sync may not name it
}

Status apply_page(State& state, ByteReader reader, ByteWriter& journal) {
  const std::string_view path = reader.text();
  const std::string_view title = reader.text();
  const std::string_view referrer = reader.text();
  if (!reader.ok() || !reader.at_end()) return Status::kBadRecord;
  advance_attention(state.attention, state.outcome.time);
  if (const Status status = report_engagement(state, journal); status != Status::kOk) return status;
  store_text(state.attention.path, path);
  state.attention.activity_ms = state.outcome.time;
  begin_view(state);
  std::uint8_t derived[kDerivedBytes];
  ByteWriter writer(derived);
  writer.text("page_view");
  writer.varint(3);
  writer.text("page_path");
  write_value(writer, cut(path));
  writer.text("page_title");
  write_value(writer, cut(title));
  writer.text("page_referrer");
  write_value(writer, cut(referrer));
  writer.varint(0);
  const Status status = apply_event(state, writer.written(), journal);
  return status == Status::kUnknownEvent ? Status::kOk : status;
}

Status apply_seed(State& state, ByteReader reader) {
  const Bytes bytes = reader.take(2 * std::size_t{kIdBytes});
  if (!reader.ok() || !reader.at_end()) return Status::kBadRecord;
  if (!state.has_seed) {
    std::memcpy(state.seed, bytes.data(), kIdBytes);
    state.has_seed = true;
    state.decide = true;
  }
  if (!state.has_stream && granted(state, purpose::kMeasurement)) {
    std::memcpy(state.stream, bytes.data() + kIdBytes, kIdBytes);
    state.has_stream = true;
  }
  return Status::kOk;
}

}  // namespace

Status apply_record(State& state, Bytes record, ByteWriter& journal) {
  if (record.size() > kMaxRecordBytes) return Status::kTooLarge;
  ByteReader reader(record);
  const auto kind = static_cast<InputKind>(reader.u8());
  const auto time = reader.u48();
  if (!reader.ok()) return Status::kBadRecord;
  if (time > state.outcome.time) state.outcome.time = time;
  // What fell due in the meantime happened before this input.
  settle(state);
  const ByteReader payload(record.subspan(reader.position()));
  switch (kind) {
    case InputKind::kEvent:
      return apply_event(state, record.subspan(reader.position()), journal);
    case InputKind::kIdentify:
      return apply_identify(state, payload, journal);
    case InputKind::kContext:
      return apply_context(state, payload);
    case InputKind::kConsent: {
      const std::uint8_t present = reader.u8();
      const std::uint8_t granted_bits = reader.u8();
      if (!reader.ok() || !reader.at_end()) return Status::kBadRecord;
      apply_consent(state, present, granted_bits);
      return Status::kOk;
    }
    case InputKind::kTick:
      return reader.at_end() ? Status::kOk : Status::kBadRecord;
    case InputKind::kEdge: {
      const auto edge = static_cast<Edge>(reader.u8());
      if (!reader.ok() || !reader.at_end() || edge < Edge::kVisible || edge > Edge::kFrozen) return Status::kBadRecord;
      return take_edge(state.attention, edge, state.outcome.time) ? report_engagement(state, journal) : Status::kOk;
    }
    case InputKind::kReset:
      if (!reader.at_end()) return Status::kBadRecord;
      clear_account(state);
      keep_in_journal(state, journal, 0, record);
      return Status::kOk;
    case InputKind::kSeed:
      return apply_seed(state, payload);
    case InputKind::kPage:
      return apply_page(state, payload, journal);
    case InputKind::kAck: {
      const std::uint32_t first = reader.u32();
      const std::uint32_t last = reader.u32();
      if (!reader.ok() || !reader.at_end()) return Status::kBadRecord;
      acknowledge(state, first, last);
      return Status::kOk;
    }
  }
  return Status::kBadRecord;
}

}  // namespace omo
