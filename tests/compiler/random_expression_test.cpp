// SPDX-License-Identifier: Apache-2.0
// Random expressions: the language agrees with a plain reference, and doubles survive being written.
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "compiler/evaluate.h"
#include "compiler/support.h"
#include "expression/decimal.h"
#include "support/reference_expressions.h"

namespace omo::random_expression_test {
namespace {

using test::Sample;
using test::Sort;

/// The result as `omo eval` would print it, but for doubles: those are compared as numbers.
bool agrees(const Evaluated& found, const Sample& sample) {
  if (const auto* none = std::get_if<test::NoValue>(&sample.value)) {
    return found.kind == (none->unknown ? Evaluated::Kind::kUnknown : Evaluated::Kind::kError);
  }
  if (found.kind != Evaluated::Kind::kValue) return false;
  if (const auto* on = std::get_if<bool>(&sample.value)) return found.text == (*on ? "true" : "false");
  if (const auto* number = std::get_if<std::int64_t>(&sample.value)) return found.text == std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&sample.value)) {
    return nlohmann::json::parse(found.text).get<std::string>() == *text;
  }
  const double expected = std::get<double>(sample.value);
  if (std::isnan(expected)) return found.text == "\"NaN\"";
  if (std::isinf(expected)) return found.text == (expected > 0 ? "\"+Inf\"" : "\"-Inf\"");
  return std::strtod(found.text.c_str(), nullptr) == expected;
}

}  // namespace

TEST_CASE("30,000 random expressions give what a plain reference says") {
  constexpr Sort kSorts[] = {Sort::kBool, Sort::kInt, Sort::kDouble, Sort::kString};
  std::size_t values = 0;
  std::size_t unknowns = 0;
  for (std::uint32_t seed = 1; seed <= 30000; ++seed) {
    test::Random random(seed);
    const Sample sample = test::ReferenceExpressions(random).make(kSorts[seed % 4], 1 + static_cast<int>(seed % 4));
    const Evaluated found = evaluate_expression(sample.text, {{"u", "unknown"}}, 0);
    values += found.kind == Evaluated::Kind::kValue ? 1 : 0;
    unknowns += found.kind == Evaluated::Kind::kUnknown ? 1 : 0;
    if (!agrees(found, sample)) {
      FAIL("seed " << seed << ": " << sample.text << " gives " << static_cast<int>(found.kind) << " " << found.text);
    }
  }
  // The expressions are worth comparing: neither all errors nor all values.
  CHECK(values > 10000);
  CHECK(unknowns > 1000);
}

TEST_CASE("a double that is written reads back as the same bits, in the fewest digits, and as the library reads it") {
  test::Random random(7);
  for (int i = 0; i < 20000; ++i) {
    std::uint64_t bits = random.bits();
    // Near the edges: few bits of mantissa, subnormals, powers of two.
    if (i % 4 == 1) bits &= ~((std::uint64_t{1} << 52) - 1);
    if (i % 4 == 2) bits &= (std::uint64_t{1} << 54) - 1;
    double number = 0;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) continue;
    TextRoom room;
    put_double(room, number);
    const std::string text(room.take().text);
    double back = 0;
    REQUIRE(parse_double(text, back));
    INFO(text << " of bits " << bits);
    REQUIRE(std::memcmp(&back, &number, sizeof back) == 0);
    REQUIRE(std::strtod(text.c_str(), nullptr) == number);
    // One significant digit fewer is another number.
    std::string digits;
    for (const char c : text.substr(0, text.find('e'))) {
      if (c >= '0' && c <= '9' && (c != '0' || !digits.empty())) digits += c;
    }
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.size() < 2) continue;
    char shorter[40];
    std::snprintf(shorter, sizeof shorter, "%.*e", static_cast<int>(digits.size()) - 2, number);
    REQUIRE(std::strtod(shorter, nullptr) != number);
  }
}

TEST_CASE("decimals in text become the double that the library gives") {
  test::Random random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string text = random.one_in(3) ? "-" : "";
    const std::uint32_t digits = 1 + random.below(24);
    for (std::uint32_t k = 0; k < digits; ++k) text += static_cast<char>('0' + random.below(10));
    if (random.one_in(2)) text.insert(text.size() - random.below(digits), ".");
    if (random.one_in(2)) text += "e" + std::to_string(static_cast<int>(random.below(680)) - 340);
    const double expected = std::strtod(text.c_str(), nullptr);
    double found = 0;
    INFO(text);
    REQUIRE(parse_double(text, found) == std::isfinite(expected));
    if (std::isfinite(expected)) REQUIRE(std::memcmp(&found, &expected, sizeof found) == 0);
  }
}

}  // namespace omo::random_expression_test
