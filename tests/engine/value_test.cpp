// SPDX-License-Identifier: Apache-2.0
// Signals that keep times and values: recency, last, recent; and `where` conditions over items.
#include <catch2/catch.hpp>

#include "support/device.h"

namespace value_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "events": { "quiz_done": { "params": { "style": "string", "score": "int", "fun": "bool" } } },
    "signals": {
      "since": { "recency": "purchase" },
      "category": { "last": "view_item", "of": "item_category" },
      "fresh_category": { "last": "view_item", "of": "item_category", "within": "1h" },
      "items": { "recent": "view_item", "of": "item_id", "keep": 3 },
      "hour_items": { "recent": "view_item", "of": "item_id", "keep": 3, "within": "1h" },
      "bouquets": { "count": "view_item", "where": "item_category == 'bouquet'" },
      "dear": { "count": "view_item", "where": "price >= 5000.0 || item_id == 'gift'", "keep": 9 },
      "both": { "count": "view_item", "where": "price >= 5000.0 && item_id == 'gift'", "keep": 9 },
      "quick": { "count": "quiz_done", "where": "!(style == 'slow') && score in [1, 2, 3]", "keep": 9 },
      "styled": { "count": "quiz_done", "where": "has(style)", "keep": 9 },
      "views": { "count": "view_item", "keep": 9 },
      "spent": { "sum": "purchase", "of": "price" }
    },
    "segments": {
      "never": "since == null", "recently": "since < duration('1h')", "upto": "since <= duration('1h')",
      "long_ago": "since > duration('1h')", "likes_roses": "category == 'rose'", "not_roses": "category != 'rose'",
      "unknown_taste": "category == null", "saw_a": "'a' in items", "saw_three": "size(items) >= 3",
      "few": "size(items) < 2", "bouquet_fan": "bouquets >= 2" })json"));
  return made;
}

Record view(double time, const std::vector<Pairs>& items) { return event(time, "view_item", {}, items); }
Record item(double time, const std::string& id) { return view(time, {{{"item_id", id}}}); }

}  // namespace

TEST_CASE("what never happened is null, and no order with null is true") {
  Device device(program());
  CHECK(device.on("never"));
  CHECK_FALSE(device.on("recently"));
  CHECK_FALSE(device.on("long_ago"));
  CHECK(device.on("unknown_taste"));
  CHECK_FALSE(device.on("likes_roses"));
  CHECK(device.signal("since") == "null");
}

TEST_CASE("recency crosses its thresholds by timers, at exactly the moments that wake_at names") {
  Device device(program());
  device.take(event(kStart, "purchase"));
  CHECK(device.on("recently"));
  CHECK(device.outcome().wake_at == kStart + kHour);
  device.take(tick(kStart + kHour - 1));
  CHECK(device.on("recently"));
  device.take(tick(kStart + kHour));
  CHECK_FALSE(device.on("recently"));
  CHECK(device.on("upto"));
  CHECK_FALSE(device.on("long_ago"));
  CHECK(device.outcome().wake_at == kStart + kHour + 1);
  device.take(tick(kStart + kHour + 1));
  CHECK_FALSE(device.on("upto"));
  CHECK(device.on("long_ago"));
  CHECK(device.outcome().wake_at == 0);
  device.take(event(kStart + kDay, "purchase"));
  CHECK(device.on("recently"));
  CHECK_FALSE(device.on("long_ago"));
}

TEST_CASE("last is the latest value, and its window makes it null again") {
  Device device(program());
  device.take(view(kStart, {{{"item_category", "rose"}}}));
  CHECK(device.on("likes_roses"));
  CHECK(device.signal("fresh_category") == "\"rose\"");
  device.take(tick(kStart + kHour));
  CHECK(device.signal("fresh_category") == "null");
  CHECK(device.on("likes_roses"));
  device.take(view(kStart + kHour, {{{"item_category", "plant"}}}));
  CHECK_FALSE(device.on("likes_roses"));
  CHECK(device.on("not_roses"));
}

