// SPDX-License-Identifier: Apache-2.0
// What the store deletes for its age: which rows, in which order among its other writes, and that no byte stays.
#include <map>
#include <random>
#include <set>

#include "collector/store_support.h"

namespace omo::collector::expiry_test {

using namespace test;

namespace {

NewBatch received(std::uint64_t stream, Interval events, std::uint64_t received_ms) {
  return new_batch(stream, {events}, {1, 2, 3}, received_ms);
}

SqliteLimits small_steps() {
  SqliteLimits limits;
  limits.expiry_rows = 3;
  return limits;
}

/// A text that nothing else in the file contains, so that any piece of it betrays the whole.
std::vector<std::uint8_t> planted(std::uint32_t number, std::size_t size) {
  const std::string unit = "planted-" + std::to_string(number) + "-here;";
  std::vector<std::uint8_t> bytes;
  while (bytes.size() < size) bytes.insert(bytes.end(), unit.begin(), unit.end());
  return bytes;
}
bool is_planted(const std::string& files, std::uint32_t number) {
  return files.find("planted-" + std::to_string(number) + "-here;") != std::string::npos;
}

}  // namespace

TEST_CASE("what was received before a time goes, quarantined or not; what was received at that time stays") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  append(store, received(1, {0, 0}, 4999));
  append(store, received(2, {0, 0}, 5000));
  quarantine(store, 3, {3}, 4999);
  quarantine(store, 4, {4}, 5000);
  const Expired expired = expire(store, 5000);
  CHECK(expired.durable);
  CHECK(expired.finished);
  CHECK(expired.batches == 2);
  REQUIRE(all(store).size() == 1);
  CHECK(all(store)[0].stream == 2);
  REQUIRE(all_quarantined(store).size() == 1);
  CHECK(all_quarantined(store)[0].stream == 4);
  CHECK(expire(store, 5000).batches == 0);
  CHECK(expire(store, 5001).batches == 2);
}

TEST_CASE("a stream's sequence numbers go with its last batch, and are known until then") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  append(store, received(1, {0, 4}, 1000));
  append(store, received(1, {5, 9}, 2000));
  REQUIRE(expire(store, 1500).batches == 1);
  CHECK(store.seen(1).intervals() == std::vector<Interval>{{0, 9}});
  CHECK(append(store, received(1, {0, 12}, 2500)).accepted.intervals() == std::vector<Interval>{{10, 12}});
  REQUIRE(expire(store, 2500).batches == 1);
  CHECK(store.seen(1).intervals() == std::vector<Interval>{{0, 12}});
  REQUIRE(expire(store, 2501).batches == 1);
  CHECK(store.seen(1).empty());
  Database database(folder.file("db"), Database::Mode::kReadOnly);
  CHECK_FALSE(database.prepare("SELECT 1 FROM streams").step());
}

TEST_CASE("the mark of an erased stream holds until the time after which it was erased, then it goes") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  append(store, received(1, {0, 4}, 1000));
  erase(store, 1, 3000);
  erase(store, 2, 3000);  // never seen
  CHECK(expire(store, 3000).batches == 0);
  CHECK(append(store, received(1, {5, 6}, 3000)).outcome == AppendOutcome::kErased);
  CHECK(append(store, received(2, {0, 1}, 3000)).outcome == AppendOutcome::kErased);
  CHECK(store.seen(1).size() == 5);
  const Expired expired = expire(store, 3001);
  CHECK(expired.finished);
  CHECK(expired.streams.empty());
  CHECK(store.seen(1).empty());
  CHECK(append(store, received(2, {0, 1}, 4000)).outcome == AppendOutcome::kStored);
}

TEST_CASE("an expiry tells what a stream keeps as of its place among the writes") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  append(store, received(7, {0, 0}, 1000));
  std::vector<StreamRemains> told;
  // Too fast for the writer: most of these share one transaction.
  for (std::uint32_t i = 1; i <= 20; ++i) {
    REQUIRE(store.append(received(7, {i, i}, 2000), [](const Appended&) {}));
    if (i == 10) REQUIRE(store.expire(1500, [&](const Expired& expired) { told = expired.streams; }));
  }
  store.finish();
  REQUIRE(told.size() == 1);
  CHECK(told[0].stream == 7);
  REQUIRE(told[0].batches.size() == 10);
  for (std::uint32_t i = 0; i < 10; ++i) CHECK(told[0].batches[i].accepted.contains(i + 1));
  CHECK(all(store).size() == 20);
}

