// SPDX-License-Identifier: Apache-2.0
#include "http/retention.h"

#include <spdlog/spdlog.h>

#include <future>
#include <utility>

namespace omo::collector {
namespace {

constexpr std::chrono::minutes kRetryPeriod{1};

}  // namespace

Retention::Retention(Store& store, Metrics& metrics, std::uint64_t keep_days, Clock clock)
    : store_(store), metrics_(metrics), keep_days_(keep_days), clock_(std::move(clock)) {}

void Retention::expire(const Store::ExpireDone& follow) {
  const std::uint64_t now_ms = clock_();
  const std::uint64_t keep_ms = keep_days_ * kDayMs;
  const std::uint64_t before_ms = now_ms > keep_ms ? now_ms - keep_ms : 0;
  std::uint64_t batches = 0;
  for (bool finished = false; !finished && !stopping();) {
    std::promise<bool> durable;
    const bool taken = store_.expire(before_ms, [&](const Expired& expired) {
      if (expired.durable) {
        follow(expired);
        metrics_.expired_batches.Increment(static_cast<double>(expired.batches));
      }
      batches += expired.batches;
      finished = expired.finished;
      durable.set_value(expired.durable);
    });
    if (!taken) throw StoreError("the store cannot take an expiry now");
    if (!durable.get_future().get()) throw StoreError("the store could not delete what is too old");
  }
  if (batches > 0) spdlog::info("deleted {} batches that were received more than {} days ago", batches, keep_days_);
}

void Retention::start(Store::ExpireDone follow, std::chrono::milliseconds period) {
  thread_ = std::thread([this, follow = std::move(follow), period] { run(follow, period); });
}

void Retention::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_asked_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool Retention::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool Retention::stopped_within(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return stop_asked_.wait_for(lock, time, [this] { return stopping_; });
}

void Retention::run(const Store::ExpireDone& follow, std::chrono::milliseconds period) {
  for (std::chrono::milliseconds wait = period; !stopped_within(wait);) {
    try {
      expire(follow);
      wait = period;
    } catch (const StoreError& error) {
      spdlog::error("what is too old could not be deleted: {}", error.what());
      wait = kRetryPeriod;
    }
  }
}

}  // namespace omo::collector
