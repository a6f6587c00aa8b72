// SPDX-License-Identifier: Apache-2.0
// The sums that operators see, kept up to date batch by batch and rebuilt from the store at start. Each visitor's
// stream keeps its own share of every total, so that events may arrive in any order and an erasure takes away exactly
// what the stream added.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stats/flat_map.h"
#include "stats/name_table.h"
#include "stats/program_names.h"
#include "stats/rows.h"
#include "stats/walks.h"
#include "store/interval_set.h"
#include "wire/batch_decode.h"

namespace omo::collector {

/// Impressions and goals of one campaign that are kept of one stream; more is no visitor.
inline constexpr std::size_t kMaxTrail = 4096;

/// What a row of pages or paths is named by.
enum class By : std::uint8_t { kPath, kPageType };

inline constexpr std::size_t kMaxSources = 10'000;  ///< every other one is kOther

/// Not for several threads at once: Stats sees to that.
class Tally {
 public:
  Tally();

  /// Adds the events of `batch` whose sequence number is in `accepted`, and its membership report.
  void add(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
           std::uint64_t received_ms);
  void erase(std::uint64_t stream);

  [[nodiscard]] Report<PageRow> pages(std::uint64_t min_visitors, By by) const;
  [[nodiscard]] Report<PathRow> paths(std::uint64_t min_visitors, By by) const;
  [[nodiscard]] Report<SourceRow> sources(std::uint64_t min_visitors) const;
  /// Of the streams that were heard of on the day of `since_ms` (UTC) or later.
  [[nodiscard]] Report<SegmentStatsRow> segments(std::uint64_t min_visitors, std::uint64_t since_ms) const;
  [[nodiscard]] Report<CampaignStatsRow> campaigns(std::uint64_t min_visitors) const;
  [[nodiscard]] Report<HourRow> hours(std::uint64_t min_visitors) const;

 private:
  using Share = Walks::Share;
  using Source = std::array<std::uint32_t, 4>;  ///< names: source, medium, campaign, referrer
  struct VariantShare {
    std::uint64_t impressions = 0, clicks = 0, dismissals = 0, conversions = 0;
    void operator-=(const VariantShare& other) {
      impressions -= other.impressions;
      clicks -= other.clicks;
      dismissals -= other.dismissals;
      conversions -= other.conversions;
    }
  };
  struct Impression {
    std::uint32_t sequence, variant;
    std::uint64_t time_ms;
  };
  struct Goal {
    std::uint32_t sequence, transaction;  ///< transaction: hash of its id; 0 = none
    std::uint64_t time_ms;
  };
  struct Trail {  ///< what decides the conversions of one campaign, each by ascending sequence
    std::vector<Impression> impressions;
    std::vector<Goal> goals;
  };
  using Variant = std::pair<std::uint32_t, std::uint32_t>;  ///< names: campaign, variant
  struct Stream {
    Walks::Trace by_path, by_type;
    FlatMap<std::uint64_t, Share> hours;
    FlatMap<Source, std::uint64_t> sources;  ///< sessions
    FlatMap<Variant, VariantShare> variants;
    FlatMap<std::uint32_t, Trail> trails;  ///< by campaign
    std::uint64_t membership_sent_ms = 0;
    std::uint64_t heard_day = 0;  ///< the latest on which a report of membership was received, by the collector's clock
    std::vector<std::uint32_t> segments;
  };
  void add_event(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream);
  void add_page_view(const ProgramNames& program, const DecodedEvent& event, Stream& stream);
  void add_engagement(const ProgramNames& program, const DecodedEvent& event, std::uint64_t hour, Stream& stream);
  void add_session(const ProgramNames& program, const DecodedEvent& event, Stream& stream);
  void add_to_hour(Stream& stream, std::uint64_t hour, Share share);
  void add_promotion(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream);
  void add_goals(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream);
  void count_conversions(Stream& stream, std::uint32_t campaign);
  VariantShare& variant_share(Stream& stream, Variant variant);
  void set_membership(const ProgramNames& program, const DecodedBatch& batch, std::uint64_t received_ms,
                      Stream& stream);
  void leave_segments(const Stream& stream);

  Walks by_path_, by_type_;
  NameTable source_names_{kMaxSources};
  NameTable names_;  ///< segments, campaigns and variants: only those that a program has
  std::unordered_map<std::uint64_t, Stream> streams_;
  std::map<std::uint64_t, Total<Share>> hours_;
  std::map<Source, Total<std::uint64_t>> sources_;
  std::map<Variant, Total<VariantShare>> variants_;
  std::map<std::uint32_t, std::map<std::uint64_t, std::uint64_t>> segments_;  ///< streams by the day they were heard of
};

}  // namespace omo::collector
