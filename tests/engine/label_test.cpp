// SPDX-License-Identifier: Apache-2.0
// Where denied facts could still be seen: in the time, in what is left of a full queue, in what was decided beside
// them, in what the engine remembers of the events that it acts on itself.
#include <catch2/catch.hpp>

#include "support/labelled.h"

namespace label_test {

using namespace omo;
using namespace omo::test;

namespace {

/// A record whose event is named by its symbol.
Record named_event(double time) {
  Record named(kInputHeaderBytes + 6);
  ByteWriter writer(named);
  write_input_header(writer, InputKind::kNamedEvent, time);
  writer.u32(program().view().find_symbol("quiz_done"));
  writer.u8(0);
  writer.u8(0);
  return named;
}

/// Every way in which a fact of marketing could come.
std::vector<Record> denied_facts(double time) {
  return {event(time, "quiz_done", {{"style", "wild"}}),
          event(time, "quiz_done", {{"style", std::string(20000, 'x')}}),
          event(time, "quiz_done", {{"style", 7.0}}),
          named_event(time),
          seen(time, "ad"),
          event(time, "dismiss_promotion", {{"promotion_id", "ad"}}),
          identify(time, {{"rank", "gold"}}),
          identify(time, {{"rank", 7.0}}),
          identify(time, {{"rank", nullptr}}),
          context(time, {{"partner", "p"}}),
          context(time, {{"partner", true}})};
}

void check_same(Device& one, Device& other) {
  CHECK(one.outcome().time == other.outcome().time);
  CHECK(one.outcome().wake_at == other.outcome().wake_at);
  CHECK(one.snapshot() == other.snapshot());
  CHECK(one.journal == other.journal);
  CHECK(one.batch() == other.batch());
}

/// An order of marketing that was taken and withdrawn leaves what one that was never taken does.
void check_withdrawal_of(const TestProgram& labelled, const Record& order) {
  Device revoking(labelled);
  Device never(labelled, kNoMarketing);
  for (Device* each : {&revoking, &never}) {
    (void)each->apply(order);
    each->take(tick(kStart));
    each->take(withdrawn(kStart));
  }
  CHECK(revoking.snapshot() == never.snapshot());
}

}  // namespace

TEST_CASE("privacy 15, 24: a denied fact does nothing, not even its time is taken") {
  const std::size_t facts = denied_facts(0).size();
  for (std::size_t i = 0; i < facts; ++i) {
    INFO("fact " << i);
    Device device(program(), kNoMarketing);
    Device other(program(), kNoMarketing);
    for (Device* each : {&device, &other}) {
      each->take(page(kStart, "/"));
      each->take(view(kStart));
    }
    // The window of `viewing` ends, and a journey's wait: neither may be noticed by the denied fact.
    const Status status = device.apply(denied_facts(kStart + 2 * kMinute)[i]);
    const bool refused =
        status == Status::kNotConsented || device.outcome().detail == static_cast<std::uint32_t>(Status::kNotConsented);
    CHECK(refused);
    CHECK(device.outcome().flags == 0);
    CHECK(device.outcome().journal_bytes == 0);
    check_same(device, other);
    CHECK(device.on("viewing"));
    for (Device* each : {&device, &other}) each->take(tick(kStart + 3 * kMinute));
    check_same(device, other);
  }
}

TEST_CASE("privacy 15: a denied fact that a host names by its row does nothing either") {
  Device device(program(), kNoMarketing);
  Device other(program(), kNoMarketing);
  CHECK(device.engine.set_context(program().row(Table::kContext, "partner"), kStart + 5, text_value("p")) ==
        Status::kNotConsented);
  CHECK(device.engine.take_event(program().row(Table::kEvent, "quiz_done"), kStart + 5) == Status::kNotConsented);
  check_same(device, other);
}

TEST_CASE("privacy 15: journeys that wait for the next input wait for one that is let in") {
  Device device(program(), kNoMarketing);
  device.take(view(kStart));
  // After a change of consent journeys go on with the next input.
  device.take(consent(kStart + 1, purpose::kFunctional, 0));
  (void)device.apply(event(kStart + 2 * kMinute, "quiz_done"));
  CHECK(device.outcome().flags == 0);
  CHECK(device.outcome().time == kStart + 1);
}

TEST_CASE("privacy 15: of a denied value only the denial is told, never its type") {
  Device device(program(), kNoMarketing);
  device.take(identify(kStart, {{"rank", 7.0}, {"city", "Kyoto"}}));
  CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kNotConsented));
}

TEST_CASE("values of which none can be taken are no input, and one that can be taken brings its time") {
  Device device(program(), kNoMarketing);
  device.take(identify(kStart + 5, {}));
  device.take(context(kStart + 5, {{"nowhere", 1.0}}));
  CHECK(device.outcome().detail == static_cast<std::uint32_t>(Status::kUnknownName));
  CHECK(device.outcome().time == kStart);
  device.take(identify(kStart + 6, {{"rank", "gold"}, {"city", "Kyoto"}}));
  CHECK(device.outcome().time == kStart + 6);
}

