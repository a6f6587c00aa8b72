// SPDX-License-Identifier: Apache-2.0
// Which variant a visitor sees: by weight, stable when variants come and go, and kept once it was seen.
#include "engine/variants.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "support/device.h"
#include "support/random.h"

namespace variants_test {

using namespace omo;
using namespace omo::test;

namespace {

/// One campaign with these variants: name and weight.
std::string variants_playbook(const std::vector<std::pair<std::string, int>>& variants, const std::string& more = "") {
  std::string text;
  for (const auto& [name, weight] : variants) {
    text += (text.empty() ? "\"" : ", \"") + name + R"(": {"weight": )" + std::to_string(weight) +
            R"(, "creative": {"type": "banner", "title": "t"}})";
  }
  return playbook(R"("campaigns": {"c": {"slot": "hero", "variants": {)" + text + "}" + more + "}}");
}

/// What each of so many visitors is shown.
std::vector<std::string> shown_to(const TestProgram& program, std::size_t visitors) {
  std::vector<std::string> shown;
  Device device(program, purpose::kAll, 0);
  for (std::size_t visitor = 0; visitor < visitors; ++visitor) {
    device.engine.clear_state();
    device.take(seed(kStart, (visitor + 1) * 0x9E3779B97F4A7C15ull, 1));
    shown.push_back(device.shown("hero"));
  }
  return shown;
}

Record impression(double time, const std::string& variant = "") {
  Pairs params{{"promotion_id", "c"}};
  if (!variant.empty()) params.push_back({"creative_name", variant});
  return event(time, "view_promotion", params);
}

}  // namespace

TEST_CASE("the logarithm of a draw is exact to 28 bits behind the point") {
  Random random(5);
  CHECK(surprise(std::uint64_t{1} << 32) == 0);
  CHECK(surprise(1) == std::uint64_t{32} << 32);
  for (unsigned power = 0; power <= 32; ++power) {
    CHECK(surprise(std::uint64_t{1} << power) == std::uint64_t{32 - power} << 32);
  }
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t u = 1 + (random.bits() & 0xFFFFFFFF) / (std::uint64_t{1} << random.below(32));
    const long double exact = 32.0L - std::log2(static_cast<long double>(u));
    const long double fixed = static_cast<long double>(surprise(u)) / 4294967296.0L;
    if (std::fabs(fixed - exact) > 1.0L / (1 << 28)) FAIL("of " << u << " off by " << double(fixed - exact));
  }
}

TEST_CASE("visitors are spread over variants by weight") {
  const std::vector<std::pair<std::string, int>> variants = {{"a", 1}, {"b", 2}, {"c", 5}, {"d", 12}, {"e", 0}};
  const TestProgram program(variants_playbook(variants));
  constexpr int kVisitors = 40000;
  std::map<std::string, int> seen;
  for (const std::string& shown : shown_to(program, kVisitors)) ++seen[shown];
  CHECK(seen["c/e"] == 0);
  double chi_square = 0;
  for (const auto& [name, weight] : variants) {
    if (weight == 0) continue;
    const double expected = kVisitors * weight / 20.0;
    chi_square += std::pow(seen["c/" + name] - expected, 2) / expected;
  }
  // Three degrees of freedom: beyond 16.27 with a probability of 0.001.
  CHECK(chi_square < 16.27);
}

TEST_CASE("a new variant takes visitors from the others, and moves nobody between them") {
  constexpr std::size_t kVisitors = 4000;
  for (std::uint32_t seed_value = 1; seed_value <= 25; ++seed_value) {
    Random random(seed_value);
    std::vector<std::pair<std::string, int>> variants;
    for (std::uint32_t i = 0; i < 1 + random.below(5); ++i) {
      variants.push_back({"v" + std::to_string(i), 1 + static_cast<int>(random.below(9))});
    }
    if (variants.size() == 1) variants.push_back({"w", 3});
    const auto before = shown_to(TestProgram(variants_playbook(variants)), kVisitors);
    const auto at = variants.begin() + random.below(static_cast<std::uint32_t>(variants.size()) + 1);
    variants.insert(at, {"new", 1 + static_cast<int>(random.below(9))});
    const auto after = shown_to(TestProgram(variants_playbook(variants)), kVisitors);
    std::size_t moved = 0;
    for (std::size_t i = 0; i < kVisitors; ++i) {
      if (after[i] == before[i]) continue;
      if (after[i] != "c/new") FAIL("seed " << seed_value << ": " << before[i] << " became " << after[i]);
      ++moved;
    }
    CHECK(moved > 0);
  }
}

