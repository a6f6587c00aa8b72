// SPDX-License-Identifier: Apache-2.0
// How long things go on: the rules of the session, and signals that outlive what a browser keeps.
#include <nlohmann/json.hpp>

#include "compiler/support.h"

namespace omo::lifetime_test {
namespace {

std::string warnings_of(const std::string& source) {
  std::vector<Diagnostic> warnings;
  for (const Diagnostic& diagnostic : compile(source).diagnostics) {
    if (diagnostic.severity == Severity::kWarning) warnings.push_back(diagnostic);
  }
  return describe(warnings);
}

/// A playbook whose one signal, which a segment reads, ends so.
std::string with_signal(const std::string& rest, const std::string& condition) {
  return playbook(R"("traits": {"orders": {"type": "int"}, "spent": {"type": "double"}, "since_when": {"type": "date"},
    "rank": {"type": "string"}, "vip": {"type": "bool", "purposes": ["marketing"]}},
 "events": {"quiz": {"params": {"vip": "bool"}}},
 "signals": {«"n": {)" +
                  rest + R"(}}, "segments": {"s": ")" + condition + R"("})");
}

std::string unmarked(std::string source) {
  (void)take_marks(source);
  return source;
}

}  // namespace

TEST_CASE("a session lasts as the playbook says, and by default until 30 idle minutes or 24 hours or a new campaign") {
  const Program defaults(
      playbook(""
               R"("segments": {})"));
  CHECK(defaults.view.meta().session_idle_ms == 30 * 60'000);
  CHECK(defaults.view.meta().session_max_ms == 24 * 3'600'000);
  CHECK(defaults.view.meta().session_rules == kSessionCampaign);
  const Program stated(playbook(R"("session": {"idle": "5m", "max": "2h", "midnight": true, "new_campaign": false})"));
  CHECK(stated.view.meta().session_idle_ms == 5 * 60'000);
  CHECK(stated.view.meta().session_max_ms == 2 * 3'600'000);
  CHECK(stated.view.meta().session_rules == kSessionMidnight);
}

TEST_CASE("a stream id lives for 90 days, or as the playbook says, and never longer than 13 months") {
  const Program defaults(playbook(R"("segments": {})"));
  CHECK(defaults.view.meta().stream_ms == 90 * 86'400'000.0);
  const Program stated(playbook(R"("sync": {"stream": "395d"})"));
  CHECK(stated.view.meta().stream_ms == 395 * 86'400'000.0);
}

TEST_CASE("a wrong session or sync is reported at its place") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"("session": {"idle": «"30"})",
       "idle of session must be a whole number and a unit (s, m, h, d or w), such as \"7d\""},
      {R"("session": {"idle": «30})", "idle of session must be a string, not an integer"},
      {R"("session": {"midnight": «"yes"})", "midnight of session must be a boolean, not a string"},
      {R"("session": {«"idel": "30m"})", "session has no key 'idel'; did you mean 'idle'?"},
      {R"("session": «{"idle": "2d"})", "a session cannot end before it may be idle: max must be at least idle"},
      {R"("session": «[])", "session must be an object, not an array"},
      {R"("sync": {"stream": «"396d"})", "no id lives longer than 13 months: stream must be at most \"395d\""},
      {R"("sync": {"stream": «90})", "stream of sync must be a string, not an integer"}};
  for (const auto& [keys, message] : table) {
    std::string source = playbook(keys);
    const std::vector<std::string> places = take_marks(source);
    INFO(source);
    CHECK(errors_of(source) == places.at(0) + ": error: " + message + "\n");
  }
}

TEST_CASE("session_start needs measurement, whatever else a playbook asks for it, and so do signals that count it") {
  const Program program(playbook(R"("events": {"session_start": {"purposes": ["marketing"]}},
    "signals": {"n": {"count": "session_start"}}, "segments": {"s": "n > 3"})"));
  CHECK(program.signal("n").label == (purpose::kMeasurement | purpose::kMarketing | purpose::kPersonalization));
}

TEST_CASE("a signal that looks back further than seven days is warned of, unless a trait brings it back") {
  std::string source = with_signal(R"("count": "purchase", "within": "8d")", "n > 0");
  const std::vector<std::string> places = take_marks(source);
  CHECK(compile(source).ok());
  CHECK(warnings_of(source) ==
        places.at(0) +
            ": warning: signal 'n' looks back further than the 7 days after which Safari deletes what a "
            "site has stored: name a trait that brings it back (\"restore\"), or state a \"within\" of at "
            "most 7d\n");
  const auto is_warned = [](const std::string& rest, const std::string& condition) {
    return !warnings_of(unmarked(with_signal(rest, condition))).empty();
  };
  CHECK(is_warned(R"("count": "purchase")", "n > 0"));
  CHECK(is_warned(R"("recency": "purchase")", "n == null"));
  CHECK(is_warned(R"("last": "quiz", "of": "vip")", "n == true"));
  CHECK_FALSE(is_warned(R"("count": "purchase", "within": "7d")", "n > 0"));
  CHECK_FALSE(is_warned(R"("count": "purchase", "within": "8d", "restore": "orders")", "n > 0"));
  CHECK_FALSE(is_warned(R"("recency": "purchase", "restore": "since_when")", "n == null"));
}

TEST_CASE("a signal comes back from a trait of a type that fits it, and then needs the trait's purposes too") {
  const auto errors = [](const std::string& rest, const std::string& condition) {
    const std::string text = errors_of(unmarked(with_signal(rest, condition)));
    return text.empty() ? text : text.substr(text.find("error: ") + 7);
  };
  CHECK(errors(R"("count": "purchase", "restore": "spent")", "n > 0").empty());
  CHECK(errors(R"("sum": "purchase", "of": "value", "restore": "orders")", "n > 0.0").empty());
  CHECK(errors(R"("recency": "purchase", "restore": "orders")", "n == null").empty());
  CHECK(errors(R"("recent": "view_item", "of": "item_id", "restore": "rank")", "size(n) > 0").empty());
  CHECK(errors(R"("last": "quiz", "of": "vip", "restore": "vip")", "n == true").empty());
  CHECK(errors(R"("count": "purchase", "restore": "rank")", "n > 0") ==
        "signal 'n' cannot come from trait 'rank', which is string: it takes an int or a double\n");
  CHECK(errors(R"("sum": "purchase", "of": "value", "restore": "since_when")", "n > 0.0") ==
        "signal 'n' cannot come from trait 'since_when', which is date: it takes an int or a double\n");
  CHECK(errors(R"("recency": "purchase", "restore": "rank")", "n == null") ==
        "signal 'n' cannot come from trait 'rank', which is string: it takes a date, or ms since 1970 as an int or a "
        "double\n");
  CHECK(errors(R"("last": "view_item", "of": "item_id", "restore": "orders")", "n == 'a'") ==
        "signal 'n' cannot come from trait 'orders', which is int: it takes string\n");
  CHECK(errors(R"("count": "purchase", "restore": "rang")", "n > 0") ==
        "no trait named 'rang'; did you mean 'rank'?\n");
  const Program program(unmarked(with_signal(R"("last": "quiz", "of": "vip", "restore": "vip")", "n == true")));
  CHECK(program.signal("n").label == (purpose::kMarketing | purpose::kPersonalization));
  CHECK(program.view.symbol(program.view.traits()[program.signal("n").restore].name) == "vip");
  const auto manifest = nlohmann::json::parse(program.compiled.manifest);
  CHECK(manifest["kept"]["signals"][0]["restored_from"] == "vip");
}

}  // namespace omo::lifetime_test
