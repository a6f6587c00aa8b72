// SPDX-License-Identifier: Apache-2.0
// Unsent events: what a batch says, sequence numbers, acknowledgement, overflow, purchases.
#include <catch2/catch.hpp>
#include <set>

#include "support/device.h"
#include "support/random.h"

namespace queue_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "signals": { "orders": { "count": "purchase", "keep": 99 } },
    "segments": { "buyer": "orders >= 1", "everyone": "true" } )json"));
  return made;
}

Record search(double time, const std::string& term) { return event(time, "search", {{"search_term", term}}); }
Record purchase(double time, const std::string& id) { return event(time, "purchase", {{"transaction_id", id}}); }

std::string name_of(const DecodedEvent& sent) {
  return std::string(program().view().name_of(Table::kEvent, sent.event));
}

/// name=value of every parameter, items numbered.
std::set<std::string> params_of(const DecodedEvent& sent) {
  const ProgramView& view = program().view();
  std::set<std::string> params;
  for (const DecodedParam& param : sent.params) {
    const ParamRow& row = view.params()[param.param];
    const std::string item = param.item == kNone ? "" : std::to_string(param.item) + ".";
    const bool text = row.type == Type::kString || row.type == Type::kDate;
    params.insert(item + std::string(view.symbol(row.name)) + "=" + (text ? param.text : std::to_string(param.number)));
  }
  return params;
}

}  // namespace

TEST_CASE("a batch says what was tracked, in order, with its times, values and items") {
  Device device(program());
  device.take(page(kStart, "/花", "花市", "https://example.com/"));
  device.take(event(kStart + 2300, "add_to_cart", {{"currency", "JPY"}, {"value", 4980.0}},
                    {{{"item_id", "bq-01"}, {"price", 0.1}, {"quantity", 2.0}}, {{"item_id", "バラ"}}}));
  device.take(tick(kStart + 9000));
  const DecodedBatch batch = device.decoded_batch();
  CHECK(batch.header.sent_ms == static_cast<std::uint64_t>(kStart) + 9000);
  CHECK(batch.header.consent == purpose::kAll);
  CHECK(batch.header.stream == 8);
  REQUIRE(batch.events.size() == 3);
  CHECK(name_of(batch.events[0]) == "session_start");
  CHECK(name_of(batch.events[1]) == "page_view");
  CHECK(batch.events[1].time_ms == static_cast<std::uint64_t>(kStart));
  CHECK(params_of(batch.events[1]) ==
        std::set<std::string>{"page_path=/花", "page_title=花市", "page_referrer=https://example.com/"});
  CHECK(name_of(batch.events[2]) == "add_to_cart");
  CHECK(batch.events[2].time_ms == static_cast<std::uint64_t>(kStart) + 2000);  // in whole seconds
  CHECK(batch.events[2].items == 2);
  CHECK(params_of(batch.events[2]) == std::set<std::string>{"currency=JPY", "value=4980.000000", "0.item_id=bq-01",
                                                            "0.price=0.100000", "0.quantity=2.000000",
                                                            "1.item_id=バラ"});
  CHECK(batch.has_membership);
  CHECK(batch.segments_on == std::vector<std::uint32_t>{program().row(Table::kSegment, "everyone")});
}

TEST_CASE("item parameters that were stated flat travel as one item") {
  Device device(program());
  device.take(event(kStart, "view_item", {{"item_id", "bq-01"}, {"price", 10.0}, {"currency", "JPY"}}));
  const DecodedBatch batch = device.decoded_batch();
  REQUIRE(batch.events.size() == 1);
  CHECK(batch.events[0].items == 1);
  CHECK(params_of(batch.events[0]) == std::set<std::string>{"0.item_id=bq-01", "0.price=10.000000", "currency=JPY"});
}

TEST_CASE("every event has its sequence number once, also when it is sent again") {
  Device device(program());
  for (int i = 0; i < 3; ++i) device.take(search(kStart, "a"));
  const DecodedBatch first = device.decoded_batch();
  CHECK(first.events.at(0).sequence == 1);
  CHECK(device.outcome().batch_first == 1);
  CHECK(device.outcome().batch_last == 3);
  device.take(search(kStart, "b"));
  const DecodedBatch again = device.decoded_batch();
  REQUIRE(again.events.size() == 4);
  for (std::uint32_t i = 0; i < 4; ++i) CHECK(again.events[i].sequence == i + 1);
}

