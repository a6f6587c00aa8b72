// SPDX-License-Identifier: Apache-2.0
// Rows of docs/signals.md that no fixture shows, by their names; and properties of windows, capacities and sequences.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "engine/aggregates.h"
#include "support/device.h"
#include "support/random.h"

namespace signal_rows_test {

using namespace omo;
using namespace omo::test;

namespace {

TestProgram signals(const std::string& declared, const std::string& more = "") {
  return TestProgram(playbook(R"json("events": { "quiz": { "params": { "style": "string", "score": "double" } },
    "rare": { "params": { "score": "double" }, "purposes": ["marketing"] } }, )json" +
                              more + "\"signals\": {" + declared + "}"));
}

Record quiz(double time, const std::string& style, double score = 1) {
  return event(time, "quiz", {{"style", style}, {"score", score}});
}
Record search(double time, const std::string& term) { return event(time, "search", {{"search_term", term}}); }
Record view(double time, const std::vector<std::string>& categories) {
  std::vector<Pairs> items;
  for (const std::string& category : categories) items.push_back({{"item_id", "i"}, {"item_category", category}});
  return event(time, "view_item", {}, items);
}
bool saturated(const Device& device, std::string_view name) {
  return device.engine.saturated(device.program().row(Table::kSignal, name));
}

}  // namespace

TEST_CASE("signals.md, equal time stamps: arrival decides, of events and of the items of one") {
  const auto program = signals(R"("seq": { "sequence": ["search", "login"] }, "last": { "last": "quiz", "of": "style" },
    "first": { "first": "quiz", "of": "style" }, "kind": { "last": "view_item", "of": "item_category" })");
  Device device(program);
  device.take(event(kStart, "login"));
  device.take(search(kStart, "x"));
  CHECK(device.signal("seq") == "false");
  device.take(event(kStart, "login"));
  CHECK(device.signal("seq") == "true");
  device.take(quiz(kStart, "wild"));
  device.take(quiz(kStart, "calm"));
  CHECK(device.signal("last") == "\"calm\"");
  CHECK(device.signal("first") == "\"wild\"");
  device.take(view(kStart, {"rose", "lily"}));
  CHECK(device.signal("kind") == "\"lily\"");
}

TEST_CASE("signals.md, late events, clock jumps: an event counts when it arrives, at engine time") {
  const auto program = signals(R"("n": { "count": "quiz", "within": "1h" }, "since": { "recency": "quiz" },
    "seq": { "sequence": ["search", "quiz"], "within": "1h" })");
  Device device(program);
  device.take(search(kStart + kDay, "x"));
  device.take(quiz(kStart, "wild"));  // a day late
  CHECK(device.signal("since") == "0");
  CHECK(device.signal("n") == "1");
  CHECK(device.signal("seq") == "true");
  // The clock jumps far ahead: everything has left. It jumps back: engine time stays.
  device.take(tick(kStart + 4000 * kDay));
  CHECK(device.signal("n") == "0");
  device.take(quiz(kStart, "calm"));
  CHECK(device.outcome().time == kStart + 4000 * kDay);
  CHECK(device.signal("n") == "1");
  // The last moment that a record can name.
  device.take(quiz(281474976710655.0, "wild"));
  CHECK(device.signal("n") == "1");
}

TEST_CASE("signals.md, day boundaries: a window of a day is 24 hours, whatever the visitor's midnight") {
  const auto program = signals(R"("n": { "count": "quiz", "within": "1d" })");
  Device device(program);
  device.take(context(kStart, {{"utc_offset_min", 540.0}}));
  device.take(quiz(kStart + 14 * kHour, "wild"));  // an hour before midnight in Tokyo
  device.take(tick(kStart + 37 * kHour));
  CHECK(device.signal("n") == "1");
  device.take(context(kStart + 38 * kHour - 1, {{"utc_offset_min", -60.0}}));
  CHECK(device.signal("n") == "1");
  device.take(tick(kStart + 38 * kHour));
  CHECK(device.signal("n") == "0");
}

TEST_CASE("signals.md, not a number, infinite, wrong type: no occurrence of a signal that takes it") {
  static const std::vector<std::string> kOps = {"sum",   "min",    "max",      "average", "last",
                                                "first", "recent", "distinct", "top"};
  std::string declared = R"("n": { "count": "quiz" }, "large": { "count": "quiz", "where": "score > 0.0" })";
  for (const std::string& op : kOps) declared += ", \"" + op + "_\": { \"" + op + R"(": "quiz", "of": "score" })";
  const TestProgram program = signals(declared);
  Device device(program);
  std::vector<std::string> before;
  for (const std::string& op : kOps) before.push_back(device.signal(op + "_"));
  int taken = 0;
  for (const Datum& score :
       std::initializer_list<Datum>{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity(), "12", true, nullptr}) {
    device.take(event(kStart, "quiz", {{"score", score}}));
    ++taken;
  }
  CHECK(device.signal("n") == std::to_string(taken));
  CHECK(device.signal("large") == "0");
  for (std::size_t i = 0; i < kOps.size(); ++i) CHECK(device.signal(kOps[i] + "_") == before[i]);
}

