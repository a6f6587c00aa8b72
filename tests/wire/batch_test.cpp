// SPDX-License-Identifier: Apache-2.0
// Batches as values: what was encoded is decoded, and nothing else is accepted.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "support/history.h"
#include "wire/batch_decode.h"

using namespace omo;
using namespace omo::test;

namespace {

const ProgramView& view() { return history_program().view(); }

double random_number(Random& random, Type type) {
  if (type == Type::kBool) return random.below(2);
  if (type == Type::kInt) {
    static constexpr double kWhole[] = {0, 1, -1, 5, 1000, -123456, 9007199254740991.0, -9007199254740991.0, 1e15};
    return random.one_in(2) ? random.pick(kWhole) : static_cast<double>(static_cast<std::int32_t>(random.bits()));
  }
  static constexpr double kDouble[] = {0,       -0.0,  0.1,    -0.01,  3980,   12.34, 1e-300, 1.7976931348623157e308,
                                       1 / 3.0, -1e18, 3.9e13, 4.1e13, 99.995, 0.29,  5e-324};
  return random.one_in(2) ? random.pick(kDouble) : static_cast<double>(random.below(1000000)) / 100;
}

void add_params(Random& random, DecodedEvent& made, std::uint32_t item) {
  const EventRow& row = view().events()[made.event];
  for (std::uint32_t at = row.first_param; at < row.first_param + row.param_count; ++at) {
    const ParamRow& param = view().params()[at];
    if ((param.item != 0) != (item != kNone) || random.one_in(3)) continue;
    const bool text = param.type == Type::kString || param.type == Type::kDate;
    std::string value = text ? random_text(random) : "";
    value.resize(utf8_prefix(value, kMaxStringBytes));
    made.params.push_back({at, item, text ? 0 : random_number(random, param.type), std::move(value)});
  }
}

DecodedBatch random_batch(Random& random) {
  DecodedBatch batch;
  batch.header = {view().short_hash(), random.bits(), static_cast<std::uint64_t>(kStart) + random.below(100000), 63,
                  static_cast<std::uint8_t>(random.below(2))};
  std::uint32_t sequence = random.one_in(10) ? 0xFFFF0000u : random.below(1000);
  std::uint64_t time = batch.header.sent_ms / 100 * 100;
  for (std::uint32_t n = random.below(40); n > 0; --n) {
    DecodedEvent made{sequence, random.below(view().events().size()), time, 0, {}};
    add_params(random, made, kNone);
    if ((view().events()[made.event].flags & kEventHasItems) != 0) {
      made.items = random.one_in(20) ? kMaxItems : random.below(4);
      for (std::uint32_t item = 0; item < made.items; ++item) add_params(random, made, item);
    }
    batch.events.push_back(std::move(made));
    sequence += 1 + (random.one_in(5) ? random.below(50) : 0);
    // Time can go back: a late event is an event.
    time = random.one_in(8) ? time - 500 : time + 100ull * random.below(5000);
  }
  batch.has_membership = random.one_in(2);
  for (std::uint32_t i = 0; i < view().segments().size() && batch.has_membership; ++i) {
    if (random.one_in(2)) batch.segments_on.push_back(i);
  }
  return batch;
}

void require_same(const DecodedBatch& a, const DecodedBatch& b) {
  REQUIRE(a.header.program == b.header.program);
  REQUIRE(a.header.stream == b.header.stream);
  REQUIRE(a.header.sent_ms == b.header.sent_ms);
  REQUIRE(a.header.consent == b.header.consent);
  REQUIRE(a.header.flags == b.header.flags);
  REQUIRE(a.events.size() == b.events.size());
  for (std::size_t i = 0; i < a.events.size(); ++i) {
    INFO("event " << i);
    REQUIRE(a.events[i] == b.events[i]);
  }
  REQUIRE(a.has_membership == b.has_membership);
  REQUIRE(a.segments_on == b.segments_on);
}

std::vector<std::uint8_t> encoded(const DecodedBatch& batch) {
  std::vector<std::uint8_t> bytes;
  REQUIRE(encode_batch(batch, view(), bytes) == Status::kOk);
  return bytes;
}

Status decode(Bytes bytes) {
  DecodedBatch decoded;
  return decode_batch(bytes, view(), decoded);
}

DecodedBatch sample() {
  Random random(11);
  DecodedBatch batch = random_batch(random);
  while (batch.events.size() < 8) batch = random_batch(random);
  batch.events.resize(8);
  return batch;
}

/// The batch with its checksum made right again.
void put_checksum(std::vector<std::uint8_t>& batch) {
  const Bytes bytes(batch);
  const std::uint32_t checksum = fnv32(bytes.subspan(kBatchHeaderBytes), fnv32(bytes.first(kBatchHeaderBytes - 4)));
  std::memcpy(batch.data() + kBatchHeaderBytes - 4, &checksum, sizeof checksum);
}

}  // namespace

