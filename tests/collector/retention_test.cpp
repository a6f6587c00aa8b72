// SPDX-License-Identifier: Apache-2.0
// Retention of a whole collector: the stats follow what the store deletes, also while batches arrive.
#include "http/retention.h"

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "collector/stats_support.h"
#include "collector/store_support.h"
#include "http/ingest.h"

namespace omo::collector::retention_test {

using namespace test;

namespace {

constexpr std::uint64_t kHourMs = 3'600'000;
constexpr std::uint64_t kKeepMs = kMinKeepDays * kDayMs;

SqliteLimits small_steps() {
  SqliteLimits limits;
  limits.expiry_rows = 3;
  return limits;
}

/// A collector without its HTTP whose clock is the test's, and which keeps as short as it may.
struct Aging {
  /// The status of the answer.
  unsigned post(const DecodedBatch& made) {
    const std::vector<std::uint8_t> bytes = encode(made);
    std::promise<unsigned> status;
    ingest.accept(std::string(bytes.begin(), bytes.end()),
                  [&](const Response& answer) { status.set_value(answer.status); });
    return status.get_future().get();
  }
  void erase(std::uint64_t stream) {
    std::promise<unsigned> status;
    ingest.erase(stream, [&](const Response& answer) { status.set_value(answer.status); });
    REQUIRE(status.get_future().get() == 204);
  }
  /// One page view that is sent now.
  DecodedBatch view(std::uint64_t stream, std::uint32_t sequence, std::string path) const {
    DecodedBatch made = batch(stream, {page_view(sequence, std::move(path), now)});
    made.header.sent_ms = now;
    return made;
  }
  void check_equal_to_a_fresh_start() {
    Stats fresh;
    Metrics unused;
    std::uint64_t unreadable = 0;
    Ingest(store, library, fresh, unused).rebuild(unreadable);
    CHECK(unreadable == 0);
    check_equal(stats, fresh);
  }

  TemporaryFolder folder;
  std::atomic<std::uint64_t> now{kSent};
  SqliteStore store{folder.file("db"), small_steps()};
  ProgramLibrary library{store, compile_playbook(), "playbook"};
  Stats stats;
  Metrics metrics;
  Ingest ingest{store, library, stats, metrics, [this] { return now.load(); }};
  Retention retention{store, metrics, kMinKeepDays, [this] { return now.load(); }};
  Store::ExpireDone follow = [this](const Expired& expired) { ingest.follow(expired); };
};

}  // namespace

TEST_CASE("what was received so many days ago stays, a millisecond later it is gone from the store and the stats") {
  Aging collector;
  REQUIRE(collector.post(collector.view(1, 0, "/old")) == 204);
  collector.now += kHourMs;
  REQUIRE(collector.post(collector.view(1, 1, "/new")) == 204);
  REQUIRE(collector.post(collector.view(2, 0, "/new")) == 204);
  collector.now = kSent + kKeepMs;
  collector.retention.expire(collector.follow);
  CHECK(collector.stats.pages(1).rows.size() == 2);
  ++collector.now;
  collector.retention.expire(collector.follow);
  CHECK(collector.stats.pages(1).rows == std::vector<PageRow>{{"/new", 2, 2, 0, 2, 2}});
  CHECK(all(collector.store).size() == 2);
  CHECK(collector.metrics.text().find("omo_expired_batches_total 1") != std::string::npos);
  collector.check_equal_to_a_fresh_start();
}

TEST_CASE("what an expiry has left is still counted once when it is sent again") {
  Aging collector;
  REQUIRE(collector.post(collector.view(1, 0, "/")) == 204);
  collector.now += 2 * kDayMs;
  const DecodedBatch kept = collector.view(1, 1, "/");
  REQUIRE(collector.post(kept) == 204);
  collector.now = kSent + kKeepMs + 1;
  collector.retention.expire(collector.follow);
  REQUIRE(collector.post(kept) == 204);
  CHECK(collector.stats.pages(1).rows == std::vector<PageRow>{{"/", 1, 1, 0, 1, 1}});
}

TEST_CASE("a bot whose marked batches have expired is what its other batches say") {
  Aging collector;
  DecodedBatch marked = collector.view(1, 0, "/");
  marked.header.flags = batch_flag::kBot;
  REQUIRE(collector.post(marked) == 204);
  collector.now += kDayMs;
  REQUIRE(collector.post(collector.view(1, 1, "/")) == 204);
  CHECK(collector.stats.pages(1).bots == 1);
  collector.now = kSent + kKeepMs + 1;
  collector.retention.expire(collector.follow);
  CHECK(collector.stats.pages(1).bots == 0);
  CHECK(collector.stats.pages(1).rows == std::vector<PageRow>{{"/", 1, 1, 0, 1, 1}});
}

TEST_CASE("privacy 58: after any history the stats of an expiry are those of a collector that starts on what is left") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  test::Random random(seed);
  std::size_t expired = 0;
  for (int round = 0; round < 6; ++round) {
    Aging collector;
    const auto expire = [&] {
      const std::size_t before = all(collector.store).size();
      collector.retention.expire(collector.follow);
      expired += before - all(collector.store).size();
      for (const StoredBatch& kept : all(collector.store)) REQUIRE(kept.received_ms + kKeepMs >= collector.now);
      collector.check_equal_to_a_fresh_start();
    };
    for (int step = 0; step < 80; ++step) {
      const std::uint64_t stream = random() % 5;
      // The collector's clock is set back now and then, so that what comes later may go earlier.
      collector.now += random() % (2 * kDayMs);
      if (random() % 10 == 0) collector.now -= kDayMs;
      if (random() % 25 == 0) collector.erase(stream);
      if (random() % 8 == 0) expire();
      DecodedBatch made = batch(random() % 5, {});
      made.header.sent_ms = collector.now + random() % kHourMs - random() % kHourMs;
      for (std::uint32_t sequence = random() % 300; made.events.size() < 8; sequence += 1 + random() % 5) {
        made.events.push_back(any_event(sequence, made.header.sent_ms - random() % (5 * kDayMs), random));
      }
      if (random() % 12 == 0) made.header.flags = batch_flag::kBot;
      made.has_membership = random() % 2 == 0;
      if (made.has_membership && random() % 2 == 0) made.segments_on = {0};
      REQUIRE(collector.post(made) == 204);
    }
    expire();
  }
  CHECK(expired > 0);
}

