// SPDX-License-Identifier: Apache-2.0
#include "wire/batch.h"

namespace omo {
namespace {

constexpr std::size_t kChecksumAt = kBatchHeaderBytes - 4;

std::uint32_t batch_checksum(Bytes batch) {
  return fnv32(batch.subspan(kBatchHeaderBytes), fnv32(batch.first(kChecksumAt)));
}

}  // namespace

Status read_batch_header(Bytes batch, BatchHeader& header) {
  if (batch.empty()) return Status::kBadLength;
  if (batch[0] != kBatchMagic) return Status::kBadMagic;
  if (batch.size() < kBatchHeaderBytes) return Status::kBadLength;
  if (batch[1] != kBatchVersion) return Status::kBadVersion;
  ByteReader reader(batch.subspan(2));
  header.program = reader.u32();
  header.stream = reader.u64();
  header.sent_ms = reader.unsigned_bytes(6);
  header.consent = reader.u8();
  header.flags = reader.u8();
  if (reader.u16() != batch.size() - kBatchHeaderBytes) return Status::kBadLength;
  if (reader.u32() != batch_checksum(batch)) return Status::kBadChecksum;
  return Status::kOk;
}

void write_batch_header(MutableBytes batch, const BatchHeader& header, std::size_t body_bytes) {
  ByteWriter writer(batch);
  writer.u8(kBatchMagic);
  writer.u8(kBatchVersion);
  writer.u32(header.program);
  writer.u64(header.stream);
  writer.unsigned_bytes(header.sent_ms, 6);
  writer.u8(header.consent);
  writer.u8(header.flags);
  writer.u16(static_cast<std::uint16_t>(body_bytes));
  writer.u32(batch_checksum(batch.first(kBatchHeaderBytes + body_bytes)));
}

}  // namespace omo