TEST_CASE("signals.md, no `of` parameter: an event without it is no occurrence") {
  const auto program =
      signals(R"("top": { "top": "quiz", "of": "style" }, "mean": { "average": "quiz", "of": "score" })");
  Device device(program);
  device.take(event(kStart, "quiz"));
  CHECK(device.signal("top") == "null");
  CHECK(device.signal("mean") == "null");
}

TEST_CASE("signals.md, several items: each is an occurrence, and one of them meets a step") {
  const auto program = signals(R"json("n": { "count": "view_item", "where": "item_category == 'rose'" },
    "kinds": { "distinct": "view_item", "of": "item_category" }, "top": { "top": "view_item", "of": "item_category" },
    "seq": { "sequence": [{ "event": "view_item", "where": "item_category == 'rose'" }, "login"] },
    "twice": { "sequence": [{ "event": "view_item", "where": "item_category == 'rose'" },
                            { "event": "view_item", "where": "item_category == 'rose'" }] })json");
  Device device(program);
  device.take(view(kStart, {"lily", "rose", "rose"}));
  CHECK(device.signal("n") == "2");
  CHECK(device.signal("kinds") == "2");
  CHECK(device.signal("top") == "\"rose\"");
  CHECK(device.signal("twice") == "false");
  device.take(event(kStart, "login"));
  CHECK(device.signal("seq") == "true");
  device.take(view(kStart, {"rose"}));
  CHECK(device.signal("twice") == "true");
}

TEST_CASE("signals.md, one event in two steps: no, and what is also a `without` ends what began before it") {
  const auto program = signals(R"json("two": { "sequence": ["search", "search"] },
    "fresh": { "sequence": ["search", "login"], "without": { "event": "search", "where": "search_term == 'stop'" } })json");
  Device device(program);
  device.take(search(kStart, "a"));
  CHECK(device.signal("two") == "false");
  device.take(event(kStart, "login"));
  CHECK(device.signal("fresh") == "true");
  device.take(search(kStart, "stop"));  // ends the match, and begins another
  CHECK(device.signal("fresh") == "false");
  device.take(event(kStart, "login"));
  CHECK(device.signal("fresh") == "true");
  CHECK(device.signal("two") == "true");
}

TEST_CASE("signals.md, -0.0: equals 0.0") {
  const auto program =
      signals(R"("kinds": { "distinct": "quiz", "of": "score" }, "all": { "recent": "quiz", "of": "score" })");
  Device device(program);
  device.take(quiz(kStart, "a", 0.0));
  device.take(quiz(kStart, "a", -0.0));
  CHECK(device.signal("kinds") == "1");
  device.take(quiz(kStart, "a", 2));
  CHECK(device.signal("kinds") == "2");
}

TEST_CASE("signals.md, denied purpose: what was kept is gone, and the signal begins anew when it is granted") {
  const auto program = signals(R"json("max": { "max": "rare", "of": "score" }, "worth": { "rfm": "rare", "of": "score",
      "recency": ["1d"], "frequency": [1], "monetary": [1] }, "seq": { "sequence": ["search", "rare"] })json",
                               R"json("segments": { "recent_": "worth.recency == 2", "old": "worth.recency != 2",
    "done": "seq", "open": "!seq" }, )json");
  Device device(program);
  device.take(search(kStart, "x"));
  device.take(event(kStart, "rare", {{"score", 3.0}}));
  CHECK(device.on("recent_"));
  CHECK(device.on("done"));
  device.take(consent(kStart, purpose::kMarketing, 0));
  for (const char* segment : {"recent_", "old", "done", "open"}) CHECK(device.truth(segment) == Truth::kUnknown);
  CHECK(device.signal("max") == "null");
  device.take(consent(kStart, purpose::kMarketing, purpose::kMarketing));
  for (const char* segment : {"old", "open"}) CHECK(device.on(segment));
  device.take(event(kStart, "rare", {{"score", 2.0}}));
  CHECK(device.signal("max") == "2");
  CHECK_FALSE(device.on("done"));  // the search was forgotten too
}

