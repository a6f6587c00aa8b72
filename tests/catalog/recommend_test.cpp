// SPDX-License-Identifier: Apache-2.0
// What is recommended (wasm/wire/catalog.md).
#include <limits>

#include "support/catalog.h"
#include "support/random.h"
#include "support/reference_recommend.h"

namespace recommend_test {

using namespace omo;
using namespace omo::test;

namespace {

const char* const kShop = R"json([
  {"id": "rose", "title": {"ja": "薔薇", "en": "Rose"}, "link": {"ja": "/rose", "en": "/en/rose"},
   "price": "4980 JPY", "category": "Flowers > Bouquets > Roses", "image": "/rose.svg", "related": ["vase", "card"]},
  {"id": "tulip", "title": "Tulip", "link": "/tulip", "price": "3200.50 JPY", "category": "Flowers > Bouquets"},
  {"id": "fern", "title": "Fern", "link": "/fern", "price": "900 JPY", "category": "Plants", "availability": "out_of_stock"},
  {"id": "vase", "title": "Vase", "link": "/vase", "price": "2000 JPY", "category": "Vases", "related": ["rose"]},
  {"id": "card", "title": "Card", "link": "/card", "price": "0 JPY"}
])json";

constexpr auto kRecent = RecommendationKind::kRecent;
constexpr auto kAffinity = RecommendationKind::kAffinity;
constexpr auto kRelated = RecommendationKind::kRelated;

}  // namespace

TEST_CASE("recent items come in the order given, each once, without what the catalog does not have") {
  Shelf shelf(kShop);
  CHECK(shelf.find({kRecent, {{"card", 1}, {"gone", 1}, {"rose", 1}, {"card", 1}, {"fern", 1}}, {}}) ==
        "card rose fern");
  CHECK(shelf.find({kRecent, {{"card", 1}, {"rose", 1}, {"fern", 1}}, {}, true}) == "card rose");
  CHECK(shelf.find({kRecent, {{"card", 1}, {"rose", 1}, {"fern", 1}}, {"card", "gone"}}) == "rose fern");
  CHECK(shelf.find({kRecent, {{"card", 1}, {"rose", 1}}, {}, false, 1}) == "card");
  CHECK(shelf.find({kRecent, {}, {}}).empty());
  CHECK(shelf.find({kRecent, {{"card", 1}}, {}, false, 0}).empty());
}

TEST_CASE("affinity is the weighed share of the taste that begins the category; equals keep the catalog's order") {
  Shelf shelf(kShop);
  CHECK(shelf.find({kAffinity, {{"Bouquets", 1}}, {}}) == "rose tulip");
  CHECK(shelf.find({kAffinity, {{"Bouquets", 1}, {"Plants", 3}}, {}}) == "fern rose tulip");
  // tulip: 2/3 of the path; rose: all of it.
  CHECK(shelf.find({kAffinity, {{"Flowers > Bouquets > Roses", 1}}, {}}) == "rose tulip");
  CHECK(shelf.find({kAffinity, {{"Flowers/Bouquets/Tulips", 1}, {"Vases", 0.6}}, {}}) == "rose tulip vase");
  CHECK(shelf.find({kAffinity, {{"Flowers/Bouquets/Tulips", 1}, {"Vases", 0.7}}, {}}) == "vase rose tulip");
  CHECK(shelf.find({kAffinity, {{"Roses > Flowers", 1}, {"", 9}, {" > ", 9}}, {}}).empty());
}

TEST_CASE("weights that are no weights count nothing") {
  Shelf shelf(kShop);
  const double infinite = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (double weight : {infinite, -infinite, nan, 0.0, -1.0}) {
    CHECK(shelf.find({kAffinity, {{"Plants", weight}, {"Vases", 1}}, {}}) == "vase");
    CHECK(shelf.find({kRelated, {{"rose", weight}}, {}}).empty());
  }
}

TEST_CASE("related items are summed over the given ones, which are left out themselves") {
  Shelf shelf(kShop, "item_id,related_id,weight\ntulip,card,5\ntulip,rose,1\nrose,card,0.5\n");
  CHECK(shelf.find({kRelated, {{"rose", 1}}, {}}) == "card vase");
  CHECK(shelf.find({kRelated, {{"rose", 1}, {"tulip", 1}}, {}}) == "card vase");
  CHECK(shelf.find({kRelated, {{"tulip", 1}, {"vase", 8}}, {}}) == "rose card");
  CHECK(shelf.find({kRelated, {{"card", 1}, {"gone", 1}}, {}}).empty());
}

TEST_CASE("an item is described in the language, its base language, none, or the first") {
  Shelf shelf(kShop);
  const std::string rest = " image=/rose.svg price=4980.000000 currency=JPY in_stock=true";
  CHECK(shelf.describe("rose", "en") == "id=rose title=Rose link=/en/rose" + rest);
  CHECK(shelf.describe("rose", "en-GB") == "id=rose title=Rose link=/en/rose" + rest);
  CHECK(shelf.describe("rose", "fr") == "id=rose title=薔薇 link=/rose" + rest);
  CHECK(shelf.describe("tulip", "fr") ==
        "id=tulip title=Tulip link=/tulip price=3200.500000 currency=JPY in_stock=true");
  CHECK(shelf.recommender.describe(99, "ja", {}) == 0);
  std::uint8_t small[8];
  CHECK(shelf.recommender.describe(0, "ja", small) == 0);
}

