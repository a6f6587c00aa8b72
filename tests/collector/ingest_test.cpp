// SPDX-License-Identifier: Apache-2.0
// What becomes of a batch: counted once, refused, kept aside, scrubbed, erased; told by what the stats and the store
// say.
#include <catch2/catch.hpp>

#include "collector/whole_collector.h"
#include "http/scrub.h"

namespace omo::collector::ingest_test {

using namespace test;

TEST_CASE("a batch counts once however often it is sent") {
  Collector collector;
  for (int i = 0; i < 3; ++i) CHECK(collector.post(sample()).status == 204);
  CHECK(
      collector.get("/v1/stats/pages").body ==
      R"({"rows":[{"path":"/","views":1,"visitors":1,"engaged_ms_total":0,"entries":1,"exits":0},)"
      R"({"path":"/shop","views":1,"visitors":1,"engaged_ms_total":0,"entries":0,"exits":1}],"hidden":0,"bots":0,"truncated":0})");
  CHECK(collector.metrics.text().find("omo_events_total{result=\"duplicate\"} 4") != std::string::npos);
}

TEST_CASE("a small body that would unfold to millions of values is refused at once") {
  const ProgramView& view = program().view();
  DecodedEvent item_view = event(0, "view_item", {});
  item_view.items = kMaxItems;
  const EventRow& row = view.events()[item_view.event];
  for (std::uint32_t item = 0; item < kMaxItems; ++item) {
    for (std::uint32_t at = row.first_param; at < row.first_param + row.param_count; ++at) {
      if (view.params()[at].item != 0) item_view.params.push_back({at, item, 1, ""});
    }
  }
  DecodedBatch made = batch(1, {});
  for (; made.events.size() <= kMaxBatchValues / item_view.params.size(); ++item_view.sequence) {
    made.events.push_back(item_view);
  }
  const std::vector<std::uint8_t> bytes = encode(made);
  CHECK(bytes.size() < 2000);
  Collector collector;
  const Response response = collector.post(bytes);
  CHECK(response.status == 400);
  CHECK(response.body.find("bad_structure") != std::string::npos);
  made.events.pop_back();
  CHECK(collector.post(encode(made)).status == 204);
}

TEST_CASE("a batch without consent for measurement is refused and not kept") {
  Collector collector;
  std::vector<std::uint8_t> bytes = sample();
  BatchHeader header;
  REQUIRE(read_batch_header(bytes, header) == Status::kOk);
  header.consent = purpose::kAll & ~purpose::kMeasurement;
  write_batch_header(bytes, header, bytes.size() - kBatchHeaderBytes);
  const Response response = collector.post(bytes);
  CHECK(response.status == 422);
  CHECK(response.body.find("not_consented") != std::string::npos);
  CHECK(collector.store.seen(1).empty());
}

TEST_CASE("privacy 57: a batch whose consent stamp does not cover its events is refused and not kept") {
  Collector collector;
  const std::vector<std::uint8_t> honest = encode(batch(1, {page_view(0, "/"), event(1, "quiz_done", {})}));
  std::vector<std::uint8_t> forged = honest;
  BatchHeader header;
  REQUIRE(read_batch_header(forged, header) == Status::kOk);
  header.consent = purpose::kMeasurement;
  write_batch_header(forged, header, forged.size() - kBatchHeaderBytes);
  CHECK(collector.post(forged).status == 400);
  CHECK(collector.store.seen(1).empty());
  CHECK(collector.post(honest).status == 204);
  CHECK(collector.store.seen(1).size() == 2);
}

TEST_CASE("a batch of a program that was never served is kept aside with the reason") {
  Collector collector;
  std::vector<std::uint8_t> bytes = sample();
  BatchHeader header;
  REQUIRE(read_batch_header(bytes, header) == Status::kOk);
  header.program ^= 1;
  write_batch_header(bytes, header, bytes.size() - kBatchHeaderBytes);
  CHECK(collector.post(bytes).status == 422);
  const std::vector<QuarantinedBatch> kept = collector.store.quarantined(0, 10);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].raw == bytes);
  CHECK(kept[0].reason == "wrong_program");
}

