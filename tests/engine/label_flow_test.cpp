// SPDX-License-Identifier: Apache-2.0
// Labels on the way: what is derived from denied facts, and what comes back from storage.
#include <catch2/catch.hpp>

#include "support/labelled.h"
#include "wire/snapshot.h"

namespace label_flow_test {

using namespace omo;
using namespace omo::test;

TEST_CASE("privacy 15: events that the engine makes itself need their purposes too") {
  const TestProgram labelled(playbook(R"("events": {"page_view": {"purposes": ["marketing"]}})"));
  Device device(labelled, kNoMarketing);
  device.take(page(kStart, "/"));
  CHECK(device.outcome().queue_events == 0);
  CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kNotConsented));
}

TEST_CASE("privacy 16: entries of segments go with the purposes of the segment") {
  Device revoking(program());
  Device never(program(), kNoMarketing);
  for (Device* each : {&revoking, &never}) {
    each->take(view(kStart));
    (void)each->apply(event(kStart, "quiz_done"));
    each->take(withdrawn(kStart));
  }
  CHECK(revoking.snapshot() == never.snapshot());
  CHECK(revoking.outcome().queue_events == never.outcome().queue_events);
}

TEST_CASE("privacy 1: a seed gives a stream id only where measurement is granted") {
  Device device(program(), purpose::kAll & ~purpose::kMeasurement);
  CHECK(device.engine.stream().empty());
  device.take(tick(kStart));
  CHECK((device.outcome().flags & outcome::kNeedsSeed) == 0);
}

TEST_CASE("privacy 15: a trait that is granted brings no denied signal back") {
  const TestProgram labelled(playbook(R"("traits": {"orders": {"type": "int", "purposes": []}},
    "signals": {"ordered": {"count": "purchase", "restore": "orders", "keep": 9, "purposes": ["marketing", "personalization"]}})"));
  Device device(labelled, kNoMarketing);
  device.take(identify(kStart, {{"orders", 5.0}}));
  device.take(consent(kStart, purpose::kMarketing, purpose::kMarketing));
  CHECK(device.signal("ordered") == "0");
}

TEST_CASE("privacy 15: a formula sees denied facts as unknown") {
  const std::string facts = R"("traits": {"rank": {"type": "string", "purposes": ["marketing"]},
      "city": {"type": "string", "purposes": []}},
    "signals": {"quizzes": {"count": "search", "purposes": ["marketing"]}}, )";
  const TestProgram values(
      playbook(facts + R"("segments": {"of_signal": "quizzes + 1 > 0", "of_trait": "rank != city"})"));
  Device device(values, kNoMarketing);
  device.take(identify(kStart, {{"city", "Kyoto"}}));
  CHECK(!device.on("of_signal"));
  CHECK(!device.on("of_trait"));
  device.take(consent(kStart, purpose::kMarketing, purpose::kMarketing));
  CHECK(device.on("of_signal"));
  CHECK(device.on("of_trait"));
  // An error may become a value as time goes by, so it is looked at each minute; what is unknown stays so.
  const TestProgram conditions(playbook(facts + R"("segments": {"quizzed": "quizzes > 0",
    "late": "(quizzed ? 1 : 2) + now.getMinutes() > 0"})"));
  CHECK(Device(conditions, kNoMarketing).outcome().wake_at == 0);
}

