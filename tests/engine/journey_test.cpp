// SPDX-License-Identifier: Apache-2.0
// Journeys by hand: changes of the playbook, absence, tabs, consent, and bytes that lie.
#include <catch2/catch.hpp>

#include "support/device.h"
#include "support/random.h"
#include "wire/journal.h"

namespace journey_test {

using namespace omo;
using namespace omo::test;

namespace {

/// One journey "j" with these steps; campaigns "tips" and "offer" in slot hero.
std::string journey(const std::string& steps, const std::string& more = "") {
  return playbook(R"json("traits": { "vip": { "type": "bool" } }, "context": { "weather": { "type": "string" } },
    "campaigns": {
      "tips": { "slot": "hero", "variants": { "v": { "creative": { "type": "banner", "title": "t" } } } },
      "offer": { "slot": "hero", "variants": { "v": { "creative": { "type": "banner", "title": "t" } } } } },
    "journeys": { "j": { "start": "vip")json" +
                  more + R"(, "steps": [)" + steps + "]}}");
}

const TestProgram& usual() {
  static const TestProgram made(journey(R"({"wait": "1h"}, {"name": "tips", "show": "tips", "timeout": "2h"},
    {"wait": "3h"}, {"show": "offer", "timeout": "1d"})"));
  return made;
}

Record vip(double time, bool on = true) { return identify(time, {{"vip", on}}); }
Record seen(double time, const std::string& campaign) {
  return event(time, "view_promotion", {{"promotion_id", campaign}});
}
/// Name of the step at which the first journey stands.
std::string step_of(const Device& device) {
  return std::string(device.program().view().name_of(Table::kStep, device.engine.journey(0).step));
}

}  // namespace

TEST_CASE("a journey tells its step, since when, when it is due, and how it ended") {
  Device device(usual());
  CHECK(device.engine.journey(0).step == kNone);
  CHECK(device.engine.journey(0).since == 0);
  CHECK(device.engine.journey(99).step == kNone);
  device.take(vip(kStart + 5));
  JourneyState state = device.engine.journey(0);
  CHECK(step_of(device) == "1");
  CHECK(state.since == kStart + 5);
  CHECK(state.started == kStart + 5);
  CHECK(state.due == kStart + 5 + kHour);
  CHECK(device.outcome().wake_at == kStart + 5 + kHour);
  CHECK(device.verdict("tips") == Verdict::kJourney);
  device.take(tick(kStart + 5 + kHour));
  CHECK(step_of(device) == "tips");
  CHECK(device.shown("hero") == "tips/v");
  CHECK(device.verdict("tips") == Verdict::kShown);
  device.take(seen(kStart + 2 * kHour, "tips"));
  CHECK(step_of(device) == "3");
  CHECK(device.shown("hero") == "tips/v");  // for this view
  device.take(tick(kStart + 2 * kHour + 3 * kHour + kDay));
  state = device.engine.journey(0);
  CHECK(state.step == kNone);
  CHECK(state.end == JourneyEnd::kCompleted);
  CHECK(state.since == kStart + 5 * kHour + kDay);
  CHECK(state.started == kStart + 5);
  CHECK(state.due == 0);
}

TEST_CASE("after days without an event a journey stands where it would, since its own time") {
  Device device(usual());
  device.take(vip(kStart));
  device.take(tick(kStart + 7 * kHour));
  CHECK(step_of(device) == "4");
  CHECK(device.engine.journey(0).since == kStart + 6 * kHour);
  CHECK(device.shown("hero") == "offer/v");
}

TEST_CASE("a jump of the clock by centuries ends at once") {
  const TestProgram program(playbook(R"json("traits": { "born": { "type": "date" } },
    "journeys": { "j": { "start": "days_until(born) <= 7", "restart": "1m", "steps": [ { "wait": "1s" } ] } } )json"));
  Device device(program);
  device.take(identify(kStart, {{"born", "--07-01"}}));
  device.take(tick(281474976710655.0));  // the largest time of a record
  CHECK(device.engine.journey(0).since < device.outcome().time);
  CHECK(device.outcome().wake_at > device.outcome().time);
}

TEST_CASE("a changed journey goes on at the step of the same name, with its new times") {
  Device before(usual());
  before.take(vip(kStart));
  before.take(tick(kStart + kHour));
  REQUIRE(step_of(before) == "tips");
  const TestProgram changed(journey(R"({"name": "first", "wait": "1d"}, {"wait": "9h"},
    {"name": "tips", "show": "tips", "timeout": "5h"}, {"name": "new", "until": "purchase"})"));
  Device after(changed);
  REQUIRE(after.engine.load_snapshot(before.snapshot()) == Status::kOk);
  CHECK(after.outcome().detail == 0);
  CHECK(step_of(after) == "tips");
  CHECK(after.engine.journey(0).since == kStart + kHour);
  CHECK(after.engine.journey(0).due == kStart + 6 * kHour);
  after.take(tick(kStart + 6 * kHour));
  CHECK(step_of(after) == "new");
}

TEST_CASE("a journey whose step is gone begins anew, and is counted as lost") {
  Device before(usual());
  before.take(vip(kStart));
  before.take(tick(kStart + kHour));
  const TestProgram changed(journey(R"({"name": "other", "wait": "1d"}, {"name": "more", "show": "tips"})"));
  Device after(changed);
  REQUIRE(after.engine.load_snapshot(before.snapshot()) == Status::kOk);
  CHECK(after.outcome().detail == 1);
  CHECK(after.engine.journey(0).step == kNone);
  after.take(tick(kStart + 2 * kHour));
  CHECK(step_of(after) == "other");
  CHECK(after.engine.journey(0).started == kStart + 2 * kHour);
}

TEST_CASE("a journey that has ended stays ended in a changed playbook") {
  Device before(usual());
  before.take(vip(kStart));
  before.take(tick(kStart + 9 * kDay));
  REQUIRE(before.engine.journey(0).end == JourneyEnd::kCompleted);
  const TestProgram changed(journey(R"({"name": "other", "wait": "1d"})"));
  Device after(changed);
  REQUIRE(after.engine.load_snapshot(before.snapshot()) == Status::kOk);
  CHECK(after.outcome().detail == 0);
  after.take(tick(kStart + 10 * kDay));
  CHECK(after.engine.journey(0).step == kNone);
}

TEST_CASE("a journey that the page's context moved stands there after a reload without it") {
  const TestProgram program(journey(R"({"until": "context.weather == 'storm'"}, {"name": "calm", "show": "tips"})"));
  Device device(program);
  device.take(vip(kStart));
  device.take(context(kStart + kHour, {{"weather", "storm"}}));
  REQUIRE(step_of(device) == "calm");
  Device next(program);
  (void)next.engine.apply_journal(device.journal);
  next.take(page(kStart + 2 * kHour, "/"));
  CHECK(step_of(next) == "calm");
  CHECK(next.engine.journey(0).since == kStart + kHour);
  CHECK(next.shown("hero") == "tips/v");
}

TEST_CASE("of two tabs that disagree the latest move counts") {
  Device one(usual());
  one.take(vip(kStart));
  one.take(tick(kStart + kHour));
  Device other(usual());
  (void)other.engine.apply_journal(one.journal);
  other.take(tick(kStart + kHour));
  one.journal.resize(kJournalHeaderBytes);
  other.journal.resize(kJournalHeaderBytes);
  one.take(seen(kStart + 2 * kHour, "tips"));
  other.take(tick(kStart + 3 * kHour));  // its time is up there
  REQUIRE(other.engine.journey(0).since == kStart + 3 * kHour);
  for (const Device* latest : {&one, &other}) {
    Device merged(usual());
    merged.take(vip(kStart));
    (void)merged.engine.apply_journal((latest == &one ? other : one).journal);
    (void)merged.engine.apply_journal(latest->journal);
    CHECK(merged.engine.journey(0).since == latest->engine.journey(0).since);
  }
}

TEST_CASE("withdrawing a purpose forgets a journey, and granting it again begins anew") {
  Device device(usual());
  device.take(vip(kStart));
  device.take(tick(kStart + kHour));
  REQUIRE(device.shown("hero") == "tips/v");
  device.take(consent(kStart + kHour, purpose::kPersonalization, 0));
  CHECK(device.shown("hero").empty());
  CHECK(device.engine.journey(0).since == 0);
  Device restored(usual(), purpose::kAll & ~purpose::kPersonalization);
  CHECK(restored.engine.apply_journal(device.journal) == 0);
  device.take(consent(kStart + 2 * kHour, purpose::kPersonalization, purpose::kPersonalization));
  device.take(vip(kStart + 3 * kHour));
  CHECK(step_of(device) == "1");
  CHECK(device.engine.journey(0).started == kStart + 3 * kHour);
}

TEST_CASE("a goal and a step wait for events, and a reloaded receipt is none") {
  const TestProgram program(journey(R"({"wait": "9d"})", R"(, "goal": "purchase")"));
  Device device(program);
  const Pairs receipt{{"transaction_id", "t"}, {"value", 3.0}};
  device.take(event(kStart, "purchase", receipt));
  device.take(vip(kStart + 1));
  device.take(event(kStart + 2, "purchase", receipt));
  CHECK(step_of(device) == "1");
  device.take(event(kStart + 3, "purchase", {{"transaction_id", "u"}, {"value", 3.0}}));
  CHECK(device.engine.journey(0).end == JourneyEnd::kGoal);

  const TestProgram advert(journey(R"({"until": "view_promotion"})"));
  Device other(advert);
  other.take(vip(kStart));
  REQUIRE(step_of(other) == "1");
  other.take(seen(kStart, "tips"));
  CHECK(other.engine.journey(0).end == JourneyEnd::kCompleted);
}

TEST_CASE("only a journal brings a journey, and a journal brings nothing else of a snapshot") {
  Device device(usual());
  device.take(vip(kStart));
  std::size_t at = kJournalHeaderBytes;
  JournalFrame frame;
  Record kept;
  while (read_frame(device.journal, at, frame) == Status::kOk && !frame.record.empty()) {
    if (frame.record[0] == static_cast<std::uint8_t>(InputKind::kKept))
      kept.assign(frame.record.begin(), frame.record.end());
  }
  REQUIRE(!kept.empty());
  Device other(usual());
  CHECK(other.apply(kept) == Status::kBadRecord);
  const auto in_journal = [&](const Record& record) {
    std::vector<std::uint8_t> bytes(kTransferBytes);
    ByteWriter writer(bytes);
    write_journal_header(writer, 0);
    write_frame(writer, 0, record);
    return other.engine.apply_journal(writer.written());
  };
  CHECK(in_journal(kept) == 1);
  CHECK(step_of(other) == "1");
  Record seed_entry(kept.begin(), kept.begin() + kInputHeaderBytes);
  for (const int byte : {5, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8}) {
    seed_entry.push_back(static_cast<std::uint8_t>(byte));
  }
  CHECK(in_journal(seed_entry) == 0);
  for (std::size_t size = kInputHeaderBytes; size < kept.size(); ++size) {
    if (in_journal(Record(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(size))) != 0) FAIL(size << " bytes");
  }
  Random random(6);
  for (int round = 0; round < 20000; ++round) {
    Record lying = kept;
    mutate(random, MutableBytes(lying).subspan(kInputHeaderBytes));
    (void)in_journal(lying);
    const JourneyState state = other.engine.journey(0);
    if (state.step != kNone && state.step >= usual().view().steps().size()) FAIL("round " << round);
    if (round % 50 == 0) (void)other.apply(tick(other.outcome().time + kHour));
  }
}

}  // namespace journey_test
