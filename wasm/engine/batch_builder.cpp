// SPDX-License-Identifier: Apache-2.0
// Unsent events, straight from the queue into a batch.
#include "engine/engine.h"
#include "engine/occurrence.h"
#include "engine/queue.h"
#include "engine/state.h"
#include "wire/batch_body.h"

namespace omo {
namespace {

constexpr std::uint64_t kInputTimeAt = 1;

/// May this entry travel, and does this program still know it?
bool read_sendable(const State& state, const QueueEntry& entry, Occurrence& occurrence) {
  return granted(state, static_cast<std::uint8_t>(entry.label & ~kQueueConversion)) &&
         read_occurrence(state.program, entry.record.subspan(kInputHeaderBytes), occurrence) == Status::kOk;
}

/// Items as they travel: item parameters that were stated flat are those of one item.
std::uint32_t travelling_items(const ProgramView& program, const Occurrence& occurrence) {
  for (std::uint32_t i = 0; i < occurrence.params.size && occurrence.item_count == 0; ++i) {
    if (program.params()[occurrence.params.entries[i].row].item != 0) return 1;
  }
  return occurrence.item_count;
}

/// The encoding end of code_batch_body: the first `limit` entries of the queue.
struct QueueEvents {
  const State& state;
  std::uint32_t limit;
  std::uint32_t offset = 0;
  Occurrence occurrence = {};
  std::uint32_t item_at = kNone;
  ItemWalk walk{state.program, occurrence};

  std::uint32_t count(std::uint32_t) { return limit; }
  void event(BatchEvent& event) {
    QueueEntry entry;
    if (!read_entry(state.queue, offset, entry)) return;
    offset = after(entry);
    occurrence = {};
    (void)read_sendable(state, entry, occurrence);  // true for all that prepare_queue() has left
    ByteReader time(entry.record.subspan(kInputTimeAt));
    event = {entry.sequence, occurrence.event, travelling_items(state.program, occurrence), time.unsigned_bytes(6)};
    item_at = kNone;
    walk.restart();
  }
  void begin(const BatchEvent&) {}
  void value(std::uint32_t row, std::uint32_t item, BatchValue& value) {
    if (item != item_at) {
      item_at = item;
      (void)walk.next();
    }
    const Params& params = item == kNone || occurrence.item_count == 0 ? occurrence.params : occurrence.item;
    for (std::uint32_t i = 0; i < params.size; ++i) {
      if (params.entries[i].row != row) continue;
      const Value& from = params.entries[i].value;
      value = {true, from.number, from.text};
    }
  }
  void put(std::uint32_t, std::uint32_t, const BatchValue&) {}
  std::string_view keep(std::string_view text) { return text; }
  bool membership(bool) { return true; }
  bool segment(std::uint32_t row, bool) {
    const std::uint32_t node = state.program.segments()[row].node;
    return node == kAlways || (node != kNone && state.node_on[node] != 0);
  }
};

/// Entries that no batch can carry any more leave the queue; the others get their sequence numbers. Answers how many.
std::uint32_t prepare_queue(State& state) {
  std::uint32_t sendable = 0;
  QueueEntry entry;
  for (std::uint32_t offset = 0; read_entry(state.queue, offset, entry);) {
    Occurrence occurrence;
    if (!read_sendable(state, entry, occurrence)) {
      remove_entry(state, entry);
      continue;
    }
    if (entry.sequence == 0) {
      ByteWriter writer({state.queue.bytes + offset, sizeof(std::uint32_t)});
      writer.u32(state.queue.next_sequence++);
    }
    ++sendable;
    offset = after(entry);
  }
  return sendable;
}

}  // namespace

std::size_t Engine::build_batch(MutableBytes out, bool leaving) {
  State& state = *state_;
  state.outcome.flags = 0;
  if (!granted(state, purpose::kMeasurement) || !state.has_stream || out.size() <= kBatchHeaderBytes) return 0;
  const std::uint32_t sendable = prepare_queue(state);
  if (sendable == 0) return 0;
  BatchHeader header;
  header.program = state.program.short_hash();
  std::memcpy(&header.stream, state.stream, kIdBytes);
  header.sent_ms = static_cast<std::uint64_t>(state.outcome.time);
  header.consent = state.consent;
  header.flags = leaving ? kBatchLeaving : std::uint8_t{0};
  const std::size_t room = out.size() < kMaxBatchBytes ? out.size() : kMaxBatchBytes;
  // An entropy coder cannot tell its length beforehand; the queue is small enough that the first try nearly always
  // fits.
  for (std::uint32_t limit = sendable; limit > 0; limit /= 2) {
    std::memset(static_cast<void*>(state.model), 0, sizeof(BatchModel));  // zeros are a fresh model
    ByteWriter body(out.subspan(kBatchHeaderBytes, room - kBatchHeaderBytes));
    RangeEncoder coder(body);
    QueueEvents events{state, limit};
    if (!code_batch_body(coder, *state.model, state.program, header, events)) continue;
    coder.finish();
    if (!body.ok()) continue;
    write_batch_header(out, header, body.position());
    QueueEntry entry;
    std::uint32_t offset = 0;
    for (std::uint32_t i = 0; i < limit && read_entry(state.queue, offset, entry); ++i) {
      if (i == 0) state.outcome.batch_first = entry.sequence;
      state.outcome.batch_last = entry.sequence;
      offset = after(entry);
    }
    return kBatchHeaderBytes + body.position();
  }
  return 0;
}

}  // namespace omo
