// SPDX-License-Identifier: Apache-2.0
// Random expressions and what CEL says of them, written plainly: a tree that evaluates itself, with 128-bit integers
// and the library's strings. It shares no code with the parser, the types or the stack machine.
#pragma once
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "support/random.h"

namespace omo::test {

__extension__ typedef __int128 Wide;

struct NoValue {
  bool unknown;  ///< else an error
  bool operator==(const NoValue& other) const { return unknown == other.unknown; }
};
using Result = std::variant<NoValue, bool, std::int64_t, double, std::string>;
inline const Result kFailed = NoValue{false};
inline const Result kNobodyKnows = NoValue{true};

/// A random expression of a type, with its text and its value.
struct Sample {
  std::string text;
  Result value;
};

enum class Sort { kBool, kInt, kDouble, kString };

class ReferenceExpressions {
 public:
  explicit ReferenceExpressions(Random& random) : random_(random) {}

  Sample make(Sort sort, int depth) {
    if (depth > 0 && random_.one_in(8)) return choose(sort, depth);
    switch (sort) {
      case Sort::kBool:
        return boolean(depth);
      case Sort::kInt:
        return integer(depth);
      case Sort::kDouble:
        return number(depth);
      case Sort::kString:
        return text(depth);
    }
    return {};
  }

 private:
  static bool spoiled(const Sample& a) { return std::holds_alternative<NoValue>(a.value); }
  static bool unknown(const Sample& a) { return spoiled(a) && std::get<NoValue>(a.value).unknown; }
  /// What a strict operation of two gives where one has no value.
  static Result of_spoiled(const Sample& a, const Sample& b) {
    return unknown(a) || unknown(b) ? kNobodyKnows : kFailed;
  }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(random_.below(static_cast<std::uint32_t>(count)));
  }

  Sample choose(Sort sort, int depth) {
    const Sample when = make(Sort::kBool, depth - 1);
    const Sample then = make(sort, depth - 1);
    const Sample other = make(sort, depth - 1);
    const std::string all = "(" + when.text + " ? " + then.text + " : " + other.text + ")";
    if (spoiled(when)) return {all, when.value};
    return {all, std::get<bool>(when.value) ? then.value : other.value};
  }

  Sample boolean(int depth) {
    if (depth == 0) {
      switch (below(4)) {
        case 0:
          return {"true", true};
        case 1:
          return {"u", kNobodyKnows};
        default:
          return {"false", false};
      }
    }
    switch (below(6)) {
      case 0: {
        const Sample a = make(Sort::kBool, depth - 1);
        return {"!" + a.text, spoiled(a) ? a.value : Result(!std::get<bool>(a.value))};
      }
      case 1:
      case 2:
        return connective(depth, random_.one_in(2));
      case 3:
        return string_test(depth);
      default:
        return comparison(depth);
    }
  }

  Sample connective(int depth, bool decisive) {
    const Sample a = make(Sort::kBool, depth - 1);
    const Sample b = make(Sort::kBool, depth - 1);
    Result value = !decisive;
    if (a.value == Result(decisive) || b.value == Result(decisive)) {
      value = decisive;
    } else if (spoiled(a) || spoiled(b)) {
      value = of_spoiled(a, b);
    }
    return {"(" + a.text + (decisive ? " || " : " && ") + b.text + ")", value};
  }

  Sample string_test(int depth) {
    static const std::vector<std::string> kMethods = {"startsWith", "endsWith", "contains"};
    const Sample a = make(Sort::kString, depth - 1);
    const Sample b = make(Sort::kString, depth - 1);
    const std::size_t method = below(3);
    const std::string all = a.text + "." + kMethods[method] + "(" + b.text + ")";
    if (spoiled(a) || spoiled(b)) return {all, of_spoiled(a, b)};
    const auto& x = std::get<std::string>(a.value);
    const auto& y = std::get<std::string>(b.value);
    const std::size_t at = method == 1 ? x.rfind(y) : x.find(y);
    const bool found = at != std::string::npos;
    if (method == 0) return {all, x.compare(0, y.size(), y) == 0};
    if (method == 1) return {all, found && at + y.size() == x.size()};
    return {all, found};
  }

  template <class Value>
  static bool compare(const std::string& sign, const Value& a, const Value& b) {
    if (sign == "==") return a == b;
    if (sign == "!=") return a != b;
    if (sign == "<") return a < b;
    if (sign == "<=") return a <= b;
    return sign == ">" ? a > b : a >= b;
  }

  Sample comparison(int depth) {
    static const std::vector<std::string> kSigns = {"==", "!=", "<", "<=", ">", ">="};
    static const std::vector<Sort> kSorts = {Sort::kBool, Sort::kInt, Sort::kDouble, Sort::kString};
    const Sort sort = random_.pick(kSorts);
    const Sample a = make(sort, depth - 1);
    const Sample b = make(sort, depth - 1);
    const std::string sign = random_.pick(kSigns);
    const std::string all = "(" + a.text + " " + sign + " " + b.text + ")";
    if (spoiled(a) || spoiled(b)) return {all, of_spoiled(a, b)};
    switch (sort) {
      case Sort::kBool:
        return {all, compare(sign, int{std::get<bool>(a.value)}, int{std::get<bool>(b.value)})};
      case Sort::kInt:
        return {all, compare(sign, std::get<std::int64_t>(a.value), std::get<std::int64_t>(b.value))};
      case Sort::kDouble:
        return {all, compare(sign, std::get<double>(a.value), std::get<double>(b.value))};
      case Sort::kString:
        return {all, compare(sign, std::get<std::string>(a.value), std::get<std::string>(b.value))};
    }
    return {};
  }

