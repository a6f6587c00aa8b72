// SPDX-License-Identifier: Apache-2.0
// The journal: inputs of one tab that no snapshot holds yet. journal.md draws the bytes.
#pragma once
#include "wire/bytes.h"
#include "wire/vocabulary.h"

namespace omo {

inline constexpr std::uint32_t kJournalMagic = 0x4A4F4D4F;  ///< "OMOJ"
inline constexpr std::size_t kJournalHeaderBytes = 16;
inline constexpr std::size_t kFrameHeaderBytes = 7;
/// In a frame's label, above the purposes: the event was to be sent, since measurement was granted when it happened.
inline constexpr std::uint8_t kFrameQueued = 64;

struct JournalFrame {
  std::uint8_t label = 0;
  Bytes record;
};

inline void write_journal_header(ByteWriter& writer, std::uint64_t program_hash) {
  writer.u32(kJournalMagic);
  writer.u16(kJournalVersion);
  writer.u16(0);
  writer.u64(program_hash);
}

/// Checks the header; the program hash may be another program's (records name things by name).
[[nodiscard]] inline Status read_journal_header(ByteReader& reader) {
  const std::uint32_t magic = reader.u32();
  const std::uint16_t version = reader.u16();
  reader.u16();
  reader.u64();
  if (!reader.ok()) return Status::kBadLength;
  if (magic != kJournalMagic) return Status::kBadMagic;
  return version == kJournalVersion ? Status::kOk : Status::kBadVersion;
}

/// Appends a frame. Nothing is written where it does not fit.
inline void write_frame(ByteWriter& writer, std::uint8_t label, Bytes record) {
  const std::size_t begin = writer.position();
  writer.u32(0);
  const std::size_t covered = writer.position();
  writer.u16(static_cast<std::uint16_t>(record.size()));
  writer.u8(label);
  writer.put(record);
  if (!writer.ok()) {
    writer.rewind(begin);
    return;
  }
  writer.patch_u32(begin, fnv32(writer.written().subspan(covered)));
}

/// Reads the next frame. kOk and an empty record at the end; kBadLength or kBadChecksum where the journal breaks off.
[[nodiscard]] inline Status read_frame(Bytes journal, std::size_t& position, JournalFrame& frame) {
  frame = {};
  if (position == journal.size()) return Status::kOk;
  ByteReader reader(journal.subspan(position));
  const std::uint32_t checksum = reader.u32();
  const std::size_t length = reader.u16();
  frame.label = reader.u8();
  const Bytes record = reader.take(length);
  if (!reader.ok() || length == 0) return Status::kBadLength;
  if (checksum != fnv32(journal.subspan(position + 4, 3 + length))) return Status::kBadChecksum;
  frame.record = record;
  position += kFrameHeaderBytes + length;
  return Status::kOk;
}

}  // namespace omo
