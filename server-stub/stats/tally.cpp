// SPDX-License-Identifier: Apache-2.0
#include "stats/tally.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace omo::collector {
namespace {

constexpr std::uint64_t kMsPerHour = 3'600'000;
constexpr std::uint64_t kMsPerDay = 24 * kMsPerHour;
constexpr double kMaxEngagementMs = 86'400'000;  ///< of one report; more is a broken clock

/// The event's time by the collector's clock. Clocks of devices are wrong, but the time that has passed on them is
/// right.
std::uint64_t corrected_ms(std::uint64_t time_ms, std::uint64_t sent_ms, std::uint64_t received_ms) {
  const auto ahead = static_cast<std::int64_t>(received_ms - sent_ms);
  if (std::abs(ahead) <= std::int64_t{kClockToleranceMs}) return time_ms;
  return static_cast<std::uint64_t>(std::max(std::int64_t{0}, static_cast<std::int64_t>(time_ms) + ahead));
}

}  // namespace

// The first name stands for all beyond the limit.
Tally::Tally() { static_cast<void>(source_names_.number(kOther)); }

void Tally::add(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
                std::uint64_t received_ms) {
  Stream& stream = streams_[batch.header.stream];
  for (const DecodedEvent& event : batch.events) {
    if (!accepted.contains(event.sequence)) continue;
    add_event(program, event, corrected_ms(event.time_ms, batch.header.sent_ms, received_ms), stream);
  }
  if (batch.has_membership) set_membership(program, batch, received_ms, stream);
}

void Tally::add_event(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream) {
  const std::uint64_t hour = time_ms / kMsPerHour;
  switch (program.event(event.event).fact) {
    case Fact::kPageView:
      add_page_view(program, event, stream);
      add_to_hour(stream, hour, {1, 0});
      break;
    case Fact::kEngagement:
      add_engagement(program, event, hour, stream);
      break;
    case Fact::kSessionStart:
      add_session(program, event, stream);
      break;
    case Fact::kSearch:
      by_type_.add_step(stream.by_type, event.sequence, kSearch);
      break;
    case Fact::kImpression:
    case Fact::kClick:
    case Fact::kDismissal:
      add_promotion(program, event, time_ms, stream);
      break;
    case Fact::kNone:
      break;
  }
  add_goals(program, event, time_ms, stream);
}

void Tally::add_page_view(const ProgramNames& program, const DecodedEvent& event, Stream& stream) {
  const ProgramNames::EventNames& names = program.event(event.event);
  by_path_.add_view(stream.by_path, event.sequence, text_of(event, names.page_path));
  by_type_.add_view(stream.by_type, event.sequence, text_of(event, names.page_type));
}

void Tally::add_engagement(const ProgramNames& program, const DecodedEvent& event, std::uint64_t hour, Stream& stream) {
  const ProgramNames::EventNames& names = program.event(event.event);
  const DecodedParam* engaged = find_param(event, names.engagement);
  if (engaged == nullptr) return;
  const double number = std::isfinite(engaged->number) ? std::clamp(engaged->number, 0.0, kMaxEngagementMs) : 0.0;
  const auto ms = static_cast<std::uint64_t>(number);
  const std::string_view path = text_of(event, names.page_path);
  by_path_.add_engagement(stream.by_path, path, ms);
  // Engagement tells the path only: its type is that of the view before.
  const std::uint32_t view = by_path_.latest_view(stream.by_path, event.sequence, path);
  by_type_.add_engagement(stream.by_type, by_type_.viewed_at(stream.by_type, view), ms);
  add_to_hour(stream, hour, {0, ms});
}

void Tally::add_session(const ProgramNames& program, const DecodedEvent& event, Stream& stream) {
  by_path_.break_path(stream.by_path, event.sequence);
  by_type_.break_path(stream.by_type, event.sequence);
  Source source{};
  std::uint32_t* name = source.data();
  for (const std::uint32_t row : program.event(event.event).session) {
    const std::string_view text = text_of(event, row);
    *name++ = source_names_.number(text.empty() ? kNotSet : text);
  }
  if (sources_.size() >= kMaxSources && !sources_.contains(source)) source = {};
  Total<std::uint64_t>& total = sources_[source];
  if (++stream.sources[source] == 1) ++total.visitors;
  ++total.sum;
}

void Tally::add_to_hour(Stream& stream, std::uint64_t hour, Share share) {
  Total<Share>& total = hours_[hour];
  if (!stream.hours.contains(hour)) ++total.visitors;
  for (Share* sum : {&stream.hours[hour], &total.sum}) {
    sum->views += share.views;
    sum->engaged_ms += share.engaged_ms;
  }
}

Tally::VariantShare& Tally::variant_share(Stream& stream, Variant variant) {
  if (!stream.variants.contains(variant)) ++variants_[variant].visitors;
  return stream.variants[variant];
}

