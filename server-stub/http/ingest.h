// SPDX-License-Identifier: Apache-2.0
// From the bytes of a batch to durable events and stats.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "http/clock.h"
#include "http/message.h"
#include "http/metrics.h"
#include "stats/stats.h"
#include "store/program_library.h"
#include "store/store.h"

namespace omo::collector {

class Ingest {
 public:
  using Done = std::function<void(Response)>;  ///< may be called from a thread of the store

  /// All must outlive it; the library must be complete.
  Ingest(Store& store, const ProgramLibrary& library, Stats& stats, Metrics& metrics, Clock clock = system_time_ms);

  /// Fills the stats from the store. Answers the number of batches, and through `unreadable` how many could not be
  /// read.
  std::uint64_t rebuild(std::uint64_t& unreadable);

  /// Brings the stats to what the store keeps after a step of an expiry. To be called by the store's thread, from the
  /// callback of that step, so that what is appended meanwhile is added once, after it.
  void follow(const Expired& expired);

  /// Answers 204 once the batch's events are durable, each exactly once, or why not:
  /// 400 it does not decode · 410 every event is too old · 422 unknown program, no consent for measurement, or too many
  /// gaps · 503 the store cannot take it now.
  void accept(const std::string& body, Done done);

  /// Answers 204 once every event of the stream is gone, known or not.
  void erase(std::uint64_t stream, Done done);

 private:
  /// Adds a kept batch through `add`; false = it cannot be read.
  [[nodiscard]] bool add_stored(const StoredBatch& stored, const Stats::Add& add) const;
  void quarantine(const BatchHeader& header, const std::string& body, Done done);
  void append(std::shared_ptr<DecodedBatch> batch, const ProgramView& program, std::vector<std::uint8_t> raw,
              Done done);
  [[nodiscard]] Response answer(const Appended& appended, const DecodedBatch& batch, std::uint64_t received_ms);

  Store& store_;
  const ProgramLibrary& library_;
  Stats& stats_;
  Metrics& metrics_;
  Clock clock_;
  std::unordered_map<std::uint32_t, ProgramNames> names_;
};

}  // namespace omo::collector
