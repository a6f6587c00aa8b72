// SPDX-License-Identifier: Apache-2.0
// The language's lexical rules, and the network that conditions become.
#include "compiler/expression.h"
#include "compiler/support.h"

namespace omo::expression_test {
namespace {

compiler::Expression parse(const std::string& text) {
  compiler::Expression expression;
  const auto error = compiler::parse_expression(text, expression);
  INFO(text << ": " << (error ? error->message : ""));
  REQUIRE(!error);
  return expression;
}

bool fails(const std::string& text) {
  compiler::Expression expression;
  return compiler::parse_expression(text, expression).has_value();
}

std::string with_sources(const std::string& segments) {
  return playbook(R"("traits": {"rank": {"type": "string"}, "age": {"type": "int"}, "vip": {"type": "bool"}},
    "signals": {"views": {"count": "view_item"}, "spent": {"sum": "purchase", "of": "value"}},
    "segments": {)" +
                  segments + "}");
}

}  // namespace

TEST_CASE("strings have CEL's quotes and escapes") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"('a')", "a"},     {R"("a'b")", "a'b"},        {R"('a\'b\"c')", "a'b\"c"}, {R"('\n\t\\')", "\n\t\\"},
      {R"('\x41')", "A"},  {R"('\101')", "A"},         {R"('\u82b1')", "花"},      {R"('\U0001F338')", "🌸"},
      {R"(r'\n')", "\\n"}, {"'''a'b\nc'''", "a'b\nc"}, {R"("""a"b""")", "a\"b"},   {R"('\xe9')", "é"}};
  for (const auto& [text, meaning] : table) {
    INFO(text);
    CHECK(parse(text).constant.text == meaning);
  }
  for (const char* text : {"'a", "'\\q'", "'\\x4'", "'\\ud800'", "'a\nb'", "'\\400'", "'''a''"}) {
    INFO(text);
    CHECK(fails(text));
  }
}

TEST_CASE("numbers have CEL's forms") {
  CHECK(parse("0x1F").constant.integer == 31);
  CHECK(parse("-9223372036854775808").constant.integer == INT64_MIN);
  CHECK(parse("-0x10").constant.integer == -16);
  CHECK(parse(".5").constant.number == 0.5);
  CHECK(parse("1e3").constant.type == compiler::ValueType::kDouble);
  CHECK(parse("-2.5e-1").constant.number == -0.25);
  for (const char* text : {"9223372036854775808", "1.", "0x", "1e", "12ab", "1u", "0x1u", "1e999"}) {
    INFO(text);
    CHECK(fails(text));
  }
}

TEST_CASE("durations have CEL's forms") {
  CHECK(compiler::parse_cel_duration("720h") == 720 * 3.6e6);
  CHECK(compiler::parse_cel_duration("1h30m") == 5.4e6);
  CHECK(compiler::parse_cel_duration("500ms") == 500.0);
  CHECK(compiler::parse_cel_duration("-1.5h") == -5.4e6);
  CHECK(compiler::parse_cel_duration("0") == 0.0);
  for (const char* text : {"", "-", "7d", "10", "h", "1h 2m", "1.2.3s", "1e3s"}) {
    INFO(text);
    CHECK(!compiler::parse_cel_duration(text));
  }
}

TEST_CASE("nesting has a limit, and long chains have none") {
  CHECK(fails(std::string(33, '(') + "true" + std::string(33, ')')));
  CHECK(!fails(std::string(32, '(') + "true" + std::string(32, ')')));
  CHECK(fails(std::string(100000, '!') + "true"));
  std::string chain = "a";
  for (int i = 0; i < 20000; ++i) chain += " && a";
  CHECK(!fails(chain));
}

TEST_CASE("conditions of constants fold") {
  const Program program(with_sources(R"j("on": "1 < 2 && 'a' != 'b' && null == null", "off": "false && views > 3",
     "decided": "true || vip", "left": "true && views > 3", "listed": "2 in [1, 2]")j"));
  CHECK(condition_of(program, "on") == kAlways);
  CHECK(condition_of(program, "off") == kNone);
  CHECK(condition_of(program, "decided") == kAlways);
  CHECK(condition_of(program, "left") < program.view.meta().literal_count);
  CHECK(condition_of(program, "listed") == kAlways);
}

TEST_CASE("equal sub-conditions share a node, however they are written") {
  const Program program(with_sources(R"j("a": "views > 3 && vip", "b": "vip && views >= 4", "c": "!(!vip || 4 > views)",
     "d": "a", "e": "!(!a)")j"));
  const std::uint32_t node = condition_of(program, "a");
  for (const char* name : {"b", "c", "d", "e"}) CHECK(condition_of(program, name) == node);
  CHECK(program.view.gates().size() == 1 + program.view.segments().size());
  CHECK(program.view.gates()[0].need == 2);
}

TEST_CASE("numeric equality is the gate of two thresholds") {
  const Program program(with_sources(R"j("exact": "spent == 3.0")j"));
  REQUIRE(program.view.thresholds().size() == 2);
  const ThresholdRow& low = program.view.thresholds()[0];
  const ThresholdRow& high = program.view.thresholds()[1];
  CHECK(low.value == 3.0);
  CHECK(low.strict == 0);
  CHECK(low.literal != kNone);
  CHECK(low.negation == kNone);
  CHECK(high.strict == 1);
  CHECK(high.literal == kNone);
  CHECK(high.negation != kNone);
  REQUIRE(program.view.gates().size() == 1);
  CHECK(program.view.gates()[0].need == 2);
}

TEST_CASE("a null value is not equal to a constant, as CEL says") {
  const Program program(
      with_sources(R"j("other": "rank != 'gold'", "same": "rank == 'gold'", "older": "!(age < 20)")j"));
  REQUIRE(program.view.sources().size() == 2);
  const SourceRow& age = program.view.sources()[program.view.traits()[1].source];
  const SourceRow& rank = program.view.sources()[program.view.traits()[0].source];
  CHECK(rank.null_literal != kNone);  // != is true of null
  CHECK(age.null_literal == kNone);   // < is an error of null, and so is its negation
  CHECK(condition_of(program, "same") < program.view.meta().literal_count);
  CHECK(condition_of(program, "other") >= program.view.meta().literal_count);
}

TEST_CASE("only what segments and audiences need is in the network") {
  const Program program(with_sources(R"j("a": "!(views > 3)")j"));
  REQUIRE(program.view.thresholds().size() == 1);
  CHECK(program.view.thresholds()[0].literal == kNone);
  CHECK(program.view.thresholds()[0].negation == 0);
  CHECK(program.view.meta().literal_count == 1);
  CHECK(program.view.meta().node_count == 1 + program.view.segments().size());
}

}  // namespace omo::expression_test
