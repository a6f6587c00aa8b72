// SPDX-License-Identifier: Apache-2.0
// Keeping state: snapshots, their migration, and the journal.
#include <catch2/catch.hpp>

#include "support/device.h"
#include "support/history.h"
#include "wire/snapshot.h"

namespace snapshot_test {

using namespace omo;
using namespace omo::test;

namespace {

std::vector<std::uint8_t> with_checksum(std::vector<std::uint8_t> snapshot) {
  const std::uint32_t checksum = snapshot_checksum(snapshot);
  for (unsigned i = 0; i < 4; ++i) snapshot[kSnapshotChecksumAt + i] = static_cast<std::uint8_t>(checksum >> (8 * i));
  return snapshot;
}

Device& lived(Device& device, std::uint32_t seed_value) {
  Random random(seed_value);
  for (const Record& record : random_history(random, 120)) (void)device.apply(record);
  return device;
}

}  // namespace

TEST_CASE("save, load, save gives the same bytes, and the same decisions and truths") {
  for (std::uint32_t seed_value = 1; seed_value <= 150; ++seed_value) {
    INFO("seed " << seed_value);
    Device device(history_program());
    lived(device, seed_value);
    const auto saved = device.snapshot();
    REQUIRE_FALSE(saved.empty());
    Device other(history_program(), purpose::kAll, 1234);
    (void)other.apply(consent(kStart, purpose::kAll, static_cast<std::uint8_t>(device.outcome().consent)));
    REQUIRE(other.engine.load_snapshot(saved) == Status::kOk);
    REQUIRE(other.outcome().detail == 0);
    REQUIRE(other.snapshot() == saved);
    REQUIRE(other.outcome().time == device.outcome().time);
    REQUIRE(other.outcome().queue_events == device.outcome().queue_events);
    for (std::uint32_t i = 0; i < history_program().view().signals().size(); ++i) {
      const std::string name(history_program().view().name_of(Table::kSignal, i));
      INFO(name);
      // What belongs to a page view is in no snapshot.
      const bool kept = (history_program().view().signals()[i].flags & kSignalPage) == 0;
      const std::string before = device.signal(name);
      REQUIRE(other.signal(name) == (kept || before == "null" ? before : "0"));
    }
  }
}

TEST_CASE("a typical visitor's snapshot is small") {
  Device device(history_program());
  lived(device, 3);
  (void)device.batch();
  device.take(ack(0, 1, 100000));
  CHECK(device.snapshot().size() < 1700);
}

TEST_CASE("every truncation and every flipped bit of a snapshot is refused, and the state stays") {
  Device source(history_program());
  lived(source, 8);
  const auto saved = source.snapshot();
  Device device(history_program());
  lived(device, 9);
  const auto before = device.snapshot();
  for (std::size_t size = 0; size < saved.size(); ++size) {
    if (device.engine.load_snapshot(Bytes(saved).first(size)) == Status::kOk) FAIL("accepted " << size << " bytes");
  }
  auto flipped = saved;
  for (std::size_t at = 0; at < saved.size(); ++at) {
    flipped[at] = static_cast<std::uint8_t>(saved[at] ^ 1u << (at % 8));
    if (device.engine.load_snapshot(flipped) == Status::kOk) FAIL("accepted a flip at " << at);
    flipped[at] = saved[at];
  }
  CHECK(device.snapshot() == before);
}

TEST_CASE("the first bytes and the version of a snapshot are told apart from damage") {
  Device device(history_program());
  auto saved = device.snapshot();
  saved[0] ^= 1;
  CHECK(device.engine.load_snapshot(saved) == Status::kBadMagic);
  saved[0] ^= 1;
  saved[4] = 2;
  CHECK(device.engine.load_snapshot(saved) == Status::kBadVersion);
  saved[4] = 1;
  saved.push_back(0);
  CHECK(device.engine.load_snapshot(saved) == Status::kBadLength);
  saved.pop_back();
  saved.back() = static_cast<std::uint8_t>(saved.back() + 1);
  CHECK(device.engine.load_snapshot(saved) == Status::kBadChecksum);
}

TEST_CASE("a snapshot that lies under a right checksum never breaks the engine") {
  Device source(history_program());
  lived(source, 21);
  const auto saved = source.snapshot();
  Random random(77);
  Device device(history_program());
  for (int round = 0; round < 20000; ++round) {
    auto lying = saved;
    mutate(random, MutableBytes(lying).subspan(kSnapshotHeaderBytes));
    const Status status = device.engine.load_snapshot(with_checksum(std::move(lying)));
    if (status != Status::kOk && status != Status::kBadStructure) FAIL("status " << static_cast<int>(status));
    if (round % 16 == 0) {
      (void)device.apply(tick(device.outcome().time + kDay));
      (void)device.apply(page(device.outcome().time, "/"));
      (void)device.batch();
      (void)device.snapshot();
    }
  }
  // And it is none the worse for it.
  REQUIRE(device.engine.load_snapshot(saved) == Status::kOk);
  CHECK(device.snapshot() == saved);
}

TEST_CASE("a snapshot grants nothing: what is denied now is not loaded") {
  Device source(history_program());
  lived(source, 5);
  Device device(history_program(), purpose::kStorage);
  REQUIRE(device.engine.load_snapshot(source.snapshot()) == Status::kOk);
  CHECK(device.outcome().consent == purpose::kStorage);
  CHECK(device.outcome().queue_events == 0);
  CHECK(device.engine.stream().empty());
  CHECK(device.value(Table::kTrait, "rank") == "null");
}

TEST_CASE("a snapshot of another program keeps what has the same name and meaning, and counts the rest") {
  const TestProgram before(playbook(R"json(
    "traits": { "rank": { "type": "string" }, "age": { "type": "int" } },
    "signals": { "same": { "count": "view_item", "within": "7d" }, "changed": { "count": "view_item", "within": "7d" },
                 "gone": { "count": "view_item", "within": "7d" } },
    "segments": { "a": "same >= 2", "b": "changed >= 2", "c": "gone >= 2" } )json"));
  const TestProgram after(playbook(R"json(
    "traits": { "age": { "type": "string" }, "rank": { "type": "string" } },
    "signals": { "fresh": { "count": "search", "within": "7d" }, "same": { "count": "view_item", "within": "7d" },
                 "changed": { "count": "view_item", "within": "3d" } },
    "segments": { "a": "same >= 2", "b": "changed >= 2", "c": "fresh >= 2" } )json"));
  Device old(before);
  for (int i = 0; i < 3; ++i) old.take(event(kStart, "view_item"));
  old.take(identify(kStart, {{"rank", "gold"}, {"age", 40.0}}));
  Device device(after);
  REQUIRE(device.engine.load_snapshot(old.snapshot()) == Status::kOk);
  CHECK(device.on("a"));
  CHECK(device.signal("same") == "2");
  CHECK(device.signal("changed") == "0");
  CHECK(device.value(Table::kTrait, "rank") == "\"gold\"");
  CHECK(device.value(Table::kTrait, "age") == "null");
  CHECK(device.outcome().detail == 3);
  CHECK(device.outcome().queue_events == 3);
  CHECK(device.engine.stream()[0] == 8);
}

TEST_CASE("events that a new program no longer knows leave the queue with the next batch") {
  const TestProgram before(playbook(R"json("events": { "quiz_done": { "params": { "style": "string" } } } )json"));
  const TestProgram after(playbook(R"json("segments": { "all": "true" } )json"));
  Device old(before);
  old.take(event(kStart, "quiz_done", {{"style", "x"}}));
  old.take(event(kStart, "search", {{"search_term", "y"}}));
  Device device(after);
  REQUIRE(device.engine.load_snapshot(old.snapshot()) == Status::kOk);
  DecodedBatch batch;
  REQUIRE(decode_batch(device.batch(), after.view(), batch) == Status::kOk);
  CHECK(batch.events.size() == 1);
  CHECK(device.outcome().queue_events == 1);
}

TEST_CASE("a journal gives back the state that was lived, byte for byte") {
  for (std::uint32_t seed_value = 1; seed_value <= 150; ++seed_value) {
    INFO("seed " << seed_value);
    Device live(history_program());
    Random random(seed_value);
    for (const Record& record : random_history(random, 120, HistoryOptions{.consent = false})) (void)live.apply(record);
    Device restored(history_program());
    (void)restored.engine.apply_journal(live.journal);
    REQUIRE(restored.outcome().detail == 0);
    restored.take(tick(live.outcome().time));
    REQUIRE(restored.snapshot() == live.snapshot());
  }
}

TEST_CASE("a journal from a snapshot on gives the state that a serial replay gives") {
  Random random(99);
  const auto history = random_history(random, 200, HistoryOptions{.consent = false});
  Device live(history_program());
  for (std::size_t i = 0; i < 100; ++i) (void)live.apply(history[i]);
  const auto base = live.snapshot();
  live.journal.resize(kJournalHeaderBytes);
  for (std::size_t i = 100; i < history.size(); ++i) (void)live.apply(history[i]);
  Device restored(history_program());
  REQUIRE(restored.engine.load_snapshot(base) == Status::kOk);
  (void)restored.engine.apply_journal(live.journal);
  restored.take(tick(live.outcome().time));
  CHECK(restored.snapshot() == live.snapshot());
}

TEST_CASE("long texts mean the same live and replayed: they are cut before anything looks at them") {
  const std::string text(100, 'a');
  const TestProgram program(playbook(R"json("signals": {
    "exact": { "count": "search", "where": "search_term == ')json" +
                                     text + R"json('", "keep": 9 },
    "orders": { "count": "purchase", "keep": 9 } }, "segments": { "x": "exact >= 1" } )json"));
  Device live(program);
  live.take(event(kStart, "search", {{"search_term", text + "bcd"}}));
  live.take(event(kStart, "purchase", {{"transaction_id", text + "1"}}));
  Device restored(program);
  (void)restored.engine.apply_journal(live.journal);
  CHECK(restored.signal("exact") == live.signal("exact"));
  CHECK(restored.snapshot() == live.snapshot());
  for (Device* device : {&live, &restored}) device->take(event(kStart, "purchase", {{"transaction_id", text + "1"}}));
  CHECK(restored.signal("orders") == "1");
  CHECK(live.signal("orders") == "1");
}

TEST_CASE("a torn journal is believed up to the tear, and not beyond") {
  Device live(history_program());
  lived(live, 12);
  std::uint32_t previous = 0;
  for (std::size_t size = 0; size < live.journal.size(); size += 7) {
    Device device(history_program());
    const std::uint32_t applied = device.engine.apply_journal(Bytes(live.journal).first(size));
    if (applied < previous) FAIL("fewer frames of a longer journal at " << size);
    previous = applied;
  }
  CHECK(previous > 10);
}

TEST_CASE("frames whose purpose is not granted are left out") {
  Device live(history_program());
  live.take(event(kStart, "quiz_done", {{"style", "x"}}));
  live.take(event(kStart, "view_item", {}, {{{"item_id", "a"}}}));
  Device device(history_program(), purpose::kAll & ~purpose::kMarketing);
  // The view, the two segments that were entered with the consent, and the journey that began with it.
  CHECK(device.engine.apply_journal(live.journal) == 4);
  CHECK(device.signal("items") == R"(["a"])");
}

}  // namespace snapshot_test