TEST_CASE("while batches arrive, an expiry loses none of them and counts none twice") {
  constexpr std::uint32_t kWriters = 3;
  constexpr std::uint32_t kBatches = 100;
  Aging collector;
  std::atomic<std::uint32_t> writing{kWriters};
  std::atomic<std::uint32_t> refused{0};
  std::vector<std::thread> writers;
  for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (std::uint32_t i = 0; i < kBatches; ++i) {
        collector.now += 12 * kHourMs;
        // Streams that one writer has alone, and one that all share.
        const std::uint64_t stream = i % 2 == 0 ? 0 : 1 + writer;
        if (collector.post(collector.view(stream, i * kWriters + writer, "/" + std::to_string(i % 3))) != 204)
          ++refused;
      }
      --writing;
    });
  }
  while (writing > 0) collector.retention.expire(collector.follow);
  for (std::thread& writer : writers) writer.join();
  collector.retention.expire(collector.follow);
  CHECK(refused == 0);
  const std::size_t kept = all(collector.store).size();
  CHECK(kept > 0);
  CHECK(kept < kWriters * kBatches);
  std::uint64_t views = 0;
  for (const PageRow& row : collector.stats.pages(1).rows) views += row.views;
  CHECK(views == kept);
  const std::string gone = std::to_string(kWriters * kBatches - kept);
  CHECK(collector.metrics.text().find("omo_expired_batches_total " + gone + "\n") != std::string::npos);
  collector.check_equal_to_a_fresh_start();
}

TEST_CASE("a running collector expires by itself, again and again, until it is stopped") {
  Aging collector;
  const auto is_empty = [&] { return collector.stats.pages(1).rows.empty(); };
  collector.retention.start(collector.follow, std::chrono::milliseconds(1));
  for (std::uint32_t i = 0; i < 2; ++i) {
    REQUIRE(collector.post(collector.view(1, i, "/")) == 204);
    collector.now += kKeepMs + 1;
    while (!is_empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  CHECK(all(collector.store).empty());
  collector.retention.stop();
  REQUIRE(collector.post(collector.view(1, 5, "/")) == 204);
  collector.now += kKeepMs + 1;
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK_FALSE(is_empty());
}

TEST_CASE("an expiry that the store does not take is an error, and a clock before 1971 deletes nothing") {
  Aging collector;
  REQUIRE(collector.post(collector.view(1, 0, "/")) == 204);
  collector.now = 1000;
  collector.retention.expire(collector.follow);
  CHECK(all(collector.store).size() == 1);
  collector.store.finish();
  CHECK_THROWS_WITH(collector.retention.expire(collector.follow), "the store cannot take an expiry now");
}

}  // namespace omo::collector::retention_test
