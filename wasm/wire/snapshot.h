// SPDX-License-Identifier: Apache-2.0
// The snapshot: the merged state of one visitor. snapshot.md draws the bytes.
#pragma once
#include "wire/bytes.h"
#include "wire/vocabulary.h"

namespace omo {

inline constexpr std::uint32_t kSnapshotMagic = 0x534F4D4F;  ///< "OMOS"
inline constexpr std::size_t kSnapshotHeaderBytes = 32;
inline constexpr std::size_t kSnapshotChecksumAt = 20;
inline constexpr std::size_t kSectionHeaderBytes = 6;

enum class EntryKind : std::uint8_t {
  kSignal = 1,
  kTrait = 2,
  kCampaign = 3,
  kQueue = 4,
  kSeed = 5,
  kStream = 6,
  kTransactions = 7,
  kContext = 8,  ///< a context value of the page view: never in a snapshot
  kSession = 9,
  kJourney = 10,
  kFatigue = 11,
  kSegments = 12,  ///< segments that were entered: fnv32 of their names
};

struct SnapshotHeader {
  std::uint16_t sections = 0;
  std::uint64_t program_hash = 0;
  double time_ms = 0;
};

/// Of all bytes but its own four.
[[nodiscard]] inline std::uint32_t snapshot_checksum(Bytes snapshot) {
  return fnv32(snapshot.subspan(kSnapshotChecksumAt + 4), fnv32(snapshot.first(kSnapshotChecksumAt)));
}

/// Checks magic, version, length and checksum. The program hash may be another program's: entries are matched by name.
[[nodiscard]] inline Status read_snapshot_header(Bytes snapshot, SnapshotHeader& header) {
  if (snapshot.size() < kSnapshotHeaderBytes) return Status::kBadLength;
  ByteReader reader(snapshot);
  if (reader.u32() != kSnapshotMagic) return Status::kBadMagic;
  if (reader.u16() != kSnapshotVersion) return Status::kBadVersion;
  header.sections = reader.u16();
  if (reader.u32() != snapshot.size()) return Status::kBadLength;
  header.program_hash = reader.u64();
  const std::uint32_t checksum = reader.u32();
  header.time_ms = reader.u48();
  return checksum == snapshot_checksum(snapshot) ? Status::kOk : Status::kBadChecksum;
}

}  // namespace omo
