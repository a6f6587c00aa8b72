// SPDX-License-Identifier: Apache-2.0
#include "wire/snapshot.h"

#include "engine/engine.h"
#include "engine/journeys.h"
#include "engine/kept_state.h"
#include "engine/occurrence.h"
#include "engine/queue.h"
#include "engine/segments.h"

namespace omo {
namespace {

/// Most kept bytes are zero: a zero is followed by the number of zeros that follow it.
void write_runs(ByteWriter& writer, const std::uint8_t* bytes, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count;) {
    const std::uint8_t byte = bytes[i++];
    writer.u8(byte);
    if (byte != 0) continue;
    std::uint8_t run = 0;
    for (; i < count && bytes[i] == 0 && run < 255; ++i) ++run;
    writer.u8(run);
  }
}

void read_runs(ByteReader& reader, std::uint8_t* bytes, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count && reader.ok();) {
    const std::uint8_t byte = reader.u8();
    bytes[i++] = byte;
    if (byte != 0) continue;
    for (std::uint32_t run = reader.u8(); run > 0 && i < count; --run) bytes[i++] = 0;
  }
}

bool is_finite(double number) { return number - number == 0; }

/// Whoever wrote the bytes, the engine must be able to work with them.
bool is_valid(const State& state, const Item& item) {
  bool valid = is_finite(item.number);
  if (item.kind == EntryKind::kQueue) valid = item.number >= 0 && item.number < kNone;
  if (item.kind == EntryKind::kJourney) valid = is_journey_valid(state, item);
  const bool holds_times =
      item.kind <= EntryKind::kCampaign || (item.kind >= EntryKind::kSession && item.kind < EntryKind::kSegments);
  for (std::uint32_t i = 0; i < item.size && holds_times; ++i) {
    const Entry& entry = entry_of(item, i);
    valid = valid && is_finite(entry.time_ms);
    const std::uint32_t base = base_bytes(item);
    if (base != item.entry_bytes) valid = valid && is_finite(tail_of(item, i).amount + tail_of(item, i).quantity);
    if (base > sizeof(double)) valid = valid && is_finite(entry.number);
    if (base != sizeof(Entry)) continue;
    valid = valid && entry.tag <= ValueTag::kString && entry.text.length <= kMaxStringBytes;
    if (item.kind == EntryKind::kTrait) {
      valid = valid && fits_type(load_value(entry), static_cast<Type>(item.definition));
    }
  }
  return valid;
}

/// The item that an entry belongs to; null where this program has none.
Item* find_item(const State& state, EntryKind kind, std::string_view name, std::uint32_t definition) {
  for (Item* item = state.signals; item != state.items_end; ++item) {
    if (item->kind == kind && item->definition == definition && kind != EntryKind::kContext &&
        same_text(state.program.symbol(item->name), name)) {
      return item;
    }
  }
  return nullptr;
}

}  // namespace

void save_item(const State& state, const Item& item, ByteWriter& writer) {
  writer.u8(static_cast<std::uint8_t>(item.kind));
  writer.text(state.program.symbol(item.name));
  writer.u32(item.definition);
  const std::size_t bytes_at = writer.position();
  writer.u32(0);
  writer.f64(item.number);
  writer.varint(item.size);
  write_runs(writer, item.entries, item.size * item.entry_bytes);
  writer.patch_u32(bytes_at, static_cast<std::uint32_t>(writer.position() - bytes_at - sizeof(std::uint32_t)));
}

bool load_item(State& state, std::uint32_t label, ByteReader& entries) {
  const auto kind = static_cast<EntryKind>(entries.u8());
  const std::string_view name = entries.text();
  const std::uint32_t definition = entries.u32();
  ByteReader reader(entries.take(entries.u32()));
  Item* const item = find_item(state, kind, name, definition);
  if (item == nullptr || !granted(state, label | item->label)) return false;
  item->number = reader.f64();
  const std::uint32_t size = reader.varint();
  // A capacity that shrank keeps the latest.
  item->size = size < item->capacity ? size : item->capacity;
  read_runs(reader, item->entries, item->size * item->entry_bytes);
  const bool valid = reader.ok() && is_valid(state, *item);
  if (!valid) {
    item->size = 0;
    item->number = 0;
  }
  if (kind == EntryKind::kJourney) publish_journey(state, static_cast<std::uint32_t>(item - state.journeys));
  return valid;
}

std::size_t Engine::save_snapshot(MutableBytes out) const {
  const State& state = *state_;
  if (!granted(state, purpose::kStorage)) return 0;
  ByteWriter writer(out);
  std::uint16_t sections = 0;
  for (std::size_t i = 0; i < kSnapshotHeaderBytes / 8; ++i) writer.u64(0);
  for (std::uint32_t label = 0; label <= purpose::kAll; ++label) {
    const std::size_t begin = writer.position();
    writer.u8(static_cast<std::uint8_t>(label));
    writer.u8(0);
    writer.u32(0);
    const std::size_t entries = writer.position();
    for (const Item* item = state.signals; item != state.items_end; ++item) {
      if (item->label != label || item->kind == EntryKind::kContext) continue;
      if (item->size > 0 || item->number != 0) save_item(state, *item, writer);
    }
    if (!writer.ok()) return 0;
    if (writer.position() == entries) {
      writer.rewind(begin);
      continue;
    }
    writer.patch_u32(begin + 2, static_cast<std::uint32_t>(writer.position() - entries));
    ++sections;
  }
  const std::size_t total = writer.position();
  ByteWriter header(out);
  header.u32(kSnapshotMagic);
  header.u16(kSnapshotVersion);
  header.u16(sections);
  header.u32(static_cast<std::uint32_t>(total));
  header.u64(state.program.hash());
  header.u32(0);
  header.u48(state.outcome.time);
  header.u16(0);
  header.patch_u32(kSnapshotChecksumAt, snapshot_checksum(writer.written()));
  return total;
}

Status Engine::load_snapshot(Bytes snapshot) {
  State& state = *state_;
  SnapshotHeader header;
  state.outcome.detail = 0;
  if (const Status status = read_snapshot_header(snapshot, header); status != Status::kOk) return status;
  // Nobody was here for so long that nothing of before may be known any more.
  const bool is_over = state.outcome.time - header.time_ms > kMaxKeptDays * kMillisecondsADay;
  clear_kept(state);
  ByteReader reader(is_over ? Bytes{} : snapshot.subspan(kSnapshotHeaderBytes));
  for (std::uint32_t section = 0; section < header.sections && !is_over; ++section) {
    const std::uint8_t label = reader.u8();
    reader.u8();
    ByteReader entries(reader.take(reader.u32()));
    while (!entries.at_end()) {
      // What is denied is not lost, and nobody hears of it.
      if (!load_item(state, label, entries) && granted(state, label)) ++state.outcome.detail;
    }
    if (!entries.ok()) reader.fail();
  }
  const bool complete = reader.is_done();
  if (complete) {
    state.outcome.time = header.time_ms;
    const std::uint32_t queued = state.own->queue.size;
    count_queue(state);
    if (state.own->queue.size != queued) ++state.outcome.detail;
    withdraw_from_queue(state);
  } else {
    forget(state, kKept, 0);
  }
  publish_all(state);
  settle(state);
  forget_moves(state);
  return complete ? Status::kOk : Status::kBadStructure;
}

}  // namespace omo
