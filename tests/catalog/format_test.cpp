// SPDX-License-Identifier: Apache-2.0
// The catalog format: golden bytes, and files that lie. After a deliberate change of the format:
// OMO_UPDATE_GOLDEN=1 build/native/catalog_test [golden]
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/catalog.h"
#include "support/random.h"

namespace format_test {

using namespace omo;
using namespace omo::test;

namespace {

const char* const kFeed = R"json({"items": [
  {"id": "b", "title": {"ja": "花束", "en": "Bouquet"}, "link": {"ja": "/b", "en": "/en/b"}, "image": "/b.svg",
   "price": "4980 JPY", "category": "flower > bouquet", "related": ["a"]},
  {"id": "a", "title": "Vase", "link": "/a", "price": "12.5 EUR", "availability": "out_of_stock"}
]})json";

/// The status of a file with these bytes.
Status open_bytes(Bytes bytes) {
  AlignedBytes aligned(bytes);
  CatalogView view;
  const Status status = view.open(aligned.mutable_bytes());
  if (status != Status::kOk) {
    CHECK(view.items().size() == 0);
    CHECK(view.find("a") == kNone);
  }
  return status;
}

/// Writes `value` at `at` and makes the checksum right again.
std::vector<std::uint8_t> forged(Bytes original, std::size_t at, std::uint32_t value) {
  std::vector<std::uint8_t> bytes(original.begin(), original.end());
  std::memcpy(bytes.data() + at, &value, sizeof value);
  const std::uint32_t checksum = fnv32(Bytes(bytes).subspan(kCatalogChecked));
  std::memcpy(bytes.data() + 12, &checksum, sizeof checksum);
  return bytes;
}

/// Asks everything of a view that opened.
void use(const CatalogView& view) {
  AlignedBytes memory(Recommender::memory_needed(view));
  Recommender recommender;
  recommender.open(view, memory.mutable_bytes().data());
  for (auto kind : {RecommendationKind::kRecent, RecommendationKind::kAffinity, RecommendationKind::kRelated}) {
    const Query query{kind, {{"b", 1}, {"flower", 1}, {"a", 2}}, {"c"}, false, 24};
    CHECK(recommender.query(query.record()) == Status::kOk);
  }
  std::vector<std::uint8_t> out(kTransferBytes);
  for (std::uint32_t row = 0; row < view.items().size(); ++row) (void)recommender.describe(row, "ja", out);
}

}  // namespace

TEST_CASE("the catalog format is what it was", "[golden]") {
  const std::string path = std::string(OMO_SOURCE_DIR) + "/tests/fixtures/wire/catalog.golden.hex";
  const Shelf shelf(kFeed);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < shelf.bytes().size(); ++i) {
    text += kDigits[shelf.bytes()[i] >> 4];
    text += kDigits[shelf.bytes()[i] & 15];
    if (i % 32 == 31 || i + 1 == shelf.bytes().size()) text += '\n';
  }
  if (std::getenv("OMO_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    REQUIRE(file.good());
    return;
  }
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == text);
}

TEST_CASE("a catalog with any flipped bit is refused") {
  const Shelf shelf(kFeed);
  std::vector<std::uint8_t> bytes(shelf.bytes().begin(), shelf.bytes().end());
  REQUIRE(open_bytes(bytes) == Status::kOk);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
    INFO("bit " << bit);
    CHECK(open_bytes(bytes) != Status::kOk);
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
  }
}

TEST_CASE("a catalog that is cut off or continued is refused") {
  const Shelf shelf(kFeed);
  std::vector<std::uint8_t> bytes(shelf.bytes().begin(), shelf.bytes().end());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    CHECK(open_bytes(Bytes(bytes).first(length)) == Status::kBadLength);
  bytes.push_back(0);
  CHECK(open_bytes(bytes) == Status::kBadLength);
}

TEST_CASE("a file of another kind or version is refused by its first bytes") {
  const Shelf shelf(kFeed);
  CHECK(open_bytes(forged(shelf.bytes(), 0, kProgramMagic)) == Status::kBadMagic);
  CHECK(open_bytes(forged(shelf.bytes(), 4, kCatalogVersion + 1)) == Status::kBadVersion);
  CHECK(open_bytes(forged(shelf.bytes(), 4, kCatalogVersion | 1u << 16)) == Status::kBadVersion);
}

TEST_CASE("a catalog that lies behind a right checksum is refused, or harmless") {
  const Shelf shelf(kFeed);
  std::size_t refused = 0;
  for (std::size_t at = kCatalogChecked; at + 4 <= shelf.bytes().size(); at += 4) {
    for (std::uint32_t lie : {0u, 1u, 2u, 7u, 255u, 0x7F800000u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFF0u, 0xFFFFFFFFu}) {
      AlignedBytes aligned{Bytes(forged(shelf.bytes(), at, lie))};
      CatalogView view;
      if (view.open(aligned.mutable_bytes()) == Status::kOk) {
        use(view);
      } else {
        ++refused;
      }
    }
  }
  CHECK(refused > 300);
}

TEST_CASE("random forgeries behind a right checksum are refused, or harmless") {
  const Shelf shelf(kFeed);
  Random random(20261122);
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::uint8_t> bytes(shelf.bytes().begin(), shelf.bytes().end());
    mutate(random, MutableBytes(bytes).subspan(kCatalogChecked));
    AlignedBytes aligned{Bytes(forged(bytes, 40, 0))};
    CatalogView view;
    if (view.open(aligned.mutable_bytes()) == Status::kOk) use(view);
  }
}

TEST_CASE("an empty catalog is a catalog") {
  Shelf shelf("[]");
  CHECK(shelf.view.items().size() == 0);
  CHECK(shelf.find({RecommendationKind::kRecent, {{"a", 1}}, {"b"}}).empty());
  CHECK(shelf.find({RecommendationKind::kAffinity, {{"a", 1}}, {"b"}}).empty());
}

}  // namespace format_test
