// SPDX-License-Identifier: Apache-2.0
// Deletes what was received too long ago: now, or again and again on a thread of its own.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "http/clock.h"
#include "http/metrics.h"
#include "store/store.h"
#include "wire/vocabulary.h"

namespace omo::collector {

inline constexpr std::uint64_t kDayMs = 86'400'000;
inline constexpr std::uint64_t kMinKeepDays = 31;
inline constexpr std::uint64_t kMaxKeepDays =
    757;  ///< 25 months, the shortest of which have 758 days: the most that audience measurement may keep
/// What is sent again must be known as long as it may be sent.
static_assert(kMinKeepDays * kDayMs > kMaxEventAgeMs);

/// Time between two expiries of a running collector. The requirement is an hour, and an expiry takes time too.
inline constexpr std::chrono::minutes kExpiryPeriod{30};

class Retention {
 public:
  /// `keep_days` is from kMinKeepDays to kMaxKeepDays. Store and metrics must outlive it.
  Retention(Store& store, Metrics& metrics, std::uint64_t keep_days, Clock clock = system_time_ms);
  ~Retention() { stop(); }
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

  /// Deletes all that was received more than `keep_days` ago, step by step, and waits for it. `follow` is told of each
  /// durable step by the store's thread, between the callbacks of earlier and of later writes. Throws StoreError where
  /// the store does not take or make a step: the steps before it stay done. Not from a thread of the store.
  void expire(const Store::ExpireDone& follow);

  /// Calls expire() on a thread every `period`, the first time after one; after a failure, in a minute. Once at most.
  void start(Store::ExpireDone follow, std::chrono::milliseconds period = kExpiryPeriod);
  /// Ends the thread, and waits for the step under way. Nothing expires afterwards.
  void stop();

 private:
  [[nodiscard]] bool stopping();
  [[nodiscard]] bool stopped_within(std::chrono::milliseconds time);
  void run(const Store::ExpireDone& follow, std::chrono::milliseconds period);

  Store& store_;
  Metrics& metrics_;
  std::uint64_t keep_days_;
  Clock clock_;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace omo::collector