TEST_CASE("a greater weight takes visitors from the others, and moves nobody between them") {
  const auto before = shown_to(TestProgram(variants_playbook({{"a", 2}, {"b", 3}, {"c", 4}})), 4000);
  const auto after = shown_to(TestProgram(variants_playbook({{"a", 2}, {"b", 7}, {"c", 4}})), 4000);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (after[i] != before[i] && after[i] != "c/b") FAIL(before[i] << " became " << after[i]);
  }
  CHECK(before != after);
}

TEST_CASE("a visitor keeps the variant that was seen, whatever becomes of the weights, while it exists") {
  const TestProgram first(variants_playbook({{"a", 1}, {"b", 1}}));
  const TestProgram heavier(variants_playbook({{"a", 0}, {"b", 0}, {"z", 1000}}));
  const TestProgram without_a(variants_playbook({{"b", 1}, {"z", 1}}));
  int kept = 0;
  for (std::uint64_t visitor = 1; visitor <= 200; ++visitor) {
    Device device(first, purpose::kAll, visitor * 0x9E3779B97F4A7C15ull);
    const std::string shown = device.shown("hero");
    device.take(page(kStart, "/"));
    device.take(impression(kStart, shown.substr(2)));
    const auto snapshot = device.snapshot();
    Device later(heavier);
    REQUIRE(later.engine.load_snapshot(snapshot) == Status::kOk);
    REQUIRE(later.shown("hero") == shown);
    Device gone(without_a);
    REQUIRE(gone.engine.load_snapshot(snapshot) == Status::kOk);
    if (shown == "c/b") REQUIRE(gone.shown("hero") == "c/b");
    kept += gone.shown("hero") == "c/b" ? 1 : 0;
  }
  CHECK(kept > 100);
  CHECK(kept < 200);
}

TEST_CASE("an impression that names no variant is one of the variant that is shown") {
  const TestProgram first(variants_playbook({{"a", 1}, {"b", 1}}));
  const TestProgram heavier(variants_playbook({{"a", 1}, {"b", 1}, {"z", 1000000}}));
  Device device(first);
  const std::string shown = device.shown("hero");
  device.take(impression(kStart));
  Device later(heavier);
  REQUIRE(later.engine.load_snapshot(device.snapshot()) == Status::kOk);
  CHECK(later.shown("hero") == shown);
  // And one that names a variant which there is not.
  Device other(first);
  other.take(impression(kStart, "none"));
  CHECK(other.shown("hero") == shown);
}

TEST_CASE("the variant that was seen is forgotten with the campaign's purposes") {
  const TestProgram program(variants_playbook({{"a", 1}, {"b", 1}}, R"(, "purposes": ["marketing"])"));
  Device device(program);
  const std::string drawn = device.shown("hero");
  const std::string other = drawn == "c/a" ? "b" : "a";
  device.take(impression(kStart, other));
  CHECK(device.shown("hero") == "c/" + other);
  device.take(consent(kStart, purpose::kMarketing, 0));
  CHECK(device.shown("hero").empty());
  device.take(consent(kStart, purpose::kMarketing, purpose::kMarketing));
  CHECK(device.shown("hero") == drawn);
}

TEST_CASE("without a seed nothing is shown that a draw decides, and what needs none is") {
  const TestProgram program(playbook(R"json("campaigns": {
    "two": { "slot": "a", "variants": { "x": { "creative": { "type": "banner", "title": "t" } },
                                        "y": { "creative": { "type": "banner", "title": "t" } } } },
    "held": { "slot": "b", "holdout": 0.000001, "variants": { "x": { "creative": { "type": "banner", "title": "t" } } } },
    "plain": { "slot": "c", "variants": { "x": { "creative": { "type": "banner", "title": "t" } } } } } )json"));
  Device device(program, 0);
  device.take(page(kStart, "/"));
  CHECK(device.shown("a").empty());
  CHECK(device.shown("b").empty());
  CHECK(device.shown("c") == "plain/x");
  CHECK(device.verdict("two") == Verdict::kSeed);
  CHECK(device.verdict("held") == Verdict::kSeed);
  device.take(seed(kStart, 11, 12));
  CHECK_FALSE(device.shown("a").empty());
  CHECK(device.shown("b") == "held/x");
}

}  // namespace variants_test
