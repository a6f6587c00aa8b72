// SPDX-License-Identifier: Apache-2.0
// Product feeds: what is understood, and what is said of mistakes.
#include <random>

#include "support/catalog.h"

namespace feed_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr auto kRecent = RecommendationKind::kRecent;
constexpr auto kRelated = RecommendationKind::kRelated;

/// One item with these further keys.
std::string one(const std::string& keys) { return R"([{"id": "a", "title": "A", "link": "/a", )" + keys + "}]"; }

std::string price_of(const std::string& keys) {
  const std::string text = Shelf(one(keys)).describe("a", "");
  return text.substr(text.find("price="));
}

}  // namespace

TEST_CASE("prices are read as Google, GA4 and schema.org write them; the sale price counts") {
  CHECK(price_of(R"("price": "4980 JPY")") == "price=4980.000000 currency=JPY in_stock=true");
  CHECK(price_of(R"("price": "4980.50 EUR")") == "price=4980.500000 currency=EUR in_stock=true");
  CHECK(price_of(R"("price": 4980, "priceCurrency": "JPY")") == "price=4980.000000 currency=JPY in_stock=true");
  CHECK(price_of(R"("price": "12.5", "currency": "EUR")") == "price=12.500000 currency=EUR in_stock=true");
  CHECK(price_of(R"("price": {"value": "9.99", "currency": "USD"})") == "price=9.990000 currency=USD in_stock=true");
  CHECK(price_of(R"("price": "4980 JPY", "sale_price": "3980 JPY")") == "price=3980.000000 currency=JPY in_stock=true");
  CHECK(
      price_of(
          R"("offers": {"@type": "Offer", "price": 5, "priceCurrency": "USD", "availability": "https://schema.org/SoldOut"})") ==
      "price=5.000000 currency=USD in_stock=false");
  CHECK(price_of(R"("offers": [{"price": "7", "priceCurrency": "USD"}, {"price": "9"}])") ==
        "price=7.000000 currency=USD in_stock=true");
}

TEST_CASE("an item is in stock where it can be had today") {
  for (const char* text : {"in_stock", "in stock", "InStock", "http://schema.org/InStock", "LimitedAvailability"}) {
    INFO(text);
    CHECK(price_of(R"("price": "1 JPY", "availability": ")" + std::string(text) + "\"").find("true") !=
          std::string::npos);
  }
  for (const char* text :
       {"out_of_stock", "out of stock", "preorder", "backorder", "https://schema.org/Discontinued"}) {
    INFO(text);
    CHECK(price_of(R"("price": "1 JPY", "availability": ")" + std::string(text) + "\"").find("false") !=
          std::string::npos);
  }
}

TEST_CASE("names of every dialect are understood, and a graph's other things are left out") {
  const std::string rest = " price=1.000000 currency=JPY in_stock=true";
  CHECK(
      Shelf(R"({"items": [{"item_id": "a", "item_name": "A", "url": "/a", "image_link": "/i.png", "price": "1 JPY"}]})")
          .describe("a", "") == "id=a title=A link=/a image=/i.png" + rest);
  CHECK(Shelf(R"({"@graph": [{"@type": "Organization", "name": "shop"}, {"@type": "Product", "sku": "a", "name": "A",
          "url": "/a", "image": [{"@type": "ImageObject", "url": "/i.png"}], "offers": {"price": 1, "priceCurrency": "JPY"}}]})")
            .describe("a", "") == "id=a title=A link=/a image=/i.png" + rest);
  Shelf levels(one(R"("price": "1 JPY", "item_category": "x", "item_category2": "y", "item_category3": "z")"));
  CHECK(levels.view.string(levels.view.categories()[0]) == "x > y > z");
}

TEST_CASE("CSV follows RFC 4180: quotes, doubled quotes, line ends in cells, a byte order mark, CRLF; or tabs") {
  Shelf shelf(
      "\xEF\xBB\xBFid,Title,link,price,image link\r\na,\"Roses, \"\"red\"\"\r\nand white\",/a,1 JPY,\r\n\r\nb,花,/b,2 "
      "JPY,/b.png");
  CHECK(shelf.describe("a", "") ==
        "id=a title=Roses, \"red\"\r\nand white link=/a price=1.000000 currency=JPY in_stock=true");
  CHECK(shelf.describe("b", "") == "id=b title=花 link=/b image=/b.png price=2.000000 currency=JPY in_stock=true");
  Shelf tabs("id\ttitle\ttitle.en\tlink\tprice\na\t花, 赤\tRose\t/a\t1 JPY\n");
  CHECK(tabs.describe("a", "en-GB").find("title=Rose") != std::string::npos);
  CHECK(tabs.describe("a", "ja").find("title=花, 赤") != std::string::npos);
}

