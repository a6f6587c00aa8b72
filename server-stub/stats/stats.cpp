// SPDX-License-Identifier: Apache-2.0
#include "stats/stats.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace omo::collector {
namespace {

constexpr std::uint64_t kHourMs = 3'600'000;
constexpr double kMaxEngagementMs = 86'400'000;  ///< of one report; more is a broken clock

/// The event's time by the collector's clock. Clocks of devices are wrong, but the time that has passed on them is
/// right.
std::uint64_t corrected_ms(std::uint64_t time_ms, std::uint64_t sent_ms, std::uint64_t received_ms) {
  const auto ahead = static_cast<std::int64_t>(received_ms - sent_ms);
  if (std::abs(ahead) <= std::int64_t{kClockToleranceMs}) return time_ms;
  return static_cast<std::uint64_t>(std::max(std::int64_t{0}, static_cast<std::int64_t>(time_ms) + ahead));
}

/// Inserts by sequence; most events arrive in order, at the end.
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

}  // namespace

// The first page name stands for all pages beyond the limit.
Stats::Stats() {
  for (const std::string_view name : {kOther, kEntry, kExit, kNotSet}) static_cast<void>(page_names_.number(name));
}

void Stats::add(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
                std::uint64_t received_ms) {
  const std::lock_guard lock(mutex_);
  Stream& stream = streams_[batch.header.stream];
  if ((batch.header.flags & batch_flag::kBot) != 0 && !stream.bot) {
    take_from(people_, stream);
    stream.bot = true;
    ++bots_;
  }
  for (const DecodedEvent& event : batch.events) {
    if (!accepted.contains(event.sequence)) continue;
    add_event(program, event, corrected_ms(event.time_ms, batch.header.sent_ms, received_ms), stream);
  }
  if (batch.has_membership && batch.header.sent_ms >= stream.membership_sent_ms) set_membership(program, batch, stream);
}

void Stats::add_event(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream) {
  const ProgramNames::EventNames& names = program.event(event.event);
  const std::uint64_t hour = time_ms / kHourMs;
  if (names.fact == Fact::kPageView || names.fact == Fact::kEngagement) {
    const std::string_view path = text_of(event, names.page_path);
    const std::uint32_t page = page_names_.number(path.empty() ? kNotSet : path);
    if (names.fact == Fact::kPageView) {
      add_page_view(stream, event.sequence, page, hour);
    } else if (const DecodedParam* engaged = find_param(event, names.engagement); engaged != nullptr) {
      const double ms = std::isfinite(engaged->number) ? std::clamp(engaged->number, 0.0, kMaxEngagementMs) : 0.0;
      add_share(stream, page, hour, {0, static_cast<std::uint64_t>(ms)});
    }
  } else if (names.fact != Fact::kNone) {
    add_promotion(program, event, time_ms, stream);
  }
  add_goals(program, event, time_ms, stream);
}

void Stats::add_page_view(Stream& stream, std::uint32_t sequence, std::uint32_t page, std::uint64_t hour) {
  add_share(stream, page, hour, {1, 0});
  const std::size_t at = insert_by_sequence(stream.views, PageView{sequence, page});
  const std::uint32_t before = at > 0 ? stream.views[at - 1].page : page_names_.number(kEntry);
  const std::uint32_t after = at + 1 < stream.views.size() ? stream.views[at + 1].page : page_names_.number(kExit);
  if (stream.views.size() > 1) count_edge(stream, {before, after}, false);
  count_edge(stream, {before, page}, true);
  count_edge(stream, {page, after}, true);
}

void Stats::add_share(Stream& stream, std::uint32_t page, std::uint64_t hour, Share share) {
  const auto add = [&](Share& sum) {
    sum.views += share.views;
    sum.engaged_ms += share.engaged_ms;
  };
  const std::uint64_t new_page = stream.pages.contains(page) ? 0 : 1;
  const std::uint64_t new_hour = stream.hours.contains(hour) ? 0 : 1;
  for (Totals* totals : totals_of(stream)) {
    totals->pages[page].visitors += new_page;
    totals->hours[hour].visitors += new_hour;
    add(totals->pages[page].sum);
    add(totals->hours[hour].sum);
  }
  add(stream.pages[page]);
  add(stream.hours[hour]);
}

