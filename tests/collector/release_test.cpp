// SPDX-License-Identifier: Apache-2.0
// Batches that came before their program: read when it is there, as if they came then.
#include <catch2/catch.hpp>

#include "collector/store_support.h"
#include "collector/whole_collector.h"

namespace omo::collector::release_test {

using namespace test;

namespace {

/// What a collector does at its start, on a store that outlives it.
struct Start {
  Start(SqliteStore& used_store, std::string_view playbook)
      : store(used_store), library(store, compile_playbook(playbook), "playbook") {}

  Released release() {
    return ingest.release_quarantined([this](const Released&) { ++steps; });
  }
  std::uint64_t views() {
    std::uint64_t unreadable = 0;
    ingest.rebuild(unreadable);
    CHECK(unreadable == 0);
    std::uint64_t sum = 0;
    for (const PageRow& row : stats.pages(1).rows) sum += row.views;
    return sum;
  }
  unsigned post(const std::vector<std::uint8_t>& bytes) {
    std::promise<unsigned> status;
    ingest.accept({bytes.begin(), bytes.end()}, [&](const Response& response) { status.set_value(response.status); });
    return status.get_future().get();
  }

  SqliteStore& store;
  ProgramLibrary library;
  Stats stats;
  Metrics metrics;
  std::uint64_t now_ms = 5000;
  Ingest ingest{store, library, stats, metrics, [this] { return now_ms; }};
  int steps = 0;
};

constexpr std::string_view kOtherPlaybook = R"({"omotenashi": 1, "site": "other"})";

}  // namespace

TEST_CASE("a batch that came before its program counts when the program has come, once, at the time of its receipt") {
  const TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  {
    Start before(store, kOtherPlaybook);
    CHECK(before.post(sample(1)) == 422);
    CHECK(before.post(sample(1)) == 422);
    CHECK(before.post(encode(batch(2, {page_view(7, "/")}))) == 422);
    CHECK(before.release().waiting == 3);
    CHECK(all_quarantined(store).size() == 3);
  }
  Start after(store, kPlaybook);
  after.now_ms = 9000;
  const Released released = after.release();
  CHECK(released.batches == 3);
  CHECK(released.events == 3);
  CHECK(released.refused + released.waiting == 0);
  CHECK(after.steps == 1);
  CHECK(all_quarantined(store).empty());
  REQUIRE(all(store).size() == 2);
  for (const StoredBatch& kept : all(store)) CHECK(kept.received_ms == 5000);
  CHECK(after.views() == 3);
  // What a device sends again, since 422 acknowledges nothing, is known.
  CHECK(after.post(sample(1)) == 204);
  CHECK(after.stats.pages(1).rows.size() == 2);
  CHECK(all(store).size() == 2);
  CHECK(after.metrics.text().find("omo_released_batches_total{result=\"kept\"} 3") != std::string::npos);
  CHECK(after.metrics.text().find("omo_events_total{result=\"duplicate\"} 4") != std::string::npos);
}

TEST_CASE("what its program cannot read, or would refuse, leaves quarantine and is counted") {
  const TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  std::vector<std::uint8_t> broken = sample(1);
  broken[kBatchHeaderBytes + 3] ^= 0x55;
  BatchHeader header;
  REQUIRE(read_batch_header(sample(1), header) == Status::kOk);
  write_batch_header(broken, header, broken.size() - kBatchHeaderBytes);
  const std::uint64_t old = kSent - std::uint64_t{kMaxEventAgeMs} - kBatchTimeUnitMs;
  {
    Start before(store, kOtherPlaybook);
    CHECK(before.post(broken) == 422);
    CHECK(before.post(encode(batch(2, {page_view(0, "/old", old)}))) == 422);
    CHECK(before.post(sample(3)) == 422);
  }
  Start after(store, kPlaybook);
  const Released released = after.release();
  CHECK(released.refused == 2);
  CHECK(released.batches == 1);
  CHECK(all_quarantined(store).empty());
  CHECK(after.views() == 2);
  CHECK(after.metrics.text().find("omo_released_batches_total{result=\"refused\"} 2") != std::string::npos);
}

TEST_CASE("what a quarantined batch says of addresses is in no file of the store once it is read") {
  const TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  const std::vector<std::uint8_t> secret = encode(batch(1, {page_view(0, "/reset?token=abc")}));
  const std::string_view body =
      std::string_view(reinterpret_cast<const char*>(secret.data()), secret.size()).substr(kBatchHeaderBytes);
  CHECK(Start(store, kOtherPlaybook).post(secret) == 422);
  CHECK(all_files(folder).find(body) != std::string::npos);
  Start after(store, kPlaybook);
  CHECK(after.release().events == 1);
  CHECK(after.stats.pages(1).rows.empty());  // until they are built
  CHECK(after.views() == 1);
  CHECK(after.stats.pages(1).rows[0].path == "/reset");
  CHECK(all_files(folder).find(body) == std::string::npos);
}

TEST_CASE("a full quarantine is read in steps, and batches of other unknown programs stay in it") {
  const TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  for (std::uint64_t stream = 0; stream < 600; ++stream) {
    std::vector<std::uint8_t> bytes = sample(stream);
    const std::uint32_t hash = program().view().short_hash() ^ (stream % 3 == 2 ? 1u : 0u);
    REQUIRE(store.quarantine({stream, hash, 1000, "wrong_program", bytes}, [](bool) {}));
  }
  REQUIRE(quarantine(store, 1000, {1}));
  Start after(store, kPlaybook);
  const Released released = after.release();
  CHECK(released.batches == 400);
  CHECK(released.waiting == 201);
  CHECK(after.steps == 3);
  CHECK(after.views() == 800);
  CHECK(all_quarantined(store).size() == 201);
  CHECK(after.release().batches == 0);
}

TEST_CASE("a batch that is in quarantine no more is not kept, and a store that fails leaves it there") {
  const TemporaryFolder folder;
  SqliteStore store(folder.file("db"));
  REQUIRE(quarantine(store, 1, {1}));
  const std::uint64_t id = all_quarantined(store).at(0).id;
  const auto release = [&](std::uint64_t wanted) {
    std::promise<Appended> promise;
    REQUIRE(store.release(wanted, new_batch(1, {{0, 4}}), [&](const Appended& done) { promise.set_value(done); }));
    return promise.get_future().get();
  };
  CHECK(release(id + 1).outcome == AppendOutcome::kErased);
  CHECK(all(store).empty());
  {
    Database other(folder.file("db"), Database::Mode::kReadWrite);
    other.execute("CREATE TRIGGER refuse BEFORE INSERT ON batches BEGIN SELECT RAISE(FAIL, 'no room'); END");
  }
  CHECK(release(id).outcome == AppendOutcome::kFailed);
  CHECK(all_quarantined(store).size() == 1);
  CHECK(store.seen(1).empty());
  {
    Database other(folder.file("db"), Database::Mode::kReadWrite);
    other.execute("DROP TRIGGER refuse");
  }
  CHECK(release(id).accepted.size() == 5);
  CHECK(release(id).outcome == AppendOutcome::kErased);
  CHECK(all(store).size() == 1);
}

}  // namespace omo::collector::release_test