TEST_CASE("signals.md, replaced program: entries of the same definition stay, others begin anew and are counted") {
  const std::string same = R"("taste": { "top": "quiz", "of": "style", "half_life": "1d" }, )";
  const auto before =
      signals(same + R"("seq": { "sequence": ["search", "quiz"] }, "mean": { "average": "quiz", "of": "score" })");
  const auto after = signals(
      same +
      R"("seq": { "sequence": ["quiz", "search"] }, "mean": { "average": "quiz", "of": "score", "within": "1h" })");
  Device old(before);
  old.take(search(kStart, "x"));
  old.take(quiz(kStart, "wild", 4));
  CHECK(old.signal("seq") == "true");
  Device device(after);
  REQUIRE(device.engine.load_snapshot(old.snapshot()) == Status::kOk);
  CHECK(device.signal("taste") == "\"wild\"");
  CHECK(device.signal("seq") == "false");
  CHECK(device.signal("mean") == "null");
  CHECK(device.outcome().detail == 2);
}

TEST_CASE("signals.md, weights: an order of two values holds for as long as neither is seen again") {
  const auto program = signals(R"("taste": { "top": "quiz", "of": "style", "half_life": "7h" })");
  static const std::vector<std::string> kStyles = {"a", "b", "c", "d"};
  for (std::uint32_t seed_value = 1; seed_value <= 100; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    Device device(program);
    double now = kStart;
    for (int i = 0; i < 30; ++i)
      device.take(quiz(now += random.below(3 * static_cast<std::uint32_t>(kHour)), random.pick(kStyles)));
    const std::string before = device.signal("taste");
    CHECK(device.outcome().wake_at == 0);
    for (int i = 0; i < 30; ++i) {
      device.take(tick(now += random.below(40 * static_cast<std::uint32_t>(kHour))));
      REQUIRE(device.signal("taste") == before);
    }
  }
}

TEST_CASE("a signal is saturated from the occurrence that it drops on, until that would have left the window") {
  const auto program = signals(R"("n": { "count": "quiz", "within": "1h", "keep": 2 },
    "total": { "sum": "quiz", "of": "score", "within": "1h", "keep": 2 },
    "least": { "min": "quiz", "of": "score", "within": "1h", "keep": 2 }, "all": { "sum": "quiz", "of": "score" },
    "since": { "recency": "quiz" }, "first": { "first": "quiz", "of": "style", "within": "1h", "keep": 2 },
    "taste": { "top": "quiz", "of": "style", "keep": 2 }, "mean": { "average": "quiz", "of": "score" },
    "ever": { "count": "quiz", "keep": 3 })");
  Device device(program);
  device.take(quiz(kStart, "a", 1));
  device.take(quiz(kStart + 1, "b", 2));
  for (const char* name : {"n", "total", "least", "all", "since", "first", "taste", "mean", "ever"}) {
    INFO(name);
    CHECK_FALSE(saturated(device, name));
  }
  device.take(quiz(kStart + 2, "c", 3));
  for (const char* name : {"n", "total", "least", "first", "taste", "ever"}) {
    INFO(name);
    CHECK(saturated(device, name));
  }
  for (const char* name : {"all", "since", "mean"}) CHECK_FALSE(saturated(device, name));
  CHECK(device.signal("n") == "2");
  CHECK(device.signal("total") == "5");  // the oldest is gone
  CHECK(device.signal("least") == "1");  // the least extreme is gone
  CHECK(device.signal("first") == "\"a\"");
  CHECK(device.signal("mean") == "2");
  CHECK(device.signal("taste") == "\"c\"");
  // The dropped ones would have left: "a" of the count at kStart + 1 h, "b" of `first` and 3 of `least` later.
  device.take(tick(kStart + kHour - 1));
  CHECK(saturated(device, "n"));
  device.take(tick(kStart + kHour));
  CHECK_FALSE(saturated(device, "n"));
  CHECK_FALSE(saturated(device, "total"));
  CHECK(saturated(device, "first"));
  device.take(tick(kStart + kHour + 1));
  CHECK_FALSE(saturated(device, "first"));
  CHECK(saturated(device, "taste"));
}

TEST_CASE("a count or a number of different values is exact up to its capacity, and never more than the truth") {
  const auto program = signals(R"("n": { "count": "quiz", "within": "1h", "keep": 5 },
    "kinds": { "distinct": "quiz", "of": "score", "within": "1h", "keep": 5 },
    "true_n": { "count": "quiz", "within": "1h", "keep": 500 },
    "true_kinds": { "distinct": "quiz", "of": "score", "within": "1h", "keep": 500 })");
  for (std::uint32_t seed_value = 1; seed_value <= 60; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    Device device(program);
    double now = kStart;
    for (int i = 0; i < 80; ++i) {
      device.take(quiz(now += random.below(20) * kMinute, "a", random.below(9)));
      const double truth = std::stod(device.signal("true_n"));
      const double kinds = std::stod(device.signal("true_kinds"));
      REQUIRE(std::stod(device.signal("n")) == std::min(5.0, truth));
      REQUIRE(std::stod(device.signal("kinds")) == std::min(5.0, kinds));
      REQUIRE(saturated(device, "n") == (truth > 5));
    }
  }
}