  static Result in_range(Wide value) {
    if (value < Wide{INT64_MIN} || value > Wide{INT64_MAX}) return kFailed;
    return static_cast<std::int64_t>(value);
  }

  Sample integer(int depth) {
    static const std::vector<std::int64_t> kLeaves = {0,         1,         -1,         2,          7,      -13,
                                                      INT64_MAX, INT64_MIN, 3037000500, 4294967296, 1000003};
    if (depth == 0) {
      const std::int64_t leaf = random_.pick(kLeaves);
      return {leaf < 0 ? "(" + std::to_string(leaf) + ")" : std::to_string(leaf), leaf};
    }
    if (random_.one_in(6)) {
      const Sample a = make(Sort::kString, depth - 1);
      if (spoiled(a)) return {"size(" + a.text + ")", a.value};
      std::int64_t points = 0;
      for (const char c : std::get<std::string>(a.value)) points += (c & 0xC0) != 0x80 ? 1 : 0;
      return {"size(" + a.text + ")", points};
    }
    if (random_.one_in(6)) {
      const Sample a = make(Sort::kDouble, depth - 1);
      const std::string all = "int(" + a.text + ")";
      if (spoiled(a)) return {all, a.value};
      const double number = std::get<double>(a.value);
      if (!(std::fabs(number) < 9223372036854775808.0)) return {all, kFailed};
      return {all, static_cast<std::int64_t>(std::trunc(number))};
    }
    static const std::vector<std::string> kSigns = {"+", "-", "*", "/", "%"};
    const Sample a = make(Sort::kInt, depth - 1);
    const Sample b = make(Sort::kInt, depth - 1);
    const std::string sign = random_.pick(kSigns);
    const std::string all = "(" + a.text + " " + sign + " " + b.text + ")";
    if (spoiled(a) || spoiled(b)) return {all, of_spoiled(a, b)};
    const Wide x = std::get<std::int64_t>(a.value);
    const Wide y = std::get<std::int64_t>(b.value);
    if (sign == "+") return {all, in_range(x + y)};
    if (sign == "-") return {all, in_range(x - y)};
    if (sign == "*") return {all, in_range(x * y)};
    if (y == 0 || (x == Wide{INT64_MIN} && y == -1)) return {all, kFailed};
    return {all, in_range(sign == "/" ? x / y : x % y)};
  }

  Sample number(int depth) {
    static const std::vector<std::pair<std::string, double>> kLeaves = {
        {"0.0", 0.0}, {"1.5", 1.5}, {"(-2.25)", -2.25}, {"1e308", 1e308}, {"3e-320", 3e-320}, {"0.1", 0.1}};
    if (depth == 0) {
      const auto& [text, value] = kLeaves[below(kLeaves.size())];
      return {text, value};
    }
    if (random_.one_in(5)) {
      const Sample a = make(Sort::kInt, depth - 1);
      if (spoiled(a)) return {"double(" + a.text + ")", a.value};
      return {"double(" + a.text + ")", static_cast<double>(std::get<std::int64_t>(a.value))};
    }
    static const std::vector<std::string> kSigns = {"+", "-", "*", "/"};
    const Sample a = make(Sort::kDouble, depth - 1);
    const Sample b = make(Sort::kDouble, depth - 1);
    const std::string sign = random_.pick(kSigns);
    const std::string all = "(" + a.text + " " + sign + " " + b.text + ")";
    if (spoiled(a) || spoiled(b)) return {all, of_spoiled(a, b)};
    const double x = std::get<double>(a.value);
    const double y = std::get<double>(b.value);
    return {all, sign == "+" ? x + y : sign == "-" ? x - y : sign == "*" ? x * y : x / y};
  }

  Sample text(int depth) {
    static const std::vector<std::string> kLeaves = {
        "", "a", "b", "ab", "花", "花市", "\xF0\x9F\x8C\xB8", "\xEF\xBF\xBF"};
    if (depth == 0) {
      const std::string& leaf = random_.pick(kLeaves);
      return {"'" + leaf + "'", leaf};
    }
    if (random_.one_in(4)) {
      const Sample a = make(Sort::kInt, depth - 1);
      if (spoiled(a)) return {"string(" + a.text + ")", a.value};
      return {"string(" + a.text + ")", std::to_string(std::get<std::int64_t>(a.value))};
    }
    const Sample a = make(Sort::kString, depth - 1);
    const Sample b = make(Sort::kString, depth - 1);
    const std::string all = "(" + a.text + " + " + b.text + ")";
    if (spoiled(a) || spoiled(b)) return {all, of_spoiled(a, b)};
    return {all, std::get<std::string>(a.value) + std::get<std::string>(b.value)};
  }

  Random& random_;
};

}  // namespace omo::test