TEST_CASE("related items come as lists, as objects with weights, in CSV joined by commas or bars") {
  const std::string rest = R"(, "title": "t", "link": "/", "price": "1 JPY")";
  Shelf json(R"([{"id": "a", "related": [{"id": "c", "weight": 0.5}, {"id": "b", "weight": 2}])" + rest +
             R"(}, {"id": "b", "related": ["c"])" + rest + R"(}, {"id": "c")" + rest + "}]");
  CHECK(json.find({kRelated, {{"a", 1}}, {}}) == "b c");
  CHECK(json.find({kRelated, {{"b", 1}}, {}}) == "c");
  Shelf csv("id,title,link,price,related\na,t,/,1 JPY,\"b, c\"\nb,t,/,1 JPY,c|a\nc,t,/,1 JPY,\n");
  CHECK(csv.find({kRelated, {{"a", 1}}, {}}) == "b c");
  CHECK(csv.find({kRelated, {{"b", 1}}, {}}) == "a c");
}

TEST_CASE("every mistake of a feed is told, with its row, column and reason") {
  CHECK(
      feed_findings("id,title,link,price,availability\n"
                    "a,A,/a,1 JPY,in_stock\n"
                    ",B,/b,2 JPY,\n"
                    "a,C,/c,3 JPY,\n"
                    "d,,/d,4,\n"
                    "e,E,javascript:x,5 yen,in stok\n"
                    "f,F,/f,,\n"
                    "g,G,/g\n") ==
      "feed:3:1: error: row 3, id: every item needs one\n"
      "feed:4:1: error: row 4 ('a'), id: the item of row 2 has this id already\n"
      "feed:5:1: error: row 5 ('d'), title: every item needs one\n"
      "feed:5:7: error: row 5 ('d'), price: the price has no currency: say \"4 JPY\", or state priceCurrency\n"
      "feed:6:5: error: row 6 ('e'), link: the scheme 'javascript' is not allowed: an address is http, https or "
      "relative\n"
      "feed:6:18: error: row 6 ('e'), price: '5 yen' is no price: a number and a currency (ISO 4217), such as \"4980 "
      "JPY\"\n"
      "feed:6:24: error: row 6 ('e'), availability: no availability named 'in stok': in_stock, out_of_stock, preorder, "
      "backorder, or schema.org's; did you mean 'in_stock'?\n"
      "feed:7:1: error: row 7 ('f'), price: every item needs one\n"
      "feed:8:1: error: row 8 has 3 cells, the header has 5\n");
  CHECK(feed_findings(one(R"("prise": "1 JPY")")) ==
        "feed:1:2: error: row 1 ('a'), price: every item needs one; did you mean 'prise'?\n");
  for (const char* bad : {"\"1,000 JPY\"", "\"-1 JPY\"", "-1", "1e300", "\"1. JPY\"", "\".5 JPY\"", "\"1 JPYX\"",
                          "\"1234567890123456 JPY\""}) {
    INFO(bad);
    CHECK(feed_findings(one("\"priceCurrency\": \"JPY\", \"price\": " + std::string(bad))).find("is no price") !=
          std::string::npos);
  }
  CHECK(feed_findings("[3]") == "feed:1:2: error: row 1: an item must be an object, not an integer\n");
  CHECK(feed_findings("{\"entries\": []}").find("array of items") != std::string::npos);
  CHECK(feed_findings("[{]").find("error") != std::string::npos);
  CHECK(feed_findings("").find("the feed is empty") != std::string::npos);
  CHECK(feed_findings("id,title,link,price\n\"a,A,/a,1 JPY").find("this quotation has no end") != std::string::npos);
  CHECK(feed_findings("id,title,link,price\n\"a\"b,A,/a,1 JPY").find("a quoted cell ends") != std::string::npos);
  CHECK(feed_findings("id,title,link,price\na\xFF,A,/a,1 JPY").find("feed:2:2: error: row 2: this is not UTF-8") == 0);
  CHECK(feed_findings("id,id,title\n").find("the column 'id' is there already") != std::string::npos);
}

