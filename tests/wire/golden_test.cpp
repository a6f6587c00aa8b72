// SPDX-License-Identifier: Apache-2.0
// Golden bytes of each format. After a deliberate change of a format: OMO_UPDATE_GOLDEN=1 build/native/wire_test
// [golden]
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/annotate.h"
#include "support/device.h"

namespace golden_test {

using namespace omo;
using namespace omo::test;

namespace {

/// Small, but with a row in every table.
const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "default_language": "ja",
    "events": { "quiz_done": { "params": { "style": "string", "fun": "bool" }, "purposes": ["marketing"] } },
    "traits": { "birthday": { "type": "date" } },
    "context": { "weather": { "type": "string" } },
    "signals": {
      "bouquets": { "count": "view_item", "where": "item_category == 'bouquet'", "within": "7d" },
      "spent": { "sum": "purchase", "of": "value", "within": "1d", "keep": 4 },
      "since": { "recency": "purchase" },
      "category": { "last": "view_item", "of": "item_category" },
      "items": { "recent": "view_item", "of": "item_id", "keep": 3 } },
    "segments": { "fan": "bouquets >= 2 && (since == null || since > duration('720h'))", "spender": "spent > 100.0",
                  "soon": "days_until(birthday) <= 7", "storm": "context.weather == 'storm'",
                  "roses": "category == 'rose' || 'a' in items" },
    "campaigns": { "gift": { "slot": "hero", "audience": "fan", "holdout": 0.1,
      "cap": { "impressions": 3, "within": "1d", "quiet_after_dismiss": "7d" },
      "variants": { "warm": { "creative": { "type": "banner", "title": { "ja": "花束を", "en": "A bouquet" } } } } } }
    )json"));
  return made;
}

/// A short visit: two bouquets, a purchase, an impression.
void visit(Device& device) {
  device.take(page(kStart, "/category/花束", "花束", ""));
  device.take(event(kStart + 1200, "view_item", {{"currency", "JPY"}},
                    {{{"item_id", "bq-01"}, {"item_category", "bouquet"}, {"price", 3980.0}}}));
  device.take(event(kStart + 4700, "view_item", {{"currency", "JPY"}},
                    {{{"item_id", "bq-02"}, {"item_category", "bouquet"}, {"price", 12.5}}}));
  device.take(event(kStart + 5000, "view_promotion", {{"promotion_id", "gift"}, {"creative_name", "warm"}}));
  device.take(identify(kStart + 6000, {{"birthday", "--03-14"}}));
  device.take(event(kStart + 9000, "purchase", {{"transaction_id", "T-1"}, {"value", 1.0 / 3}, {"currency", "JPY"}}));
}

std::string path_of(const std::string& name) { return std::string(OMO_SOURCE_DIR) + "/tests/fixtures/wire/" + name; }

std::string hex(Bytes bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
    if (i % 32 == 31 || i + 1 == bytes.size()) text += '\n';
  }
  return text;
}

/// Compares with the file, or writes it where OMO_UPDATE_GOLDEN is set.
void check_golden(const std::string& name, const std::string& text) {
  INFO(path_of(name) << ": a deliberate change is taken over with OMO_UPDATE_GOLDEN=1");
  if (std::getenv("OMO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path_of(name), std::ios::binary);
    file << text;
    REQUIRE(file.good());
    return;
  }
  std::ifstream file(path_of(name), std::ios::binary);
  REQUIRE(file.good());
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == text);
}

}  // namespace

TEST_CASE("the program format is what it was", "[golden]") {
  check_golden("program.golden.hex", hex(program().bytes()));
}

TEST_CASE("the snapshot format is what it was", "[golden]") {
  Device device(program());
  visit(device);
  (void)device.batch();
  check_golden("snapshot.golden.hex", hex(device.snapshot()));
}

TEST_CASE("the journal format is what it was", "[golden]") {
  Device device(program());
  visit(device);
  check_golden("journal.golden.hex", hex(device.journal));
}

TEST_CASE("the batch format is what it was, byte by byte", "[golden]") {
  Device device(program());
  visit(device);
  const auto batch = device.batch();
  check_golden("batch.golden.hex", hex(batch));
  check_golden("batch.golden.txt", annotate_batch(batch, program().view()));
}

TEST_CASE("every golden file is read by this version", "[golden]") {
  const auto bytes_of = [](const std::string& name) {
    std::ifstream file(path_of(name), std::ios::binary);
    REQUIRE(file.good());
    std::vector<std::uint8_t> bytes;
    char pair[2];
    while (file >> pair[0] >> pair[1])
      bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(pair, 2), nullptr, 16)));
    return bytes;
  };
  const AlignedBytes golden(bytes_of("program.golden.hex"));
  ProgramView view;
  REQUIRE(view.open(golden.bytes()) == Status::kOk);
  DecodedBatch batch;
  CHECK(decode_batch(bytes_of("batch.golden.hex"), view, batch) == Status::kOk);
  CHECK(batch.events.size() == 6);
  Device device(program());
  CHECK(device.engine.load_snapshot(bytes_of("snapshot.golden.hex")) == Status::kOk);
  CHECK(device.outcome().detail == 0);
  CHECK(device.on("soon") == false);
  CHECK(device.signal("items") == R"(["bq-02","bq-01"])");
  Device replayed(program());
  CHECK(replayed.engine.apply_journal(bytes_of("journal.golden.hex")) == 7);
  CHECK(replayed.signal("items") == R"(["bq-02","bq-01"])");
}

}  // namespace golden_test
