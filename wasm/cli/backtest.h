// SPDX-License-Identifier: Apache-2.0
// What a playbook would have done: recorded visitors run through the real engine, on all cores.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/recording.h"
#include "engine/engine.h"

namespace omo {

struct BacktestOptions {
  double period_ms = 86400000;  ///< width of a column
  unsigned threads = 0;         ///< 0 = one for each core
  /// Nobody knows what visitors would have done with what was never shown to them. So recorded promotions are left
  /// out, and every campaign that a page view would show counts as seen there. True: the recorded promotions count.
  bool recorded_feedback = false;
  std::uint8_t granted = 0;  ///< purposes that a visitor has granted until the recording says otherwise
  /// Called by one thread at a time, some times a second, with inputs done and inputs in all.
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;
};

/// Of a segment or campaign, over time.
struct Series {
  std::string name;
  std::uint64_t visitors = 0;   ///< that were ever in the segment, or to whom the campaign was ever shown
  std::uint64_t times = 0;      ///< entries into the segment; views in which the campaign was shown
  std::uint64_t held_back = 0;  ///< campaigns: visitors from whom a cap, a quiet period or their budget ever kept it
  std::vector<std::int64_t> periods;  ///< segments: visitors in it when the period ended; campaigns: reached in it
};

struct BacktestResult {
  std::uint64_t visitors = 0;
  std::uint64_t inputs = 0;
  std::uint64_t refused = 0;  ///< inputs that the engine did not take: unknown names, wrong types, missing consent
  std::uint64_t damaged = 0;  ///< visitors whose block does not match its checksum: left out
  double from_ms = 0;         ///< where the first period begins: a multiple of the period since 1970
  double period_ms = 0;
  double seconds = 0;  ///< of running, without reading
  unsigned threads = 0;
  std::vector<Series> segments;
  std::vector<Series> campaigns;
};

/// The widest series that is kept.
inline constexpr std::size_t kMaxPeriods = 10000;

/// Runs every visitor of the recordings. The result does not depend on the number of threads. Throws
/// std::invalid_argument where the program cannot be loaded or the recordings span more than kMaxPeriods periods.
[[nodiscard]] BacktestResult backtest(Bytes program, const std::vector<Recording>& recordings,
                                      const BacktestOptions& options);

}  // namespace omo
