// SPDX-License-Identifier: Apache-2.0
// Storage that vanishes: what the site hands over brings signals back.
#include <catch2/catch.hpp>

#include "support/device.h"

namespace restore_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "traits": { "orders": { "type": "int" }, "orders_for_ads": { "type": "int", "purposes": ["marketing"] },
                "spent": { "type": "double" }, "last_order": { "type": "date" }, "last_order_ms": { "type": "int" },
                "favourite": { "type": "string" }, "rank": { "type": "string" }, "birthday": { "type": "date" } },
    "signals": {
      "purchases": { "count": "purchase", "keep": 50, "restore": "orders" },
      "lately": { "count": "purchase", "within": "30d", "keep": 4, "restore": "orders" },
      "ads": { "count": "purchase", "keep": 50, "restore": "orders_for_ads" },
      "total": { "sum": "purchase", "of": "value", "restore": "spent" },
      "total_lately": { "sum": "purchase", "of": "value", "within": "30d", "restore": "spent" },
      "since": { "recency": "purchase", "restore": "last_order" },
      "since_ms": { "recency": "purchase", "restore": "last_order_ms" },
      "category": { "last": "view_item", "of": "item_category", "restore": "favourite" },
      "categories": { "recent": "view_item", "of": "item_category", "restore": "favourite" },
      "plain": { "count": "purchase", "keep": 50 } },
    "segments": { "regular": "purchases >= 3", "buyer": "since < duration('720h')", "gold": "rank == 'gold'",
                  "soon": "days_until(birthday) <= 7", "ad_buyer": "ads >= 1" })json"));
  return made;
}

Record purchase(double time, const std::string& id, double value = 10) {
  return event(time, "purchase", {{"transaction_id", id}, {"value", value}});
}

}  // namespace

TEST_CASE("after a full wipe identify brings back ranks, birthdays and what purchases had said") {
  Device before(program());
  const Record account = identify(
      kStart + 3 * kDay, {{"orders", 3.0}, {"last_order", "2026-03-02"}, {"rank", "gold"}, {"birthday", "1990-03-09"}});
  for (int i = 0; i < 3; ++i) before.take(purchase(kStart, "order-" + std::to_string(i)));
  before.take(account);
  Device wiped(program());
  wiped.take(account);
  for (const char* segment : {"regular", "buyer", "gold", "soon"}) {
    INFO(segment);
    CHECK(before.on(segment));
    CHECK(wiped.on(segment));
  }
  CHECK(wiped.signal("purchases") == "3");
  CHECK(wiped.signal("plain") == "0");
}

TEST_CASE("a count becomes at least the number, never more than it keeps, and never less than it was") {
  Device device(program());
  device.take(purchase(kStart, "a"));
  device.take(identify(kStart, {{"orders", 3.0}}));
  CHECK(device.signal("purchases") == "3");
  CHECK(device.signal("lately") == "3");
  device.take(identify(kStart, {{"orders", 3.0}}));
  CHECK(device.signal("purchases") == "3");
  device.take(identify(kStart, {{"orders", 1.0}}));
  CHECK(device.signal("purchases") == "3");
  device.take(purchase(kStart, "b"));
  CHECK(device.signal("purchases") == "4");
  device.take(identify(kStart, {{"orders", 1e9}}));
  CHECK(device.signal("purchases") == "50");
  CHECK(device.signal("lately") == "4");
  device.take(identify(kStart, {{"orders", -5.0}}));
  CHECK(device.signal("purchases") == "50");
}

TEST_CASE("in a window the restored count is as old as the telling") {
  Device device(program());
  device.take(identify(kStart, {{"orders", 2.0}}));
  device.take(tick(kStart + 30 * kDay - 1));
  CHECK(device.signal("lately") == "2");
  device.take(tick(kStart + 30 * kDay));
  CHECK(device.signal("lately") == "0");
}

TEST_CASE("a sum becomes at least the number") {
  Device device(program());
  device.take(purchase(kStart, "a", 100));
  device.take(identify(kStart, {{"spent", 250.5}}));
  CHECK(device.signal("total") == "250.5");
  CHECK(device.signal("total_lately") == "250.5");
  device.take(identify(kStart, {{"spent", 200.0}}));
  CHECK(device.signal("total") == "250.5");
}

TEST_CASE("a recency becomes at least as recent as the date or the time") {
  Device device(program());
  device.take(identify(kStart, {{"last_order", "2026-03-01"}, {"last_order_ms", kStart - kHour}}));
  CHECK(device.signal("since") == "8.64e+07");
  CHECK(device.signal("since_ms") == "3.6e+06");
  device.take(identify(kStart, {{"last_order", "2025-01-01"}, {"last_order_ms", 1.0}}));
  CHECK(device.signal("since") == "8.64e+07");
  CHECK(device.signal("since_ms") == "3.6e+06");
  // What lies ahead is now; a date without its year says nothing.
  device.take(identify(kStart, {{"last_order", "2030-01-01"}}));
  CHECK(device.signal("since") == "0");
  Device other(program());
  other.take(identify(kStart, {{"last_order", "--03-01"}}));
  CHECK(other.signal("since") == "null");
}

TEST_CASE("last and recent take the value only where they are empty") {
  Device device(program());
  device.take(identify(kStart, {{"favourite", "bouquet"}}));
  CHECK(device.signal("category") == "\"bouquet\"");
  CHECK(device.signal("categories") == R"(["bouquet"])");
  device.take(event(kStart, "view_item", {{"item_category", "plant"}}));
  device.take(identify(kStart, {{"favourite", "bouquet"}}));
  CHECK(device.signal("category") == "\"plant\"");
  CHECK(device.signal("categories") == R"(["plant","bouquet"])");
}

TEST_CASE("what came from the account goes with it, and a guest's own facts stay") {
  for (const Record& leaving : {reset(kStart), identify(kStart, {{"orders", nullptr}})}) {
    Device device(program());
    device.take(purchase(kStart, "a"));
    device.take(leaving);  // nobody was signed in
    CHECK(device.signal("purchases") == "1");
    device.take(identify(kStart, {{"orders", 5.0}}));
    device.take(leaving);
    CHECK(device.signal("purchases") == "0");
    CHECK_FALSE(device.on("regular"));
    CHECK(device.signal("plain") == "1");
  }
}

TEST_CASE("a restored value needs the purposes of the trait and of the signal: withdrawing either removes it") {
  for (const std::uint8_t withdrawn : {purpose::kMarketing, purpose::kPersonalization}) {
    Device device(program());
    device.take(identify(kStart, {{"orders_for_ads", 2.0}}));
    CHECK(device.on("ad_buyer"));
    device.take(consent(kStart, withdrawn, 0));
    CHECK(device.truth("ad_buyer") == Truth::kUnknown);
    device.take(consent(kStart, withdrawn, withdrawn));
    CHECK(device.signal("ads") == "0");
  }
  Device never(program(), purpose::kAll & ~purpose::kPersonalization);
  never.take(identify(kStart, {{"orders_for_ads", 2.0}}));
  never.take(consent(kStart, purpose::kPersonalization, purpose::kPersonalization));
  CHECK(never.signal("ads") == "0");
}

TEST_CASE("a journal restores what was restored") {
  Device device(program());
  device.take(identify(kStart, {{"orders", 3.0}, {"spent", 99.0}, {"last_order", "2026-03-01"}}));
  device.take(purchase(kStart + kDay, "a"));
  Device replayed(program());
  (void)replayed.engine.apply_journal(device.journal);
  CHECK(replayed.snapshot() == device.snapshot());
}

}  // namespace restore_test
