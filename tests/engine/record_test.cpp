// SPDX-License-Identifier: Apache-2.0
// Input records that are wrong, too large or say what the playbook does not declare.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "support/device.h"
#include "support/random.h"

namespace record_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "events": { "quiz_done": { "params": { "style": "string", "score": "int", "fun": "bool", "share": "double" } } },
    "traits": { "rank": { "type": "string" } },
    "context": { "weather": { "type": "string" } },
    "signals": { "quizzes": { "count": "quiz_done", "keep": 99 }, "style": { "last": "quiz_done", "of": "style" },
                 "score": { "last": "quiz_done", "of": "score" }, "fun": { "last": "quiz_done", "of": "fun" },
                 "long": { "count": "quiz_done", "where": "style != 'x'", "keep": 99 },
                 "shares": { "sum": "quiz_done", "of": "share" }, "paths": { "recent": "page_view", "of": "page_path" },
                 "orders": { "count": "purchase", "keep": 99 } },
    "segments": { "quizzed": "quizzes >= 2" },
    "campaigns": { "c": { "slot": "hero", "variants": { "v": { "creative": { "type": "banner", "title": "t" } } } } }
    )json"));
  return made;
}

Record quiz(const Pairs& params) { return event(kStart, "quiz_done", params); }

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

bool contains(const std::vector<std::uint8_t>& bytes, std::string_view text) {
  return as_text(bytes).find(text) != std::string_view::npos;
}

/// One record of each kind that is right.
std::vector<Record> one_of_each() {
  return {event(kStart, "view_item", {{"value", 1.0}}, {{{"item_id", "a"}}, {{"price", 2.0}}}),
          identify(kStart, {{"rank", "gold"}}),
          context(kStart, {{"weather", "storm"}}),
          consent(kStart, 1, 1),
          tick(kStart),
          edge(kStart, Edge::kVisible),
          reset(kStart),
          seed(kStart, 1, 2),
          page(kStart, "/a", "b", "c"),
          ack(kStart, 1, 2),
          section(kStart, true, "a")};
}

}  // namespace

TEST_CASE("every truncation of every kind of record is refused and has no effect") {
  for (const Record& record : one_of_each()) {
    Device device(program());
    const auto before = device.snapshot();
    for (std::size_t size = 0; size < record.size(); ++size) {
      INFO("kind " << int{record[0]} << ", " << size << " of " << record.size() << " bytes");
      REQUIRE(device.apply(Record(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size))) != Status::kOk);
      REQUIRE(device.snapshot() == before);
      REQUIRE(device.outcome().journal_bytes == 0);
    }
  }
}

TEST_CASE("a record with bytes behind its end is refused and has no effect") {
  for (Record record : one_of_each()) {
    INFO("kind " << int{record[0]});
    Device device(program());
    const auto before = device.snapshot();
    record.push_back(0);
    CHECK(device.apply(record) == Status::kBadRecord);
    CHECK(device.snapshot() == before);
    CHECK(device.outcome().journal_bytes == 0);
  }
}

TEST_CASE("an unknown kind, edge or event is refused") {
  Device device(program());
  const auto before = device.snapshot();
  Record record = tick(kStart);
  for (const int kind : {0, 12, 255}) {
    record[0] = static_cast<std::uint8_t>(kind);
    CHECK(device.apply(record) == Status::kBadRecord);
  }
  CHECK(device.apply(edge(kStart, static_cast<Edge>(0))) == Status::kBadRecord);
  CHECK(device.apply(edge(kStart, static_cast<Edge>(8))) == Status::kBadRecord);
  CHECK(device.apply(event(kStart, "no_such_event")) == Status::kUnknownEvent);
  CHECK(device.apply(event(kStart, "")) == Status::kUnknownEvent);
  CHECK(device.snapshot() == before);
}

TEST_CASE("a record beyond the limit is refused") {
  Device device(program());
  const auto before = device.snapshot();
  CHECK(device.apply(quiz({{"style", std::string(kMaxRecordBytes, 'x')}})) == Status::kTooLarge);
  CHECK(device.snapshot() == before);
}

TEST_CASE("a length that lies about the rest of the record is refused") {
  RecordBuilder builder(InputKind::kEvent, kStart);
  builder.varint(0xFFFFFFFF);
  Device device(program());
  CHECK(device.apply(builder.take()) == Status::kBadRecord);
  RecordBuilder many(InputKind::kEvent, kStart);
  many.text("quiz_done");
  many.varint(0xFFFFFFFF);
  CHECK(device.apply(many.take()) == Status::kBadRecord);
  RecordBuilder items(InputKind::kEvent, kStart);
  items.text("view_item");
  items.varint(0);
  items.varint(0xFFFFFFFF);
  CHECK(device.apply(items.take()) == Status::kBadRecord);
}

