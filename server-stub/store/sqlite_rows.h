// SPDX-License-Identifier: Apache-2.0
// Columns of the SQLite store as values.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "store/database.h"
#include "store/store.h"

namespace omo::collector {

/// Throws StoreError where the bytes are no set of sequence numbers.
inline IntervalSet read_intervals(std::span<const std::uint8_t> bytes) {
  std::optional<IntervalSet> set = IntervalSet::decode(bytes);
  if (!set) throw StoreError("the store is damaged: a set of sequence numbers does not decode");
  return *std::move(set);
}

/// The batch of a row "stream, program, received_ms, accepted, raw"; throws StoreError where it is damaged.
inline StoredBatch read_batch(const Statement& row) {
  return {row.integer(0), static_cast<std::uint32_t>(row.integer(1)), row.integer(2), read_intervals(row.blob(3)),
          row.blob(4)};
}

}  // namespace omo::collector
