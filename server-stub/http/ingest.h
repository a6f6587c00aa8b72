// SPDX-License-Identifier: Apache-2.0
// From the bytes of a batch to durable events and stats.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "http/clock.h"
#include "http/message.h"
#include "http/metrics.h"
#include "stats/stats.h"
#include "store/program_library.h"
#include "store/store.h"

namespace omo::collector {

/// What became of quarantined batches when the collector looked at them again.
struct Released {
  std::uint64_t batches = 0;  ///< read by their program and out of quarantine
  std::uint64_t events = 0;   ///< of them, new; all others had come by another batch
  std::uint64_t refused = 0;  ///< dropped: their program is here and they would be refused
  std::uint64_t waiting = 0;  ///< still in quarantine: their program is not here
};

class Ingest {
 public:
  using Done = std::function<void(Response)>;  ///< may be called from a thread of the store

  /// All must outlive it; the library must be complete.
  Ingest(Store& store, const ProgramLibrary& library, Stats& stats, Metrics& metrics, Clock clock = system_time_ms);

  /// Reads the quarantined batches whose program the library has, as if they came now, but with the time of their
  /// receipt; call it before rebuild(), which adds them to the stats. `progress` is told after each durable step.
  /// Killed at any time, each batch is either still in quarantine or kept. Throws StoreError where the store takes no
  /// more: what is left stays in quarantine. Not from a thread of the store.
  Released release_quarantined(const std::function<void(const Released&)>& progress);

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
  /// What of a batch is kept, or why nothing is.
  struct Admitted {
    std::shared_ptr<const DecodedBatch> batch;  ///< without what may not be kept
    NewBatch stored;
  };
  [[nodiscard]] std::variant<Admitted, Response> admit(Bytes bytes, const ProgramView& program,
                                                       std::uint64_t received_ms);
  void release(const std::vector<QuarantinedBatch>& step, Released& released);
  void quarantine(const BatchHeader& header, const std::string& body, Done done);
  void append(Admitted admitted, Done done);
  void count(const Appended& appended, const DecodedBatch& batch);
  [[nodiscard]] Response answer(const Appended& appended, const DecodedBatch& batch, std::uint64_t received_ms);

  Store& store_;
  const ProgramLibrary& library_;
  Stats& stats_;
  Metrics& metrics_;
  Clock clock_;
  std::unordered_map<std::uint32_t, ProgramNames> names_;
};

}  // namespace omo::collector
