// SPDX-License-Identifier: Apache-2.0
#include "wire/snapshot.h"

#include "engine/campaigns.h"
#include "engine/engine.h"
#include "engine/kept_state.h"
#include "engine/network.h"
#include "engine/queue.h"
#include "engine/signals.h"

namespace omo {
namespace {

/// Labels of the entries that no playbook declares.
constexpr std::uint8_t kSeedLabel = 0;
constexpr std::uint8_t kQueueLabel = purpose::kMeasurement;

class EntryWriter {
 public:
  EntryWriter(ByteWriter& writer, EntryKind kind, std::string_view name, std::uint32_t definition) : writer_(writer) {
    writer_.u8(static_cast<std::uint8_t>(kind));
    writer_.text(name);
    writer_.u32(definition);
    length_at_ = writer_.position();
    // A varint of fixed width, so that it can be filled in afterwards.
    for (int i = 0; i < 4; ++i) writer_.u8(0);
  }
  void finish() {
    const auto length = static_cast<std::uint32_t>(writer_.position() - length_at_ - 4);
    writer_.patch_u32(length_at_, (length & 0x7F) | 0x80 | (length << 1 & 0x7F00) | 0x8000 | (length << 2 & 0x7F0000) |
                                      0x800000 | (length << 3 & 0x7F000000));
  }

 private:
  ByteWriter& writer_;
  std::size_t length_at_ = 0;
};

void write_ids(ByteWriter& writer, const std::uint8_t* id) { writer.put({id, kIdBytes}); }

void save_queue(const State& state, ByteWriter& writer) {
  EntryWriter entry(writer, EntryKind::kQueue, {}, 0);
  writer.u32(state.queue.next_sequence);
  writer.varint(state.queue.events);
  QueueEntry item;
  for (std::uint32_t offset = 0; read_entry(state.queue, offset, item); offset = after(item)) {
    writer.u32(item.sequence);
    writer.u8(item.label);
    writer.varint(static_cast<std::uint32_t>(item.record.size()));
    writer.put(item.record);
  }
  entry.finish();
}

void save_own(const State& state, std::uint8_t label, ByteWriter& writer) {
  if (label == kSeedLabel && state.has_seed) {
    EntryWriter entry(writer, EntryKind::kSeed, {}, 0);
    write_ids(writer, state.seed);
    entry.finish();
  }
  if (label == kQueueLabel && state.has_stream) {
    EntryWriter entry(writer, EntryKind::kStream, {}, 0);
    write_ids(writer, state.stream);
    entry.finish();
    save_queue(state, writer);
  }
  if (label == kTransactionLabel && state.transaction_count > 0) {
    EntryWriter entry(writer, EntryKind::kTransactions, {}, 0);
    const std::uint32_t size = state.transaction_count < kTransactions ? state.transaction_count : kTransactions;
    writer.varint(size);
    for (std::uint32_t i = state.transaction_count - size; i < state.transaction_count; ++i) {
      writer.u32(state.transactions[i % kTransactions]);
    }
    entry.finish();
  }
}

void save_declared(const State& state, std::uint8_t label, ByteWriter& writer) {
  const ProgramView& program = state.program;
  for (std::uint32_t i = 0; i < program.signals().size(); ++i) {
    const SignalRow& row = program.signals()[i];
    const SignalState& signal = state.signals[i];
    if (row.label != label || (signal.size == 0 && signal.last_ms == 0 && signal.number == 0)) continue;
    EntryWriter entry(writer, EntryKind::kSignal, program.symbol(row.name), row.definition);
    save_signal(state, i, writer);
    entry.finish();
  }
  for (std::uint32_t i = 0; i < program.traits().size(); ++i) {
    const NamedValueRow& row = program.traits()[i];
    if (row.label != label || state.traits[i].tag == ValueTag::kNull) continue;
    EntryWriter entry(writer, EntryKind::kTrait, program.symbol(row.name), static_cast<std::uint32_t>(row.type));
    write_value(writer, load_value(state.traits[i]));
    entry.finish();
  }
  for (std::uint32_t i = 0; i < program.campaigns().size(); ++i) {
    const CampaignRow& row = program.campaigns()[i];
    const CampaignState& campaign = state.campaigns[i];
    if (row.label != label || (campaign.size == 0 && campaign.dismissed_ms == 0)) continue;
    EntryWriter entry(writer, EntryKind::kCampaign, program.symbol(row.name), row.definition);
    writer.varint(campaign.size);
    for (std::uint32_t k = 0; k < campaign.size; ++k) {
      writer.u48(impression(row, campaign, k));
    }
    writer.u48(campaign.dismissed_ms);
    entry.finish();
  }
}

bool load_queue(State& state, ByteReader& reader) {
  state.queue.next_sequence = reader.u32();
  for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
    const std::uint32_t sequence = reader.u32();
    const std::uint8_t label = reader.u8();
    const Bytes record = reader.take(reader.varint());
    if (record.size() < kInputHeaderBytes) reader.fail();
    if (reader.ok() && granted(state, static_cast<std::uint8_t>(label & ~kQueueConversion))) {
      enqueue(state, sequence, label, record);
    }
  }
  if (reader.ok() && reader.at_end() && state.queue.next_sequence > 0) return true;
  clear_queue(state);
  return false;
}

bool load_campaign(State& state, std::uint32_t index, ByteReader& reader) {
  const CampaignRow& row = state.program.campaigns()[index];
  CampaignState& campaign = state.campaigns[index];
  for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
    push_impression(row, campaign, reader.u48());
  }
  campaign.dismissed_ms = reader.u48();
  state.decide = true;
  return reader.ok() && reader.at_end();
}

