// SPDX-License-Identifier: Apache-2.0
// The rows of the reports, and how a report is made of them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace omo::collector {

struct PageRow {
  std::string path;  ///< or the page's type
  std::uint64_t views = 0, visitors = 0, engaged_ms_total = 0;
  std::uint64_t entries = 0, exits = 0;  ///< sessions whose first or last page it was
  bool operator==(const PageRow&) const = default;
};
/// A step between two consecutive page views of a session; its first view comes from kEntry, its latest goes to kExit.
struct PathRow {
  std::string from, to;
  std::uint64_t count = 0, visitors = 0;
  bool operator==(const PathRow&) const = default;
};
/// Sessions by what brought them.
struct SourceRow {
  std::string source, medium, campaign, referrer;
  std::uint64_t sessions = 0, visitors = 0;
  bool operator==(const SourceRow&) const = default;
};
struct SegmentStatsRow {
  std::string segment;
  std::uint64_t visitors = 0;  ///< streams whose latest membership report has it on, however long ago it came
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
inline constexpr std::string_view kSearch = "(search)";   ///< a search on the site, among page types
inline constexpr std::string_view kNotSet = "(not set)";  ///< a page view without a path or type
inline constexpr std::string_view kOther = "(other)";     ///< every page beyond the first max_pages

/// What all streams add up to.
template <class Sum>
struct Total {
  Sum sum{};
  std::uint64_t visitors = 0;
};

/// Takes what one stream has added out of the totals.
template <class Shares, class Totals>
void erase_shares(const Shares& shares, Totals& totals) {
  for (const auto& [key, share] : shares) {
    auto& total = totals[key];
    total.sum -= share;
    if (--total.visitors == 0) totals.erase(key);
  }
}

/// Moves a row into the report, or only counts it.
template <class Row>
void report_row(Report<Row>& report, std::uint64_t min_visitors, Row row) {
  if (row.visitors < min_visitors) {
    ++report.hidden;
  } else {
    report.rows.push_back(std::move(row));
  }
}

/// Largest first; names decide between equals, so that the order is the same after a restart.
template <class Row, class Size, class Name>
void sort_rows(std::vector<Row>& rows, Size size, Name name) {
  std::sort(rows.begin(), rows.end(), [&](const Row& left, const Row& right) {
    return size(left) != size(right) ? size(left) > size(right) : name(left) < name(right);
  });
}

/// Inserts by sequence; most events arrive in order, at the end. Answers where.
template <class Entry>
std::size_t insert_by_sequence(std::vector<Entry>& entries, const Entry& entry) {
  auto at = entries.end();
  if (!entries.empty() && entries.back().sequence > entry.sequence) {
    at = std::partition_point(entries.begin(), entries.end(),
                              [&](const Entry& other) { return other.sequence < entry.sequence; });
  }
  const auto inserted = entries.insert(at, entry);  // before begin() is asked: inserting moves it
  return static_cast<std::size_t>(inserted - entries.begin());
}

}  // namespace omo::collector
