// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "collector/store_support.h"

namespace omo::collector::store_test {

using namespace test;

TEST_CASE("a batch comes back as it was kept, also after reopening") {
  TemporaryFolder folder;
  const std::uint64_t stream = 0xFEDCBA9876543210;
  {
    SqliteStore store(folder.file("db"));
    CHECK(append(store, new_batch(stream, {{0, 4}}, {9, 8, 7})).outcome == AppendOutcome::kStored);
  }
  SqliteStore store(folder.file("db"));
  const std::vector<StoredBatch> batches = all(store);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].stream == stream);
  CHECK(batches[0].program == 7);
  CHECK(batches[0].received_ms == 1000);
  CHECK(batches[0].accepted.intervals() == std::vector<Interval>{{0, 4}});
  CHECK(batches[0].raw == std::vector<std::uint8_t>{9, 8, 7});
  CHECK(store.seen(stream).intervals() == std::vector<Interval>{{0, 4}});
}

TEST_CASE("a batch that overlaps counts only its new events") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  append(store, new_batch(1, {{10, 19}}));
  CHECK(append(store, new_batch(1, {{5, 12}, {18, 25}})).accepted.intervals() ==
        std::vector<Interval>{{5, 9}, {20, 25}});
  CHECK(append(store, new_batch(1, {{6, 24}})).accepted.empty());
  CHECK(all(store).size() == 2);  // what is known in full is not kept again
  CHECK(append(store, new_batch(2, {{6, 24}})).accepted.size() == 19);
}

TEST_CASE("random overlapping batches count every event exactly once") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  test::Random random(seed);
  TemporaryFolder folder;
  std::map<std::uint64_t, std::set<std::uint32_t>> reference;
  for (int opening = 0; opening < 3; ++opening) {
    SqliteStore store(folder.file("db"));
    for (int step = 0; step < 150; ++step) {
      const std::uint64_t stream = random() % 4;
      std::vector<Interval> intervals;
      for (std::uint32_t at = random() % 50; intervals.size() <= random() % 4 && at < 400; at += 2 + random() % 60) {
        intervals.push_back({at, at + random() % 15});
      }
      if (intervals.empty()) continue;
      NewBatch batch = new_batch(stream, intervals);
      std::vector<std::uint32_t> fresh;
      for (const Interval& interval : batch.sequences.intervals()) {
        for (std::uint32_t number = interval.first; number <= interval.last; ++number) {
          if (reference[stream].insert(number).second) fresh.push_back(number);
        }
      }
      REQUIRE(append(store, std::move(batch)).accepted == IntervalSet::of_sorted(fresh));
    }
    std::map<std::uint64_t, std::set<std::uint32_t>> kept;
    for (const StoredBatch& batch : all(store)) {
      for (const Interval& interval : batch.accepted.intervals()) {
        for (std::uint32_t number = interval.first; number <= interval.last; ++number) {
          REQUIRE(kept[batch.stream].insert(number).second);  // never twice
        }
      }
    }
    REQUIRE(kept == reference);
  }
}