TEST_CASE("events that waited longer than a queue may hold are gone; younger ones of the batch stay") {
  Collector collector;
  const std::uint64_t old = kSent - std::uint64_t{kMaxEventAgeMs} - kBatchTimeUnitMs;
  CHECK(collector.post(encode(batch(1, {page_view(0, "/old", old)}))).status == 410);
  CHECK(collector.post(encode(batch(1, {page_view(1, "/old", old), page_view(2, "/new")}))).status == 204);
  CHECK(collector.store.seen(1).intervals() == std::vector<Interval>{{2, 2}});
  CHECK(collector.get("/v1/stats/pages").body.find("/old") == std::string::npos);
}

TEST_CASE("query strings and e-mail addresses never reach the store") {
  CHECK(has_email_address("me@example.com"));
  CHECK(has_email_address("write to taro.yamada@mail.example.co.jp!"));
  CHECK(has_email_address("/u/me%40example.com"));
  for (const char* const text : {"", "@", "a@b", "@home.com", "a @ b.c", "花@市", "/cart", "@omotenashi/js", "5@.x"}) {
    INFO(text);
    CHECK_FALSE(has_email_address(text));
  }
  Collector collector;
  CHECK(collector
            .post(encode(batch(1, {page_view(0, "/reset?token=abc"), page_view(1, "/u/me@example.com"),
                                   event(2, "search", {{"search_term", "me@example.com"}})})))
            .status == 204);
  std::size_t batches = 0;
  collector.store.scan([&](const StoredBatch& stored) {
    ++batches;
    DecodedBatch decoded;
    REQUIRE(decode_batch(stored.raw, program().view(), decoded) == Status::kOk);
    CHECK(decoded.events[0].params[0].text == "/reset");
    CHECK(decoded.events[1].params[0].text == "(removed)");
    CHECK(decoded.events[2].params[0].text == "(removed)");
  });
  CHECK(batches == 1);
}

TEST_CASE("erasing a stream takes its part of the stats, and what is sent again does not count") {
  Collector collector;
  const std::uint64_t stream = 0x8877665544332211;  // bytes 11 22 33 ... in the batch header
  CHECK(collector.post(sample(stream)).status == 204);
  CHECK(collector.post(sample(2)).status == 204);
  CHECK(collector.ask({"DELETE", "/v1/streams/1122334455667788", {}, {}}).status == 204);
  CHECK(collector.post(sample(stream)).status == 204);
  CHECK(collector.get("/v1/stats/pages").body.find(R"("views":1,"visitors":1)") != std::string::npos);
  CHECK(collector.get("/v1/stats/pages").body.find(R"("views":2)") == std::string::npos);
}

TEST_CASE("a restart shows the same stats as before") {
  Collector collector;
  for (std::uint64_t stream = 0; stream < 5; ++stream) {
    DecodedBatch made = batch(stream, {page_view(0, "/"), engagement(1, "/", 900), page_view(2, "/shop"),
                                       promotion(3, "view_promotion", "welcome", "warm"), purchase(4, "A")});
    made.has_membership = true;
    made.segments_on = {0};
    CHECK(collector.post(encode(made)).status == 204);
    CHECK(collector.post(encode(made)).status == 204);
  }
  Stats rebuilt;
  Ingest again(collector.store, collector.library, rebuilt, collector.metrics);
  std::uint64_t unreadable = 1;
  CHECK(again.rebuild(unreadable) == 5);
  CHECK(unreadable == 0);
  CHECK(rebuilt.pages(1) == collector.stats.pages(1));
  CHECK(rebuilt.paths(1) == collector.stats.paths(1));
  CHECK(rebuilt.segments(1) == collector.stats.segments(1));
  CHECK(rebuilt.campaigns(1) == collector.stats.campaigns(1));
  CHECK(rebuilt.hours(1) == collector.stats.hours(1));
}

TEST_CASE("bytes in a page's path that are no text do not break the answer") {
  Collector collector;
  CHECK(collector.post(encode(batch(1, {page_view(0, "/\xfe\xc0\"<script>")}))).status == 204);
  CHECK(collector.get("/v1/stats/pages").body.find("\xEF\xBF\xBD") != std::string::npos);
}

}  // namespace omo::collector::ingest_test
