// SPDX-License-Identifier: Apache-2.0
// Entry and exit of segments as events: after the input that caused them, once, under the segment's label.
#include <catch2/catch.hpp>

#include "support/device.h"
#include "support/history.h"

namespace segment_event_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json("sync": {"mode": "events", "segments": true},
    "traits": {"rank": {"type": "string", "purposes": ["marketing"]}},
    "signals": {"views": {"count": "view_item", "within": "1h"},
                "entries": {"count": "segment_entered", "keep": 50}, "exits": {"count": "segment_exited", "keep": 50},
                "busy_entries": {"count": "segment_entered", "where": "segment == 'busy'", "keep": 50}},
    "segments": {"busy": "views >= 2", "gold": "rank == 'gold'",
                 "odd": "entries % 2 == 1", "even": "!(entries % 2 == 1)"})json"));
  return made;
}

std::size_t count_of(Device& device, std::string_view name, std::string_view segment) {
  const DecodedBatch batch = device.decoded_batch();
  std::size_t count = 0;
  for (const auto& each : batch.events) {
    if (device.program().view().name_of(Table::kEvent, each.event) != name) continue;
    for (const auto& param : each.params) {
      if (param.text == segment) ++count;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("an entry and an exit are one event each, and are queued for the collector") {
  Device device(program());
  device.take(event(kStart + 1, "view_item"));
  CHECK(device.signal("busy_entries") == "0");
  device.take(event(kStart + 2, "view_item"));
  CHECK(device.signal("busy_entries") == "1");
  device.take(event(kStart + 3, "view_item"));
  CHECK(device.signal("busy_entries") == "1");
  device.take(tick(kStart + 3 + 3600000));
  CHECK(device.signal("busy_entries") == "1");
  CHECK(!device.on("busy"));
  CHECK(count_of(device, "segment_entered", "busy") == 1);
  CHECK(count_of(device, "segment_exited", "busy") == 1);
}

TEST_CASE("segments that depend on their own entries end: each is told of once in a direction") {
  Device device(program());
  // 'odd' and 'even' drive each other: an entry of one makes the other true.
  device.take(event(kStart + 1, "view_item"));
  device.take(event(kStart + 2, "view_item"));
  const double entries = std::stod(device.signal("entries"));
  // The consent brought 'even' and then 'odd'; the second view 'busy' and at most both again.
  CHECK(entries >= 2);
  CHECK(entries <= 5);
}

TEST_CASE("a reload tells nothing again, and what expires afterwards is told as an exit") {
  Device device(program());
  device.take(event(kStart + 1, "view_item"));
  device.take(event(kStart + 2, "view_item"));
  Device loaded(program());
  REQUIRE(loaded.engine.load_snapshot(device.snapshot()) == Status::kOk);
  const std::string exits = loaded.signal("exits");
  loaded.take(event(kStart + 3, "view_item"));
  CHECK(loaded.signal("busy_entries") == "1");
  loaded.take(tick(kStart + 3 + 3600000));
  CHECK(!loaded.on("busy"));
  CHECK(std::stod(loaded.signal("exits")) > std::stod(exits));
  loaded.take(event(kStart + 7300000, "view_item"));
  loaded.take(event(kStart + 7300001, "view_item"));
  CHECK(loaded.signal("busy_entries") == "2");
}

TEST_CASE("two tabs tell of an entry once") {
  Device one(program());
  Device other(program());
  one.take(event(kStart + 1, "view_item"));
  one.take(event(kStart + 2, "view_item"));
  (void)other.engine.apply_journal(one.journal);
  other.take(event(kStart + 3, "view_item"));
  CHECK(one.signal("busy_entries") == "1");
  CHECK(other.signal("busy_entries") == "1");
}

TEST_CASE("an entry carries the segment's label: no signal without it counts it, and it goes when it is withdrawn") {
  Device device(program());
  const std::string before = device.signal("entries");
  device.take(identify(kStart + 1, {{"rank", "gold"}}));
  CHECK(device.on("gold"));
  CHECK(device.signal("entries") == before);
  const std::uint32_t queued = device.outcome().queue_events;
  device.take(consent(kStart + 2, purpose::kMarketing, 0));
  CHECK(device.outcome().queue_events < queued);
  Device never(program(), purpose::kAll & ~purpose::kMarketing);
  never.take(identify(kStart + 1, {{"rank", "gold"}}));
  never.take(tick(kStart + 2));
  CHECK(device.snapshot() == never.snapshot());
}

TEST_CASE("a page cannot say who is in a segment") {
  Device device(program());
  CHECK(device.apply(event(kStart + 1, "segment_entered", {{"segment", "busy"}})) == Status::kUnknownEvent);
  CHECK(device.signal("busy_entries") == "0");
}

TEST_CASE("without a signal or sync.segments a program has no segment events") {
  const TestProgram plain(playbook(R"("segments": {"a": "context.page_path == '/'"})"));
  CHECK(plain.view().find_row(Table::kEvent, "segment_entered") == kNone);
  CHECK(plain.view().reads().empty());
}

}  // namespace segment_event_test