TEST_CASE("many writers at once: callbacks come in the order of the writes, and none is missing") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  std::vector<std::uint64_t> kept_order;  // written by the store's thread only, read after finish()
  std::vector<std::thread> writers;
  for (std::uint64_t writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&store, &kept_order, writer] {
      for (std::uint32_t i = 0; i < 200; ++i) {
        const bool taken = store.append(new_batch(writer, {{i, i}}),
                                        [&kept_order, writer](const Appended&) { kept_order.push_back(writer); });
        if (!taken) std::abort();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  store.finish();
  const std::vector<StoredBatch> batches = all(store);
  REQUIRE(batches.size() == 800);
  REQUIRE(kept_order.size() == 800);
  for (std::size_t i = 0; i < batches.size(); ++i) REQUIRE(batches[i].stream == kept_order[i]);
}

TEST_CASE("what was acknowledged survives SIGKILL, and nothing is kept twice") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  test::Random random(seed);
  TemporaryFolder folder;
  std::set<std::uint32_t> acknowledged;
  for (std::uint32_t round = 0; round < 5; ++round) {
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      SqliteStore store(folder.file("db"));
      for (std::uint32_t i = round * 50;; ++i) {
        // Waits for no answer, so that a kill falls between and into commits of whole groups.
        const bool taken = store.append(new_batch(1, {{i, i + 1}}), [&, i](const Appended& appended) {
          if (appended.outcome != AppendOutcome::kStored) _exit(3);
          if (write(pipe_ends[1], &i, sizeof i) != sizeof i) _exit(4);
        });
        if (!taken) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    close(pipe_ends[1]);
    std::uint32_t number = 0;
    REQUIRE(read(pipe_ends[0], &number, sizeof number) == sizeof number);
    acknowledged.insert({number, number + 1});
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
    kill(child, SIGKILL);
    while (read(pipe_ends[0], &number, sizeof number) == sizeof number) acknowledged.insert({number, number + 1});
    close(pipe_ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));

    SqliteStore store(folder.file("db"));
    std::set<std::uint32_t> kept;
    for (const StoredBatch& batch : all(store)) {
      for (const Interval& interval : batch.accepted.intervals()) {
        for (std::uint32_t at = interval.first; at <= interval.last; ++at) REQUIRE(kept.insert(at).second);
      }
    }
    REQUIRE(std::includes(kept.begin(), kept.end(), acknowledged.begin(), acknowledged.end()));
    REQUIRE(store.seen(1).size() == kept.size());
  }
}

TEST_CASE("an erased stream is gone from the file, and what is sent again is not kept") {
  TemporaryFolder folder;
  const std::string secret = "an-event-that-must-not-remain-on-disk";
  const std::vector<std::uint8_t> raw(secret.begin(), secret.end());
  SqliteStore store(folder.file("db"));
  append(store, new_batch(1, {{0, 9}}, raw));
  append(store, new_batch(2, {{0, 3}}));
  quarantine(store, 1, raw);
  REQUIRE(erase(store, 1));
  REQUIRE(all(store).size() == 1);
  CHECK(all(store)[0].stream == 2);
  CHECK(all_quarantined(store).empty());
  CHECK(append(store, new_batch(1, {{0, 9}}, raw)).outcome == AppendOutcome::kErased);
  CHECK(append(store, new_batch(1, {{10, 12}}, raw)).outcome == AppendOutcome::kErased);
  quarantine(store, 1, raw);
  CHECK(all_quarantined(store).empty());
  CHECK(all(store).size() == 1);
  CHECK(all_files(folder).find(secret) == std::string::npos);
}

TEST_CASE("a stream that is erased before its first batch arrives stays empty") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  REQUIRE(erase(store, 5));
  CHECK(append(store, new_batch(5, {{0, 1}})).outcome == AppendOutcome::kErased);
  CHECK(all(store).empty());
}

TEST_CASE("the quarantine keeps the latest batches with their reason and no more than its limit") {
  TemporaryFolder folder;
  SqliteLimits limits;
  limits.quarantined_batches = 3;
  SqliteStore store(folder.file("db"), limits);
  for (std::uint8_t i = 0; i < 5; ++i) REQUIRE(quarantine(store, i, {i}));
  const std::vector<QuarantinedBatch> kept = all_quarantined(store);
  REQUIRE(kept.size() == 3);
  CHECK(kept[0].raw == std::vector<std::uint8_t>{2});
  CHECK(kept[2].raw == std::vector<std::uint8_t>{4});
  CHECK(kept[0].reason == "wrong_program");
}

TEST_CASE("a stream with more gaps than a device makes is turned away and changes nothing") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < kMaxIntervals; ++i) numbers.push_back(i * 2);
  NewBatch full{1, 7, 0, IntervalSet::of_sorted(numbers), {1}};
  CHECK(append(store, full).outcome == AppendOutcome::kStored);
  CHECK(append(store, new_batch(1, {{1'000'000, 1'000'000}})).outcome == AppendOutcome::kTooManyGaps);
  CHECK(store.seen(1) == full.sequences);
  CHECK(append(store, new_batch(1, {{1, 1}})).outcome == AppendOutcome::kStored);  // fills a gap
}

