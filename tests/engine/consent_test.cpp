// SPDX-License-Identifier: Apache-2.0
// Purposes: a denied one makes its facts unknown, and withdrawing one deletes what rests on it.
#include <catch2/catch.hpp>

#include "support/device.h"

namespace consent_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr std::uint8_t kNoMarketing = purpose::kAll & ~purpose::kMarketing;

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "events": { "quiz_done": { "params": { "style": "string" }, "purposes": ["marketing"] } },
    "traits": { "rank": { "type": "string", "purposes": ["marketing"] }, "city": { "type": "string" } },
    "context": { "partner": { "type": "string", "purposes": ["marketing"] } },
    "signals": {
      "carts": { "count": "add_to_cart", "purposes": ["marketing"] },
      "views": { "count": "view_item", "purposes": ["measurement"] },
      "promotions": { "count": "view_promotion", "purposes": ["measurement"], "keep": 9 },
      "orders": { "sum": "purchase", "of": "value" } },
    "segments": { "carted": "carts >= 1", "not_carted": "!(carts >= 1)", "viewed": "views >= 1",
      "either": "carts >= 1 || views >= 1", "both": "carts >= 1 && views >= 1", "ranked": "rank == 'gold'",
      "partnered": "context.partner == 'p'", "in_town": "city == 'Kyoto'", "never_carted": "carts == 0" },
    "campaigns": { "ad": { "slot": "hero", "audience": "carted", "priority": 2, "cap": { "impressions": 1, "within": "1d" },
        "variants": { "v": { "creative": { "type": "banner", "title": "t" } } } },
      "plain": { "slot": "hero", "variants": { "v": { "creative": { "type": "banner", "title": "t" } } } } } )json"));
  return made;
}

Record cart(double time) { return event(time, "add_to_cart"); }
Record view(double time) { return event(time, "view_item"); }
Record marketing(double time, bool on) {
  return consent(time, purpose::kMarketing, on ? purpose::kMarketing : std::uint8_t{0});
}

}  // namespace

TEST_CASE("before any decision every purpose counts as denied") {
  Device device(program(), 0);
  CHECK(device.outcome().consent == 0);
  CHECK(device.truth("viewed") == Truth::kUnknown);
  CHECK(device.truth("never_carted") == Truth::kUnknown);
  device.take(view(kStart));
  CHECK(device.journal.size() == kJournalHeaderBytes);
  CHECK(device.snapshot().empty());
  CHECK(device.batch().empty());
  CHECK(device.outcome().queue_events == 0);
}

TEST_CASE("a denied fact is unknown: neither it nor its negation holds") {
  Device device(program(), kNoMarketing);
  device.take(cart(kStart));
  for (const char* segment : {"carted", "not_carted", "never_carted", "ranked"}) {
    INFO(segment);
    CHECK(device.truth(segment) == Truth::kUnknown);
  }
}

TEST_CASE("true || unknown is true, and true && unknown is unknown") {
  Device device(program(), kNoMarketing);
  device.take(view(kStart));
  CHECK(device.on("either"));
  CHECK(device.truth("both") == Truth::kUnknown);
}

TEST_CASE("an event whose purpose is denied is not taken") {
  Device device(program(), kNoMarketing);
  const auto before = device.snapshot();
  CHECK(device.apply(event(kStart, "quiz_done", {{"style", "x"}})) == Status::kNotConsented);
  CHECK(device.snapshot() == before);
  CHECK(device.outcome().journal_bytes == 0);
}

TEST_CASE("a trait whose purpose is denied is neither kept nor journaled") {
  Device device(program(), kNoMarketing);
  const auto before = device.snapshot();
  device.take(identify(kStart, {{"rank", "gold"}}));
  CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kNotConsented));
  CHECK(device.outcome().journal_bytes == 0);
  CHECK(device.snapshot() == before);
}

TEST_CASE("withdrawal deletes the facts, and granting again restores nothing") {
  Device device(program());
  device.take(cart(kStart));
  device.take(identify(kStart, {{"rank", "gold"}, {"city", "Kyoto"}}));
  device.take(context(kStart, {{"partner", "p"}}));
  CHECK(device.on("carted"));
  CHECK(device.on("partnered"));
  device.take(marketing(kStart + 1, false));
  CHECK((device.outcome().flags & outcome::kStateRemoved) != 0);
  CHECK(device.truth("carted") == Truth::kUnknown);
  CHECK(device.on("in_town"));
  device.take(marketing(kStart + 2, true));
  for (const char* segment : {"carted", "ranked", "partnered"}) CHECK(device.truth(segment) == Truth::kOff);
  CHECK(device.on("never_carted"));
  CHECK(device.value(Table::kTrait, "rank") == "null");
}