TEST_CASE("acknowledged events leave the queue, whichever of them, and no number is given again") {
  Device device(program());
  for (int i = 0; i < 5; ++i) device.take(search(kStart, std::to_string(i)));
  (void)device.batch();
  device.take(ack(kStart, 2, 3));
  CHECK(device.outcome().queue_events == 3);
  device.take(search(kStart, "new"));
  const DecodedBatch batch = device.decoded_batch();
  std::vector<std::uint32_t> sequences;
  for (const DecodedEvent& sent : batch.events) sequences.push_back(sent.sequence);
  CHECK(sequences == std::vector<std::uint32_t>{1, 4, 5, 6});
  device.take(ack(kStart, 1, 6));
  CHECK(device.outcome().queue_events == 0);
  CHECK(device.batch().empty());
}

TEST_CASE("an acknowledgement never removes an event that was not sent") {
  Device device(program());
  device.take(search(kStart, "a"));
  device.take(ack(kStart, 0, 0xFFFFFFFE));
  CHECK(device.outcome().queue_events == 1);
}

TEST_CASE(
    "a tab that goes on alone keeps its latest events only, under another stream, and no number means two events") {
  Device device(program());
  for (int i = 0; i < 3; ++i) device.take(search(kStart, std::to_string(i)));
  const DecodedBatch before = device.decoded_batch();
  device.take(purchase(kStart, "kept elsewhere"));
  device.take(search(kStart, "latest"));
  device.engine.go_alone(1);
  CHECK(device.batch().empty());
  device.take(tick(kStart));
  CHECK((device.outcome().flags & outcome::kNeedsSeed) != 0);
  device.take(seed(kStart, 70, 71));
  const DecodedBatch alone = device.decoded_batch();
  REQUIRE(alone.events.size() == 1);
  CHECK(params_of(alone.events[0]) == std::set<std::string>{"search_term=latest"});
  CHECK(alone.events[0].sequence > before.events.back().sequence);
  CHECK(alone.header.stream != before.header.stream);
  // What rules ask for is still known.
  CHECK(device.signal("orders") == "1");
}

TEST_CASE("sequence numbers survive a snapshot") {
  Device device(program());
  device.take(search(kStart, "a"));
  device.take(search(kStart, "b"));
  (void)device.batch();
  device.take(ack(kStart, 1, 1));
  Device next(program());
  REQUIRE(next.engine.load_snapshot(device.snapshot()) == Status::kOk);
  next.take(search(kStart, "c"));
  const DecodedBatch batch = next.decoded_batch();
  REQUIRE(batch.events.size() == 2);
  CHECK(batch.events[0].sequence == 2);
  CHECK(batch.events[1].sequence == 3);
  CHECK(batch.header.stream == 8);
}

TEST_CASE("a batch that must be small carries the first events and leaves the rest for the next") {
  Device device(program());
  Random random(5);
  for (int i = 0; i < 60; ++i) device.take(search(kStart, std::to_string(random.bits())));
  std::set<std::uint32_t> seen;
  while (device.outcome().queue_events > 0) {
    const auto bytes = device.batch(batch_flag::kLeaving, 200);
    REQUIRE_FALSE(bytes.empty());
    REQUIRE(bytes.size() <= 200);
    DecodedBatch decoded;
    REQUIRE(decode_batch(bytes, program().view(), decoded) == Status::kOk);
    CHECK(decoded.header.flags == batch_flag::kLeaving);
    for (const DecodedEvent& sent : decoded.events) CHECK(seen.insert(sent.sequence).second);
    device.take(ack(kStart, device.outcome().batch_first, device.outcome().batch_last));
  }
  CHECK(seen.size() == 60);
  CHECK(device.batch(batch_flag::kLeaving, kBatchHeaderBytes).empty());
}

TEST_CASE("a full queue drops the oldest events that are no conversion, and keeps conversions") {
  Device device(program());
  device.take(purchase(kStart, "order-1"));
  for (int i = 0; i < 1000; ++i) device.take(search(kStart + i, std::to_string(i) + std::string(80, 'x')));
  CHECK(device.outcome().queue_bytes <= kQueueBytes);
  CHECK(device.outcome().queue_bytes > kQueueBytes - 200);
  const DecodedBatch batch = device.decoded_batch();
  REQUIRE(batch.events.size() > 2);
  CHECK(name_of(batch.events[0]) == "purchase");
  CHECK(batch.events.back().params.at(0).text.starts_with("999x"));
  // Without gaps up to the newest.
  CHECK(batch.events[1].params.at(0).text.substr(0, 4) == std::to_string(1001 - batch.events.size()) + "x");
}

TEST_CASE("a queue full of conversions drops the oldest of them") {
  Device device(program());
  const auto order = [](int i) { return std::string(70, 'o') + std::to_string(i); };
  for (int i = 0; i < 1000; ++i) device.take(purchase(kStart, order(i)));
  CHECK(device.outcome().queue_bytes <= kQueueBytes);
  const DecodedBatch batch = device.decoded_batch();
  CHECK(batch.events.back().params.at(0).text == order(999));
}

