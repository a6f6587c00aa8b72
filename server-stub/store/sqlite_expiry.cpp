// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_expiry.h"

#include <algorithm>
#include <utility>

#include "store/sqlite_rows.h"

namespace omo::collector {

SqliteExpiry::SqliteExpiry(Database& database)
    : database_(database),
      oldest_(database.prepare("SELECT stream FROM batches WHERE received_ms < ? ORDER BY received_ms LIMIT 1")),
      old_of_stream_(database.prepare("SELECT 1 FROM batches WHERE stream = ? AND received_ms < ? LIMIT 1")),
      delete_batches_(database.prepare("DELETE FROM batches WHERE id IN "
                                       "(SELECT id FROM batches WHERE stream = ? AND received_ms < ? LIMIT ?)")),
      remaining_(database.prepare(
          "SELECT stream, program, received_ms, accepted, raw FROM batches WHERE stream = ? ORDER BY id")),
      delete_stream_(database.prepare("DELETE FROM streams WHERE stream = ?")),
      delete_quarantined_(database.prepare("DELETE FROM quarantine WHERE id IN "
                                           "(SELECT id FROM quarantine WHERE received_ms < ? LIMIT ?)")),
      delete_marks_(database.prepare("DELETE FROM streams WHERE stream IN "
                                     "(SELECT stream FROM streams WHERE erased_ms <> 0 AND erased_ms < ? LIMIT ?)")) {}

Expired SqliteExpiry::step(std::uint64_t before_ms, std::uint64_t rows) {
  Expired expired;
  while (rows > 0) {
    const std::optional<std::uint64_t> stream = stream_of_oldest(before_ms);
    if (!stream) break;
    delete_batches_.bind(1, *stream).bind(2, before_ms).bind(3, rows).run();
    expired.batches += database_.changes();
    rows -= database_.changes();
    // A stream with more old batches than a step may delete is told of by the step that deletes the last of them.
    if (has_old(*stream, before_ms)) break;
    StreamRemains remains = remains_of(*stream);
    // A stream with a batch is not erased, so this is no mark of an erasure.
    if (remains.batches.empty()) delete_stream_.bind(1, *stream).run();
    rows -= std::min<std::uint64_t>(rows, remains.batches.size());
    expired.streams.push_back(std::move(remains));
  }
  delete_quarantined_.bind(1, before_ms).bind(2, rows).run();
  expired.batches += database_.changes();
  rows -= database_.changes();
  delete_marks_.bind(1, before_ms).bind(2, rows).run();
  rows -= database_.changes();
  expired.finished = rows > 0;
  return expired;
}

std::optional<std::uint64_t> SqliteExpiry::stream_of_oldest(std::uint64_t before_ms) {
  oldest_.bind(1, before_ms);
  if (!oldest_.step()) return std::nullopt;
  const std::uint64_t stream = oldest_.integer(0);
  oldest_.reset();
  return stream;
}

bool SqliteExpiry::has_old(std::uint64_t stream, std::uint64_t before_ms) {
  const bool found = old_of_stream_.bind(1, stream).bind(2, before_ms).step();
  old_of_stream_.reset();
  return found;
}

StreamRemains SqliteExpiry::remains_of(std::uint64_t stream) {
  StreamRemains remains{stream, {}};
  for (remaining_.bind(1, stream); remaining_.step();) remains.batches.push_back(read_batch(remaining_));
  return remains;
}

}  // namespace omo::collector