TEST_CASE("a campaign is shown only while every purpose of its audience is granted") {
  Device device(program());
  device.take(cart(kStart));
  CHECK(device.shown("hero") == "ad/v");
  device.take(event(kStart, "view_promotion", {{"promotion_id", "ad"}}));
  device.take(marketing(kStart + 1, false));
  CHECK(device.shown("hero") == "plain/v");
  CHECK(device.verdict("ad") == Verdict::kConsent);
  // Its impressions went with the purpose: the cap counts from nothing.
  device.take(marketing(kStart + 2, true));
  device.take(cart(kStart + 2));
  CHECK(device.shown("hero") == "ad/v");
}

TEST_CASE("feedback of a campaign needs the purposes of the campaign") {
  Device device(program(), kNoMarketing);
  const auto before = device.snapshot();
  CHECK(device.apply(event(kStart, "view_promotion", {{"promotion_id", "ad"}})) == Status::kNotConsented);
  CHECK(device.snapshot() == before);
}

TEST_CASE("a signal never counts the feedback of a campaign that needs more purposes than the signal") {
  Device device(program());
  device.take(event(kStart, "view_promotion", {{"promotion_id", "ad"}}));
  CHECK(device.signal("promotions") == "0");
  device.take(event(kStart, "view_promotion", {{"promotion_id", "plain"}}));
  CHECK(device.signal("promotions") == "1");
}

TEST_CASE("withdrawing measurement empties the queue and forgets the stream") {
  Device device(program());
  device.take(view(kStart));
  CHECK(device.outcome().queue_events == 1);
  CHECK(device.engine.stream().size() == 8);
  const auto bit = purpose::kMeasurement;
  device.take(consent(kStart + 1, bit, 0));
  CHECK(device.outcome().queue_events == 0);
  CHECK(device.outcome().queue_bytes == 0);
  CHECK(device.engine.stream().empty());
  CHECK(device.batch().empty());
  device.take(consent(kStart + 2, bit, bit));
  CHECK(device.engine.stream().empty());
  CHECK((device.outcome().flags & outcome::kNeedsSeed) != 0);
  device.take(seed(kStart + 2, 1, 99));
  CHECK(device.engine.stream()[0] == 99);
}

TEST_CASE("privacy 17: withdrawing a purpose removes the queued events that need it, and only these") {
  Device device(program());
  device.take(view(kStart));
  device.take(event(kStart, "quiz_done", {{"style", "x"}}));
  device.take(event(kStart, "view_promotion", {{"promotion_id", "ad"}}));
  device.take(view(kStart));
  REQUIRE(device.outcome().queue_events == 4);
  device.take(marketing(kStart, false));
  CHECK(device.outcome().queue_events == 2);
  const DecodedBatch batch = device.decoded_batch();
  REQUIRE(batch.events.size() == 2);
  for (const DecodedEvent& sent : batch.events) {
    CHECK(program().view().name_of(Table::kEvent, sent.event) == "view_item");
  }
}

TEST_CASE("without storage nothing is written, and decisions go on") {
  Device device(program(), purpose::kAll & ~purpose::kStorage);
  device.take(cart(kStart));
  CHECK(device.on("carted"));
  CHECK(device.shown("hero") == "ad/v");
  CHECK(device.snapshot().empty());
  CHECK(device.journal.size() == kJournalHeaderBytes);
  CHECK((device.outcome().flags & outcome::kJournal) == 0);
}

TEST_CASE("bits beyond the purposes grant nothing") {
  Device device(program(), 0);
  device.take(consent(kStart, 0xC0, 0xFF));
  CHECK(device.outcome().consent == 0);
}

TEST_CASE("a journal that says so grants no consent, gives no seed and acknowledges nothing") {
  Device device(program(), 0);
  Record forged(4096);
  ByteWriter writer(forged);
  write_journal_header(writer, program().view().hash());
  for (const Record& record : {consent(kStart, purpose::kAll, purpose::kAll), seed(kStart, 1, 2)}) {
    write_frame(writer, 0, record);
  }
  forged.resize(writer.position());
  CHECK(device.engine.apply_journal(forged) == 0);
  CHECK(device.outcome().consent == 0);
  CHECK(device.engine.stream().empty());
}

}  // namespace consent_test
