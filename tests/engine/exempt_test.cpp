// SPDX-License-Identifier: Apache-2.0
// Audience measurement that needs no consent: what leaves under measurement alone, and what waits for storage.
#include <catch2/catch.hpp>
#include <set>

#include "support/device.h"

namespace exempt_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr std::uint8_t kExempt = purpose::kMeasurement;
constexpr std::uint8_t kConsented = purpose::kMeasurement | purpose::kStorage;

const TestProgram& program(bool exempt) {
  static const std::string kBody = R"json(
    "signals": { "orders": { "count": "purchase", "purposes": ["measurement"] } },
    "segments": { "buyer": "orders >= 1" } )json";
  static const TestProgram with(playbook(R"("sync": {"exempt": true},)" + kBody));
  static const TestProgram without(playbook(kBody));
  return exempt ? with : without;
}

/// A visit with something of everything.
void visit(Device& device) {
  device.take(page(kStart, "/a", "A", ""));
  device.take(event(kStart + 1000, "scroll", {{"percent_scrolled", 90.0}}));
  device.take(event(kStart + 2000, "search", {{"search_term", "my name"}}));
  device.take(event(kStart + 3000, "purchase", {{"transaction_id", "T-1"}}));
  device.take(tick(kStart + 4000));
}

std::set<std::string> names_of(const DecodedBatch& batch, const ProgramView& view) {
  std::set<std::string> names;
  for (const DecodedEvent& sent : batch.events) names.insert(std::string(view.name_of(Table::kEvent, sent.event)));
  return names;
}

}  // namespace

TEST_CASE("privacy 14: under measurement alone only the use of pages leaves the device, and no membership") {
  Device device(program(true), kExempt);
  visit(device);
  CHECK(device.signal("orders") == "1");
  const DecodedBatch batch = device.decoded_batch();
  CHECK(names_of(batch, program(true).view()) == std::set<std::string>{"session_start", "page_view", "scroll"});
  CHECK(batch.header.consent == kExempt);
  CHECK(batch.segments_on.empty());
  // What did not leave did not wait either.
  device.take(consent(kStart + 5000, purpose::kStorage, purpose::kStorage));
  CHECK(names_of(device.decoded_batch(), program(true).view()) == names_of(batch, program(true).view()));
}

TEST_CASE("with consent for storage, or where nothing is exempt, all events leave as ever") {
  const std::set<std::string> all{"session_start", "page_view", "scroll", "search", "purchase"};
  for (const bool exempt : {true, false}) {
    Device device(program(exempt), exempt ? kConsented : kExempt);
    visit(device);
    const DecodedBatch batch = device.decoded_batch();
    CHECK(names_of(batch, program(exempt).view()) == all);
    CHECK(batch.segments_on.size() == 1);
  }
}

TEST_CASE("privacy 14: events that need storage leave the queue with it, and those of audience measurement stay") {
  Device device(program(true), kConsented);
  visit(device);
  device.take(consent(kStart + 5000, purpose::kStorage, 0));
  const DecodedBatch batch = device.decoded_batch();
  CHECK(names_of(batch, program(true).view()) == std::set<std::string>{"session_start", "page_view", "scroll"});
}

TEST_CASE("privacy 14: a batch with more than the use of pages under measurement alone is refused") {
  DecodedBatch made;
  made.header = {program(true).view().short_hash(), 1, static_cast<std::uint64_t>(kStart), kExempt, 0};
  const auto status = [&](std::string_view event) {
    made.events = {{1, program(true).row(Table::kEvent, event), made.header.sent_ms, 0, {}}};
    std::vector<std::uint8_t> bytes;
    return encode_batch(made, program(true).view(), bytes);
  };
  CHECK(status("page_view") == Status::kOk);
  CHECK(status("purchase") == Status::kBadStructure);
  made.header.consent = kConsented;
  CHECK(status("purchase") == Status::kOk);
}

}  // namespace exempt_test
