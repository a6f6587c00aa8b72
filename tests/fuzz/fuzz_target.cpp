// SPDX-License-Identifier: Apache-2.0
// One libFuzzer target for every parser of bytes: the first byte of an input chooses which. Checksums are made right,
// so that the fuzzer gets behind them. Built and run by script/fuzz.
#include <cstdint>

#include "support/device.h"
#include "support/history.h"
#include "wire/snapshot.h"

using namespace omo;
using namespace omo::test;

namespace {

enum Parser : std::uint8_t { kProgram, kSnapshot, kJournal, kBatch, kRecord, kPlaybook, kParsers };

Device& device() {
  static Device made(history_program());
  return made;
}

void fuzz_program(Bytes body) {
  AlignedBytes program(sizeof(ProgramHeader) + body.size());
  ProgramHeader header{};
  header.magic = kProgramMagic;
  header.version = kProgramVersion;
  header.body_bytes = static_cast<std::uint32_t>(body.size());
  header.hash = fnv64(body);
  std::memcpy(program.data(), &header, sizeof header);
  if (!body.empty()) std::memcpy(program.data() + sizeof header, body.data(), body.size());
  ProgramView view;
  if (view.open(program.bytes()) != Status::kOk) return;
  const std::size_t needed = Engine::memory_needed(view);
  if (needed > 16u << 20) return;
  AlignedBytes memory(needed);
  Engine engine;
  if (engine.load_program(program.bytes(), memory.mutable_bytes()) != Status::kOk) return;
  (void)engine.apply(consent(kStart, purpose::kAll, purpose::kAll));
  (void)engine.apply(event(kStart, "view_item", {}, {{{"item_id", "a"}}}));
  (void)engine.apply(tick(kStart + kDay));
}

void fuzz_snapshot(Bytes bytes) {
  std::vector<std::uint8_t> snapshot(bytes.begin(), bytes.end());
  if (snapshot.size() >= kSnapshotHeaderBytes) {
    const auto put_u32 = [&](std::size_t at, std::size_t value) {
      for (unsigned i = 0; i < 4; ++i) snapshot[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    };
    put_u32(0, kSnapshotMagic);
    snapshot[4] = kSnapshotVersion;
    snapshot[5] = 0;
    put_u32(8, snapshot.size());
    put_u32(kSnapshotChecksumAt, snapshot_checksum(snapshot));
  }
  (void)device().engine.load_snapshot(snapshot);
  (void)device().batch();
  (void)device().snapshot();
}

void fuzz_journal(Bytes record) {
  std::vector<std::uint8_t> journal(kTransferBytes);
  ByteWriter writer(journal);
  write_journal_header(writer, 0);
  write_frame(writer, record.empty() ? std::uint8_t{0} : record[0], record);
  (void)device().engine.apply_journal(writer.written());
}

void fuzz_batch(Bytes body) {
  if (body.size() > kMaxBatchBytes) return;
  std::vector<std::uint8_t> batch(kBatchHeaderBytes + body.size());
  if (!body.empty()) std::memcpy(batch.data() + kBatchHeaderBytes, body.data(), body.size());
  const BatchHeader header{history_program().view().short_hash(), 1, 1000000, purpose::kAll, 0};
  write_batch_header(batch, header, body.size());
  DecodedBatch decoded;
  (void)decode_batch(batch, history_program().view(), decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes bytes(data + 1, size - 1);
  switch (data[0] % kParsers) {
    case kProgram:
      fuzz_program(bytes);
      break;
    case kSnapshot:
      fuzz_snapshot(bytes);
      break;
    case kJournal:
      fuzz_journal(bytes);
      break;
    case kBatch:
      fuzz_batch(bytes);
      break;
    case kRecord:
      (void)device().engine.apply(bytes);
      break;
    default:
      (void)compile(as_text(bytes), CompileOptions{});
  }
  return 0;
}
