// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>

namespace omo::collector {

/// Milliseconds since 1970, from any thread. What decides by time takes one, so that tests need not wait.
using Clock = std::function<std::uint64_t()>;

inline std::uint64_t system_time_ms() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
  return static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
}

}  // namespace omo::collector
