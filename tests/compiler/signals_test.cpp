// SPDX-License-Identifier: Apache-2.0
// Signals in the playbook: what is wrong is said at its place, and what is right becomes the rows that it should.
#include <nlohmann/json.hpp>

#include "compiler/support.h"

namespace omo::signals_test {
namespace {

struct Case {
  std::string signal;  ///< the members of signal 'a'; « marks the place of the error
  std::string message;
  std::string condition = "true";
};

std::string with_signal(const std::string& signal, const std::string& condition) {
  return playbook(R"("events": {"quiz": {"params": {"style": "string", "day": "date"}, "purposes": ["marketing"]}},
 "traits": {"best": {"type": "double"}, "favourite": {"type": "string"}},
 "signals": {"a": {)" +
                  signal + R"(}}, "segments": {"s": ")" + condition + R"("})");
}

void check(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    std::string source = with_signal(each.signal, each.condition);
    const std::vector<std::string> places = take_marks(source);
    REQUIRE(places.size() == 1);
    INFO(source);
    CHECK(errors_of(source) == places[0] + ": error: " + each.message + "\n");
  }
}

std::uint32_t capacity(const std::string& signal, const std::string& condition) {
  const Program program(with_signal(signal, condition));
  return program.signal("a").capacity;
}

std::uint8_t label(const std::string& signal) {
  const Program program(with_signal(signal, "true"));
  return program.signal("a").label;
}

}  // namespace

TEST_CASE("a sequence says what is wrong with its steps") {
  check(
      {{R"("sequence": «[])", "sequence of signal 'a' has no steps"},
       {R"("sequence": «"view_item")", "sequence of signal 'a' must be an array, not a string"},
       {R"("sequence": ["view_item", «"add_to_card"])", "no event named 'add_to_card'; did you mean 'add_to_cart'?"},
       {R"("sequence": ["view_item", «3])",
        "step 2 of signal 'a' must be the name of an event, or {\"event\": ..., \"where\": ...}, not an integer"},
       {R"("sequence": [«{"where": "value > 1.0"}])", "step 1 of signal 'a' needs \"event\""},
       {R"("sequence": [{"event": "purchase", «"when": "value > 1.0"}])", "step 1 of signal 'a' has no key 'when'"},
       {R"("sequence": [{"event": "purchase", "where": "value > 1.0 && «valeu < 2.0"}])",
        "event 'purchase' has no parameter 'valeu'; did you mean 'value'?"},
       {R"("sequence": ["view_item"], "without": «"purchas")", "no event named 'purchas'; did you mean 'purchase'?"},
       {R"("sequence": ["view_item"], "without": ["login", «true])",
        "without of signal 'a' must be the name of an event, or {\"event\": ..., \"where\": ...}, not a boolean"},
       {R"("sequence": ["view_item"], «"where": "value > 1.0")",
        "signal 'a' is a sequence: 'where' has its place in a step only"},
       {R"("sequence": ["view_item"], «"of": "value")", "signal 'a' is a sequence: 'of' has its place in a step only"},
       {R"("sequence": ["view_item"], «"keep": 3)", "signal 'a' keeps one value only: drop \"keep\""},
       {R"("count": "view_item", «"without": "purchase")", "'without' belongs to sequence: count has none"}});
  std::string steps = R"("login")";
  for (std::uint32_t i = 0; i < kMaxSteps; ++i) steps += R"(, "login")";
  const std::string errors = errors_of(with_signal("\"sequence\": [" + steps + "]", "true"));
  CHECK(errors.find("max_steps") != std::string::npos);
}

TEST_CASE("grades say what is wrong with their edges") {
  const std::string rest = R"(, "frequency": [2], "monetary": [10])";
  check({{R"("rfm": "purchase", "of": "value", "recency": «[])" + rest, "recency of signal 'a' has no edges"},
         {R"("rfm": "purchase", "of": "value", "recency": ["90d", «"30d"])" + rest,
          "the edges of recency of signal 'a' must ascend"},
         {R"("rfm": "purchase", "of": "value", "recency": [«30])" + rest,
          "an edge of recency of signal 'a' must be a string, not an integer"},
         {R"("rfm": "purchase", "of": "value", "recency": ["1d"], "monetary": [1], "frequency": [«0])",
          "an edge of frequency of signal 'a' (limit max_keep) must be between 1 and 1024"},
         {R"("rfm": "purchase", "of": "value", "recency": ["1d"], "frequency": [1], "monetary": [5, «5])",
          "the edges of monetary of signal 'a' must ascend"},
         {R"("rfm": "purchase", "of": «"currency", "recency": ["1d"])" + rest,
          "only numbers have a sum: 'currency' is string"},
         {R"("count": "purchase", «"monetary": [1])", "'monetary' belongs to rfm: count has none"},
         {R"("rfm": "purchase", "of": "value", "recency": ["1d"])" + rest,
          "'a' has three grades: write a.recency, a.frequency or a.monetary", "«a == 3"},
         {R"("rfm": "purchase", "of": "value", "recency": ["1d"])" + rest,
          "'a' has no grade 'recent'; did you mean 'recency'?", "a.«recent == 3"}});
  const std::string errors = errors_of(with_signal(R"("rfm": "purchase", "of": "value")", "true"));
  for (const char* key : {"'recency'", "'frequency'", "'monetary'"}) {
    CHECK(errors.find("signal 'a' needs " + std::string(key) + ": the edges between its grades") != std::string::npos);
  }
}

TEST_CASE("the other operations say what is wrong") {
  check(
      {{R"("min": "purchase", "of": «"currency")", "only numbers have a min: 'currency' is string"},
       {R"("average": "purchase", "of": «"currency")", "only numbers have an average: 'currency' is string"},
       {R"("top": "quiz", "of": «"day")", "'day' is a date: only traits hold dates"},
       {R"("top": "quiz", "of": "style", "half_life": «"soon")",
        "half_life of signal 'a' must be a whole number and a unit (s, m, h, d or w), such as \"7d\""},
       {R"("count": "quiz", «"half_life": "7d")", "'half_life' belongs to top: count has none"},
       {R"("count": "quiz", "within": «"sesion")",
        "within of signal 'a' must be a duration such as \"7d\", or \"session\" or \"page\"; did you mean 'session'?"},
       {R"("max": "search", "of": «"value")", "event 'search' has no parameter 'value'"},
       {R"("first": "quiz", "of": "style", «"keep": 3)", "signal 'a' keeps one value only: drop \"keep\""},
       {R"("average": "purchase", "of": "value", "restore": «"best")",
        "signal 'a' is 'average': no trait holds all of what it keeps, so none brings it back"},
       {R"("first": "quiz", "of": "style", "restore": «"best")",
        "signal 'a' cannot come from trait 'best', which is double: it takes string"},
       {R"("average": "purchase", "of": "value", "where": «"item_id == 'x'")",
        "signal 'a' would add 'value' once for every item: an event parameter has no sum where items are asked for"}});
}

TEST_CASE("a value that may never have been compares with null, and others do not") {
  for (const char* op : {"min", "max", "average", "first", "last", "top"}) {
    INFO(op);
    CHECK(compile(with_signal('"' + std::string(op) + R"(": "purchase", "of": "value")", "a == null")).ok());
  }
  CHECK_FALSE(compile(with_signal(R"("distinct": "purchase", "of": "value")", "a == null")).ok());
  CHECK_FALSE(compile(with_signal(R"("sequence": ["purchase"])", "a == null")).ok());
  CHECK(compile(with_signal(R"("sequence": ["purchase"])", "a && !a")).ok());
}

TEST_CASE("a signal keeps what its conditions can tell apart, and for refunds a few purchases more") {
  CHECK(capacity(R"("distinct": "view_item", "of": "item_id", "within": "7d")", "a >= 3") == 3);
  CHECK(capacity(R"("distinct": "purchase", "of": "item_id", "within": "7d")", "a >= 3") == kDefaultRefundKeep);
  CHECK(capacity(R"("distinct": "purchase", "of": "item_id", "within": "7d")", "a >= 30") == 30);
  CHECK(capacity(R"("distinct": "view_item", "of": "item_id")", "true") == kDefaultKeep);
  CHECK(capacity(R"("count": "purchase", "within": "7d")", "a >= 2") == kDefaultRefundKeep);
  // What a formula reads matters beyond the constant that another condition compares it with.
  CHECK(capacity(R"("count": "view_item", "within": "7d")", "a >= 2") == 2);
  CHECK(capacity(R"("count": "view_item", "within": "7d")", "a >= 2 && a + 1 > a") == kDefaultKeep);
  CHECK(capacity(R"("distinct": "view_item", "of": "item_id", "within": "7d")", "a >= 2 && a % 2 == 0") ==
        kDefaultKeep);
  CHECK(capacity(R"("max": "view_item", "of": "value")", "a > 2.0") == 1);
  CHECK(capacity(R"("max": "view_item", "of": "value", "within": "7d")", "a > 2.0") == kDefaultKeep);
  CHECK(capacity(R"("max": "purchase", "of": "value")", "a > 2.0") == kDefaultRefundKeep);
  CHECK(capacity(R"("recency": "view_item", "within": "7d")", "a == null") == 1);
  CHECK(capacity(R"("top": "view_item", "of": "item_category", "half_life": "7d", "keep": 9)", "a == 'x'") == 9);
  CHECK(capacity(R"("sequence": ["login", "search", "purchase"])", "a") == 3);
  const std::string rfm = R"("rfm": "view_item", "of": "value", "recency": ["1d"], "monetary": [1], "frequency": )";
  CHECK(capacity(rfm + R"([2, 99], "within": "7d")", "a.frequency > 1") == 99);
  CHECK(capacity(rfm + "[2, 99]", "a.frequency > 1") == 1);
  CHECK(errors_of(with_signal(rfm + R"([2, 99], "within": "7d", "keep": 20)", "true"))
            .find("keep of signal 'a' is 20, but the conditions need the last 99") != std::string::npos);
}

TEST_CASE("a signal needs the purposes of everything that it reads") {
  const std::uint8_t own = purpose::kPersonalization;
  CHECK(label(R"("sequence": ["search", "login"])") == own);
  CHECK(label(R"("sequence": ["search", "quiz"])") == (own | purpose::kMarketing));
  CHECK(label(R"("sequence": ["search"], "without": ["quiz"])") == (own | purpose::kMarketing));
  CHECK(label(R"("count": "search", "within": "session")") == (own | purpose::kMeasurement));
  CHECK(label(R"("count": "search", "within": "page")") == own);
  const Program refunds(playbook(R"("events": {"refund": {"purposes": ["marketing"]}},
    "signals": {"a": {"count": "purchase"}, "b": {"count": "search"}}, "segments": {"s": "a > 0 && b > 0"})"));
  CHECK(refunds.signal("a").label == (own | purpose::kMarketing));
  CHECK(refunds.signal("b").label == own);
}

TEST_CASE("the manifest says what a sequence reads, and lists signals of the page as not kept") {
  const Program program(playbook(R"("signals": {
    "gave_up": {"sequence": ["view_item", "add_to_cart"], "without": "purchase", "within": "1d"},
    "here": {"count": "search", "within": "page"}, "taste": {"top": "view_item", "of": "item_id", "half_life": "1d"}},
    "segments": {"s": "gave_up && here > 2 && taste == 'x'"})"));
  const auto manifest = nlohmann::json::parse(program.compiled.manifest);
  const auto& kept = manifest["kept"]["signals"];
  REQUIRE(kept.size() == 2);
  CHECK(kept[0]["kind"] == "sequence");
  CHECK(kept[0]["steps"] == nlohmann::json::parse(R"([{"event": "view_item"}, {"event": "add_to_cart"},
    {"without": "purchase"}])"));
  CHECK(kept[0]["bytes_at_most"].get<int>() < 80);
  CHECK(kept[1]["half_life_ms"] == 86400000);
  CHECK(kept[1]["bytes_at_most"].get<int>() > 6000);
  CHECK(manifest["used_but_not_kept"]["signals"][0]["name"] == "here");
}

TEST_CASE("a changed sequence or half-life is another signal, whose old state is not taken for the new one's") {
  const auto definition = [](const std::string& signal) {
    const Program program(with_signal(signal, "true"));
    return program.signal("a").definition;
  };
  const std::vector<std::string> all = {R"("sequence": ["search", "login"])",
                                        R"("sequence": ["login", "search"])",
                                        R"("sequence": ["search"], "without": "login")",
                                        R"("sequence": [{"event": "search", "where": "search_term == 'x'"}, "login"])",
                                        R"("top": "search", "of": "search_term")",
                                        R"("top": "search", "of": "search_term", "half_life": "1d")",
                                        R"("top": "search", "of": "search_term", "half_life": "2d")",
                                        R"("count": "search")",
                                        R"("count": "search", "within": "page")"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) CHECK(definition(all[i]) != definition(all[k]));
  }
}

TEST_CASE(
    "grades of an rfm signal are whole numbers in arithmetic, with as many edges as there may be, and have no others") {
  const auto source = [](const std::string& score) {
    return playbook(R"json("signals": { "worth": { "rfm": "purchase", "of": "value", "recency": ["1h"],
      "frequency": [1, 2, 3, 4, 5, 6, 7, 8, 9], "monetary": [50.0], "within": "5d" } }, "scores": { "s": ")json" +
                    score + "\" }");
  };
  CHECK(errors_of(source("double(worth.frequency) * 2.0")).empty());
  CHECK(errors_of(source("100 * worth.recency + 10 * worth.frequency + worth.monetary")).empty());
  CHECK(errors_of(source("worth.frequency * 2.0")).find("double") != std::string::npos);  // as of any int
  CHECK(errors_of(source("worth.often + 1")).find("has no grade 'often'") != std::string::npos);
  CHECK(errors_of(source("worth + 1")).find("has three grades: write worth.recency") != std::string::npos);
}

TEST_CASE("what GA4 states in items, asked for beside them, is a warning at its place with what to write instead") {
  const std::string names = "item_id, item_category, item_brand, item_variant, price, quantity";
  const auto check_warnings = [&](const std::string& event, const std::string& signal) {
    std::string source = playbook(R"("events": {"view_item": {"params": {"item_name": "string", "discount": "double"}},
 "quiz": {"params": {"item_name": "string"}}, "bundle": {"items": true, "params": {"item_category2": "string"}}},
 "signals": {"a": {)" + signal + R"(}}, "segments": {"s": "a == null"})");
    const std::vector<std::string> places = take_marks(source);
    std::vector<std::string> found;
    for (const Diagnostic& diagnostic : compile(source).diagnostics) {
      INFO(diagnostic.message);
      CHECK(diagnostic.severity == Severity::kWarning);
      if (diagnostic.message.find(" is read beside the items of event '" + event + "'") == std::string::npos) continue;
      CHECK(diagnostic.message.find("or ask for one that is read from items: " + names) != std::string::npos);
      found.push_back(std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column));
    }
    INFO(source);
    CHECK(found == places);
  };
  check_warnings("view_item",
                 R"("last": "view_item", "of": "currency", "where": "value > 1.0 && «item_name == 'rose'")");
  check_warnings("view_item", R"("last": "view_item", "of": «"item_name")");
  check_warnings("view_item", R"("max": "view_item", "of": «"discount", "where": "«item_name == 'rose'")");
  check_warnings("bundle", R"("last": "bundle", "of": «"item_category2")");
  // Read item by item, or of an event without items.
  check_warnings("view_item", R"("last": "view_item", "of": "item_id", "where": "item_name == 'rose'")");
  check_warnings("view_item", R"("last": "view_item", "of": "item_name", "where": "item_id == 'a'")");
  check_warnings("quiz", R"("last": "quiz", "of": "item_name")");
}

TEST_CASE("a step of a sequence that asks beside items warns too") {
  std::string source = playbook(R"("events": {"view_item": {"params": {"item_name": "string"}}}, "signals": {"a":
 {"sequence": ["page_view", {"event": "view_item", "where": "«item_name == 'rose'"}]}}, "segments": {"s": "a"})");
  const std::string place = take_marks(source)[0];
  CHECK(describe(compile(source).diagnostics).find(place + ": warning: 'item_name' is read beside") !=
        std::string::npos);
}

}  // namespace omo::signals_test