TEST_CASE("a batch comes back as it was, whatever it says") {
  for (std::uint32_t seed = 1; seed <= 3000; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const DecodedBatch batch = random_batch(random);
    const auto bytes = encoded(batch);
    DecodedBatch decoded;
    REQUIRE(decode_batch(bytes, view(), decoded) == Status::kOk);
    require_same(batch, decoded);
    REQUIRE(encoded(decoded) == bytes);
  }
}

TEST_CASE("an empty batch is a batch") {
  DecodedBatch batch;
  batch.header = {view().short_hash(), 1, 1000, purpose::kMeasurement, 0};
  const auto bytes = encoded(batch);
  CHECK(decode(bytes) == Status::kOk);
}

TEST_CASE("every truncation and every flipped bit of a batch is refused") {
  const auto bytes = encoded(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (decode(Bytes(bytes).first(size)) == Status::kOk) FAIL("accepted " << size << " bytes");
  }
  auto changed = bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      changed[at] = static_cast<std::uint8_t>(bytes[at] ^ 1u << bit);
      if (decode(changed) == Status::kOk) FAIL("accepted a flip at " << at << ", bit " << bit);
    }
    changed[at] = bytes[at];
  }
  changed.push_back(0);
  CHECK(decode(changed) == Status::kBadLength);
}

TEST_CASE("magic, version, length, checksum and program are told apart") {
  auto bytes = encoded(sample());
  CHECK(decode({}) == Status::kBadLength);
  bytes[0] = 0;
  CHECK(decode(bytes) == Status::kBadMagic);
  bytes[0] = kBatchMagic;
  bytes[1] = 2;
  CHECK(decode(bytes) == Status::kBadVersion);
  bytes[1] = 1;
  bytes.back() ^= 1;
  CHECK(decode(bytes) == Status::kBadChecksum);
  bytes.back() ^= 1;
  bytes[2] ^= 1;
  put_checksum(bytes);
  CHECK(decode(bytes) == Status::kWrongProgram);
}

TEST_CASE("a body with bytes behind its end is refused, although its checksum is right") {
  auto bytes = encoded(sample());
  for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{7}}) {
    auto longer = bytes;
    for (int i = 0; i < 8; ++i) longer.push_back(byte);
    const auto length = static_cast<std::uint16_t>(longer.size() - kBatchHeaderBytes);
    std::memcpy(longer.data() + 22, &length, sizeof length);
    put_checksum(longer);
    CHECK(decode(longer) == Status::kBadStructure);
  }
}

TEST_CASE("an event or membership that the consent stamp does not cover is refused") {
  DecodedBatch batch = sample();
  auto bytes = encoded(batch);
  bytes[20] = 0;
  put_checksum(bytes);
  CHECK(decode(bytes) == Status::kBadStructure);
  batch.header.consent = purpose::kStorage;
  std::vector<std::uint8_t> refused;
  CHECK(encode_batch(batch, view(), refused) == Status::kBadStructure);
}

TEST_CASE("a batch never gives a number that is none") {
  DecodedBatch batch = sample();
  for (const double number : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    DecodedEvent lying{batch.events.back().sequence + 1, view().find_row(Table::kEvent, "purchase"), 0, 0, {}};
    const EventRow& row = view().events()[lying.event];
    for (std::uint32_t at = row.first_param; at < row.first_param + row.param_count; ++at) {
      if (view().params()[at].type == Type::kDouble && view().params()[at].item == 0) {
        lying.params.push_back({at, kNone, number, ""});
        break;
      }
    }
    REQUIRE(lying.params.size() == 1);
    DecodedBatch with = batch;
    with.events.push_back(lying);
    std::vector<std::uint8_t> bytes;
    const Status status = encode_batch(with, view(), bytes);
    CHECK((status != Status::kOk || decode(bytes) == Status::kBadStructure));
  }
}