void Tally::add_promotion(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms,
                          Stream& stream) {
  const ProgramNames::EventNames& names = program.event(event.event);
  const std::string_view campaign_name = text_of(event, names.promotion);
  const std::string_view variant_name = text_of(event, names.creative);
  if (!program.has_variant(campaign_name, variant_name)) return;
  const std::uint32_t campaign = names_.number(campaign_name);
  const std::uint32_t variant = names_.number(variant_name);
  VariantShare& share = variant_share(stream, {campaign, variant});
  VariantShare& sum = variants_[{campaign, variant}].sum;
  if (names.fact == Fact::kClick) {
    ++share.clicks, ++sum.clicks;
  } else if (names.fact == Fact::kDismissal) {
    ++share.dismissals, ++sum.dismissals;
  } else {
    ++share.impressions, ++sum.impressions;
    Trail& trail = stream.trails[campaign];
    if (trail.impressions.size() >= kMaxTrail) return;
    insert_by_sequence(trail.impressions, Impression{event.sequence, variant, time_ms});
    count_conversions(stream, campaign);
  }
}

void Tally::add_goals(const ProgramNames& program, const DecodedEvent& event, std::uint64_t time_ms, Stream& stream) {
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
void Tally::count_conversions(Stream& stream, std::uint32_t campaign) {
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
    if (goal.time_ms >= latest.time_ms && goal.time_ms - latest.time_ms <= kAttributionMs)
      ++conversions[latest.variant];
  }
  for (const auto& [variant, count] : conversions) {
    std::uint64_t& share = variant_share(stream, {campaign, variant}).conversions;
    std::uint64_t& sum = variants_[{campaign, variant}].sum.conversions;
    sum = sum - share + count;
    share = count;
  }
}

/// What it says counts where it is the latest that was sent; that it came, in any case.
void Tally::set_membership(const ProgramNames& program, const DecodedBatch& batch, std::uint64_t received_ms,
                           Stream& stream) {
  leave_segments(stream);
  stream.heard_day = std::max(stream.heard_day, received_ms / kMsPerDay);
  if (batch.header.sent_ms >= stream.membership_sent_ms) {
    stream.membership_sent_ms = batch.header.sent_ms;
    stream.segments.clear();
    for (const std::uint32_t row : batch.segments_on) stream.segments.push_back(names_.number(program.segment(row)));
  }
  for (const std::uint32_t segment : stream.segments) ++segments_[segment][stream.heard_day];
}

void Tally::leave_segments(const Stream& stream) {
  for (const std::uint32_t segment : stream.segments) {
    auto& days = segments_[segment];
    if (--days[stream.heard_day] == 0) days.erase(stream.heard_day);
  }
}

void Tally::erase(std::uint64_t id) {
  const auto at = streams_.find(id);
  if (at == streams_.end()) return;
  const Stream& stream = at->second;
  by_path_.erase(stream.by_path);
  by_type_.erase(stream.by_type);
  erase_shares(stream.hours, hours_);
  erase_shares(stream.sources, sources_);
  erase_shares(stream.variants, variants_);
  leave_segments(stream);
  streams_.erase(at);
}

Report<PageRow> Tally::pages(std::uint64_t min_visitors, By by) const {
  return (by == By::kPath ? by_path_ : by_type_).pages(min_visitors);
}

Report<PathRow> Tally::paths(std::uint64_t min_visitors, By by) const {
  return (by == By::kPath ? by_path_ : by_type_).paths(min_visitors);
}

Report<SourceRow> Tally::sources(std::uint64_t min_visitors) const {
  Report<SourceRow> report;
  for (const auto& [source, total] : sources_) {
    const auto name = [&](std::size_t part) { return source_names_.name(source[part]); };
    report_row(report, min_visitors, {name(0), name(1), name(2), name(3), total.sum, total.visitors});
  }
  sort_rows(
      report.rows, [](const SourceRow& row) { return row.sessions; },
      [](const SourceRow& row) { return std::tie(row.source, row.medium, row.campaign, row.referrer); });
  return report;
}

Report<SegmentStatsRow> Tally::segments(std::uint64_t min_visitors, std::uint64_t since_ms) const {
  Report<SegmentStatsRow> report;
  for (const auto& [segment, days] : segments_) {
    std::uint64_t visitors = 0;
    for (auto day = days.lower_bound(since_ms / kMsPerDay); day != days.end(); ++day) visitors += day->second;
    if (visitors > 0) report_row(report, min_visitors, {names_.name(segment), visitors});
  }
  sort_rows(
      report.rows, [](const SegmentStatsRow& row) { return row.visitors; },
      [](const SegmentStatsRow& row) { return row.segment; });
  return report;
}

Report<CampaignStatsRow> Tally::campaigns(std::uint64_t min_visitors) const {
  Report<CampaignStatsRow> report;
  for (const auto& [variant, total] : variants_) {
    report_row(report, min_visitors,
               {names_.name(variant.first), names_.name(variant.second), total.sum.impressions, total.sum.clicks,
                total.sum.dismissals, total.sum.conversions, total.visitors});
  }
  sort_rows(
      report.rows, [](const CampaignStatsRow& row) { return row.impressions; },
      [](const CampaignStatsRow& row) { return std::pair(row.campaign, row.variant); });
  return report;
}

Report<HourRow> Tally::hours(std::uint64_t min_visitors) const {
  Report<HourRow> report;
  for (auto at = hours_.rbegin(); at != hours_.rend(); ++at) {
    const auto& [hour, total] = *at;
    report_row(report, min_visitors, {hour * kMsPerHour, total.sum.views, total.visitors, total.sum.engaged_ms});
  }
  return report;
}

}  // namespace omo::collector