namespace {

const TestProgram& journeys() {
  static const TestProgram made(playbook(R"json(
    "signals": { "views": { "count": "view_item", "purposes": [] } },
    "campaigns": { )json" + campaign("ad", R"("slot": "hero", "purposes": ["marketing"])") +
                                         ", " + campaign("plain", R"("slot": "side")") + R"json( },
    "journeys": {
      "free": { "start": "views >= 1", "steps": [ { "until": "view_promotion", "timeout": "1d" } ] },
      "own": { "start": "views >= 1", "purposes": ["marketing"], "steps": [ { "wait": "1d" } ] } } )json"));
  return made;
}

}  // namespace

TEST_CASE("privacy 16: a journey takes no event that needs more than the journey") {
  Device device(journeys());
  const std::uint32_t free = journeys().row(Table::kJourney, "free");
  device.take(view(kStart));
  device.take(seen(kStart + 1, "ad"));
  CHECK(device.engine.journey(free).end == JourneyEnd::kNone);
  device.take(seen(kStart + 2, "plain"));
  CHECK(device.engine.journey(free).end == JourneyEnd::kCompleted);
}

TEST_CASE("privacy 15: a denied journey does not start") {
  Device device(journeys(), kNoMarketing);
  device.take(view(kStart));
  CHECK(device.engine.journey(journeys().row(Table::kJourney, "own")).since == 0);
  CHECK(device.engine.journey(journeys().row(Table::kJourney, "free")).since == kStart);
}

TEST_CASE("privacy 18: a journey is journaled under its purposes") {
  Device device(journeys());
  device.take(view(kStart));
  std::vector<std::uint8_t> labels;
  JournalFrame frame;
  for (std::size_t at = kJournalHeaderBytes;
       read_frame(device.journal, at, frame) == Status::kOk && !frame.record.empty();) {
    if (frame.record[0] == static_cast<std::uint8_t>(InputKind::kKept)) labels.push_back(frame.label);
  }
  CHECK(labels == std::vector<std::uint8_t>{0, purpose::kMarketing});
}

TEST_CASE("privacy 15: a denied signal is told as null") {
  const TestProgram labelled(playbook(R"("signals": {"quizzes": {"count": "search", "purposes": ["marketing"]},
    "worth": {"rfm": "purchase", "of": "value", "recency": ["1h"], "frequency": [2], "monetary": [5],
              "purposes": ["marketing", "personalization"]}})"));
  Device device(labelled, kNoMarketing);
  CHECK(device.signal("quizzes") == "null");
  CHECK(device.signal("worth") == "[null,null,null]");
}

TEST_CASE("privacy 16: each section of a snapshot holds what has its label") {
  Device device(program());
  device.take(identify(kStart, {{"city", "Kyoto"}, {"rank", "gold"}}));
  device.take(view(kStart));
  const std::vector<std::uint8_t> snapshot = device.snapshot();
  ByteReader reader(Bytes(snapshot).subspan(kSnapshotHeaderBytes));
  std::vector<std::uint8_t> labels;
  while (!reader.at_end()) {
    labels.push_back(reader.u8());
    reader.u8();
    (void)reader.take(reader.u32());
  }
  // The seed and the city; what is sent; the rank.
  CHECK(labels == std::vector<std::uint8_t>{0, purpose::kMeasurement, purpose::kMarketing});
}

namespace {

const TestProgram& rank_program(const std::string& purposes) {
  static const TestProgram labelled(playbook(R"("traits": {"rank": {"type": "string", "purposes": ["marketing"]}})"));
  static const TestProgram free(playbook(R"("traits": {"rank": {"type": "string", "purposes": []}})"));
  return purposes.empty() ? free : labelled;
}

}  // namespace

TEST_CASE("privacy 18: a snapshot that holds what is not granted gives none of it back") {
  Device before(program());
  before.take(event(kStart, "quiz_done"));
  before.take(identify(kStart, {{"rank", "gold"}}));
  before.take(view(kStart));
  Device after(program(), kNoMarketing);
  REQUIRE(after.engine.load_snapshot(before.snapshot()) == Status::kOk);
  CHECK(after.outcome().detail == 0);  // nothing is lost, and how much is denied is told to nobody
  CHECK(after.outcome().queue_events < before.outcome().queue_events);
  for (const DecodedEvent& sent : after.decoded_batch().events) {
    CHECK(program().view().name_of(Table::kEvent, sent.event) != "quiz_done");
  }
  after.take(consent(kStart, purpose::kMarketing, purpose::kMarketing));
  CHECK(after.signal("quizzes") == "0");
  CHECK(after.value(Table::kTrait, "rank") == "null");
  CHECK(after.outcome().queue_events < before.outcome().queue_events);
  // The playbook has changed meanwhile: what was given under a label needs it still.
  Device old(rank_program("marketing"));
  old.take(identify(kStart, {{"rank", "gold"}}));
  Device renewed(rank_program(""), kNoMarketing);
  REQUIRE(renewed.engine.load_snapshot(old.snapshot()) == Status::kOk);
  CHECK(renewed.value(Table::kTrait, "rank") == "null");
}

TEST_CASE("privacy 18: a journal gives back only what its frames' labels allow") {
  Device old(rank_program("marketing"));
  old.take(identify(kStart, {{"rank", "gold"}}));
  Device renewed(rank_program(""), kNoMarketing);
  CHECK(renewed.engine.apply_journal(old.journal) == 0);
  CHECK(renewed.value(Table::kTrait, "rank") == "null");
  Device granting(rank_program(""));
  (void)granting.engine.apply_journal(old.journal);
  CHECK(granting.value(Table::kTrait, "rank") == "\"gold\"");
}

TEST_CASE("privacy 15: a denied value is not null either") {
  const TestProgram labelled(playbook(R"("traits": {"rank": {"type": "string", "purposes": ["marketing"]}},
    "segments": {"unset": "rank == null"})"));
  CHECK(!Device(labelled, kNoMarketing).on("unset"));
  CHECK(Device(labelled).on("unset"));
}

TEST_CASE("privacy 18: an event is journaled under its purposes") {
  Device device(program());
  device.take(event(kStart, "quiz_done"));
  JournalFrame frame;
  std::size_t at = kJournalHeaderBytes;
  REQUIRE(read_frame(device.journal, at, frame) == Status::kOk);
  CHECK((frame.label & purpose::kAll) == purpose::kMarketing);
}

TEST_CASE("an order of a purchase that needs more purposes is one order still") {
  const TestProgram labelled(playbook(R"("events": {"purchase": {"purposes": ["marketing"]}})"));
  Device device(labelled);
  for (int i = 0; i < 2; ++i) device.take(event(kStart, "purchase", {{"transaction_id", "order-1"}}));
  CHECK(device.outcome().queue_events == 1);
}

TEST_CASE("privacy 57: a batch is stamped with what is granted, no more and no less") {
  for (const std::uint8_t granted : {purpose::kAll, kNoMarketing, purpose::kMeasurement}) {
    Device device(program(), granted);
    device.take(view(kStart));
    CHECK(device.decoded_batch().header.consent == granted);
  }
}

TEST_CASE("privacy 18: a frame or a section whose label was changed is not believed") {
  Device old(rank_program("marketing"));
  old.take(identify(kStart, {{"rank", "gold"}}));
  Device renewed(rank_program(""), kNoMarketing);
  std::vector<std::uint8_t> journal = old.journal;
  std::uint8_t& of_frame = journal[kJournalHeaderBytes + kFrameHeaderBytes - 1];
  REQUIRE(of_frame == purpose::kMarketing);
  of_frame = 0;
  CHECK(renewed.engine.apply_journal(journal) == 0);
  CHECK(renewed.value(Table::kTrait, "rank") == "null");

  std::vector<std::uint8_t> snapshot = old.snapshot();
  std::size_t section = kSnapshotHeaderBytes;
  while (snapshot.at(section) != purpose::kMarketing) {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, snapshot.data() + section + 2, sizeof bytes);
    section += kSectionHeaderBytes + bytes;
  }
  snapshot[section] = 0;
  CHECK(renewed.engine.load_snapshot(snapshot) == Status::kBadChecksum);
  CHECK(renewed.value(Table::kTrait, "rank") == "null");
}

}  // namespace label_flow_test