bool load_id(ByteReader& reader, std::uint8_t* id, bool& has) {
  const Bytes bytes = reader.take(kIdBytes);
  if (bytes.size() != kIdBytes || !reader.at_end()) return false;
  std::memcpy(id, bytes.data(), kIdBytes);
  return has = true;
}

/// One entry; false where nothing of this program wants it, consent does not cover it, or it does not read.
bool load_entry(State& state, EntryKind kind, std::string_view name, std::uint32_t definition, Bytes payload) {
  const ProgramView& program = state.program;
  ByteReader reader(payload);
  switch (kind) {
    case EntryKind::kSignal: {
      const std::uint32_t index = program.find_row(Table::kSignal, name);
      if (index == kNone) return false;
      const SignalRow& row = program.signals()[index];
      return row.definition == definition && granted(state, row.label) && load_signal(state, index, reader);
    }
    case EntryKind::kTrait: {
      const std::uint32_t index = program.find_row(Table::kTrait, name);
      if (index == kNone) return false;
      const NamedValueRow& row = program.traits()[index];
      const Value value = read_value(reader);
      if (!reader.ok() || !granted(state, row.label) || !fits_type(value, row.type)) return false;
      set_trait(state, index, value);
      return true;
    }
    case EntryKind::kCampaign: {
      const std::uint32_t index = program.find_row(Table::kCampaign, name);
      if (index == kNone) return false;
      const CampaignRow& row = program.campaigns()[index];
      return row.definition == definition && granted(state, row.label) && load_campaign(state, index, reader);
    }
    case EntryKind::kQueue:
      return granted(state, kQueueLabel) && load_queue(state, reader);
    case EntryKind::kSeed:
      return load_id(reader, state.seed, state.has_seed);
    case EntryKind::kStream:
      return granted(state, kQueueLabel) && load_id(reader, state.stream, state.has_stream);
    case EntryKind::kTransactions:
      if (!granted(state, kTransactionLabel)) return false;
      for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) remember_transaction(state, reader.u32());
      return reader.ok();
  }
  return false;
}

}  // namespace

std::size_t Engine::save_snapshot(MutableBytes out) const {
  const State& state = *state_;
  if (!granted(state, purpose::kStorage)) return 0;
  ByteWriter writer(out);
  std::uint16_t sections = 0;
  for (std::size_t i = 0; i < kSnapshotHeaderBytes / 8; ++i) writer.u64(0);
  for (unsigned label = 0; label <= purpose::kAll; ++label) {
    const std::size_t begin = writer.position();
    writer.u8(static_cast<std::uint8_t>(label));
    writer.u8(0);
    writer.u32(0);
    save_own(state, static_cast<std::uint8_t>(label), writer);
    save_declared(state, static_cast<std::uint8_t>(label), writer);
    const std::size_t bytes = writer.position() - begin - kSectionHeaderBytes;
    if (!writer.ok()) return 0;
    if (bytes == 0) {
      writer.rewind(begin);
      continue;
    }
    writer.patch_u32(begin + 2, static_cast<std::uint32_t>(bytes));
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
  clear_state();
  state.outcome.time = header.time_ms;
  ByteReader reader(snapshot.subspan(kSnapshotHeaderBytes));
  bool complete = true;
  for (unsigned section = 0; section < header.sections && complete; ++section) {
    const std::uint8_t label = reader.u8();
    reader.u8();
    ByteReader entries(reader.take(reader.u32()));
    while (!entries.at_end() && entries.ok()) {
      const auto kind = static_cast<EntryKind>(entries.u8());
      const std::string_view name = entries.text();
      const std::uint32_t definition = entries.u32();
      const Bytes payload = entries.take(entries.varint());
      if (!entries.ok()) break;
      if (!granted(state, label) || !load_entry(state, kind, name, definition, payload)) ++state.outcome.detail;
    }
    complete = reader.ok() && entries.ok();
  }
  if (!complete || !reader.at_end()) {
    clear_state();
    return Status::kBadStructure;
  }
  settle(state);
  return Status::kOk;
}

}  // namespace omo