TEST_CASE("the related table tells its mistakes; rows of items that are gone are left out with a warning") {
  const std::string feed = "id,title,link,price\na,A,/a,1 JPY\nb,B,/b,1 JPY\n";
  CHECK(feed_findings(feed, "item_id,related_id,weight\na,b,0\na,gone,1\ngone,b,1\na,a,1\na,,1\n") ==
        "related:2:5: error: row 2 ('a'), weight: '0' is no weight above 0\n"
        "related:3:3: warning: row 3 ('a'), related_id: no item has the id 'gone': it is left out\n"
        "related:4:1: warning: row 4 ('gone'), item_id: no item has the id 'gone': the row is left out\n"
        "related:5:3: warning: row 5 ('a'), related_id: an item is not related to itself: it is left out\n"
        "related:6:1: error: row 6: item_id and related_id are both needed\n");
  CHECK(feed_findings(feed, "item_id,relatd_id\n") ==
        "related:1:1: error: row 1: the related table needs the column 'related_id' (item_id, related_id and, where it "
        "is "
        "not 1, weight); did you mean 'relatd_id'?\n");
}

TEST_CASE("limits are errors that name the limit and the place") {
  std::string feed = "id,title,link,price,related\n";
  std::string all;
  for (int i = 0; i < 70; ++i) {
    all += (i == 0 ? "" : "|") + std::to_string(i);
    feed += std::to_string(i) + ",t,/,1 JPY,\n";
  }
  CHECK(feed_findings(feed + "last,t,/,1 JPY," + all + "\n")
            .find("feed:72:16: error: row 72 ('last'), related: there are "
                  "more related items than the limit max_related, 64") != std::string::npos);
  CHECK(feed_findings(one("\"price\": \"1 JPY\", \"image\": \"/" + std::string(kMaxCatalogStringBytes, 'x') + "\""))
            .find("the limit max_catalog_string_bytes is 2048") != std::string::npos);
  std::string many = "id,title,link,price\n";
  for (std::uint32_t i = 0; i <= kMaxCatalogItems; ++i) many += std::to_string(i) + ",t,/,1 JPY\n";
  CHECK(feed_findings(many) ==
        "feed:100002:1: error: row 100002: the feed has more items than the limit "
        "max_catalog_items, 100000\n");
  many.resize(many.rfind("\n", many.size() - 2) + 1);
  const CompiledCatalog full = compile_feed(many);
  CHECK(full.ok());
  CHECK(full.items == kMaxCatalogItems);
}

TEST_CASE("whatever the feed is, the compiler answers: a catalog that opens, or errors") {
  const std::string json =
      R"([{"id":"a","title":{"ja":"花","en":"b"},"link":"/a","price":"1 JPY","related":["b"],"availability":"InStock"},)"
      R"({"id":"b","title":"B","link":"/b","price":2,"priceCurrency":"JPY","category":"x > y"}])";
  const std::string csv = "id,title,link,price,related\n\"a\",\"花\"\"x\",/a,1 JPY,b\nb,B,/b,2 JPY,\n";
  const std::string alphabet = "{}[]\":,'|>\t\r\n0b\xE8\x8A\xB1\xFF";
  for (const std::string& original : {json, csv}) {
    std::mt19937 random(20261122);
    for (int round = 0; round < 3000; ++round) {
      std::string source = original;
      for (std::size_t changes = 1 + random() % 4; changes > 0; --changes) {
        const std::size_t at = random() % source.size();
        if (random() % 2 == 0) {
          source[at] = alphabet[random() % alphabet.size()];
        } else {
          source.erase(at, 1 + random() % 3);
        }
        if (source.empty()) source = " ";
      }
      const CompiledCatalog compiled = compile_feed(source, {"feed", random() % 2 == 0 ? source : "", "related"});
      CHECK(compiled.ok() == !compiled.catalog.empty());
      if (!compiled.ok()) continue;
      AlignedBytes bytes{Bytes(compiled.catalog)};
      CatalogView view;
      CHECK(view.open(bytes.mutable_bytes()) == Status::kOk);
    }
  }
}

}  // namespace feed_test