TEST_CASE("a query that cannot be read finds nothing: cut off, continued, of another kind, or beyond a limit") {
  Shelf shelf(kShop);
  const Query query{kRelated, {{"rose", 1}}, {"card"}};
  const std::vector<std::uint8_t> record = query.record();
  REQUIRE(shelf.recommender.query(record) == Status::kOk);
  REQUIRE(shelf.recommender.found().size() == 1);
  const auto refused = [&shelf](const std::vector<std::uint8_t>& bytes) {
    return shelf.recommender.query(bytes) == Status::kBadRecord && shelf.recommender.found().empty();
  };
  for (std::size_t bytes = 0; bytes < record.size(); ++bytes)
    CHECK(refused({record.begin(), record.begin() + static_cast<std::ptrdiff_t>(bytes)}));
  std::vector<std::uint8_t> longer = record;
  longer.push_back(0);
  CHECK(refused(longer));
  for (std::uint8_t kind : {std::uint8_t{0}, std::uint8_t{4}, std::uint8_t{255}}) {
    std::vector<std::uint8_t> other = record;
    other[0] = kind;
    CHECK(refused(other));
  }
  CHECK(refused(Query{kRecent, {}, {}, false, kMaxRecommendations + 1}.record()));
  CHECK(refused(Query{kRecent, std::vector<Weighed>(kMaxTastes + 1, {"rose", 1}), {}}.record()));
  CHECK(refused(Query{kRecent, {}, std::vector<std::string>(kMaxTastes + 1, "rose")}.record()));
  CHECK(shelf.find({kRecent, std::vector<Weighed>(kMaxTastes, {"rose", 1}),
                    std::vector<std::string>(kMaxTastes, "card")}) == "rose");
}

TEST_CASE("whatever bytes a query has, the answer is defined") {
  Shelf shelf(kShop);
  const std::uint32_t seed = 20261122;
  Random random(seed);
  const std::vector<std::uint8_t> original = Query{kAffinity, {{"Plants", 1}, {"Bouquets", 2}}, {"card"}}.record();
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::uint8_t> record = original;
    mutate(random, record);
    const Status status = shelf.recommender.query(record);
    CHECK((status == Status::kOk || status == Status::kBadRecord));
    for (std::uint32_t row : shelf.recommender.found()) CHECK(row < shelf.view.items().size());
  }
}

TEST_CASE("random catalogs and queries: the recommender agrees with the plain reference") {
  const std::vector<std::string> segments = {"a", "b", "c", "花", "d e"};
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    INFO("seed " << seed);
    std::vector<PlainItem> items(random.below(40));
    std::string feed = "[";
    std::string related = "item_id,related_id,weight\n";
    for (std::size_t i = 0; i < items.size(); ++i) {
      PlainItem& item = items[i];
      // An order of ids that is not that of the rows.
      item.id = "i" + std::to_string(i * 37 % 101);
      for (std::uint32_t n = random.below(4); n > 0; --n)
        item.category += (item.category.empty() ? "" : random.one_in(2) ? " > " : "/") + random.pick(segments);
      item.in_stock = !random.one_in(3);
      feed += std::string(i == 0 ? "" : ",") + R"({"id":")" + item.id + R"(","title":"t","link":"/","price":"1 JPY",)" +
              R"("category":")" + item.category + R"(","availability":")" + (item.in_stock ? "in_stock" : "preorder") +
              "\"}";
    }
    for (std::size_t i = 0; i < items.size() * 3; ++i) {
      PlainItem& from = items[random.below(static_cast<std::uint32_t>(items.size()))];
      const PlainItem& to = random.pick(items);
      const double weight = (1 + random.below(8)) / 4.0;
      if (from.id == to.id) continue;
      from.related[to.id] += weight;
      related += from.id + "," + to.id + "," + std::to_string(weight) + "\n";
    }
    Shelf shelf(feed + "]", related);
    for (int round = 0; round < 60; ++round) {
      static const std::vector<std::pair<RecommendationKind, std::string>> kKinds = {
          {kRecent, "recent"}, {kAffinity, "affinity"}, {kRelated, "related"}};
      const auto& [kind, name] = random.pick(kKinds);
      Query query;
      query.kind = kind;
      query.in_stock_only = random.one_in(2);
      query.count = static_cast<std::uint8_t>(random.below(8));
      for (std::uint32_t n = random.below(6); n > 0; --n) {
        std::string value = kind == kAffinity ? random.pick(segments) : "i" + std::to_string(random.below(101));
        while (kind == kAffinity && random.one_in(2)) value += " > " + random.pick(segments);
        // Quarters: sums are exact, whatever their order.
        query.values.emplace_back(value, (static_cast<double>(random.below(9)) - 1) / 4);
      }
      for (std::uint32_t n = random.below(4); n > 0; --n)
        query.excluded.push_back("i" + std::to_string(random.below(101)));
      CHECK(shelf.find(query) ==
            plain_recommend(items, name, query.values, query.excluded, query.in_stock_only, query.count));
    }
  }
}

}  // namespace recommend_test
