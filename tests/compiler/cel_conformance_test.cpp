// SPDX-License-Identifier: Apache-2.0
// The expression language against the cases of CEL's specification (tests/fixtures/cel).
#include <nlohmann/json.hpp>

#include "compiler/evaluate.h"
#include "compiler/support.h"

namespace omo::cel_conformance_test {
namespace {

std::string given(const std::string& expression) {
  const std::vector<Binding> bindings = {
      {"u", "unknown"}, {"context.device", "'phone'"}, {"context.page_path", "null"}};
  const Evaluated found = evaluate_expression(expression, bindings, 0);
  switch (found.kind) {
    case Evaluated::Kind::kValue:
      return found.text;
    case Evaluated::Kind::kUnknown:
      return "unknown";
    case Evaluated::Kind::kError:
      return "error";
    case Evaluated::Kind::kInvalid:
      return "invalid";
  }
  return {};
}

Evaluated with(const std::vector<Binding>& bindings, const std::string& expression) {
  return evaluate_expression(expression, bindings, 1795338000000.0);
}

}  // namespace

TEST_CASE("every supported operator and function means what CEL's specification says") {
  const auto cases = nlohmann::json::parse(read_text("tests/fixtures/cel/conformance.json"));
  REQUIRE(cases.size() > 350);
  for (const auto& each : cases) {
    const auto expression = each["expr"].get<std::string>();
    // A value is written as JSON, which [1, 2] and [1,2] are both.
    std::string expected = each["gives"].get<std::string>();
    INFO(each["section"].get<std::string>() << ": " << expression);
    CHECK(given(expression) == expected);
  }
}

TEST_CASE("a binding is any constant, null or unknown") {
  CHECK(with({{"views", "3"}}, "views + 1").text == "4");
  CHECK(with({{"rank", "\"gold\""}}, "rank.startsWith('g')").text == "true");
  CHECK(with({{"list", "[\"a\", \"b\"]"}}, "'b' in list && size(list) == 2").text == "true");
  CHECK(with({{"last", "timestamp('2026-11-22T08:00:00Z')"}}, "now - last").text == "\"3600s\"");
  CHECK(with({{"since", "null"}}, "since == null || since > 3").text == "true");
  CHECK(with({{"since", "null"}}, "since > 3").kind == Evaluated::Kind::kError);
  CHECK(with({{"x", "unknown"}}, "x + 1 > 2 || true").text == "true");
  CHECK(with({{"x", "unknown"}}, "x + 1 > 2").kind == Evaluated::Kind::kUnknown);
}

TEST_CASE("what is no expression is reported at its column, counted in code points") {
  const Evaluated wrong = with({{"views", "3"}}, "'花市' == 'x' && veiws > 1");
  CHECK(wrong.kind == Evaluated::Kind::kInvalid);
  CHECK(wrong.column == 16);
  CHECK(wrong.text == "nothing is bound to 'veiws'; did you mean 'views'?");
  CHECK(with({{"views", "3 +"}}, "views").text.find("the value of 'views'") == 0);
}

}  // namespace omo::cel_conformance_test
