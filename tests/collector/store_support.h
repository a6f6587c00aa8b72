// SPDX-License-Identifier: Apache-2.0
// The store's writes, waited for, and what it keeps as values.
#pragma once
#include <catch2/catch.hpp>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "collector/support.h"
#include "store/sqlite_store.h"

namespace omo::collector::test {

inline NewBatch new_batch(std::uint64_t stream, std::vector<Interval> intervals,
                          std::vector<std::uint8_t> raw = {1, 2, 3}, std::uint64_t received_ms = 1000) {
  IntervalSet set;
  for (const Interval& interval : intervals) set.add(interval);
  return {stream, 7, received_ms, std::move(set), std::move(raw)};
}

inline Appended append(Store& store, NewBatch batch) {
  std::promise<Appended> promise;
  REQUIRE(store.append(std::move(batch), [&](const Appended& appended) { promise.set_value(appended); }));
  return promise.get_future().get();
}

inline bool erase(Store& store, std::uint64_t stream, std::uint64_t erased_ms = 1000) {
  std::promise<bool> promise;
  REQUIRE(store.erase(stream, erased_ms, [&](bool durable) { promise.set_value(durable); }));
  return promise.get_future().get();
}

inline bool quarantine(Store& store, std::uint64_t stream, std::vector<std::uint8_t> raw,
                       std::uint64_t received_ms = 1000) {
  std::promise<bool> promise;
  REQUIRE(store.quarantine({stream, 9, received_ms, "wrong_program", std::move(raw)},
                           [&](bool durable) { promise.set_value(durable); }));
  return promise.get_future().get();
}

/// One step of an expiry.
inline Expired expire(Store& store, std::uint64_t before_ms) {
  std::promise<Expired> promise;
  REQUIRE(store.expire(before_ms, [&](const Expired& expired) { promise.set_value(expired); }));
  return promise.get_future().get();
}

inline std::vector<StoredBatch> all(Store& store) {
  std::vector<StoredBatch> batches;
  store.scan([&](const StoredBatch& batch) { batches.push_back(batch); });
  return batches;
}

inline std::vector<QuarantinedBatch> all_quarantined(Store& store) { return store.quarantined(0, 1'000'000); }

/// The bytes of every file of the folder: the database, its log and what else is there.
inline std::string all_files(const TemporaryFolder& folder) {
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream stream(entry.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(stream), {});
  }
  return bytes;
}

}  // namespace omo::collector::test
