// SPDX-License-Identifier: Apache-2.0
// Signals with a window: counts and sums. An occurrence leaves when its age reaches `within`.
#include <catch2/catch.hpp>

#include "support/device.h"

namespace window_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& views() {
  static const TestProgram program(playbook(R"json(
    "signals": {
      "views": { "count": "view_item", "within": "1h", "keep": 3 },
      "all_views": { "count": "view_item" },
      "spent": { "sum": "purchase", "of": "value", "within": "1d", "keep": 2 },
      "all_spent": { "sum": "purchase", "of": "value" }
    },
    "segments": { "two": "views >= 2", "three": "views >= 3", "none": "views == 0", "seen": "all_views >= 2",
                  "big": "spent > 100.0", "bigger": "all_spent >= 250.0" })json"));
  return program;
}

Record view(double time) { return event(time, "view_item"); }
Record purchase(double time, double value) { return event(time, "purchase", {{"value", value}}); }

}  // namespace

TEST_CASE("an occurrence leaves its window when its age reaches within, and not before") {
  Device device(views());
  device.take(view(kStart));
  device.take(view(kStart + kMinute));
  REQUIRE(device.on("two"));
  device.take(tick(kStart + kHour - 1));
  CHECK(device.on("two"));
  device.take(tick(kStart + kHour));
  CHECK_FALSE(device.on("two"));
  CHECK(device.signal("views") == "1");
}

TEST_CASE("wake_at is the moment at which the oldest occurrence leaves") {
  Device device(views());
  CHECK(device.outcome().wake_at == 0);
  device.take(view(kStart + 5));
  device.take(view(kStart + 9));
  CHECK(device.outcome().wake_at == kStart + 5 + kHour);
  device.take(tick(kStart + 5 + kHour));
  CHECK(device.outcome().wake_at == kStart + 9 + kHour);
  device.take(tick(kStart + 9 + kHour));
  CHECK(device.outcome().wake_at == 0);
  CHECK(device.on("none"));
}

TEST_CASE("a window is up to date although no tick came in between") {
  Device device(views());
  device.take(view(kStart));
  device.take(view(kStart + 1));
  device.take(view(kStart + 2 * kHour));
  CHECK(device.signal("views") == "1");
  CHECK_FALSE(device.on("two"));
}

TEST_CASE("a count goes no further than its capacity, and the newest occurrences stay") {
  Device device(views());
  for (int i = 0; i < 5; ++i) device.take(view(kStart + i * kMinute));
  CHECK(device.signal("views") == "3");
  CHECK(device.on("three"));
  // The two oldest were dropped: the first of the remaining three leaves at its own time.
  device.take(tick(kStart + kHour + kMinute));
  CHECK(device.signal("views") == "3");
  device.take(tick(kStart + kHour + 2 * kMinute));
  CHECK(device.signal("views") == "2");
}

TEST_CASE("a count for ever counts as far as its conditions can tell") {
  Device device(views());
  device.take(view(kStart));
  CHECK_FALSE(device.on("seen"));
  for (int i = 0; i < 9; ++i) device.take(view(kStart + 400 * kDay));
  CHECK(device.on("seen"));
}

TEST_CASE("a sum adds what lies in the window, and subtracts what leaves it") {
  Device device(views());
  device.take(purchase(kStart, 60));
  device.take(purchase(kStart + kHour, 40.5));
  CHECK(device.signal("spent") == "100.5");
  CHECK(device.on("big"));
  device.take(tick(kStart + kDay));
  CHECK(device.signal("spent") == "40.5");
  CHECK_FALSE(device.on("big"));
}

TEST_CASE("a sum beyond its capacity is that of the newest values") {
  Device device(views());
  for (const double value : {1.0, 10.0, 100.0}) device.take(purchase(kStart, value));
  CHECK(device.signal("spent") == "110");
  CHECK(device.signal("all_spent") == "111");
}

TEST_CASE("a sum never becomes infinite") {
  Device device(views());
  for (int i = 0; i < 4; ++i) device.take(purchase(kStart, 1.7e308));
  CHECK(device.on("bigger"));
  CHECK(device.on("big"));
  for (int i = 0; i < 4; ++i) device.take(purchase(kStart, -1.7e308));
  CHECK_FALSE(device.on("big"));
  CHECK(device.signal("all_spent").find("nan") == std::string::npos);
  CHECK(device.signal("all_spent").find("inf") == std::string::npos);
}

TEST_CASE("an event that is missing the summed parameter is no occurrence of the sum") {
  Device device(views());
  device.take(event(kStart, "purchase"));
  CHECK(device.signal("all_spent") == "0");
  CHECK(device.signal("spent") == "0");
  CHECK(device.outcome().wake_at == 0);
}

TEST_CASE("engine time never goes back: a late event applies when it arrives") {
  Device device(views());
  device.take(tick(kStart + kDay));
  device.take(view(kStart));
  CHECK(device.outcome().time == kStart + kDay);
  CHECK(device.outcome().wake_at == kStart + kDay + kHour);
  device.take(tick(kStart + kDay + kHour - 1));
  CHECK(device.signal("views") == "1");
}

}  // namespace window_test
