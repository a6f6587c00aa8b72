// SPDX-License-Identifier: Apache-2.0
// Unsent events, straight from the queue into a batch.
#include "engine/engine.h"
#include "engine/network.h"
#include "engine/occurrence.h"
#include "engine/queue.h"
#include "engine/state.h"
#include "wire/batch_body.h"

namespace omo {
namespace {

/// May this entry travel, and does this program still know it? It is then the event at hand.
bool read_sendable(State& state, const QueueEntry& entry) {
  return granted(state, entry.label & purpose::kAll) &&
         read_occurrence(state, entry.record.subspan(kInputHeaderBytes), false) == Status::kOk;
}

/// Items as they travel: item parameters that were stated flat are those of one item.
std::uint32_t travelling_items(const State& state) {
  const Occurrence& occurrence = state.occurrence;
  for (std::uint32_t i = 0; i < occurrence.params.size && occurrence.item_count == 0; ++i) {
    if (state.program.params()[occurrence.params.entries[i].row].item != 0) return 1;
  }
  return occurrence.item_count;
}

/// Moves to the next entry whose label byte has all bits of `wanted`; false at the end.
bool next_entry(const State& state, std::uint8_t wanted, QueueEntry& entry) {
  while (read_entry(state, entry.end, entry)) {
    if ((entry.label & wanted) == wanted) return true;
  }
  return false;
}

/// The encoding end of code_batch_body: the first `limit` wanted entries of the queue.
struct QueueEvents {
  State& state;
  std::uint32_t limit;
  std::uint8_t wanted;
  QueueEntry entry = {};
  std::uint32_t item_at = kNone;

  std::uint32_t count(std::uint32_t) { return limit; }
  void event(BatchEvent& event) {
    if (!next_entry(state, wanted, entry)) return;
    (void)read_sendable(state, entry);  // true for all that prepare_queue() has left
    ByteReader time(entry.record.subspan(sizeof(InputKind)));
    event = {entry.sequence, state.occurrence.event, travelling_items(state), time.unsigned_bytes(6)};
    item_at = kNone;
  }
  void begin(const BatchEvent&) {}
  void value(std::uint32_t row, std::uint32_t item, BatchValue& value) {
    if (item != item_at) {
      item_at = item;
      next_item(state);
    }
    const bool flat = item == kNone || state.occurrence.item_count == 0;
    const Params& params = flat ? state.occurrence.params : state.occurrence.item;
    for (std::uint32_t i = 0; i < params.size; ++i) {
      if (params.entries[i].row != row) continue;
      const Value& from = params.entries[i].value;
      value = {true, from.number, from.text};
    }
  }
  void put(std::uint32_t, std::uint32_t, const BatchValue&) {}
  std::string_view keep(std::string_view text) { return text; }
  bool membership(bool) { return true; }
  bool segment(std::uint32_t row, bool) { return is_on(state, state.program.segments()[row].node); }
};

/// Entries that no batch can carry any more leave the queue; the others get their sequence numbers. Answers how many
/// are wanted.
std::uint32_t prepare_queue(State& state, std::uint8_t wanted) {
  std::uint32_t sendable = 0;
  QueueEntry entry;
  for (std::uint32_t offset = 0; read_entry(state, offset, entry);) {
    if (!read_sendable(state, entry)) {
      remove_entry(state, entry);
      continue;
    }
    if (entry.sequence == 0) {
      Item& queue = state.own->queue;
      queue.number += 1;
      const auto sequence = static_cast<std::uint32_t>(queue.number);
      std::memcpy(queue.entries + offset, &sequence, sizeof sequence);
    }
    if ((entry.label & wanted) == wanted) ++sendable;
    offset = entry.end;
  }
  return sendable;
}

}  // namespace

std::size_t Engine::build_batch(MutableBytes out, std::uint32_t batch_flags) {
  State& state = *state_;
  state.outcome.flags = 0;
  state.outcome.journal_bytes = 0;  // the model takes the place of the frames
  if (!granted(state, purpose::kMeasurement) || state.own->stream.size == 0 || out.size() <= kBatchHeaderBytes)
    return 0;
  const std::uint8_t wanted = (batch_flags & batch_flag::kConversions) != 0 ? kQueueConversion : std::uint8_t{0};
  const std::uint32_t sendable = prepare_queue(state, wanted);
  if (sendable == 0) return 0;
  BatchHeader header;
  header.program = state.program.short_hash();
  std::memcpy(&header.stream, state.own->stream.entries, kIdBytes);
  header.sent_ms = static_cast<std::uint64_t>(state.outcome.time);
  header.consent = state.consent;
  header.flags = static_cast<std::uint8_t>(batch_flags & (batch_flag::kLeaving | batch_flag::kBot));
  const std::size_t room = out.size() < kMaxBatchBytes ? out.size() : kMaxBatchBytes;
  // An entropy coder cannot tell its length beforehand; the queue is small enough that the first try nearly always
  // fits.
  for (std::uint32_t limit = sendable; limit > 0; limit /= 2) {
    std::memset(static_cast<void*>(state.model), 0, sizeof(BatchModel));  // zeros are a fresh model
    state.model->text.prime<RangeEncoder>();
    ByteWriter body(out.subspan(kBatchHeaderBytes, room - kBatchHeaderBytes));
    RangeEncoder coder(body);
    QueueEvents events{state, limit, wanted};
    if (!code_batch_body(coder, *state.model, state.program, header, events)) continue;
    coder.finish();
    if (!body.ok()) continue;
    write_batch_header(out, header, body.position());
    QueueEntry first = {};
    (void)next_entry(state, wanted, first);
    state.outcome.batch_first = first.sequence;
    state.outcome.batch_last = events.entry.sequence;
    return kBatchHeaderBytes + body.position();
  }
  return 0;
}

}  // namespace omo
