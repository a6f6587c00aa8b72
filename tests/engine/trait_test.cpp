// SPDX-License-Identifier: Apache-2.0
// Traits, context, and days_until() in the visitor's own time zone.
#include <catch2/catch.hpp>

#include "support/device.h"

namespace trait_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "traits": { "rank": { "type": "string" }, "member": { "type": "bool" }, "age": { "type": "int" },
                "birthday": { "type": "date" } },
    "context": { "weather": { "type": "string" } },
    "segments": { "gold": "rank == 'gold'", "not_gold": "rank != 'gold'", "member_on": "member", "adult": "age >= 18",
                  "storm": "context.weather == 'storm'", "today": "days_until(birthday) == 0",
                  "soon": "days_until(birthday) <= 7", "no_birthday": "birthday == null",
                  "phone": "context.device == 'mobile'" })json"));
  return made;
}

/// Local midnight of a day given as UTC, for an offset in minutes.
constexpr double local(double utc, double offset_min) { return utc - offset_min * kMinute; }
constexpr double kFeb27 = kStart - 3 * kDay;  // 27 February 2026, a common year
constexpr double kFeb28Leap = 1835308800000;  // 28 February 2028, 00:00 UTC
constexpr double kJapan = 540;

}  // namespace

TEST_CASE("a trait is null until it is stated, and null again once it is removed") {
  Device device(program());
  CHECK_FALSE(device.on("gold"));
  CHECK(device.on("not_gold"));  // CEL: null != 'gold'
  CHECK_FALSE(device.on("adult"));
  device.take(identify(kStart, {{"rank", "gold"}, {"member", true}, {"age", 18.0}}));
  CHECK(device.on("gold"));
  CHECK(device.on("member_on"));
  CHECK(device.on("adult"));
  device.take(identify(kStart, {{"rank", nullptr}}));
  CHECK_FALSE(device.on("gold"));
  CHECK(device.on("not_gold"));
  CHECK(device.on("adult"));
}

TEST_CASE("a trait of another type is refused, and the others of the same call are taken") {
  Device device(program());
  device.take(identify(kStart, {{"rank", 3.0}, {"age", 30.0}}));
  CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kWrongType));
  CHECK(device.value(Table::kTrait, "rank") == "null");
  CHECK(device.on("adult"));
  device.take(identify(kStart, {{"age", 17.5}}));
  CHECK(device.on("adult"));
  device.take(identify(kStart, {{"shoe_size", 44.0}}));
  CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kUnknownName));
}

TEST_CASE("reset removes every trait") {
  Device device(program());
  const auto before = device.snapshot();
  device.take(identify(kStart, {{"rank", "gold"}, {"member", true}, {"birthday", "1990-03-04"}}));
  CHECK(device.snapshot() != before);
  device.take(reset(kStart));
  CHECK(device.snapshot() == before);
  CHECK(device.on("no_birthday"));
}

TEST_CASE("context decides and is not kept") {
  Device device(program());
  const auto before = device.snapshot();
  device.take(context(kStart, {{"weather", "storm"}, {"device", "mobile"}}));
  CHECK(device.on("storm"));
  CHECK(device.on("phone"));
  CHECK(device.snapshot() == before);
  device.take(context(kStart, {{"weather", nullptr}}));
  CHECK_FALSE(device.on("storm"));
}

TEST_CASE("29 February falls on 28 in a common year") {
  Device device(program());
  device.take(identify(kFeb27, {{"birthday", "2004-02-29"}}));
  Device common(program());
  common.take(identify(kStart + 364 * kDay - 2 * kDay, {{"birthday", "2004-02-29"}}));  // 27 February 2027
  CHECK_FALSE(common.on("today"));
  CHECK(common.on("soon"));
  common.take(tick(kStart + 363 * kDay));
  CHECK(common.on("today"));
  common.take(tick(kStart + 364 * kDay));
  CHECK_FALSE(common.on("today"));
  CHECK_FALSE(common.on("soon"));
}

TEST_CASE("29 February is its own day in a leap year") {
  Device device(program());
  device.take(identify(kFeb28Leap, {{"birthday", "--02-29"}}));
  CHECK_FALSE(device.on("today"));
  device.take(tick(kFeb28Leap + kDay));
  CHECK(device.on("today"));
  device.take(tick(kFeb28Leap + 2 * kDay));
  CHECK_FALSE(device.on("today"));
}

TEST_CASE("days turn at the visitor's own midnight, and wake_at names it") {
  Device device(program());
  const double now = kStart + 14 * kHour;  // 23:00 in Japan on 2 March
  device.take(context(now, {{"utc_offset_min", kJapan}}));
  device.take(identify(now, {{"birthday", "1990-03-03"}}));
  CHECK_FALSE(device.on("today"));
  CHECK(device.outcome().wake_at == local(kStart + kDay, kJapan));
  device.take(tick(local(kStart + kDay, kJapan) - 1));
  CHECK_FALSE(device.on("today"));
  device.take(tick(local(kStart + kDay, kJapan)));
  CHECK(device.on("today"));
  CHECK(device.outcome().wake_at == local(kStart + 2 * kDay, kJapan));
}

TEST_CASE("a change of the visitor's offset can change the day") {
  Device device(program());
  device.take(identify(kStart + 20 * kHour, {{"birthday", "1990-03-03"}}));
  CHECK_FALSE(device.on("today"));
  device.take(context(kStart + 20 * kHour, {{"utc_offset_min", kJapan}}));
  CHECK(device.on("today"));
  device.take(context(kStart + 20 * kHour, {{"utc_offset_min", -480.0}}));
  CHECK_FALSE(device.on("today"));
}

TEST_CASE("a date that is none is refused") {
  Device device(program());
  for (const char* text : {"2023-02-29", "1990-13-01", "1990-00-10", "--02-30", "1990-3-4", "soon", ""}) {
    INFO(text);
    device.take(identify(kStart, {{"birthday", text}}));
    CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kWrongType));
    CHECK(device.on("no_birthday"));
  }
}

}  // namespace trait_test
