// SPDX-License-Identifier: Apache-2.0
// Formulas and scores: evaluated when something that they read has changed, and each whole minute.
#include <catch2/catch.hpp>

#include "support/device.h"
#include "support/history.h"

namespace formula_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr double kMinuteMs = 60000;

double score(const Device& device, std::string_view name) {
  const Value value = device.engine.score(device.program().row(Table::kScore, name));
  return value.is_null() ? -1 : value.number;
}

}  // namespace

TEST_CASE("a score is a finite number, or null while it is unknown or an error") {
  const TestProgram program(playbook(R"json("traits": {"a": {"type": "double"}, "b": {"type": "double"}},
    "scores": {"ratio": "a / b", "sum": "ratio + 1.0"}, "segments": {"high": "sum > 2.0", "low": "!(sum > 2.0)"})json"));
  Device device(program);
  CHECK(score(device, "ratio") == -1);
  CHECK(!device.on("high"));
  CHECK(!device.on("low"));
  device.take(identify(kStart + 1, {{"a", 6.0}, {"b", 3.0}}));
  CHECK(score(device, "ratio") == 2);
  CHECK(score(device, "sum") == 3);
  CHECK((device.outcome().flags & outcome::kScoresChanged) != 0);
  CHECK(device.on("high"));
  device.take(identify(kStart + 2, {{"b", 0.0}}));
  CHECK(score(device, "ratio") == -1);
  CHECK(score(device, "sum") == -1);
  CHECK(!device.on("high"));
  CHECK(!device.on("low"));
  device.take(identify(kStart + 3, {{"b", 12.0}}));
  CHECK(device.on("low"));
  device.take(tick(kStart + 4));
  CHECK((device.outcome().flags & outcome::kScoresChanged) == 0);
  device.take(consent(kStart + 5, purpose::kPersonalization, 0));
  CHECK(score(device, "sum") == -1);
  CHECK(!device.on("low"));
  CHECK(device.truth("low") == Truth::kUnknown);
}

TEST_CASE("a formula over the clock moves at whole minutes and says when it wants to wake") {
  const TestProgram program(playbook(R"json("segments": {"late": "now.getMinutes() % 2 == 1"})json"));
  Device device(program);
  const double first = static_cast<double>(static_cast<std::int64_t>(kStart / kMinuteMs) + 1) * kMinuteMs;
  const bool before = device.on("late");
  CHECK(device.outcome().wake_at == first);
  device.take(tick(first - 1));
  CHECK(device.on("late") == before);
  device.take(tick(first));
  CHECK(device.on("late") != before);
  CHECK(device.outcome().wake_at == first + kMinuteMs);
}

TEST_CASE("a formula that only waits for what never happened does not wake the page") {
  const TestProgram program(playbook(R"json("signals": {"since": {"recency": "purchase"}, "n": {"count": "purchase"}},
    "segments": {"s": "since.getMinutes() > n"})json"));
  Device device(program);
  CHECK(device.outcome().wake_at == 0);
  device.take(event(kStart + 1, "purchase", {{"transaction_id", "a"}}));
  CHECK(device.outcome().wake_at > kStart);
}

TEST_CASE("a kept state gives the scores and segments that it had, whatever minute it is loaded in") {
  for (std::uint32_t seed_value = 1; seed_value <= 150; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    Device device(history_program());
    for (const Record& record : random_history(random, 60, HistoryOptions{.consent = false})) {
      (void)device.apply(record);
    }
    Device loaded(history_program());
    REQUIRE(loaded.engine.load_snapshot(device.snapshot()) == Status::kOk);
    // What the page says is not kept: both are told again.
    for (Device* each : {&device, &loaded}) {
      each->take(context(device.outcome().time, {{"weather", nullptr}, {"utc_offset_min", 0.0}}));
    }
    for (const char* name : {"heat", "share"}) REQUIRE(score(loaded, name) == score(device, name));
    for (const char* name : {"late", "rich", "hot", "weathered", "odd"}) REQUIRE(loaded.on(name) == device.on(name));
  }
}

}  // namespace formula_test
