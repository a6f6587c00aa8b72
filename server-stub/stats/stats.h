// SPDX-License-Identifier: Apache-2.0
// What operators see, kept up to date batch by batch and rebuilt from the store at start. Each visitor's stream keeps
// its own share of every total, so that events may arrive in any order and an erasure takes away exactly what the
// stream added.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stats/flat_map.h"
#include "stats/name_table.h"
#include "stats/program_names.h"
#include "store/interval_set.h"
#include "wire/batch_decode.h"

namespace omo::collector {

struct PageRow {
  std::string path;
  std::uint64_t views = 0, visitors = 0, engaged_ms_total = 0;
  bool operator==(const PageRow&) const = default;
};
/// A step between two consecutive page views of a stream; its first view comes from kEntry, its latest goes to kExit.
struct PathRow {
  std::string from, to;
  std::uint64_t count = 0, visitors = 0;
  bool operator==(const PathRow&) const = default;
};
struct SegmentStatsRow {
  std::string segment;
  std::uint64_t visitors = 0;  ///< streams whose latest membership report has it on
  bool operator==(const SegmentStatsRow&) const = default;
};
struct CampaignStatsRow {
  std::string campaign, variant;
  std::uint64_t impressions = 0, clicks = 0, dismissals = 0, conversions = 0, visitors = 0;
  bool operator==(const CampaignStatsRow&) const = default;
};
struct HourRow {
  std::uint64_t time_ms = 0;  ///< when the hour begins, by the collector's clock
  std::uint64_t views = 0, visitors = 0, engaged_ms_total = 0;
  bool operator==(const HourRow&) const = default;
};

/// Rows about fewer visitors than asked for are only counted.
template <class Row>
struct Report {
  std::vector<Row> rows;  ///< largest first (hours: latest first)
  std::uint64_t hidden = 0;
  std::uint64_t bots = 0;  ///< visitors that are left out because they are bots
  bool operator==(const Report&) const = default;
};

inline constexpr std::string_view kEntry = "(entry)";
inline constexpr std::string_view kExit = "(exit)";
inline constexpr std::string_view kNotSet = "(not set)";  ///< a page view without a path
inline constexpr std::string_view kOther = "(other)";     ///< every page beyond the first max_pages
inline constexpr std::size_t kMaxPages = 100'000;
/// Impressions and goals of one campaign that are kept of one stream; more is no visitor.
inline constexpr std::size_t kMaxTrail = 4096;

/// All members may be called from any thread.
class Stats {
 public:
  Stats();

  /// Adds the events of `batch` whose sequence number is in `accepted`, and its membership report.
  void add(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
           std::uint64_t received_ms);
  void erase(std::uint64_t stream);

  /// A stream of which one batch was marked is a bot, from its first event on; it counts only where asked for.
  [[nodiscard]] Report<PageRow> pages(std::uint64_t min_visitors, bool with_bots = false) const;
  [[nodiscard]] Report<PathRow> paths(std::uint64_t min_visitors, bool with_bots = false) const;
  [[nodiscard]] Report<SegmentStatsRow> segments(std::uint64_t min_visitors, bool with_bots = false) const;
  [[nodiscard]] Report<CampaignStatsRow> campaigns(std::uint64_t min_visitors, bool with_bots = false) const;
  [[nodiscard]] Report<HourRow> hours(std::uint64_t min_visitors, bool with_bots = false) const;

 private:
  struct Share {  ///< of a page or an hour
    std::uint64_t views = 0, engaged_ms = 0;
  };
  struct VariantShare {
    std::uint64_t impressions = 0, clicks = 0, dismissals = 0, conversions = 0;
  };
  struct PageView {
    std::uint32_t sequence, page;
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
  using Edge = std::pair<std::uint32_t, std::uint32_t>;     ///< pages: from, to
  using Variant = std::pair<std::uint32_t, std::uint32_t>;  ///< names: campaign, variant
  struct Stream {
    bool bot = false;
    std::vector<PageView> views;  ///< by ascending sequence
    FlatMap<std::uint32_t, Share> pages;
    FlatMap<std::uint64_t, Share> hours;
    FlatMap<Edge, std::uint64_t> edges;
    FlatMap<Variant, VariantShare> variants;
    FlatMap<std::uint32_t, Trail> trails;  ///< by campaign
    std::uint64_t membership_sent_ms = 0;
    std::vector<std::uint32_t> segments;
  };
  template <class Sum>
  struct Total {
    Sum sum{};
    std::uint64_t visitors = 0;
  };
  struct Totals {
    std::unordered_map<std::uint32_t, Total<Share>> pages;
    std::map<std::uint64_t, Total<Share>> hours;
    std::map<Edge, Total<std::uint64_t>> edges;
    std::map<Variant, Total<VariantShare>> variants;
    std::map<std::uint32_t, std::uint64_t> segments;
  };

  /// The totals that this stream's events count in.
  [[nodiscard]] std::vector<Totals*> totals_of(const Stream& stream) {
    return stream.bot ? std::vector{&all_} : std::vector{&all_, &people_};
  }
  [[nodiscard]] const Totals& totals(bool with_bots) const { return with_bots ? all_ : people_; }
  static void take_from(Totals& totals, const Stream& stream);
  template <class Row>
  [[nodiscard]] Report<Row> new_report(bool with_bots) const {
    return {{}, 0, with_bots ? 0 : bots_};
  }

  void add_event(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream);
  void add_page_view(Stream& stream, std::uint32_t sequence, std::uint32_t page, std::uint64_t hour);
  void add_share(Stream& stream, std::uint32_t page, std::uint64_t hour, Share share);
  void add_promotion(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream);
  void add_goals(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream);
  void count_edge(Stream& stream, Edge edge, bool more);
  void count_conversions(Stream& stream, std::uint32_t campaign);
  VariantShare& variant_share(Stream& stream, Variant variant);
  void set_membership(const ProgramNames& program, const DecodedBatch& batch, Stream& stream);

  mutable std::mutex mutex_;
  NameTable page_names_{kMaxPages};
  NameTable names_;  ///< segments, campaigns and variants: only those that a program has
  std::unordered_map<std::uint64_t, Stream> streams_;
  Totals people_;
  Totals all_;  ///< bots too
  std::uint64_t bots_ = 0;
};

}  // namespace omo::collector