TEST_CASE("a purchase is one purchase however often its page is reloaded") {
  Device device(program());
  device.take(purchase(kStart, "order-1"));
  device.take(purchase(kStart + kMinute, "order-1"));
  CHECK(device.signal("orders") == "1");
  CHECK(device.outcome().queue_events == 1);
  Device reloaded(program());
  REQUIRE(reloaded.engine.load_snapshot(device.snapshot()) == Status::kOk);
  reloaded.take(purchase(kStart + kHour, "order-1"));
  reloaded.take(purchase(kStart + kHour, "order-2"));
  CHECK(reloaded.signal("orders") == "2");
}

TEST_CASE("a purchase without an id is never taken for another") {
  Device device(program());
  device.take(event(kStart, "purchase", {{"value", 1.0}}));
  device.take(event(kStart, "purchase", {{"value", 1.0}}));
  CHECK(device.signal("orders") == "2");
}

TEST_CASE("without sync nothing is queued and there is no batch") {
  const TestProgram local(playbook(R"json("sync": { "mode": "off" },
    "signals": { "orders": { "count": "purchase", "keep": 9 } }, "segments": { "buyer": "orders >= 1" } )json"));
  Device device(local);
  device.take(purchase(kStart, "order-1"));
  CHECK(device.on("buyer"));
  CHECK(device.outcome().queue_events == 0);
  CHECK(device.batch().empty());
}

TEST_CASE("membership tells only segments that the consent stamp covers") {
  const TestProgram labelled(playbook(R"json(
    "signals": { "views": { "count": "view_item", "purposes": ["measurement"] } },
    "traits": { "rank": { "type": "string", "purposes": ["marketing"] } },
    "segments": { "viewed": "views >= 1", "either": "views >= 1 || rank == 'gold'" } )json"));
  Device device(labelled, purpose::kAll & ~purpose::kMarketing);
  device.take(event(kStart, "view_item"));
  CHECK(device.on("either"));
  DecodedBatch decoded;
  REQUIRE(decode_batch(device.batch(), labelled.view(), decoded) == Status::kOk);
  CHECK(decoded.segments_on == std::vector<std::uint32_t>{labelled.row(Table::kSegment, "viewed")});
}

TEST_CASE(
    "tracking 21: a batch of conversions alone carries every conversion and nothing else, with the numbers they keep") {
  Device device(program());
  device.take(purchase(kStart, "order-1"));
  for (int i = 0; i < 20; ++i) device.take(search(kStart, std::to_string(i)));
  device.take(purchase(kStart, "order-2"));
  const DecodedBatch first = device.decoded_batch(batch_flag::kConversions | batch_flag::kLeaving);
  REQUIRE(first.events.size() == 2);
  CHECK(first.events[0].sequence == 1);
  CHECK(first.events[1].sequence == 22);
  CHECK(params_of(first.events[1]) == std::set<std::string>{"transaction_id=order-2"});
  CHECK(first.header.flags == batch_flag::kLeaving);
  const DecodedBatch all = device.decoded_batch(batch_flag::kLeaving);
  REQUIRE(all.events.size() == 22);
  CHECK(all.events[0] == first.events[0]);
  CHECK(all.events[21] == first.events[1]);
}

TEST_CASE("without a conversion there is no batch of conversions") {
  Device device(program());
  device.take(search(kStart, "a"));
  CHECK(device.batch(batch_flag::kConversions).empty());
  CHECK(device.decoded_batch().events.size() == 1);
}

TEST_CASE("a batch says that a program drives the browser") {
  Device device(program());
  device.take(search(kStart, "a"));
  CHECK(device.decoded_batch(batch_flag::kBot).header.flags == batch_flag::kBot);
}

TEST_CASE("an event of a time without measurement is not sent when its journal is replayed with it") {
  const TestProgram program(playbook(R"json("signals": { "buys": { "count": "purchase" } })json"));
  Device writer(program, purpose::kAll & ~purpose::kMeasurement);
  writer.take(event(kStart, "purchase", {{"transaction_id", "1"}}));
  CHECK(writer.outcome().queue_events == 0);
  Device reader(program);
  (void)reader.engine.apply_journal(writer.journal);
  CHECK(reader.outcome().queue_events == 0);
  // And one of a time with it is.
  Device measured(program);
  measured.take(event(kStart, "purchase", {{"transaction_id", "2"}}));
  const std::uint32_t queued = measured.outcome().queue_events;
  CHECK(queued > 0);
  Device other(program);
  (void)other.engine.apply_journal(measured.journal);
  CHECK(other.outcome().queue_events == queued);
}

}  // namespace queue_test
