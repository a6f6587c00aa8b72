// SPDX-License-Identifier: Apache-2.0
#include "wire/batch.h"

namespace omo {
namespace {

constexpr std::size_t kChecksumBytes = 3;

/// The lower 24 bits of FNV-1a: its arithmetic is modulo a power of two, so a single wrong byte is always found.
std::uint32_t batch_checksum(Bytes batch) {
  return fnv32(batch.subspan(kBatchHeaderBytes), fnv32(batch.first(kBatchHeaderBytes - kChecksumBytes))) & 0xFFFFFF;
}

}  // namespace

Status read_batch_header(Bytes batch, BatchHeader& header) {
  if (batch.empty()) return Status::kBadLength;
  if (batch[0] != kBatchMagic) return Status::kBadMagic;
  if (batch.size() < kBatchHeaderBytes) return Status::kBadLength;
  if ((batch[1] & 0x0F) != kBatchVersion) return Status::kBadVersion;
  ByteReader reader(batch.subspan(2));
  header.flags = batch[1] >> 4;
  header.program = reader.u32();
  header.stream = reader.u64();
  header.sent_ms = std::uint64_t{reader.u32()} * 1000;
  header.consent = reader.u8();
  if (reader.u16() != batch.size() - kBatchHeaderBytes) return Status::kBadLength;
  if (reader.unsigned_bytes(kChecksumBytes) != batch_checksum(batch)) return Status::kBadChecksum;
  return Status::kOk;
}

void write_batch_header(MutableBytes batch, const BatchHeader& header, std::size_t body_bytes) {
  ByteWriter writer(batch);
  writer.u8(kBatchMagic);
  writer.u8(static_cast<std::uint8_t>(header.flags << 4 | kBatchVersion));
  writer.u32(header.program);
  writer.u64(header.stream);
  writer.u32(static_cast<std::uint32_t>(header.sent_ms / 1000));
  writer.u8(header.consent);
  writer.u16(static_cast<std::uint16_t>(body_bytes));
  writer.unsigned_bytes(batch_checksum(batch.first(kBatchHeaderBytes + body_bytes)), kChecksumBytes);
}

}  // namespace omo