void Stats::count_edge(Stream& stream, Edge edge, bool more) {
  std::uint64_t& share = stream.edges[edge];
  const std::uint64_t before = share;
  share += more ? 1 : -1;
  for (Totals* totals : totals_of(stream)) {
    Total<std::uint64_t>& total = totals->edges[edge];
    total.sum += share - before;
    total.visitors += (share > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
    if (total.sum == 0) totals->edges.erase(edge);
  }
  if (share == 0) stream.edges.erase(edge);
}

Stats::VariantShare& Stats::variant_share(Stream& stream, Variant variant) {
  if (!stream.variants.contains(variant)) {
    for (Totals* totals : totals_of(stream)) ++totals->variants[variant].visitors;
  }
  return stream.variants[variant];
}

void Stats::add_promotion(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms,
                          Stream& stream) {
  const ProgramNames::EventNames& names = program.event(event.event);
  const std::string_view campaign_name = text_of(event, names.promotion);
  const std::string_view variant_name = text_of(event, names.creative);
  if (!program.has_variant(campaign_name, variant_name)) return;
  const std::uint32_t campaign = names_.number(campaign_name);
  const std::uint32_t variant = names_.number(variant_name);
  std::uint64_t VariantShare::*const count = names.fact == Fact::kClick       ? &VariantShare::clicks
                                             : names.fact == Fact::kDismissal ? &VariantShare::dismissals
                                                                              : &VariantShare::impressions;
  ++(variant_share(stream, {campaign, variant}).*count);
  for (Totals* totals : totals_of(stream)) ++(totals->variants[{campaign, variant}].sum.*count);
  if (names.fact != Fact::kImpression) return;
  Trail& trail = stream.trails[campaign];
  if (trail.impressions.size() >= kMaxTrail) return;
  insert_by_sequence(trail.impressions, Impression{event.sequence, variant, time_ms});
  count_conversions(stream, campaign);
}

void Stats::add_goals(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream) {
  const ProgramNames::EventNames& names = program.event(event.event);
  if (names.goal_of.empty()) return;
  const std::string_view id = text_of(event, names.transaction);
  const std::uint32_t transaction = id.empty() ? 0 : std::max(1u, fnv32(as_bytes(id)));
  for (const std::string_view name : names.goal_of) {
    const std::uint32_t campaign = names_.number(name);
    Trail& trail = stream.trails[campaign];
    if (trail.goals.size() >= kMaxTrail) continue;
    insert_by_sequence(trail.goals, Goal{event.sequence, transaction, time_ms});
    count_conversions(stream, campaign);
  }
}

/// Each goal counts once, for the campaign's latest impression before it, if that is recent enough. A purchase with the
/// same transaction id as an earlier one is that one, reported again.
void Stats::count_conversions(Stream& stream, std::uint32_t campaign) {
  const Trail& trail = stream.trails[campaign];
  FlatMap<std::uint32_t, std::uint64_t> conversions;
  FlatMap<std::uint32_t, bool> transactions;
  auto next = trail.impressions.begin();
  for (const Impression& impression : trail.impressions) conversions[impression.variant] = 0;
  for (const Goal& goal : trail.goals) {
    while (next != trail.impressions.end() && next->sequence < goal.sequence) ++next;
    if (goal.transaction != 0) {
      if (transactions.contains(goal.transaction)) continue;
      transactions[goal.transaction] = true;
    }
    if (next == trail.impressions.begin()) continue;
    const Impression& latest = *(next - 1);
    // The sequence says which came first; times of two batches may be corrected by different amounts.
    if (goal.time_ms <= latest.time_ms + kAttributionMs) ++conversions[latest.variant];
  }
  for (const auto& [variant, count] : conversions) {
    std::uint64_t& share = variant_share(stream, {campaign, variant}).conversions;
    for (Totals* totals : totals_of(stream)) totals->variants[{campaign, variant}].sum.conversions += count - share;
    share = count;
  }
}

void Stats::set_membership(const ProgramNames& program, const DecodedBatch& batch, Stream& stream) {
  const auto totals = totals_of(stream);
  for (Totals* one : totals) {
    for (const std::uint32_t segment : stream.segments) --one->segments[segment];
  }
  stream.segments.clear();
  for (const std::uint32_t row : batch.segments_on) stream.segments.push_back(names_.number(program.segment(row)));
  for (Totals* one : totals) {
    for (const std::uint32_t segment : stream.segments) ++one->segments[segment];
  }
  stream.membership_sent_ms = batch.header.sent_ms;
}

void Stats::erase(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto at = streams_.find(id);
  if (at == streams_.end()) return;
  for (Totals* totals : totals_of(at->second)) take_from(*totals, at->second);
  if (at->second.bot) --bots_;
  streams_.erase(at);
}

void Stats::take_from(Totals& totals, const Stream& stream) {
  const auto take_shares = [](const auto& shares, auto& sums) {
    for (const auto& [key, share] : shares) {
      auto& total = sums[key];
      total.sum.views -= share.views;
      total.sum.engaged_ms -= share.engaged_ms;
      if (--total.visitors == 0) sums.erase(key);
    }
  };
  take_shares(stream.pages, totals.pages);
  take_shares(stream.hours, totals.hours);
  for (const auto& [edge, count] : stream.edges) {
    Total<std::uint64_t>& total = totals.edges[edge];
    total.sum -= count;
    if (--total.visitors == 0) totals.edges.erase(edge);
  }
  for (const auto& [variant, share] : stream.variants) {
    Total<VariantShare>& total = totals.variants[variant];
    total.sum.impressions -= share.impressions;
    total.sum.clicks -= share.clicks;
    total.sum.dismissals -= share.dismissals;
    total.sum.conversions -= share.conversions;
    if (--total.visitors == 0) totals.variants.erase(variant);
  }
  for (const std::uint32_t segment : stream.segments) --totals.segments[segment];
}

namespace {

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

}  // namespace

Report<PageRow> Stats::pages(std::uint64_t min_visitors, bool with_bots) const {
  const std::lock_guard lock(mutex_);
  auto report = new_report<PageRow>(with_bots);
  for (const auto& [page, total] : totals(with_bots).pages) {
    report_row(report, min_visitors, {page_names_.name(page), total.sum.views, total.visitors, total.sum.engaged_ms});
  }
  sort_rows(
      report.rows, [](const PageRow& row) { return row.views; }, [](const PageRow& row) { return row.path; });
  return report;
}

Report<PathRow> Stats::paths(std::uint64_t min_visitors, bool with_bots) const {
  const std::lock_guard lock(mutex_);
  auto report = new_report<PathRow>(with_bots);
  for (const auto& [edge, total] : totals(with_bots).edges) {
    report_row(report, min_visitors,
               {page_names_.name(edge.first), page_names_.name(edge.second), total.sum, total.visitors});
  }
  sort_rows(
      report.rows, [](const PathRow& row) { return row.count; },
      [](const PathRow& row) { return std::pair(row.from, row.to); });
  return report;
}

Report<SegmentStatsRow> Stats::segments(std::uint64_t min_visitors, bool with_bots) const {
  const std::lock_guard lock(mutex_);
  auto report = new_report<SegmentStatsRow>(with_bots);
  for (const auto& [segment, visitors] : totals(with_bots).segments) {
    if (visitors > 0) report_row(report, min_visitors, {names_.name(segment), visitors});
  }
  sort_rows(
      report.rows, [](const SegmentStatsRow& row) { return row.visitors; },
      [](const SegmentStatsRow& row) { return row.segment; });
  return report;
}

Report<CampaignStatsRow> Stats::campaigns(std::uint64_t min_visitors, bool with_bots) const {
  const std::lock_guard lock(mutex_);
  auto report = new_report<CampaignStatsRow>(with_bots);
  for (const auto& [variant, total] : totals(with_bots).variants) {
    report_row(report, min_visitors,
               {names_.name(variant.first), names_.name(variant.second), total.sum.impressions, total.sum.clicks,
                total.sum.dismissals, total.sum.conversions, total.visitors});
  }
  sort_rows(
      report.rows, [](const CampaignStatsRow& row) { return row.impressions; },
      [](const CampaignStatsRow& row) { return std::pair(row.campaign, row.variant); });
  return report;
}

Report<HourRow> Stats::hours(std::uint64_t min_visitors, bool with_bots) const {
  const std::lock_guard lock(mutex_);
  auto report = new_report<HourRow>(with_bots);
  const auto& hours = totals(with_bots).hours;
  for (auto at = hours.rbegin(); at != hours.rend(); ++at) {
    const auto& [hour, total] = *at;
    report_row(report, min_visitors, {hour * kHourMs, total.sum.views, total.visitors, total.sum.engaged_ms});
  }
  return report;
}

}  // namespace omo::collector
