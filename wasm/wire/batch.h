// SPDX-License-Identifier: Apache-2.0
// Batches: events on their way to the collector. batch.md draws the bytes.
#pragma once
#include <cstdint>

#include "wire/bytes.h"
#include "wire/program.h"

namespace omo {

inline constexpr std::uint8_t kBatchMagic = 0xB7;
inline constexpr std::size_t kBatchHeaderBytes = 24;

struct BatchHeader {
  std::uint32_t program = 0;  ///< ProgramView::short_hash() of the program that made it
  std::uint64_t stream = 0;   ///< random id of the visitor's stream, little-endian in the header
  std::uint64_t sent_ms = 0;  ///< the device's clock at sending, in whole seconds on the wire
  std::uint8_t consent = 0;   ///< purposes granted at sending
  std::uint8_t flags = 0;     ///< batch_flag:: bits
};

/// What an event of this row needs besides its label and measurement to leave the device: storage, which is granted by
/// consent alone, where measurement may be granted without and the event tells of more than the use of pages.
[[nodiscard]] inline std::uint8_t consent_to_send(const EventRow& row) {
  static_assert(kEventAsks == purpose::kStorage << 3);
  return row.flags >> 3 & purpose::kStorage;
}
/// The same of who is in which segment.
[[nodiscard]] inline std::uint8_t consent_to_tell(const ProgramView& program) {
  static_assert(kSyncExempt == purpose::kStorage << 1);
  return program.meta().sync_events >> 1 & purpose::kStorage;
}

/// Checks magic, version, length and checksum, without a program.
[[nodiscard]] Status read_batch_header(Bytes batch, BatchHeader& header);

/// Fills in the header of a batch whose body of `body_bytes` stands behind kBatchHeaderBytes in `batch`.
void write_batch_header(MutableBytes batch, const BatchHeader& header, std::size_t body_bytes);

}  // namespace omo
