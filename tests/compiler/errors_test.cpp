// SPDX-License-Identifier: Apache-2.0
// One line an error: where it is («) and what is said.
#include "compiler/support.h"

namespace omo::errors_test {
namespace {

struct Case {
  std::string source;
  std::string message;
};

void check(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    std::string source = each.source;
    const std::vector<std::string> places = take_marks(source);
    REQUIRE(places.size() == 1);
    INFO(source);
    CHECK(errors_of(source) == places[0] + ": error: " + each.message + "\n");
  }
}

std::string segment(const std::string& condition) {
  return playbook(R"("traits": {"rank": {"type": "string"}, "born": {"type": "date"}, "vip": {"type": "bool"}},
 "signals": {"views": {"count": "view_item"}, "spent": {"sum": "purchase", "of": "value"}, "since": {"recency": "purchase"},
  "items": {"recent": "view_item", "of": "item_id"}}, "context": {"weather": {"type": "string"}},
 "segments": {"busy": "views > 3 && spent > 0.0 && since == null && size(items) > 0", "s": ")" +
                  condition + R"("})");
}

}  // namespace

TEST_CASE("what is no JSON is reported where it stops being JSON") {
  check(
      {{"«",
        "this is not JSON: syntax error while parsing value: unexpected end of input; expected '[', '{', or a literal"},
       {"{\n  \"omotenashi\" «1}",
        "this is not JSON: syntax error while parsing object separator: unexpected number literal; expected ':'"},
       {"{\"a\": 1,«}",
        "this is not JSON: syntax error while parsing object key: unexpected '}'; expected string literal"},
       {"{\"花\": «tru}", "this is not JSON: syntax error while parsing value: invalid literal"}});
}

TEST_CASE("invalid UTF-8 is an error with a position") {
  CHECK(errors_of("{\"a\": \"x\xFF\"}").find("1:9: error: this is not JSON: ") == 0);
  CHECK(errors_of("{\"a\": \"x\xFF\"}").find("ill-formed UTF-8") != std::string::npos);
}

TEST_CASE("nesting that is too deep is an error with a position") {
  CHECK(errors_of(std::string(100000, '[')) == "1:33: error: nested too deep: the limit max_depth is 32\n");
}

TEST_CASE("a byte order mark is tolerated and takes no column") {
  CHECK(compile("\xEF\xBB\xBF" + playbook("\"events\": {}")).ok());
  CHECK(errors_of("\xEF\xBB\xBF{\"omotenashi\": 2, \"site\": \"t\"}") ==
        "1:16: error: this compiler reads playbooks of version 1 only: \"omotenashi\": 1\n");
}

TEST_CASE("duplicate keys are errors") {
  check({{"{\"omotenashi\": 1, \"site\": \"t\",\n\"segments\": {\"a\": \"true\",\n  «\"a\": \"false\"}}",
          "duplicate key 'a': line 2 has it already"},
         {"{\"omotenashi\": 1, «\"omotenashi\": 1, \"site\": \"t\"}",
          "duplicate key 'omotenashi': line 1 has it already"}});
}

TEST_CASE("unknown keys are errors that name the nearest valid key") {
  check({{playbook("«\"segment\": {}"), "the playbook has no key 'segment'; did you mean 'segments'?"},
         {playbook("\"signals\": {\"a\": {\"count\": \"purchase\", «\"wihtin\": \"7d\"}}"),
          "signal 'a' has no key 'wihtin'; did you mean 'within'?"},
         {playbook("«\"花\": {}"), "the playbook has no key '花'"},
         {playbook("\"sync\": {\"mode\": «\"event\"}"),
          "no mode named 'event': \"events\" or \"off\"; did you mean 'events'?"}});
}

TEST_CASE("names that nothing has are errors that name the nearest one") {
  check(
      {{segment("«veiws >= 2"), "no signal, trait, segment or score named 'veiws'; did you mean 'views'?"},
       {segment("«weather == 'storm'"),
        "no signal, trait, segment or score named 'weather'; did you mean 'context.weather'?"},
       {segment("context.«wether == 'storm'"), "no context value named 'wether'; did you mean 'weather'?"},
       {segment("«days_untl(born) < 3"), "the function 'days_untl' is not supported here; did you mean 'days_until'?"},
       {playbook("\"signals\": {\"a\": {\"count\": «\"veiw_item\"}}"),
        "no event named 'veiw_item'; did you mean 'view_item'?"},
       {playbook("\"signals\": {\"a\": {\"count\": \"view_item\", \"where\": \"«item_categry == 'x'\"}}"),
        "event 'view_item' has no parameter 'item_categry'; did you mean 'item_category'?"},
       {playbook("\"traits\": {\"a\": {\"type\": «\"strng\"}}"),
        "no type named 'strng': string, int, double, bool or date; did you mean 'string'?"},
       {playbook("\"traits\": {\"a\": {\"type\": \"int\", \"purposes\": [«\"personalisation\"]}}"),
        "no purpose named 'personalisation'; did you mean 'personalization'?"},
       {playbook("\"expose\": [«\"hreo\"], \"slots\": {\"hero\": {}}"),
        "no segment, score, slot or event named 'hreo'; did you mean 'hero'?"}});
}

