// SPDX-License-Identifier: Apache-2.0
#include "store/interval_set.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "collector/support.h"

namespace omo::collector::interval_set_test {

TEST_CASE("adding answers exactly the numbers that are new") {
  IntervalSet set;
  CHECK(set.add({5, 9}).intervals() == std::vector<Interval>{{5, 9}});
  CHECK(set.add({5, 9}).empty());
  CHECK(set.add({1, 20}).intervals() == std::vector<Interval>{{1, 4}, {10, 20}});
  CHECK(set.intervals() == std::vector<Interval>{{1, 20}});
}

TEST_CASE("adjacent intervals become one") {
  IntervalSet set;
  set.add({1, 3});
  set.add({7, 9});
  set.add({4, 6});
  CHECK(set.intervals() == std::vector<Interval>{{1, 9}});
}

TEST_CASE("the ends of the number range do not overflow") {
  IntervalSet set;
  CHECK(set.add({0xFFFFFFFF, 0xFFFFFFFF}).size() == 1);
  CHECK(set.add({0, 0}).size() == 1);
  CHECK(set.add({0, 0xFFFFFFFF}).size() == 0xFFFFFFFEull);
  CHECK(set.intervals() == std::vector<Interval>{{0, 0xFFFFFFFF}});
  CHECK(IntervalSet::decode(set.encode()) == set);
}

TEST_CASE("random intervals give the same as a set of numbers") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  test::Random random(seed);
  for (int round = 0; round < 300; ++round) {
    IntervalSet set;
    std::set<std::uint32_t> reference;
    for (int step = 0; step < 40; ++step) {
      const std::uint32_t first = random() % 200;
      const std::uint32_t last = first + random() % 20;
      std::vector<std::uint32_t> fresh;
      for (std::uint32_t number = first; number <= last; ++number) {
        if (reference.insert(number).second) fresh.push_back(number);
      }
      REQUIRE(set.add({first, last}) == IntervalSet::of_sorted(fresh));
      REQUIRE(set == IntervalSet::of_sorted(std::vector<std::uint32_t>(reference.begin(), reference.end())));
      REQUIRE(set.size() == reference.size());
      REQUIRE(IntervalSet::decode(set.encode()) == set);
      const std::uint32_t probe = random() % 230;
      REQUIRE(set.contains(probe) == reference.contains(probe));
    }
  }
}

TEST_CASE("bytes that are no set of intervals are refused") {
  const std::vector<std::vector<std::uint8_t>> damaged = {
      {},                                    // nothing
      {1},                                   // cut off
      {1, 5},                                // cut off within an interval
      {1, 5, 2, 0},                          // something appended
      {2, 5, 2, 0, 1},                       // overlapping
      {2, 5, 2, 1, 1},                       // adjacent: should be one
      {1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1},  // past the largest number
      {0xFF, 0xFF, 0xFF, 0xFF, 0x0F},        // claims four billion
  };
  for (const auto& bytes : damaged) CHECK_FALSE(IntervalSet::decode(bytes));
}

}  // namespace omo::collector::interval_set_test