TEST_CASE("privacy 18: each trait is journaled under its own purposes") {
  Device device(program());
  device.take(identify(kStart, {{"city", "Kyoto"}, {"rank", "gold"}}));
  // The journal is found late: after a withdrawal and a new grant its frames count by their label.
  std::vector<std::uint8_t> labels;
  JournalFrame frame;
  for (std::size_t at = kJournalHeaderBytes;
       read_frame(device.journal, at, frame) == Status::kOk && !frame.record.empty();) {
    if (frame.record[0] == static_cast<std::uint8_t>(InputKind::kIdentify)) labels.push_back(frame.label);
  }
  CHECK(labels == std::vector<std::uint8_t>{0, purpose::kMarketing});
}

TEST_CASE("privacy 16: a withdrawal lets go of what stands beside what it takes away") {
  Device device(program());
  device.take(event(kStart, "quiz_done"));
  REQUIRE(device.shown("hero") == "ad/v");
  // Its group keeps `twin` away, so the visitor sees `plain`: whoever never did the quiz sees `twin`.
  REQUIRE(device.shown("side") == "plain/v");
  device.take(seen(kStart + 1, "plain"));
  device.take(withdrawn(kStart + 2));
  CHECK(device.shown("hero") == "");
  CHECK(device.shown("side") == "twin/v");
}

TEST_CASE("privacy 16: events that need more purposes push no others out of a full queue") {
  Device revoking(program());
  Device never(program(), kNoMarketing);
  for (int i = 0; i < 700; ++i) {
    const double time = kStart + i;
    const std::string text = std::to_string(i) + std::string(90, 'x');
    const Record record =
        i % 3 == 0 ? event(time, "search", {{"search_term", text}}) : event(time, "quiz_done", {{"style", text}});
    for (Device* each : {&revoking, &never}) (void)each->apply(record);
  }
  CHECK(revoking.outcome().queue_bytes > kQueueBytes - 200);
  for (Device* each : {&revoking, &never}) each->take(withdrawn(kStart + 1000));
  CHECK(revoking.snapshot() == never.snapshot());
  CHECK(revoking.outcome().queue_events == never.outcome().queue_events);
}

TEST_CASE("privacy 16: an event makes room for itself among those that need as much, also as a conversion") {
  const TestProgram labelled(playbook(R"("events": {"purchase": {"purposes": ["marketing"]}})"));
  Device device(labelled);
  const auto search = [](int i) { return event(kStart + i, "search", {{"search_term", std::string(90, 'x')}}); };
  for (int i = 0; i < 300; ++i) device.take(search(i));
  const std::uint32_t events = device.outcome().queue_events;
  device.take(event(kStart + 300, "purchase", {{"transaction_id", std::string(90, 'o')}}));
  CHECK(device.outcome().queue_events == events);
  device.take(withdrawn(kStart + 301));
  CHECK(device.outcome().queue_events == events);
}

TEST_CASE("privacy 16: ids of orders go with every purpose that the playbook gives a purchase") {
  const TestProgram labelled(playbook(R"("events": {"purchase": {"purposes": ["marketing"]}})"));
  check_withdrawal_of(labelled, event(kStart, "purchase", {{"transaction_id", "order-1"}}));
}

TEST_CASE("privacy 16: the id of an order that tells of a campaign is remembered only under the campaign's purposes") {
  const TestProgram labelled(
      playbook(R"("events": {"purchase": {"params": {"promotion_id": "string"}}}, "campaigns": {)" +
               campaign("ad", R"("slot": "hero", "purposes": ["marketing"])") + '}'));
  check_withdrawal_of(labelled, event(kStart, "purchase", {{"transaction_id", "order-1"}, {"promotion_id", "ad"}}));
}

TEST_CASE("privacy 16: a session goes with every purpose that the playbook gives its beginning") {
  const TestProgram labelled(playbook(R"("events": {"session_start": {"purposes": ["marketing"]}},
    "signals": {"here": {"count": "search", "within": "session"}}, "segments": {"on": "here >= 2"})"));
  Device revoking(labelled);
  Device never(labelled, kNoMarketing);
  for (Device* each : {&revoking, &never}) {
    each->take(page(kStart, "/"));
    each->take(edge(kStart + 10 * kMinute, Edge::kActivity));
    each->take(event(kStart + 11 * kMinute, "search"));
    each->take(withdrawn(kStart + 11 * kMinute));
  }
  CHECK(revoking.snapshot() == never.snapshot());
  // While it is granted, its own purposes keep it alive as any other event does.
  Device device(labelled);
  device.take(page(kStart, "/"));
  device.take(event(kStart + 20 * kMinute, "search"));
  device.take(event(kStart + 40 * kMinute, "search"));
  CHECK(device.signal("here") == "2");
  JournalFrame frame;
  for (std::size_t at = kJournalHeaderBytes;
       read_frame(device.journal, at, frame) == Status::kOk && !frame.record.empty();) {
    if (frame.record[0] != static_cast<std::uint8_t>(InputKind::kTick)) continue;
    CHECK(frame.label == (purpose::kMeasurement | purpose::kMarketing));
  }
}

}  // namespace label_test
