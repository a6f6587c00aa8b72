// SPDX-License-Identifier: Apache-2.0
#include "stats/stats.h"

#include <catch2/catch.hpp>
#include <future>
#include <map>
#include <random>

#include "collector/stats_support.h"

namespace omo::collector::stats_test {
namespace {

using namespace test;

void add(Stats& stats, const DecodedBatch& made) { stats.add(names(), made, sequences(made), kSent); }

template <class Row>
bool has(const Report<Row>& report, const Row& row) {
  return std::find(report.rows.begin(), report.rows.end(), row) != report.rows.end();
}

}  // namespace

TEST_CASE("pages count views, distinct streams and engaged time") {
  Stats stats;
  add(stats, batch(1, {page_view(0, "/"), engagement(1, "/", 4200), page_view(2, "/a"), engagement(3, "/a", 1000),
                       page_view(4, "/"), engagement(5, "/", 800)}));
  add(stats, batch(2, {page_view(0, "/"), engagement(1, "/", 500)}));
  CHECK(stats.pages(1).rows == std::vector<PageRow>{{"/", 3, 2, 5500, 2, 2}, {"/a", 1, 1, 1000, 0, 0}});
}

TEST_CASE("paths go from the entry over consecutive page views to the exit") {
  Stats stats;
  add(stats, batch(1, {page_view(0, "/"), engagement(1, "/", 1), page_view(2, "/a"), page_view(3, "/")}));
  add(stats, batch(2, {page_view(0, "/"), page_view(1, "/a")}));
  CHECK(
      stats.paths(1).rows ==
      std::vector<PathRow>{
          {"(entry)", "/", 2, 2}, {"/", "/a", 2, 2}, {"/", "(exit)", 1, 1}, {"/a", "(exit)", 1, 1}, {"/a", "/", 1, 1}});
}

TEST_CASE("a page view that arrives late takes its place in the path") {
  Stats late;
  add(late, batch(1, {page_view(0, "/"), page_view(4, "/c")}));
  add(late, batch(1, {page_view(2, "/b")}));
  Stats in_order;
  add(in_order, batch(1, {page_view(0, "/"), page_view(2, "/b"), page_view(4, "/c")}));
  check_equal(late, in_order);
  CHECK_FALSE(has(late.paths(1), PathRow{"/", "/c", 1, 1}));
}

TEST_CASE("a session ends a path: its last page is an exit, and the next one an entry") {
  const std::vector<DecodedEvent> events = {session(0, "news"), page_view(1, "/"), page_view(2, "/a"),
                                            session(3, "news"), session(4, "x"),   page_view(5, "/b")};
  Stats stats;
  add(stats, batch(1, events));
  CHECK(stats.paths(1).rows == std::vector<PathRow>{{"(entry)", "/", 1, 1},
                                                    {"(entry)", "/b", 1, 1},
                                                    {"/", "/a", 1, 1},
                                                    {"/a", "(exit)", 1, 1},
                                                    {"/b", "(exit)", 1, 1}});
  CHECK(stats.pages(1).rows ==
        std::vector<PageRow>{{"/", 1, 1, 0, 1, 0}, {"/a", 1, 1, 0, 0, 1}, {"/b", 1, 1, 0, 1, 1}});
  // In whatever order they arrive.
  for (std::size_t first = 0; first < events.size(); ++first) {
    Stats late;
    for (std::size_t i = 0; i < events.size(); ++i) add(late, batch(1, {events[(first + i * 5) % events.size()]}));
    check_equal(late, stats);
  }
}

TEST_CASE("page types have views, visitors, entries, exits and the time of their pages, and searches are steps") {
  Stats stats;
  add(stats, batch(1, {session(0, "news"), typed_view(1, "/", "home"), engagement(2, "/", 900),
                       event(3, "view_search_results", {{"search_term", "rose"}}), typed_view(4, "/item/1", "product"),
                       engagement(5, "/item/1", 4000), typed_view(6, "/item/2", "product"), page_view(7, "/about"),
                       engagement(8, "/item/2", 500)}));
  CHECK(stats.pages(1, false, By::kPageType).rows ==
        std::vector<PageRow>{{"product", 2, 1, 4500, 0, 0}, {"(not set)", 1, 1, 0, 0, 1}, {"home", 1, 1, 900, 1, 0}});
  CHECK(stats.paths(1, false, By::kPageType).rows == std::vector<PathRow>{{"(entry)", "home", 1, 1},
                                                                          {"(not set)", "(exit)", 1, 1},
                                                                          {"(search)", "product", 1, 1},
                                                                          {"home", "(search)", 1, 1},
                                                                          {"product", "(not set)", 1, 1},
                                                                          {"product", "product", 1, 1}});
  // A path from page to page is what it was.
  CHECK(has(stats.paths(1), PathRow{"/", "/item/1", 1, 1}));
}

TEST_CASE("sessions count by source, medium, campaign and referrer") {
  Stats stats;
  add(stats, batch(1, {session(0, "news"), session(1, "news"), session(2, "")}));
  add(stats, batch(2, {session(0, "news")}));
  const std::string none(kNotSet);
  CHECK(stats.sources(1).rows ==
        std::vector<SourceRow>{{"news", none, none, "search", 3, 2}, {none, none, none, "search", 1, 1}});
  CHECK(stats.sources(2).hidden == 1);
}

TEST_CASE("of a stream's path no more steps are remembered than kMaxSteps, and what they added stays counted") {
  Walks walks;
  Walks::Trace trace;
  const auto steps = static_cast<std::uint32_t>(3 * kMaxSteps);
  for (std::uint32_t i = 1; i <= steps; ++i) walks.add_view(trace, 2 * i, i % 2 == 0 ? "/a" : "/b");
  CHECK(trace.steps.size() == kMaxSteps);
  walks.add_view(trace, 1, "/late");  // its place in the path is forgotten, its view is not
  CHECK(trace.steps.size() == kMaxSteps);
  const Report<PathRow> paths = walks.paths(1);
  CHECK(has(paths, PathRow{"/b", "/a", steps / 2, 1}));
  CHECK(has(paths, PathRow{"(entry)", "/b", 1, 1}));
  CHECK(walks.pages(1).rows.back() == PageRow{"/late", 1, 1, 0, 0, 0});
  walks.erase(trace);
  CHECK(walks.pages(1).rows.empty());
  CHECK(walks.paths(1).rows.empty());
}

TEST_CASE("only accepted events of a batch count") {
  Stats stats;
  IntervalSet accepted;
  accepted.add({1, 1});
  stats.add(names(), batch(1, {page_view(0, "/"), page_view(1, "/a")}), accepted, kSent);
  CHECK(stats.pages(1).rows == std::vector<PageRow>{{"/a", 1, 1, 0, 1, 1}});
}

TEST_CASE("a segment has the streams whose latest report has it on") {
  Stats stats;
  const auto report = [&](std::uint64_t stream, std::uint64_t sent, std::uint32_t sequence,
                          std::vector<std::uint32_t> on) {
    DecodedBatch made = batch(stream, {page_view(sequence, "/")});
    made.header.sent_ms = sent;
    made.has_membership = true;
    made.segments_on = std::move(on);
    add(stats, made);
  };
  const auto row = [&](std::string_view name) {
    for (std::uint32_t i = 0;; ++i) {
      if (names().segment(i) == name) return i;
    }
  };
  report(1, kSent, 0, {row("reader")});
  report(2, kSent, 0, {row("reader")});
  CHECK(stats.segments(1).rows == std::vector<SegmentStatsRow>{{"reader", 2}});
  report(1, kSent + 1000, 1, {row("buyer")});
  CHECK(stats.segments(1).rows == std::vector<SegmentStatsRow>{{"buyer", 1}, {"reader", 1}});
  report(1, kSent - 1000, 2, {row("reader")});  // an older report that arrives late changes nothing
  CHECK(stats.segments(1).rows == std::vector<SegmentStatsRow>{{"buyer", 1}, {"reader", 1}});
  report(1, kSent + 2000, 3, {});
  CHECK(stats.segments(1).rows == std::vector<SegmentStatsRow>{{"reader", 1}});
}

TEST_CASE("a size of a segment counts those who were heard of since a day, each on the latest such day") {
  constexpr std::uint64_t kDay = 86'400'000;
  const auto report = [](std::uint64_t stream, std::uint32_t sequence, std::uint64_t sent_ms,
                         std::vector<std::uint32_t> on) {
    DecodedBatch made = batch(stream, {page_view(sequence, "/", sent_ms)});
    made.header.sent_ms = sent_ms;
    made.has_membership = true;
    made.segments_on = std::move(on);
    return made;
  };
  Stats stats;
  const auto add = [&](const DecodedBatch& made, std::uint64_t received_ms) {
    stats.add(names(), made, sequences(made), received_ms);
  };
  const auto size = [&](std::uint64_t since_ms) {
    const std::vector<SegmentStatsRow> rows = stats.segments(1, false, since_ms).rows;
    return rows.empty() ? 0 : rows[0].visitors;
  };
  std::uint32_t row = 0;
  while (names().segment(row) != "reader") ++row;
  add(report(1, 0, kSent, {row}), kSent);
  add(report(2, 0, kSent + 40 * kDay, {row}), kSent + 40 * kDay);
  CHECK(size(0) == 2);
  CHECK(size(kSent + 10 * kDay) == 1);
  CHECK(size(kSent + 41 * kDay) == 0);
  // Whoever comes back counts, also with a clock that went back, which does not change what was said.
  add(report(1, 1, kSent - kDay, {}), kSent + 39 * kDay);
  CHECK(size(kSent + 10 * kDay) == 2);
  stats.erase(1);
  CHECK(size(0) == 1);
  add(report(2, 1, kSent + 41 * kDay, {}), kSent + 41 * kDay);
  CHECK(size(0) == 0);
}

TEST_CASE("a campaign counts impressions, clicks, dismissals and conversions by variant") {
  Stats stats;
  add(stats, batch(1, {promotion(0, "view_promotion", "welcome", "warm"),
                       promotion(1, "select_promotion", "welcome", "warm"), purchase(2, "A")}));
  add(stats, batch(2, {promotion(0, "view_promotion", "welcome", "plain"),
                       promotion(1, "dismiss_promotion", "welcome", "plain")}));
  CHECK(stats.campaigns(1).rows ==
        std::vector<CampaignStatsRow>{{"welcome", "plain", 1, 0, 1, 0, 1}, {"welcome", "warm", 1, 1, 0, 1, 1}});
}

TEST_CASE("promotions of the site itself are no campaigns") {
  Stats stats;
  add(stats, batch(1, {promotion(0, "view_promotion", "summer-sale", "warm"),
                       promotion(1, "view_promotion", "welcome", "x")}));
  CHECK(stats.campaigns(1).rows.empty());
}

TEST_CASE("a goal converts within the attribution time after an impression, once, for the latest variant") {
  const std::uint64_t limit = kAttributionMs;
  const auto conversions = [](std::vector<DecodedEvent> events) {
    Stats stats;
    add(stats, batch(1, std::move(events)));
    std::map<std::string, std::uint64_t> made;
    for (const CampaignStatsRow& row : stats.campaigns(1).rows) made[row.variant] = row.conversions;
    return made;
  };
  using Made = std::map<std::string, std::uint64_t>;
  const auto impression = [](std::uint32_t sequence, std::string variant, std::uint64_t time) {
    return promotion(sequence, "view_promotion", "welcome", std::move(variant), time);
  };
  const std::uint64_t begin = kSent - 20 * limit;
  CHECK(conversions({impression(0, "warm", begin), purchase(1, "A", begin + limit)}) == Made{{"warm", 1}});
  CHECK(conversions({impression(0, "warm", begin), purchase(1, "A", begin + limit + 1)}) == Made{{"warm", 0}});
  CHECK(conversions({purchase(0, "A", begin), impression(1, "warm", begin)}) == Made{{"warm", 0}});
  CHECK(conversions({impression(0, "warm", begin), impression(1, "warm", begin + 5), purchase(2, "A", begin + 9)}) ==
        Made{{"warm", 1}});
  CHECK(conversions({impression(0, "warm", begin), impression(1, "plain", begin + 5), purchase(2, "A", begin + 9)}) ==
        Made{{"plain", 1}, {"warm", 0}});
  CHECK(conversions({impression(0, "warm", begin), purchase(1, "A", begin + 5), purchase(2, "B", begin + 9)}) ==
        Made{{"warm", 2}});
  // The confirmation page was reloaded.
  CHECK(conversions({impression(0, "warm", begin), purchase(1, "A", begin + 5), purchase(2, "A", begin + 9)}) ==
        Made{{"warm", 1}});
  // Another campaign's goal is no goal of this one.
  CHECK(conversions({impression(0, "warm", begin), event(1, "sign_up", {}, begin + 5)}) == Made{{"warm", 0}});
}

TEST_CASE("hours are by the collector's clock, however wrong the device's is") {
  Stats stats;
  DecodedBatch made = batch(1, {page_view(0, "/", 5'000'000)});
  made.header.sent_ms = 5'000'000 + 7'200'000;  // two hours ago, on a device that believes in 1970
  stats.add(names(), made, sequences(made), kSent);
  CHECK(stats.hours(1).rows == std::vector<HourRow>{{(kSent - 7'200'000) / 3'600'000 * 3'600'000, 1, 1, 0}});
}

TEST_CASE("rows about fewer visitors than asked for are hidden and counted") {
  Stats stats;
  for (std::uint64_t stream = 0; stream < 10; ++stream) {
    add(stats, batch(stream, {page_view(0, "/"), page_view(1, stream == 0 ? "/rare" : "/common")}));
  }
  const Report<PageRow> report = stats.pages(10);
  CHECK(report.rows == std::vector<PageRow>{{"/", 10, 10, 0, 10, 0}});
  CHECK(report.hidden == 2);
  CHECK(stats.pages(9).hidden == 1);
  CHECK(stats.paths(10).rows == std::vector<PathRow>{{"(entry)", "/", 10, 10}});
}

TEST_CASE("an erased stream leaves the stats as if it had never been") {
  Stats erased;
  Stats without;
  const DecodedBatch gone = batch(1, {page_view(0, "/"), engagement(1, "/", 700), page_view(2, "/secret"),
                                      promotion(3, "view_promotion", "welcome", "warm"), purchase(4, "A")});
  const DecodedBatch stays = batch(2, {page_view(0, "/"), page_view(1, "/a")});
  add(erased, gone);
  add(erased, stays);
  erased.erase(1);
  erased.erase(3);  // never seen
  add(without, stays);
  check_equal(erased, without);
}

TEST_CASE("a report sees a stream as it was or as it is replaced, never what lies between") {
  Stats stats;
  add(stats, batch(1, {page_view(0, "/old"), page_view(1, "/kept")}));
  std::future<Report<PageRow>> report;
  stats.replace(1, [&](const Stats::Add& add_again) {
    report = std::async(std::launch::async, [&] { return stats.pages(1); });
    // Time to ask too early; where it is not used, nothing is proved and nothing fails.
    report.wait_for(std::chrono::milliseconds(50));
    const DecodedBatch kept = batch(1, {page_view(1, "/kept")});
    add_again(names(), kept, sequences(kept), kSent);
  });
  CHECK(report.get().rows == std::vector<PageRow>{{"/kept", 1, 1, 0, 1, 1}});
}

TEST_CASE("a bot counts only where it is asked for, with all that it did before it was marked") {
  const auto life = [](std::uint64_t stream) {
    DecodedBatch made = batch(stream, {page_view(0, "/"), promotion(1, "view_promotion", "welcome", "warm"),
                                       page_view(2, "/a"), purchase(3, "order-" + std::to_string(stream))});
    made.has_membership = true;
    made.segments_on = {0};
    return made;
  };
  Stats one;
  add(one, life(1));
  Stats stats;
  add(stats, life(1));
  add(stats, life(2));
  CHECK(stats.pages(1).rows == std::vector<PageRow>{{"/", 2, 2, 0, 2, 0}, {"/a", 2, 2, 0, 0, 2}});
  DecodedBatch marked = batch(2, {page_view(4, "/b")});
  marked.header.flags = batch_flag::kBot;
  add(stats, marked);
  CHECK(stats.pages(1).rows == one.pages(1).rows);
  CHECK(stats.paths(1).rows == one.paths(1).rows);
  CHECK(stats.campaigns(1).rows == one.campaigns(1).rows);
  CHECK(stats.segments(1).rows == one.segments(1).rows);
  CHECK(stats.hours(1).rows == one.hours(1).rows);
  CHECK(stats.pages(1).bots == 1);
  CHECK(stats.pages(1, true).rows ==
        std::vector<PageRow>{{"/", 2, 2, 0, 2, 0}, {"/a", 2, 2, 0, 0, 1}, {"/b", 1, 1, 0, 0, 1}});
  CHECK(stats.pages(1, true).bots == 0);
  stats.erase(2);
  CHECK(stats.pages(1, true).rows == one.pages(1).rows);
  CHECK(stats.pages(1).bots == 0);
}

TEST_CASE(
    "tracking 10: a device whose clock is a day off is corrected by the collector's, one that is near keeps its "
    "times") {
  constexpr std::uint64_t kDayMs = 86'400'000;
  constexpr std::uint64_t kHourMs = 3'600'000;
  const auto hour_of = [](std::uint64_t sent, std::uint64_t event_time) {
    Stats stats;
    DecodedBatch made = batch(1, {page_view(0, "/", event_time)});
    made.header.sent_ms = sent;
    stats.add(names(), made, sequences(made), kSent);
    return stats.hours(1).rows.at(0).time_ms;
  };
  const std::uint64_t hour = kSent / kHourMs * kHourMs;
  for (const std::uint64_t clock : {kSent + kDayMs, kSent - kDayMs}) {
    CHECK(hour_of(clock, clock) == hour);
    CHECK(hour_of(clock, clock - 2 * kHourMs) == hour - 2 * kHourMs);
  }
  CHECK(hour_of(hour + 30'000, hour + 30'000) == hour);
  // Events that claim to be older than time itself are as old as can be.
  CHECK(hour_of(kSent + 2 * kSent, 0) == 0);
}

TEST_CASE("tracking 10: a goal is attributed across a jump of the device's clock by a day, both ways") {
  constexpr std::uint64_t kDayMs = 86'400'000;
  for (const std::uint64_t jumped : {kSent + 10 * kDayMs, kSent - 10 * kDayMs}) {
    Stats stats;
    add(stats, batch(1, {promotion(0, "view_promotion", "welcome", "warm")}));
    DecodedBatch later = batch(1, {purchase(1, "order", jumped)});
    later.header.sent_ms = jumped;
    add(stats, later);
    CHECK(stats.campaigns(1).rows.at(0).conversions == 1);
  }
}

TEST_CASE("events in any order, with repetitions and erasures, give what a rebuild gives") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  test::Random random(seed);
  for (int round = 0; round < 20; ++round) {
    Stats incremental;
    std::map<std::uint64_t, IntervalSet> seen;
    std::vector<std::pair<DecodedBatch, IntervalSet>> kept;
    for (int step = 0; step < 80; ++step) {
      const std::uint64_t stream = random() % 5;
      if (random() % 20 == 0) {
        incremental.erase(stream);
        std::erase_if(kept, [&](const auto& one) { return one.first.header.stream == stream; });
        seen.erase(stream);
        continue;
      }
      std::vector<DecodedEvent> events;
      for (std::uint32_t sequence = random() % 60; events.size() < 8 && sequence < 80; sequence += 1 + random() % 5) {
        // An event is the same however often it is sent: all follows from its stream and number.
        test::Random fixed(static_cast<std::uint32_t>(stream) * 1000 + sequence);
        const std::uint64_t time = kSent - 80ull * kAttributionMs / 10 + sequence * std::uint64_t{kAttributionMs} / 10;
        events.push_back(any_event(sequence, time, fixed));
      }
      DecodedBatch made = batch(stream, std::move(events));
      made.header.sent_ms = kSent + static_cast<std::uint64_t>(step);
      if (random() % 8 == 0) made.header.flags = batch_flag::kBot;
      made.has_membership = random() % 2 == 0;
      if (made.has_membership && random() % 2 == 0) made.segments_on = {0};
      const IntervalSet accepted = seen[stream].add_all(sequences(made));
      if (accepted.empty()) continue;
      incremental.add(names(), made, accepted, kSent);
      kept.emplace_back(std::move(made), accepted);
    }
    Stats rebuilt;
    for (const auto& [made, accepted] : kept) rebuilt.add(names(), made, accepted, kSent);
    check_equal(incremental, rebuilt);
  }
}

}  // namespace omo::collector::stats_test