TEST_CASE("an event without the parameter leaves last as it was") {
  Device device(program());
  device.take(view(kStart, {{{"item_category", "rose"}}}));
  device.take(view(kStart, {{{"item_id", "x"}}}));
  CHECK(device.signal("category") == "\"rose\"");
}

TEST_CASE("recent lists the latest first, each once, up to its capacity") {
  Device device(program());
  CHECK(device.on("few"));
  for (const char* id : {"a", "b", "a"}) device.take(item(kStart, id));
  CHECK(device.signal("items") == R"(["a","b"])");
  device.take(item(kStart, "c"));
  CHECK(device.on("saw_three"));
  CHECK(device.on("saw_a"));
  device.take(item(kStart, "d"));
  CHECK(device.signal("items") == R"(["d","c","a"])");
  device.take(item(kStart, "e"));
  CHECK(device.signal("items") == R"(["e","d","c"])");
  CHECK_FALSE(device.on("saw_a"));
}

TEST_CASE("a value leaves recent when it was last seen within ago") {
  Device device(program());
  device.take(item(kStart, "a"));
  device.take(item(kStart + kMinute, "b"));
  device.take(item(kStart + 2 * kMinute, "a"));
  device.take(tick(kStart + kHour + kMinute));
  CHECK(device.signal("hour_items") == R"(["a"])");
  device.take(tick(kStart + kHour + 2 * kMinute));
  CHECK(device.signal("hour_items") == "[]");
}

TEST_CASE("an event with n items is n occurrences for a signal that names an item parameter, and one otherwise") {
  Device device(program());
  device.take(
      view(kStart, {{{"item_category", "bouquet"}}, {{"item_category", "plant"}}, {{"item_category", "bouquet"}}}));
  CHECK(device.on("bouquet_fan"));
  CHECK(device.signal("views") == "1");
  device.take(event(kStart, "purchase", {}, {{{"price", 10.0}}, {{"price", 5.5}}, {{"item_id", "free"}}}));
  CHECK(device.signal("spent") == "15.5");
}

TEST_CASE("item parameters are read flat where there are no items, and only there") {
  Device device(program());
  device.take(event(kStart, "view_item", {{"item_id", "flat"}}));
  CHECK(device.signal("items") == R"(["flat"])");
  device.take(event(kStart, "view_item", {{"item_id", "ignored"}}, {{{"item_category", "rose"}}}));
  CHECK(device.signal("items") == R"(["flat"])");
}

TEST_CASE("an item that lacks a parameter does not see that of the item before it") {
  Device device(program());
  device.take(view(kStart, {{{"price", 9000.0}, {"item_id", "x"}}, {{"item_id", "gift"}}}));
  CHECK(device.signal("dear") == "2");
  CHECK(device.signal("both") == "0");
}

TEST_CASE("|| and && absorb the error of a missing parameter, as CEL says") {
  Device device(program());
  device.take(view(kStart, {{{"item_id", "gift"}}}));
  CHECK(device.signal("dear") == "1");
  CHECK(device.signal("both") == "0");
  device.take(view(kStart, {{{"price", 1.0}}}));
  CHECK(device.signal("dear") == "1");
  device.take(view(kStart, {{{"price", 5000.0}, {"item_id", "gift"}}}));
  CHECK(device.signal("both") == "1");
}

TEST_CASE("a condition that ends in an error does not count") {
  Device device(program());
  device.take(event(kStart, "quiz_done", {{"score", 2.0}}));
  CHECK(device.signal("quick") == "0");
  device.take(event(kStart, "quiz_done", {{"style", "slow"}, {"score", 2.0}}));
  CHECK(device.signal("quick") == "0");
  device.take(event(kStart, "quiz_done", {{"style", "fast"}, {"score", 4.0}}));
  CHECK(device.signal("quick") == "0");
  device.take(event(kStart, "quiz_done", {{"style", "fast"}, {"score", 3.0}}));
  CHECK(device.signal("quick") == "1");
}

}  // namespace value_test
