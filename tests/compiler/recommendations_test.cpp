// SPDX-License-Identifier: Apache-2.0
// Creatives of type recommendations.
#include "compiler/support.h"
#include "wire/vocabulary_tables.h"

namespace omo::recommendations_test {
namespace {

/// A playbook whose one campaign has this creative.
std::string with_creative(const std::string& keys, const std::string& head = "", const std::string& campaign = "") {
  return playbook(head + R"("signals": {
  "seen": {"recent": "view_item", "of": "item_id", "within": "7d"},
  "bought": {"recent": "purchase", "of": "item_id", "within": "7d", "purposes": ["marketing"]},
  "kinds": {"recent": "view_item", "of": "item_category", "within": "7d"},
  "kind": {"last": "view_item", "of": "item_category", "within": "7d"},
  "liked": {"top": "view_item", "of": "item_category", "half_life": "7d"},
  "liked_item": {"top": "view_item", "of": "item_id", "half_life": "7d"},
  "views": {"count": "view_item", "within": "7d"}},
"campaigns": {"c": {"slot": "s", )" +
                  campaign +
                  R"("variants": {"v": {"creative":
{"type": "recommendations", "title": "T", )" +
                  keys + "}}}}}");
}

std::string field(const Program& program, std::string_view key) {
  for (const FieldRow& row : program.view.fields()) {
    if (program.view.symbol(row.key) == key)
      return std::string(as_text(Bytes(program.view.strings().data() + row.offset, row.length)));
  }
  return "(none)";
}

}  // namespace

TEST_CASE("a creative of recommendations carries what the shell needs, the catalog's address included") {
  const Program program(with_creative(R"("from": "recent", "signal": "seen", "exclude": ["bought"], "count": 6)",
                                      R"("catalog": "/c.omc", )"));
  CHECK(field(program, "type") == "recommendations");
  CHECK(field(program, "from") == "recent");
  CHECK(field(program, "signal") == "seen");
  CHECK(field(program, "exclude") == "bought");
  CHECK(field(program, "in_stock") == "true");
  CHECK(field(program, "count") == "6");
  CHECK(field(program, "catalog") == "/c.omc");
  const Program plain(with_creative(R"("from": "related", "in_stock": false)"));
  CHECK(field(plain, "in_stock") == "(none)");
  CHECK(field(plain, "count") == "4");
  CHECK(field(plain, "catalog") == "(none)");
  CHECK(field(plain, "signal") == "(none)");
}

TEST_CASE("what a creative of recommendations reads joins the campaign's label") {
  const auto label = [](const std::string& keys) { return Program(with_creative(keys)).view.campaigns()[0].label; };
  CHECK(label(R"("from": "related")") == 0);
  CHECK(label(R"("from": "recent", "signal": "seen")") == purpose::kPersonalization);
  CHECK(label(R"("from": "affinity", "signal": "kind")") == purpose::kPersonalization);
  CHECK(label(R"("from": "affinity", "signal": "liked")") == purpose::kPersonalization);
  CHECK(label(R"("from": "related", "exclude": ["bought"])") == (purpose::kMarketing));
  CHECK(label(R"("from": "recent", "signal": "seen", "exclude": ["bought"])") ==
        (purpose::kPersonalization | purpose::kMarketing));
  std::string source = with_creative(R"("from": "recent", "signal": "seen", "exclude": ["bought"])", "",
                                     R"("purposes": ["personalization"], )");
  CHECK(errors_of(source).find("campaign 'c' does not state the purpose 'marketing' of what it reads: signal 'bought' "
                               "(marketing) -> campaign 'c'") != std::string::npos);
}

TEST_CASE("mistakes in a creative of recommendations are told at their place, with the nearest name") {
  const auto one_error = [](const std::string& keys, const std::string& message, const std::string& head = "") {
    std::string source = with_creative(keys, head);
    const std::vector<std::string> places = take_marks(source);
    REQUIRE(places.size() == 1);
    CHECK(errors_of(source) == places[0] + ": error: " + message + "\n");
  };
  one_error(R"("from": «"recnt", "signal": "seen")",
            "nothing is recommended from 'recnt': \"recent\", \"affinity\" or \"related\"; did you mean 'recent'?");
  one_error(R"("from": "recent", "signal": «"sen")", "no signal named 'sen'; did you mean 'seen'?");
  one_error(
      R"("from": "recent", "signal": «"views")",
      "signal 'views' cannot be used here by creative of variant 'v' of campaign 'c': it must be a recent signal of "
      "item_id, such as {\"recent\": \"view_item\", \"of\": \"item_id\"}");
  one_error(R"("from": "affinity", "signal": «"seen")",
            "signal 'seen' cannot be used here by creative of variant 'v' of campaign 'c': it must be a recent, last "
            "or top signal of item_category, such as {\"recent\": \"view_item\", \"of\": \"item_category\"}");
  one_error(
      R"("from": "related", "exclude": [«"liked_item"])",
      "signal 'liked_item' cannot be used here by creative of variant 'v' of campaign 'c': it must be a recent or last "
      "signal of item_id, such as {\"recent\": \"purchase\", \"of\": \"item_id\"}");
  one_error(
      R"("from": "related", "exclude": [«"kinds"])",
      "signal 'kinds' cannot be used here by creative of variant 'v' of campaign 'c': it must be a recent or last "
      "signal of item_id, such as {\"recent\": \"purchase\", \"of\": \"item_id\"}");
  one_error(R"("from": "related", "count": «25)",
            "count of creative of variant 'v' of campaign 'c' (limit max_recommendations) must be between 1 and 24");
  one_error(R"("from": "related", "in_stock": «1)",
            "in_stock of creative of variant 'v' of campaign 'c' must be a boolean, not an integer");
  one_error(R"("from": "related", «"body": "x")", "creative of variant 'v' of campaign 'c' has no key 'body'");
  one_error(R"("from": "related")",
            "catalog: the scheme 'javascript' is not allowed: an address is http, https or relative",
            R"("catalog": «"javascript:x", )");
  CHECK(errors_of(with_creative(R"("count": 3)")).find("needs \"from\"") != std::string::npos);
  CHECK(errors_of(with_creative(R"("from": "recent")")).find("needs \"signal\"") != std::string::npos);
  CHECK(errors_of(with_creative(R"("from": "affinity")")).find("needs \"signal\"") != std::string::npos);
}

TEST_CASE("the manifest tells the catalog, and without one that seen items are kept") {
  const auto manifest = [](const std::string& head) {
    return compile(with_creative(R"("from": "related")", head)).manifest;
  };
  CHECK(manifest(R"("catalog": "/c.omc", )").find("\"catalog\": \"/c.omc\"") != std::string::npos);
  CHECK(manifest(R"("catalog": "/c.omc", )").find("items seen on pages") == std::string::npos);
  CHECK(manifest("").find("items seen on pages") != std::string::npos);
}

}  // namespace omo::recommendations_test
