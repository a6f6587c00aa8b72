// SPDX-License-Identifier: Apache-2.0
// Batches as values: what was encoded is decoded, and nothing else is accepted.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "support/history.h"
#include "wire/batch_decode.h"
#include "wire/text_model.h"

namespace batch_test {

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
  batch.header = {view().short_hash(), random.bits(), static_cast<std::uint64_t>(kStart) + 1000ull * random.below(100),
                  63, static_cast<std::uint8_t>(random.below(2))};
  std::uint32_t sequence = random.one_in(10) ? 0xFFFF0000u : random.below(1000);
  std::uint64_t time = batch.header.sent_ms / kBatchTimeUnitMs * kBatchTimeUnitMs;
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
    time = random.one_in(8) ? time - 5000 : time + 1000ull * random.below(5000);
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
  const std::uint32_t checksum = fnv32(bytes.subspan(kBatchHeaderBytes), fnv32(bytes.first(kBatchHeaderBytes - 3)));
  std::memcpy(batch.data() + kBatchHeaderBytes - 3, &checksum, 3);
}

}  // namespace

TEST_CASE("a batch comes back as it was, whatever it says") {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
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
  const std::uint8_t version = bytes[1];
  bytes[1] = version - 1;
  CHECK(decode(bytes) == Status::kBadVersion);
  bytes[1] = version;
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
    std::memcpy(longer.data() + 19, &length, sizeof length);
    put_checksum(longer);
    CHECK(decode(longer) == Status::kBadStructure);
  }
}

TEST_CASE("an event or membership that the consent stamp does not cover is refused") {
  DecodedBatch batch = sample();
  auto bytes = encoded(batch);
  bytes[18] = 0;
  put_checksum(bytes);
  CHECK(decode(bytes) == Status::kBadStructure);
  batch.header.consent = purpose::kStorage;
  std::vector<std::uint8_t> refused;
  CHECK(encode_batch(batch, view(), refused) == Status::kBadStructure);
}

TEST_CASE("privacy 57: no event and no membership travels under a consent stamp that does not cover it") {
  const auto batch_of = [](std::string_view event, std::uint8_t stamp) {
    DecodedBatch made;
    made.header = {view().short_hash(), 1, static_cast<std::uint64_t>(kStart), stamp, 0};
    made.events.push_back({1, view().find_row(Table::kEvent, event), made.header.sent_ms, 0, {}});
    return made;
  };
  const auto status = [](const DecodedBatch& batch) {
    std::vector<std::uint8_t> bytes;
    return encode_batch(batch, view(), bytes);
  };
  constexpr std::uint8_t kBoth = purpose::kMeasurement | purpose::kMarketing;
  CHECK(status(batch_of("quiz_done", kBoth)) == Status::kOk);
  CHECK(status(batch_of("search", purpose::kMeasurement)) == Status::kOk);
  CHECK(status(batch_of("search", kBoth & ~purpose::kMeasurement)) == Status::kBadStructure);
  for (const std::uint8_t stamp : {purpose::kMeasurement, purpose::kMarketing}) {
    CHECK(status(batch_of("quiz_done", stamp)) == Status::kBadStructure);
    auto forged = encoded(batch_of("quiz_done", kBoth));
    forged[18] = stamp;
    put_checksum(forged);
    CHECK(decode(forged) == Status::kBadStructure);
  }
  DecodedBatch member = batch_of("search", purpose::kMeasurement);
  member.has_membership = true;
  for (std::uint32_t i = 0; i < view().segments().size(); ++i) member.segments_on.push_back(i);
  DecodedBatch told;
  REQUIRE(decode_batch(encoded(member), view(), told) == Status::kOk);
  CHECK(!told.segments_on.empty());
  CHECK(told.segments_on.size() < view().segments().size());
  for (const std::uint32_t i : told.segments_on) CHECK((view().segments()[i].label & ~purpose::kMeasurement) == 0);
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
    std::memcpy(lying.data() + 19, &length, sizeof length);
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

namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

/// Adds an event, some seconds after the one before, with parameters of the event and of one item.
void add(DecodedBatch& batch, std::string_view name, const Texts& texts) {
  const std::uint32_t row = view().find_row(Table::kEvent, name);
  const auto number = static_cast<std::uint32_t>(batch.events.size() + 1);
  DecodedEvent made{number, row, static_cast<std::uint64_t>(kStart) + 7000ull * number + number % 3 * 1000, 0, {}};
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
}

/// Bytes an event of a batch, which has to come back as it was.
double bytes_an_event(DecodedBatch& batch) {
  batch.header = {view().short_hash(), 0x9C3F17A2B4D5E6F1, batch.events.back().time_ms, purpose::kAll, 0};
  const auto bytes = encoded(batch);
  DecodedBatch decoded;
  REQUIRE(decode_batch(bytes, view(), decoded) == Status::kOk);
  require_same(batch, decoded);
  return static_cast<double>(bytes.size()) / static_cast<double>(batch.events.size());
}

std::string random_id(Random& random) {
  std::string id;
  for (int i = 0; i < 8; ++i) id += "BCDFGHJKLMNPQRSTVWXZ0123456789"[random.below(30)];
  return id;
}

}  // namespace