TEST_CASE("a large expiry goes in steps, and a stream is told of once its last old batch is gone") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"), small_steps());
  for (std::uint32_t i = 0; i < 7; ++i) append(store, received(1, {i, i}, 1000 + i));
  append(store, received(1, {90, 90}, 5000));
  for (std::uint64_t stream = 2; stream < 6; ++stream) append(store, received(stream, {0, 0}, 2000));
  for (std::uint64_t stream = 10; stream < 15; ++stream) erase(store, stream, 1000);
  quarantine(store, 1, {1}, 1000);
  std::map<std::uint64_t, std::size_t> told;
  std::uint64_t batches = 0;
  int steps = 0;
  for (bool finished = false; !finished; ++steps) {
    REQUIRE(steps < 20);
    const Expired expired = expire(store, 3000);
    CHECK(expired.batches <= 3);
    batches += expired.batches;
    for (const StreamRemains& remains : expired.streams) {
      CHECK(told.emplace(remains.stream, remains.batches.size()).second);
    }
    finished = expired.finished;
  }
  CHECK(steps > 4);
  CHECK(batches == 12);
  CHECK(told == std::map<std::uint64_t, std::size_t>{{1, 1}, {2, 0}, {3, 0}, {4, 0}, {5, 0}});
  CHECK(all(store).size() == 1);
  CHECK(append(store, received(14, {0, 0}, 5000)).outcome == AppendOutcome::kStored);
}

TEST_CASE("of what has expired no byte stays in the store's files, whatever else they hold") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  test::Random random(seed);
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"), small_steps());
  std::map<std::uint32_t, std::uint64_t> received_ms;
  std::uint32_t number = 0;
  for (std::uint64_t round = 1; round <= 4; ++round) {
    for (int i = 0; i < 150; ++i, ++number) {
      // Within a page of the file, over several, and over many.
      const std::size_t size = random() % 3 == 0 ? random() % 20'000 : random() % 600;
      received_ms[number] = round * 1000 + random() % 2000;
      const std::vector<std::uint8_t> raw = planted(number, size + 1);
      if (random() % 5 == 0) {
        REQUIRE(store.quarantine({random() % 20, 9, received_ms[number], "wrong_program", raw}, [](bool) {}));
      } else {
        REQUIRE(store.append(new_batch(random() % 20, {{number, number}}, raw, received_ms[number]),
                             [](const Appended&) {}));
      }
    }
    const std::uint64_t before_ms = round * 1000 + 500 + random() % 1000;
    for (bool finished = false; !finished;) {
      const Expired expired = expire(store, before_ms);
      REQUIRE(expired.durable);
      finished = expired.finished;
    }
    const std::string files = all_files(folder);
    for (const auto& [planted, time] : received_ms) {
      INFO("batch " << planted << " received at " << time << ", expired before " << before_ms);
      CHECK(is_planted(files, planted) == (time >= before_ms));
    }
  }
}

TEST_CASE("what another process kept in the log by reading it leaves with the next expiry, and the error says so") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  std::string logged;
  store.on_error = [&](const std::string& error) { logged = error; };
  append(store, new_batch(1, {{0, 0}}, planted(1, 100), 1000));
  append(store, new_batch(2, {{0, 0}}, planted(2, 100), 2000));
  {
    Database other(folder.file("db"), Database::Mode::kReadOnly);
    Statement reading = other.prepare("SELECT raw FROM batches");
    REQUIRE(reading.step());
    CHECK(expire(store, 1500).batches == 1);
    CHECK(logged == "deleted bytes stay in the log: it is read");
    CHECK(is_planted(all_files(folder), 1));
  }
  CHECK(expire(store, 1500).batches == 0);
  CHECK_FALSE(is_planted(all_files(folder), 1));
  CHECK(is_planted(all_files(folder), 2));
}

TEST_CASE("a step that fails deletes nothing and tells of nothing, and may be tried again") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  append(store, received(1, {0, 0}, 1000));
  quarantine(store, 1, {1}, 1000);
  {
    Database other(folder.file("db"), Database::Mode::kReadWrite);
    other.execute("CREATE TRIGGER refuse BEFORE DELETE ON quarantine BEGIN SELECT RAISE(FAIL, 'no room'); END");
    const Expired failed = expire(store, 5000);
    CHECK_FALSE(failed.durable);
    CHECK_FALSE(failed.finished);
    CHECK(failed.batches == 0);
    CHECK(failed.streams.empty());
    CHECK(all(store).size() == 1);
    CHECK(store.seen(1).size() == 1);
    other.execute("DROP TRIGGER refuse");
  }
  CHECK(expire(store, 5000).batches == 2);
  CHECK(all(store).empty());
}

TEST_CASE("a store that an earlier collector has made expires too") {
  TemporaryFolder folder;
  { SqliteStore store(folder.file("db")); }
  Database(folder.file("db"), Database::Mode::kReadWrite)
      .execute(
          "DROP INDEX batches_by_receipt; DROP INDEX streams_by_erasure; INSERT INTO batches "
          "(stream, program, received_ms, accepted, raw) VALUES (1, 7, 1000, x'010000', x'01'); "
          "INSERT INTO streams (stream, seen) VALUES (1, x'010000')");
  SqliteStore store(folder.file("db"));
  CHECK(store.seen(1).size() == 1);
  CHECK(expire(store, 2000).batches == 1);
  CHECK(store.seen(1).empty());
}

}  // namespace omo::collector::expiry_test
