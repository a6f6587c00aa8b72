// SPDX-License-Identifier: Apache-2.0
// What operators see: of people, or of bots too. A stream of which one batch was marked is a bot's, from its first
// event on, and counts only where bots are asked for.
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_set>

#include "stats/tally.h"

namespace omo::collector {

/// All members may be called from any thread. Reports say how many bots they leave out.
class Stats {
  template <class Ask>
  [[nodiscard]] auto report(bool with_bots, Ask ask) const {
    const std::lock_guard lock(mutex_);
    auto made = ask(with_bots ? all_ : people_);
    made.bots = with_bots ? 0 : bots_.size();
    return made;
  }

 public:
  /// Adds the events of `batch` whose sequence number is in `accepted`, and its membership report.
  void add(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
           std::uint64_t received_ms);
  void erase(std::uint64_t stream);

  using Add = std::function<void(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
                                 std::uint64_t received_ms)>;
  /// Erases the stream and adds what `again` adds in its place, in one: no report sees what lies between. `again` gets
  /// a function like add() and must call no other member.
  void replace(std::uint64_t stream, const std::function<void(const Add& add)>& again);

  [[nodiscard]] Report<PageRow> pages(std::uint64_t min_visitors, bool with_bots = false, By by = By::kPath) const {
    return report(with_bots, [&](const Tally& tally) { return tally.pages(min_visitors, by); });
  }
  [[nodiscard]] Report<PathRow> paths(std::uint64_t min_visitors, bool with_bots = false, By by = By::kPath) const {
    return report(with_bots, [&](const Tally& tally) { return tally.paths(min_visitors, by); });
  }
  [[nodiscard]] Report<SourceRow> sources(std::uint64_t min_visitors, bool with_bots = false) const {
    return report(with_bots, [&](const Tally& tally) { return tally.sources(min_visitors); });
  }
  [[nodiscard]] Report<SegmentStatsRow> segments(std::uint64_t min_visitors, bool with_bots = false,
                                                 std::uint64_t since_ms = 0) const {
    return report(with_bots, [&](const Tally& tally) { return tally.segments(min_visitors, since_ms); });
  }
  [[nodiscard]] Report<CampaignStatsRow> campaigns(std::uint64_t min_visitors, bool with_bots = false) const {
    return report(with_bots, [&](const Tally& tally) { return tally.campaigns(min_visitors); });
  }
  [[nodiscard]] Report<HourRow> hours(std::uint64_t min_visitors, bool with_bots = false) const {
    return report(with_bots, [&](const Tally& tally) { return tally.hours(min_visitors); });
  }

 private:
  void add_locked(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
                  std::uint64_t received_ms);
  void erase_locked(std::uint64_t stream);

  mutable std::mutex mutex_;
  Tally people_;
  Tally all_;
  std::unordered_set<std::uint64_t> bots_;
};

}  // namespace omo::collector