TEST_CASE("a session of 20 views and a purchase costs at most 6 bytes an event") {
  DecodedBatch batch;
  add(batch, "page_view", {{"page_path", "/"}, {"page_title", "Hanaichi"}, {"page_referrer", "search"}});
  for (int i = 0; i < 20; ++i) {
    add(batch, "view_item",
        {{"item_id", "SKU-" + std::to_string(1000 + 37 * i)},
         {"item_category", i % 3 == 0 ? "rose" : "plant"},
         {"price", std::to_string(1980 + 500 * (i % 7))}});
  }
  add(batch, "page_view", {{"page_path", "/cart"}, {"page_title", "Cart"}, {"page_referrer", "internal"}});
  add(batch, "page_view", {{"page_path", "/checkout"}, {"page_title", "Checkout"}, {"page_referrer", "internal"}});
  add(batch, "purchase", {{"transaction_id", "T-20260302-0001"}, {"value", "8940"}, {"currency", "JPY"}});
  CHECK(bytes_an_event(batch) <= 6);
}

TEST_CASE("Japanese page titles and random item ids cost less than 10 bytes an event") {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    DecodedBatch batch;
    add(batch, "page_view",
        {{"page_path", "/"}, {"page_title", "花市｜花の市場オンライン"}, {"page_referrer", "search"}});
    static constexpr const char* kFlowers[] = {"バラ", "カーネーション", "ひまわり", "胡蝶蘭", "季節"};
    for (int i = 0; i < 20; ++i) {
      const std::string id = random_id(random);
      const std::string title = std::string(random.pick(kFlowers)) + "の花束｜花市";
      if (i % 2 == 0)
        add(batch, "page_view", {{"page_path", "/products/"}, {"page_title", title}, {"page_referrer", "internal"}});
      add(batch, "view_item",
          {{"item_id", id}, {"item_category", "花束"}, {"price", std::to_string(1980 + 10 * random.below(900))}});
    }
    add(batch, "page_view",
        {{"page_path", "/checkout"}, {"page_title", "ご注文手続き｜花市"}, {"page_referrer", "internal"}});
    INFO("seed " << seed);
    CHECK(bytes_an_event(batch) < 10);
  }
}

TEST_CASE("numbers and numbered strings that go on by the same step cost next to nothing") {
  DecodedBatch batch;
  for (int i = 0; i < 200; ++i) {
    add(batch, "view_item",
        {{"item_id", "item-" + std::to_string(100 + 3 * i)}, {"price", std::to_string(500 + 25 * i)}});
  }
  CHECK(bytes_an_event(batch) < 1);
}

TEST_CASE("a string ends at a byte that UTF-8 never has") {
  DecodedBatch batch;
  add(batch, "search", {{"search_term", "bro\xFFken"}});
  batch.header = {view().short_hash(), 1, batch.events.back().time_ms, purpose::kAll, 0};
  DecodedBatch decoded;
  REQUIRE(decode_batch(encoded(batch), view(), decoded) == Status::kOk);
  CHECK(decoded.events.at(0).params.at(0).text == "bro");
}

TEST_CASE("stretch and squash are inverse, rise, and stay within what a coder takes") {
  std::int32_t before = -100000;
  for (std::int32_t probability = kProbabilityFloor; probability <= kProbabilityOne - kProbabilityFloor;
       ++probability) {
    const std::int32_t log_odds = stretch(probability);
    if (log_odds < before) FAIL("falls at " << probability);
    before = log_odds;
    // log2 as straight lines is wrong by 0.09 at most, on both sides of the odds.
    const std::int32_t side = std::min(probability, kProbabilityOne - probability);
    if (std::abs(squash(log_odds) - probability) > side / 8) FAIL(probability << " comes back as " << squash(log_odds));
  }
  CHECK(squash(1 << 30) == kProbabilityOne - kProbabilityFloor);
  CHECK(squash(-(1 << 30)) == kProbabilityFloor);
}

}  // namespace batch_test