TEST_CASE("types are compared strictly, and the hint says what to write") {
  check(
      {{segment("views «> 2.0"), "'views' is int and cannot be compared with 2.0 (double): write 2"},
       {segment("spent «> 60"), "'spent' is double and cannot be compared with 60 (int): write 60.0"},
       {segment("2.5 «< views"), "'views' is int and cannot be compared with 2.5 (double)"},
       {segment("rank «== 3"), "'rank' is string and cannot be compared with 3 (int): write '3'"},
       {segment("since «> '720h'"),
        "'since' is duration and cannot be compared with '720h' (string): write duration('720h')"},
       {segment("views «== null"), "'views' is never null"},
       {segment("born «== '2024-02-29'"),
        "'born' is a date: dates compare only through days_until(born) and timestamp(born), and with null"},
       {segment("views «> spent"),
        "values of type int and double cannot be compared: write double(...) around the int, or int(...) around the "
        "double"},
       {segment("views «+ 1.5 > 2.0"),
        "'+' has no meaning between values of type int and double: write double(...) around the int, or int(...) "
        "around the double"},
       {segment("spent «% 2.0 > 1.0"), "'%' has no meaning between values of type double and double"},
       {segment("rank «- 'x' == ''"), "'-' has no meaning between values of type string and string"},
       {segment("now «+ now > now"), "'+' has no meaning between values of type timestamp and timestamp"},
       {segment("«-rank == 'x'"), "'-' has no meaning before a value of type string"},
       {segment("(vip «? 1 : 'a') == views"), "both branches of ?: must have one type, not int and string"},
       {segment("(«views ? 1 : 2) > views"), "expected a condition (bool), not a value of type int"},
       {segment("size(«views) > 1"), "size() takes no value of type int"},
       {segment("rank.startsWith(«3)"), "startsWith() takes no value of type int"},
       {segment("rank.«getHours() > 3"), "getHours() is not there for a value of type string"},
       {segment("[1, «'a'] == [1]"), "the elements of a list must have one type here, not int and string"},
       {segment("[1] «< [2]"), "lists compare with == and != only"},
       {segment("1 «== 1.0"), "values of type int and double cannot be compared"},
       {segment("«views"), "expected a condition (bool), not a value of type int: compare it with something"},
       {segment("vip && «rank"), "expected a condition (bool), not a value of type string: compare it with something"},
       {segment("items «== 'a'"), "'items' is a list: write size(items) or 'x' in items"},
       {segment("rank in ['a', «3]"), "'rank' is string and cannot be compared with 3 (int): write '3'"},
       {segment("views «== 9007199254740993"), "integers beyond 2^53 are not supported here"}});
}

TEST_CASE("what CEL has and this language has not is named") {
  check({{segment("rank.«matches('g')"), "the method 'matches' is not supported here"},
         {segment("rank.«startWith('g')"), "the method 'startWith' is not supported here; did you mean 'startsWith'?"},
         {segment("«startsWith(rank, 'g')"), "'startsWith' is a method: write VALUE.startsWith(...)"},
         {segment("rank.«int() > 3"), "'int' is a function: write int(...)"},
         {segment("now.getHours(«'Asia/Tokyo') > 3"),
          "a time zone is 'UTC' or an offset such as '+09:00' here: zones by name are not supported"},
         {segment("now > timestamp(«'tomorrow')"), "this is no time: write one such as '2026-11-22T09:00:00+09:00'"},
         {segment("«{}"), "maps and messages are not supported here"},
         {segment("[«[1]] == [1]"), "lists of lists are not supported here"},
         {segment("views > «1 / 0"),
          "this is an error whatever happens: a division by zero, an overflow or what cannot be converted"},
         {segment("[«views] == [1]"), "only constants can be elements of a list here"},
         {segment("views > «3u"), "unsigned integers are not supported here: drop the u"},
         {segment("rank == «b'g'"), "bytes literals are not supported here"},
         {segment("items«[0] == 'a'"), "indexing is not supported here"},
         {segment("1 < views «< 3"), "chained comparisons are not supported here: join them with &&"},
         {segment("«matches(rank, 'g')"), "the function 'matches' is not supported here"},
         {segment("rank «= 'g'"), "'=' is no operator: write '=='"},
         {segment("views > «for"), "unexpected 'for': expected a value"},
         {segment("(views > 1«"), "the expression ends here: expected ')'"},
         {segment("since > duration(«'7d')"),
          "this is no duration: write hours, minutes and seconds such as '720h', '1h30m' or '10s'"}});
}

TEST_CASE("columns count code points and see through JSON escapes") {
  check({{segment("rank == '花市' && «veiws > 1"),
          "no signal, trait, segment or score named 'veiws'; did you mean 'views'?"},
         {segment(R"(rank == \"花\" && «veiws > 1)"),
          "no signal, trait, segment or score named 'veiws'; did you mean 'views'?"},
         {segment(R"(rank == '\u82b1\uD83C\uDF38' && «veiws > 1)"),
          "no signal, trait, segment or score named 'veiws'; did you mean 'views'?"},
         {segment(R"(rank == 'a'\n && «veiws > 1)"),
          "no signal, trait, segment or score named 'veiws'; did you mean 'views'?"}});
}