TEST_CASE("a window knows nothing of what lies before it: a visitor who came later has the same values") {
  static const std::vector<std::string> kOps = {"count", "sum",     "recency", "last",     "recent", "min",
                                                "max",   "average", "first",   "distinct", "top"};
  std::string declared;
  for (const std::string& op : kOps) {
    const bool of = op != "count" && op != "recency";
    const bool text = op == "last" || op == "recent" || op == "first" || op == "distinct" || op == "top";
    declared += '"' + op + "_\": { \"" + op + "\": \"quiz\", \"within\": \"5h\"" +
                (op == "recency" || op == "last" ? "" : ", \"keep\": 32") +
                (of ? std::string(", \"of\": \"") + (text ? "style\"" : "score\"") : "") + " }, ";
  }
  declared += R"("seq": { "sequence": ["quiz", "search", "quiz"], "without": "login", "within": "5h" })";
  const auto program = signals(declared);
  for (std::uint32_t seed_value = 1; seed_value <= 100; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    std::vector<std::pair<double, Record>> life;
    double now = kStart;
    for (int i = 0; i < 60; ++i) {
      now += random.below(60) * kMinute;
      const std::string style = random.one_in(2) ? "wild" : random.one_in(2) ? "calm" : "new";
      life.emplace_back(now, random.one_in(3)   ? search(now, "x")
                             : random.one_in(9) ? event(now, "login")
                                                : quiz(now, style, random.below(20) / 4.0));
    }
    Device long_lived(program);
    Device newcomer(program);
    for (const auto& [time, record] : life) {
      long_lived.take(record);
      if (now - time < 5 * kHour) newcomer.take(record);
    }
    newcomer.take(tick(now));
    for (const std::string& op : kOps) REQUIRE(long_lived.signal(op + "_") == newcomer.signal(op + "_"));
    REQUIRE(long_lived.signal("seq") == newcomer.signal("seq"));
  }
}

TEST_CASE("a sequence that holds in a window holds in every longer one, and no `without` leaves it") {
  const auto program =
      signals(R"("short": { "sequence": ["quiz", "search", "quiz"], "without": "login", "within": "2h" },
    "longer": { "sequence": ["quiz", "search", "quiz"], "without": "login", "within": "6h" },
    "ever": { "sequence": ["quiz", "search", "quiz"], "without": "login" },
    "prefix": { "sequence": ["quiz", "search"], "without": "login", "within": "2h" })");
  int held = 0;
  for (std::uint32_t seed_value = 1; seed_value <= 200; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    Device device(program);
    double now = kStart;
    for (int i = 0; i < 50; ++i) {
      now += random.below(40) * kMinute;
      const bool ends = random.one_in(12);
      device.take(ends ? event(now, "login") : random.one_in(2) ? search(now, "x") : quiz(now, "a"));
      if (ends) REQUIRE(device.signal("ever") == "false");
      if (device.signal("short") == "true") {
        ++held;
        REQUIRE(device.signal("longer") == "true");
        REQUIRE(device.signal("prefix") == "true");
      }
      if (device.signal("longer") == "true") REQUIRE(device.signal("ever") == "true");
    }
  }
  CHECK(held > 500);
}

TEST_CASE("a number that is seen again takes no more room, so a minimum of few numbers is never saturated") {
  const auto program = signals(R"("least": { "min": "quiz", "of": "score", "within": "1d", "keep": 2 })");
  Device device(program);
  for (int i = 0; i < 20; ++i) device.take(quiz(kStart + i * kMinute, "a", i % 2));
  CHECK(device.signal("least") == "0");
  CHECK_FALSE(saturated(device, "least"));
}

TEST_CASE("signals.md, weights: half after each half-life, to the last bits, and the same wherever it is computed") {
  SignalRow row{};
  row.half_life_ms = kHour;
  Random random(5);
  for (int i = 0; i < 20000; ++i) {
    const double age = static_cast<double>(random.bits() >> 24) / 1024 / 32;
    const double truth = std::exp2(-age / kHour);
    const double error = std::abs(decay(row, age) - truth);
    if (error > truth * 0x1p-49 && truth > 1e-300) FAIL("age " << age << ": " << decay(row, age) << ", not " << truth);
  }
  for (const double halves : {0.0, 1.0, 2.0, 30.0, 999.0}) CHECK(decay(row, halves * kHour) == std::exp2(-halves));
  // Worked out once: a change of one bit is a change of what is shown somewhere.
  CHECK(decay(row, kHour / 2) == 0x1.6a09e667f3bccp-1);
  CHECK(decay(row, 1e300) == 0);
  CHECK(decay(row, -5) == 1);
  row.half_life_ms = 0;
  CHECK(decay(row, kDay) == 1);
}

}  // namespace signal_rows_test
