// SPDX-License-Identifier: Apache-2.0
// Engaged time: visible, focused, and not idle. The scenarios of the requirements that need no browser.
#include <catch2/catch.hpp>

#include "support/device.h"

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "signals": { "engaged": { "sum": "user_engagement", "of": "engagement_time_msec" },
                 "visible": { "sum": "user_engagement", "of": "visible_time_msec" },
                 "pages": { "recent": "user_engagement", "of": "page_path", "keep": 4 },
                 "views": { "count": "page_view", "keep": 99 } },
    "segments": { "reader": "engaged >= 3000.0" })json"));
  return made;
}

/// A page that is looked at from kStart on.
void open_page(Device& device, double time = kStart) {
  device.take(edge(time, Edge::kVisible));
  device.take(edge(time, Edge::kFocused));
  device.take(page(time, "/a"));
}

}  // namespace

TEST_CASE("a hidden tab adds neither visible nor engaged time") {
  Device device(program());
  open_page(device);
  device.take(edge(kStart + 2 * kSecond, Edge::kHidden));
  device.take(edge(kStart + 12 * kSecond, Edge::kVisible));
  device.take(edge(kStart + 15 * kSecond, Edge::kHidden));
  CHECK(device.signal("visible") == "5000");
  CHECK(device.signal("engaged") == "5000");
}

TEST_CASE("hidden for 10 s, then visible for 5 s: the visible time only") {
  Device device(program());
  device.take(edge(kStart, Edge::kHidden));
  device.take(edge(kStart, Edge::kFocused));
  device.take(page(kStart, "/a"));
  device.take(edge(kStart + 10 * kSecond, Edge::kVisible));
  device.take(edge(kStart + 15 * kSecond, Edge::kHidden));
  CHECK(device.signal("visible") == "5000");
  CHECK(device.signal("engaged") == "5000");
}

TEST_CASE("a visible but blurred tab adds no engaged time") {
  Device device(program());
  device.take(edge(kStart, Edge::kVisible));
  device.take(page(kStart, "/a"));
  device.take(edge(kStart + 4 * kSecond, Edge::kHidden));
  CHECK(device.signal("visible") == "4000");
  CHECK(device.signal("engaged") == "0");
}

TEST_CASE("blurring ends engaged time and focus begins it again") {
  Device device(program());
  open_page(device);
  device.take(edge(kStart + 1 * kSecond, Edge::kBlurred));
  device.take(edge(kStart + 3 * kSecond, Edge::kFocused));
  device.take(edge(kStart + 4 * kSecond, Edge::kHidden));
  CHECK(device.signal("engaged") == "2000");
  CHECK(device.signal("visible") == "4000");
}

TEST_CASE("one mouse move, then two idle hours: five seconds") {
  Device device(program());
  open_page(device);
  device.take(edge(kStart, Edge::kActivity));
  device.take(edge(kStart + 2 * kHour, Edge::kHidden));
  CHECK(device.signal("engaged") == "5000");
  CHECK(device.signal("visible") == "7.2e+06");
}

TEST_CASE("input every four seconds for a minute: continuous, and never above the clock") {
  Device device(program());
  open_page(device);
  for (int i = 0; i <= 15; ++i) {
    device.take(edge(kStart + i * 4 * kSecond, Edge::kActivity));
    device.take(edge(kStart + i * 4 * kSecond, Edge::kActivity));  // windows do not stack
  }
  device.take(edge(kStart + kMinute, Edge::kHidden));
  CHECK(device.signal("engaged") == "60000");
}

TEST_CASE("time goes to the page on which it was spent") {
  Device device(program());
  open_page(device);
  device.take(page(kStart + 3 * kSecond, "/b"));
  CHECK(device.signal("pages") == R"(["/a"])");
  device.take(edge(kStart + 4 * kSecond, Edge::kLeave));
  CHECK(device.signal("pages") == R"(["/b","/a"])");
  CHECK(device.signal("engaged") == "4000");
  CHECK(device.signal("views") == "2");
}

TEST_CASE("hidden and leave both: the time is reported once") {
  Device device(program());
  open_page(device);
  device.take(edge(kStart + 1 * kSecond, Edge::kHidden));
  const std::uint32_t queued = device.outcome().queue_events;
  device.take(edge(kStart + 1 * kSecond, Edge::kLeave));
  CHECK(device.outcome().queue_events == queued);
  CHECK(device.signal("engaged") == "1000");
}

TEST_CASE("a page that was never seen reports no engagement") {
  Device device(program());
  device.take(edge(kStart, Edge::kHidden));
  device.take(page(kStart, "/background"));
  device.take(edge(kStart + kHour, Edge::kLeave));
  CHECK(device.signal("pages") == "[]");
}

TEST_CASE("a page left within a second reports what it had") {
  Device device(program());
  open_page(device);
  device.take(edge(kStart + 40, Edge::kLeave));
  CHECK(device.signal("engaged") == "40");
}

TEST_CASE("time before consent is not told, and time after it is") {
  Device device(program(), 0);
  open_page(device);
  device.take(edge(kStart + 2 * kSecond, Edge::kHidden));
  device.take(consent(kStart + 2 * kSecond, purpose::kAll, purpose::kAll));
  device.take(edge(kStart + 3 * kSecond, Edge::kVisible));
  device.take(edge(kStart + 4 * kSecond, Edge::kHidden));
  CHECK(device.signal("engaged") == "1000");
}
