// SPDX-License-Identifier: Apache-2.0
// How long things may be known: the stream id, and all that is kept.
#include <catch2/catch.hpp>

#include "support/device.h"

namespace stream_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "sync": { "stream": "30d" },
    "traits": { "rank": { "type": "string" } },
    "segments": { "gold": "rank == 'gold'" } )json"));
  return made;
}

/// Everything that waits is sent and acknowledged; answers the sequence number of the first event, 0 = none waited.
std::uint32_t deliver(Device& device, double time) {
  (void)device.batch();
  const Outcome& outcome = device.outcome();
  const std::uint32_t first = outcome.queue_events > 0 ? outcome.batch_first : 0;
  if (first > 0) device.take(ack(time, first, outcome.batch_last));
  return first;
}

std::vector<std::uint8_t> stream_of(const Device& device) {
  const Bytes id = device.engine.stream();
  return {id.begin(), id.end()};
}

bool asks_for_bytes(const Device& device) { return (device.outcome().flags & outcome::kNeedsSeed) != 0; }

}  // namespace

TEST_CASE("a stream id that has served its time is replaced, and nothing connects the next one with it") {
  Device device(program());
  const auto first = stream_of(device);
  device.take(page(kStart, "/"));
  CHECK(deliver(device, kStart + 1000) == 1);
  device.take(tick(kStart + 30 * kMillisecondsADay - 1));
  CHECK(stream_of(device) == first);
  CHECK_FALSE(asks_for_bytes(device));
  device.take(tick(kStart + 30 * kMillisecondsADay));
  CHECK(stream_of(device).empty());
  CHECK(asks_for_bytes(device));
  device.take(seed(kStart + 30 * kMillisecondsADay, 98, 99));
  CHECK_FALSE(asks_for_bytes(device));
  CHECK(stream_of(device).size() == 8);
  CHECK(stream_of(device) != first);
  device.take(page(kStart + 30 * kMillisecondsADay, "/"));
  CHECK(deliver(device, kStart + 30 * kMillisecondsADay) == 1);
}

TEST_CASE("an id is not replaced while events wait under it") {
  Device device(program());
  const auto first = stream_of(device);
  device.take(page(kStart, "/"));
  device.take(tick(kStart + 31 * kMillisecondsADay));
  CHECK(stream_of(device) == first);
  CHECK(deliver(device, kStart + 31 * kMillisecondsADay) == 1);
  CHECK(stream_of(device).empty());
}

TEST_CASE("the age of an id outlives a reload") {
  Device device(program());
  Device later(program(), 0);
  later.take(consent(kStart, purpose::kAll, purpose::kAll));
  REQUIRE(later.engine.load_snapshot(device.snapshot()) == Status::kOk);
  CHECK(stream_of(later) == stream_of(device));
  later.take(tick(kStart + 30 * kMillisecondsADay - 1));
  CHECK(stream_of(later) == stream_of(device));
  later.take(tick(kStart + 30 * kMillisecondsADay));
  CHECK(stream_of(later).empty());
}

TEST_CASE("every consent has an id of its own") {
  Device device(program());
  const auto first = stream_of(device);
  device.take(consent(kStart + 1000, purpose::kMeasurement, 0));
  CHECK(stream_of(device).empty());
  CHECK_FALSE(asks_for_bytes(device));
  device.take(consent(kStart + 2000, purpose::kMeasurement, purpose::kMeasurement));
  CHECK(asks_for_bytes(device));
  device.take(seed(kStart + 2000, 98, 99));
  CHECK(stream_of(device).size() == 8);
  CHECK(stream_of(device) != first);
}

TEST_CASE("what was kept is dropped after 13 months without a visit") {
  Device device(program());
  device.take(identify(kStart, {{"rank", "gold"}}));
  const auto kept = device.snapshot();
  for (const auto& [age, on] :
       {std::pair{kMaxKeptDays * kMillisecondsADay, true}, {kMaxKeptDays * kMillisecondsADay + 1, false}}) {
    Device later(program(), 0);
    later.take(consent(kStart + age, purpose::kAll, purpose::kAll));
    REQUIRE(later.engine.load_snapshot(kept) == Status::kOk);
    later.take(tick(kStart + age));
    CHECK(later.on("gold") == on);
    CHECK(later.engine.stream().empty() == true);
    CHECK(asks_for_bytes(later));
  }
}

}  // namespace stream_test
