// SPDX-License-Identifier: Apache-2.0
// What tests of the stats share: are two the same, and events of every kind that the stats know.
#pragma once
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "collector/support.h"
#include "stats/stats.h"

namespace omo::collector::test {

inline const ProgramNames& names() {
  static const ProgramNames made(program().view());
  return made;
}

inline void check_equal(const Stats& left, const Stats& right) {
  for (const bool with_bots : {false, true}) {
    CHECK(left.pages(1, with_bots) == right.pages(1, with_bots));
    CHECK(left.paths(1, with_bots) == right.paths(1, with_bots));
    CHECK(left.segments(1, with_bots) == right.segments(1, with_bots));
    CHECK(left.campaigns(1, with_bots) == right.campaigns(1, with_bots));
    CHECK(left.hours(1, with_bots) == right.hours(1, with_bots));
    CHECK(left.sources(1, with_bots) == right.sources(1, with_bots));
    CHECK(left.pages(1, with_bots, By::kPageType) == right.pages(1, with_bots, By::kPageType));
    CHECK(left.paths(1, with_bots, By::kPageType) == right.paths(1, with_bots, By::kPageType));
  }
}

inline DecodedEvent typed_view(std::uint32_t sequence, std::string path, std::string type,
                               std::uint64_t time_ms = kSent) {
  return event(sequence, "page_view", {{"page_path", std::move(path)}, {"page_type", std::move(type)}}, time_ms);
}
inline DecodedEvent session(std::uint32_t sequence, std::string source, std::uint64_t time_ms = kSent) {
  return event(sequence, "session_start", {{"session_source", std::move(source)}, {"session_referrer", "search"}},
               time_ms);
}

/// An event of a kind that `random` decides.
inline DecodedEvent any_event(std::uint32_t sequence, std::uint64_t time_ms, Random& random) {
  const std::string page = "/" + std::to_string(random() % 4);
  const std::string variant = random() % 2 == 0 ? "warm" : "plain";
  switch (random() % 7) {
    case 0:
      return typed_view(sequence, page, random() % 2 == 0 ? "product" : "home", time_ms);
    case 1:
      return engagement(sequence, page, random() % 5000);
    case 2:
      return promotion(sequence, "view_promotion", "welcome", variant, time_ms);
    case 3:
      return promotion(sequence, "select_promotion", "welcome", variant, time_ms);
    case 4:
      return purchase(sequence, std::to_string(random() % 6), time_ms);
    case 5:
      return session(sequence, variant, time_ms);
    default:
      return event(sequence, "search", {{"search_term", page}}, time_ms);
  }
}

}  // namespace omo::collector::test