TEST_CASE("what the playbook does not declare is neither kept nor sent") {
  Device device(program());
  device.take(event(kStart, "quiz_done", {{"email", "someone@example.com"}, {"style", "wild"}}));
  device.take(event(kStart, "view_item", {{"secret", "tell"}}, {{{"item_id", "a"}, {"secret", "more"}}}));
  device.take(identify(kStart, {{"email", "someone@example.com"}}));
  const auto snapshot = device.snapshot();
  for (const std::string_view text : {"email", "example", "secret", "tell", "more"}) {
    INFO(text);
    CHECK_FALSE(contains(snapshot, text));
    CHECK_FALSE(contains(device.journal, text));
  }
  CHECK(contains(device.journal, "wild"));
  const DecodedBatch batch = device.decoded_batch();
  for (const DecodedEvent& sent : batch.events) CHECK(sent.params.size() == 1);
}

TEST_CASE("a parameter of another type is ignored, and the rest of the event counts") {
  Device device(program());
  device.take(quiz({{"style", 3.0}, {"score", "7"}, {"fun", 1.0}, {"share", true}}));
  CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kWrongType));
  CHECK(device.signal("quizzes") == "1");
  for (const char* signal : {"style", "score", "fun"}) CHECK(device.signal(signal) == "null");
  CHECK(device.signal("shares") == "0");
}

TEST_CASE("NaN, infinities and whole numbers that are none are ignored") {
  Device device(program());
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double number : {std::nan(""), infinity, -infinity}) {
    device.take(quiz({{"score", number}, {"share", number}}));
    CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kWrongType));
  }
  device.take(quiz({{"score", 1.5}}));
  device.take(quiz({{"score", 1e300}}));
  CHECK(device.signal("score") == "null");
  CHECK(device.signal("shares") == "0");
  device.take(quiz({{"score", -3.0}}));
  CHECK(device.signal("score") == "-3");
}

TEST_CASE("a long string is cut at a character boundary, in signals, journal and batch alike") {
  Device device(program());
  const std::string text = "x" + repeated("花", 60);       // 1 + 180 bytes
  const std::string cut = "x" + repeated("花", 33);        // 100 bytes exactly
  const std::string emoji = "xy" + repeated("🌸", 30);      // 2 + 120 bytes
  const std::string cut_emoji = "xy" + repeated("🌸", 24);  // 98: a 25th would end at 102
  device.take(quiz({{"style", text}}));
  CHECK(device.signal("style") == "\"" + cut + "\"");
  device.take(quiz({{"style", emoji}}));
  CHECK(device.signal("style") == "\"" + cut_emoji + "\"");
  CHECK_FALSE(contains(device.journal, repeated("花", 34)));
  const DecodedBatch batch = device.decoded_batch();
  REQUIRE(batch.events.size() == 2);
  CHECK(batch.events[0].params.at(0).text == cut);
  CHECK(batch.events[1].params.at(0).text == cut_emoji);
}

TEST_CASE("the path, title and referrer of a page are cut too") {
  Device device(program());
  const std::string path = "/" + repeated("ばら", 100);
  device.take(page(kStart, path, path, path));
  CHECK(device.signal("paths") == "[\"" + std::string(path.substr(0, 100)) + "\"]");
  const DecodedBatch batch = device.decoded_batch();
  REQUIRE(batch.events.at(1).params.size() == 3);
  for (const DecodedParam& param : batch.events[1].params) CHECK(param.text == path.substr(0, 100));
}

TEST_CASE("a parameter stated twice counts once, as it was stated last") {
  Device device(program());
  device.take(quiz({{"style", "first"}, {"style", "second"}}));
  CHECK(device.signal("style") == "\"second\"");
  CHECK(device.decoded_batch().events.at(0).params.size() == 1);
}

TEST_CASE("items beyond the limit are ignored") {
  Device device(program());
  device.take(event(kStart, "view_item", {}, std::vector<Pairs>(kMaxItems + 6, Pairs{{"quantity", 1.0}})));
  CHECK(device.decoded_batch().events.at(0).items == kMaxItems);
}

TEST_CASE("random bytes as records never break the engine, and it still works after them") {
  const std::uint32_t first_seed = 20260301;
  for (std::uint32_t seed_value = first_seed; seed_value < first_seed + 20; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    Device device(program());
    for (int round = 0; round < 1000; ++round) {
      Record record = random.pick(one_of_each());
      mutate(random, record);
      // Far futures end the test early: engine time never goes back.
      if (record.size() >= kInputHeaderBytes) record[5] = record[6] = 0;
      (void)device.apply(record);
    }
    device.take(consent(kStart, purpose::kAll, purpose::kAll));
    device.take(quiz({{"style", "after"}}));
    CHECK(device.signal("style") == "\"after\"");
    CHECK_FALSE(device.snapshot().empty());
  }
}

}  // namespace record_test
