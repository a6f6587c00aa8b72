// SPDX-License-Identifier: Apache-2.0
// How SQLite's rows get too old and go.
#pragma once
#include <cstdint>
#include <optional>

#include "store/database.h"
#include "store/store.h"

namespace omo::collector {

/// The statements of an expiry. The database must outlive them, and must overwrite what it deletes (secure_delete).
class SqliteExpiry {
 public:
  explicit SqliteExpiry(Database& database);

  /// One step of Store::expire(), in the transaction of the caller. Ends after about so many `rows` were deleted or
  /// read: more only where a single stream keeps more.
  [[nodiscard]] Expired step(std::uint64_t before_ms, std::uint64_t rows);

 private:
  [[nodiscard]] std::optional<std::uint64_t> stream_of_oldest(std::uint64_t before_ms);
  [[nodiscard]] bool has_old(std::uint64_t stream, std::uint64_t before_ms);
  [[nodiscard]] StreamRemains remains_of(std::uint64_t stream);

  Database& database_;
  Statement oldest_, old_of_stream_, delete_batches_, remaining_, delete_stream_, delete_quarantined_, delete_marks_;
};

}  // namespace omo::collector