TEST_CASE("beyond what may wait, a write is turned away without its callback") {
  TemporaryFolder folder;
  SqliteLimits limits;
  limits.waiting_bytes = 10;
  SqliteStore store(folder.file("db"), limits);
  CHECK_FALSE(store.append(new_batch(1, {{0, 0}}, std::vector<std::uint8_t>(11)), [](const Appended&) { FAIL(); }));
  CHECK(append(store, new_batch(1, {{0, 0}}, std::vector<std::uint8_t>(10))).outcome == AppendOutcome::kStored);
}

TEST_CASE("after finish() every earlier write is durable and no later one is taken") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  int answered = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    REQUIRE(store.append(new_batch(1, {{i, i}}), [&](const Appended&) { ++answered; }));
  }
  store.finish();
  CHECK(answered == 100);
  CHECK(store.seen(1).size() == 100);
  CHECK_FALSE(store.append(new_batch(1, {{200, 200}}), [](const Appended&) { FAIL(); }));
}

TEST_CASE("a store that cannot be written says so and keeps nothing of the failed group") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  std::string logged;
  store.on_error = [&](const std::string& error) { logged = error; };
  append(store, new_batch(1, {{0, 0}}));
  {
    Database other(folder.file("db"), Database::Mode::kReadWrite);
    other.execute("CREATE TRIGGER refuse BEFORE INSERT ON batches BEGIN SELECT RAISE(FAIL, 'no room'); END");
    const Appended failed = append(store, new_batch(1, {{1, 1}}));
    CHECK(failed.outcome == AppendOutcome::kFailed);
    CHECK(failed.error.find("no room") != std::string::npos);
    CHECK(logged == failed.error);
    CHECK(store.seen(1).size() == 1);
    other.execute("DROP TRIGGER refuse");
  }
  CHECK(append(store, new_batch(1, {{1, 1}})).accepted.size() == 1);
}

TEST_CASE("a second process is told that the store is in use") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  CHECK_THROWS_WITH(SqliteStore(folder.file("db")), Catch::Matchers::Contains("in use by another process"));
}

TEST_CASE("a path that does not exist and a file that is no store are clear errors") {
  TemporaryFolder folder;
  CHECK_THROWS_WITH(SqliteStore(folder.file("none/db")), Catch::Matchers::Contains("No such file or directory"));
  std::ofstream(folder.file("text")) << "This is not a database, but it is long enough to look at its first bytes.";
  CHECK_THROWS_AS(SqliteStore(folder.file("text")), StoreError);
}

TEST_CASE("a store of a later version is refused and not changed") {
  TemporaryFolder folder;
  { SqliteStore store(folder.file("db")); }
  { Database(folder.file("db"), Database::Mode::kReadWrite).execute("PRAGMA user_version=99"); }
  CHECK_THROWS_WITH(SqliteStore(folder.file("db")), Catch::Matchers::Contains("schema version 99"));
}

TEST_CASE("programs are kept for good; two with one short hash are refused") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  store.keep_program({0x1111111100000001, {1}});
  store.keep_program({0x2222222200000002, {2}});
  store.keep_program({0x1111111100000001, {1}});
  CHECK(store.programs().size() == 2);
  CHECK_THROWS_WITH(store.keep_program({0x3333333300000001, {3}}), Catch::Matchers::Contains("same short hash"));
  CHECK(store.programs().size() == 2);
}

TEST_CASE("a program is found by its short hash, also one that is served no more") {
  TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  const std::vector<std::uint8_t> first = test::compile_playbook();
  const std::vector<std::uint8_t> second =
      test::compile_playbook(R"({"omotenashi": 1, "site": "other", "default_language": "en"})");
  { ProgramLibrary library(store, first, "first"); }
  const ProgramLibrary library(store, second, "second");
  CHECK(library.all().size() == 2);
  CHECK(library.find(test::program().view().short_hash()) != nullptr);
  CHECK(library.served().view().hash() != test::program().view().hash());
  CHECK(library.find(12345) == nullptr);
  std::vector<std::uint8_t> damaged = first;
  damaged[damaged.size() / 2] ^= 1;
  CHECK_THROWS_WITH(ProgramLibrary(store, damaged, "damaged.omo"), Catch::Matchers::Contains("damaged.omo"));
}

}  // namespace omo::collector::store_test