TEST_CASE("a string longer than the limit does not encode") {
  DecodedBatch batch;
  batch.header = {view().short_hash(), 1, 1000, purpose::kAll, 0};
  DecodedEvent made{1, view().find_row(Table::kEvent, "search"), 1000, 0, {}};
  made.params.push_back({view().events()[made.event].first_param, kNone, 0, std::string(kMaxStringBytes + 1, 'x')});
  batch.events.push_back(made);
  std::vector<std::uint8_t> bytes;
  CHECK(encode_batch(batch, view(), bytes) == Status::kBadStructure);
  batch.events[0].params[0].text.pop_back();
  CHECK(encode_batch(batch, view(), bytes) == Status::kOk);
}

TEST_CASE("a lying batch under a right checksum never breaks the decoder, and what it accepts is in range") {
  Random random(1234);
  const auto bytes = encoded(sample());
  std::size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    auto lying = bytes;
    mutate(random, MutableBytes(lying).subspan(14));
    const auto length = static_cast<std::uint16_t>(lying.size() - kBatchHeaderBytes);
    std::memcpy(lying.data() + 22, &length, sizeof length);
    put_checksum(lying);
    DecodedBatch decoded;
    const Status status = decode_batch(lying, view(), decoded);
    if (status == Status::kBadChecksum || status == Status::kBadLength) FAIL("the checksum was made right");
    if (status != Status::kOk) continue;
    ++accepted;
    std::uint64_t next = 0;
    for (const DecodedEvent& sent : decoded.events) {
      if (sent.sequence < next || sent.event >= view().events().size() || sent.items > kMaxItems) FAIL("out of range");
      next = std::uint64_t{sent.sequence} + 1;
      for (const DecodedParam& param : sent.params) {
        if (param.param >= view().params().size()) FAIL("a parameter that is none");
        if (!std::isfinite(param.number)) FAIL("a number that is none");
      }
    }
  }
  INFO(accepted << " mutations were batches too");
  CHECK(accepted < 20000);
}

TEST_CASE("the session of one visit costs at most 12 bytes an event") {
  DecodedBatch batch;
  batch.header = {view().short_hash(), 99, static_cast<std::uint64_t>(kStart) + 60000, purpose::kAll, 0};
  const auto add = [&](std::string_view name, const std::vector<std::pair<std::string, std::string>>& texts) {
    const std::uint32_t row = view().find_row(Table::kEvent, name);
    DecodedEvent made{static_cast<std::uint32_t>(batch.events.size() + 1),
                      row,
                      static_cast<std::uint64_t>(kStart) + 1700 * batch.events.size() / 100 * 100,
                      0,
                      {}};
    const EventRow& declared = view().events()[row];
    for (std::uint32_t at = declared.first_param; at < declared.first_param + declared.param_count; ++at) {
      for (const auto& [param, text] : texts) {
        if (view().symbol(view().params()[at].name) != param) continue;
        const bool item = view().params()[at].item != 0;
        const bool is_text = view().params()[at].type == Type::kString;
        if (item) made.items = 1;
        made.params.push_back({at, item ? 0 : kNone, is_text ? 0 : std::stod(text), is_text ? text : ""});
      }
    }
    std::stable_partition(made.params.begin(), made.params.end(),
                          [](const DecodedParam& param) { return param.item == kNone; });
    batch.events.push_back(made);
  };
  add("page_view", {{"page_path", "/"}});
  for (int i = 0; i < 20; ++i) {
    add("view_item", {{"item_id", "SKU-" + std::to_string(1000 + 37 * i)},
                      {"item_category", i % 3 == 0 ? "rose" : "plant"},
                      {"price", std::to_string(1980 + 500 * (i % 7))}});
  }
  add("page_view", {{"page_path", "/cart"}});
  add("page_view", {{"page_path", "/checkout"}});
  add("purchase", {{"transaction_id", "T-20260302-0001"}, {"value", "8940"}, {"currency", "JPY"}});
  const auto bytes = encoded(batch);
  CHECK(decode(bytes) == Status::kOk);
  INFO(bytes.size() << " bytes");
  CHECK(bytes.size() <= 12 * batch.events.size());
}