TEST_CASE("all errors are reported, in the order of the source") {
  std::string source = playbook(R"("signals": {"a": {"count": «"nope_at_all"}, "b": «{"average": "purchase"}},
  "segments": {"x": "«q1 > 1 && «q2 > 2", "y": "«q3"}, «"zzzzzzzz": 1)");
  const std::vector<std::string> places = take_marks(source);
  const std::vector<Diagnostic> found = compile(source).diagnostics;
  std::vector<std::string> errors;
  for (const Diagnostic& diagnostic : found) {
    if (diagnostic.severity == Severity::kError) {
      errors.push_back(std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column));
    }
  }
  CHECK(errors == places);
}

TEST_CASE("what later versions bring is refused by name") {
  check({{playbook(
              R"("campaigns": {"c": {"slot": "s", "variants": {"v": {"creative": {"type": "coupon", "title": "T"}}}}},
           "coupons": {"k": {"campaign": "c", "kind": «"pool", "expires": "14d"}})"),
          "coupons of kind 'pool' are not supported by this version yet"}});
  CHECK(compile(playbook(R"("scores": {}, "journeys": {}, "surveys": {})")).ok());
}

TEST_CASE("segments that depend on each other are an error that shows the circle") {
  check({{playbook(R"("segments": {"a": "b && true", "b": "!c", "c": «"a"})"),
          "segment 'a' depends on itself: a -> b -> c -> a"}});
}

TEST_CASE("a name means one thing in expressions") {
  check({{playbook(R"("traits": {"a": {"type": "int"}}, "segments": {«"a": "true"})"),
          "'a' is already a trait (line 1): in expressions a name means one thing"},
         {playbook(R"("segments": {«"context": "true"})"),
          "'context' is the name of the context in expressions: choose another"},
         {playbook(R"("segments": {«"in": "true"})"),
          "'in' cannot name a segment: it is a reserved word of the expression language"},
         {playbook(R"("segments": {«"a-b": "true"})"),
          "'a-b' cannot name a segment: use letters, digits and _, and no digit first"}});
}

TEST_CASE("signals state what their aggregate needs, and nothing else") {
  check({{playbook("\"signals\": {\"a\": «{\"sum\": \"purchase\"}}"),
          "signal 'a' needs \"of\": the parameter whose values it takes"},
         {playbook("\"signals\": {\"a\": {\"count\": \"purchase\", «\"of\": \"value\"}}"),
          "count looks at the event only: drop \"of\""},
         {playbook("\"signals\": {\"a\": {\"recency\": \"search\", «\"keep\": 3}}"),
          "signal 'a' keeps one value only: drop \"keep\""},
         {playbook("\"signals\": {\"a\": {\"count\": \"purchase\", \"within\": «\"7 days\"}}"),
          "within of signal 'a' must be a whole number and a unit (s, m, h, d or w), such as \"7d\""},
         {playbook("\"signals\": {\"a\": {\"sum\": \"purchase\", \"of\": \"value\", \"where\": «\"item_id == 'x'\"}}"),
          "signal 'a' would add 'value' once for every item: an event parameter has no sum where items are asked for"},
         {playbook("\"signals\": {\"a\": {\"sum\": \"purchase\", \"of\": «\"currency\"}}"),
          "only numbers have a sum: 'currency' is string"},
         {playbook("\"signals\": {\"a\": {\"count\": \"purchase\", \"keep\": «1025}}"),
          "keep of signal 'a' (limit max_keep) must be between 1 and 1024"}});
}

TEST_CASE("creatives are checked by their type") {
  const auto creative = [](const std::string& fields) {
    return playbook(R"("campaigns": {"c": {"slot": "s", "variants": {"v": {"creative": )" + fields + "}}}}");
  };
  check(
      {{creative("«{\"type\": \"banner\"}"),
        "creative of variant 'v' of campaign 'c' needs \"title\": every banner has one"},
       {creative("{\"type\": «\"baner\", \"title\": \"T\"}"),
        "no creative of type 'baner': \"banner\", \"coupon\" or \"recommendations\"; did you mean 'banner'?"},
       {creative("{\"type\": \"banner\", \"title\": \"T\", «\"code\": \"X\"}"),
        "creative of variant 'v' of campaign 'c' has no key 'code'"},
       {creative("{\"type\": \"banner\", \"title\": \"T\", \"href\": «\"JavaScript:alert(1)\"}"),
        "href of creative of variant 'v' of campaign 'c': the scheme 'javascript' is not allowed: an address is http, "
        "https or relative"},
       {creative("{\"type\": \"banner\", \"title\": \"T\", \"href\": «\"java\\tscript:alert(1)\"}"),
        "href of creative of variant 'v' of campaign 'c': an address has no spaces, control characters or backslashes"},
       {creative("{\"type\": \"banner\", \"title\": {«\"japanese\": \"T\"}}"),
        "'japanese' is no language tag: write one such as \"ja\" or \"en-GB\""}});
}

}  // namespace omo::errors_test
