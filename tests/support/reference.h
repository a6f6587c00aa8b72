// SPDX-License-Identifier: Apache-2.0
// What a playbook's segments mean, written down plainly: every value is computed anew from the whole history, and every
// condition by CEL's three-valued logic. No thresholds, timers, windows or counters: nothing that the engine does.
#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/random.h"
#include "support/record.h"

namespace omo::test {

enum class Answer : std::uint8_t { kFalse, kTrue, kNeither };  ///< neither: an error, or unknown

struct PastEvent {
  double time;
  double value;
  std::string style;
};

/// All that has happened to one visitor; what is denied is not in it.
struct Past {
  std::vector<PastEvent> events;
  std::string rank;  ///< empty = null
  std::string weather;
  double now = 0;
  bool personalized = true;
};

struct Plain {
  enum class Kind : std::uint8_t {
    kCount,
    kWindow,
    kSum,
    kRecency,
    kNever,
    kLast,
    kMember,
    kSize,
    kTrait,
    kContext,
    kNot,
    kAnd,
    kOr
  };
  Kind kind = Kind::kCount;
  std::string op;     ///< of a comparison
  double number = 0;  ///< to compare with; recency: ms
  std::string text;   ///< to compare with
  std::unique_ptr<Plain> a, b;
};

inline constexpr double kPlainWindow = 3600000;
inline constexpr std::size_t kPlainKeep = 6;

namespace detail {

inline Answer answer(bool yes) { return yes ? Answer::kTrue : Answer::kFalse; }
inline Answer compare(double left, const std::string& op, double right) {
  if (op == "==") return answer(left == right);
  if (op == "!=") return answer(left != right);
  if (op == "<") return answer(left < right);
  if (op == "<=") return answer(left <= right);
  return answer(op == ">" ? left > right : left >= right);
}
inline Answer same(const std::string& left, const std::string& op, const std::string& right) {
  return answer((left == right) == (op == "=="));
}
inline std::vector<std::string> members(const Past& past) {
  std::vector<std::string> latest;
  for (auto event = past.events.rbegin(); event != past.events.rend(); ++event) {
    if (event->style.empty() || std::count(latest.begin(), latest.end(), event->style) > 0) continue;
    if (latest.size() < kPlainKeep) latest.push_back(event->style);
  }
  return latest;
}

}  // namespace detail

inline Answer evaluate(const Plain& node, const Past& past) {
  using Kind = Plain::Kind;
  const auto sum_of = [&](bool count, bool window) {
    double sum = 0;
    for (const PastEvent& event : past.events) {
      if (!window || past.now - event.time < kPlainWindow) sum += count ? 1 : event.value;
    }
    return sum;
  };
  if (node.kind == Kind::kNot) {
    const Answer inner = evaluate(*node.a, past);
    return inner == Answer::kNeither ? inner : detail::answer(inner == Answer::kFalse);
  }
  if (node.kind == Kind::kAnd || node.kind == Kind::kOr) {
    const Answer decisive = detail::answer(node.kind == Kind::kOr);
    const Answer left = evaluate(*node.a, past);
    const Answer right = evaluate(*node.b, past);
    if (left == decisive || right == decisive) return decisive;
    return left == Answer::kNeither || right == Answer::kNeither ? Answer::kNeither
                                                                 : detail::answer(decisive == Answer::kFalse);
  }
  if (node.kind == Kind::kContext) return detail::same(past.weather, node.op, node.text);
  if (!past.personalized) return Answer::kNeither;
  const std::string last = past.events.empty()             ? ""
                           : detail::members(past).empty() ? ""
                                                           : detail::members(past).front();
  switch (node.kind) {
    case Kind::kCount:
      return detail::compare(sum_of(true, false), node.op, node.number);
    case Kind::kWindow:
      return detail::compare(sum_of(true, true), node.op, node.number);
    case Kind::kSum:
      return detail::compare(sum_of(false, true), node.op, node.number);
    case Kind::kNever:
      return detail::answer(past.events.empty() == (node.op == "=="));
    case Kind::kRecency:
      // CEL: null is unequal to everything else, and has no order.
      if (past.events.empty() && (node.op == "==" || node.op == "!=")) return detail::answer(node.op == "!=");
      if (past.events.empty()) return Answer::kNeither;
      return detail::compare(past.now - past.events.back().time, node.op, node.number);
    case Kind::kLast:
      return detail::same(last, node.op, node.text);
    case Kind::kMember: {
      const auto kept = detail::members(past);
      return detail::answer(std::count(kept.begin(), kept.end(), node.text) > 0);
    }
    case Kind::kSize:
      return detail::compare(static_cast<double>(detail::members(past).size()), node.op, node.number);
    default:
      return detail::same(past.rank, node.op, node.text);
  }
}

/// The condition as a playbook writes it.
inline std::string expression_of(const Plain& node) {
  using Kind = Plain::Kind;
  const std::string whole = std::to_string(static_cast<int>(node.number));
  switch (node.kind) {
    case Kind::kNot:
      return "!(" + expression_of(*node.a) + ")";
    case Kind::kAnd:
    case Kind::kOr:
      return "(" + expression_of(*node.a) + (node.kind == Kind::kAnd ? " && " : " || ") + expression_of(*node.b) + ")";
    case Kind::kCount:
      return "total " + node.op + " " + whole;
    case Kind::kWindow:
      return "recent_total " + node.op + " " + whole;
    case Kind::kSum:
      return "amount " + node.op + " " + whole + ".0";
    case Kind::kNever:
      return "since " + node.op + " null";
    case Kind::kRecency:
      return "since " + node.op + " duration('" + whole + "ms')";
    case Kind::kLast:
      return "style " + node.op + " '" + node.text + "'";
    case Kind::kMember:
      return "'" + node.text + "' in styles";
    case Kind::kSize:
      return "size(styles) " + node.op + " " + whole;
    case Kind::kTrait:
      return "rank " + node.op + " '" + node.text + "'";
    default:
      return "context.weather " + node.op + " '" + node.text + "'";
  }
}

/// A condition over everything, `depth` operators deep at most.
inline std::unique_ptr<Plain> random_condition(Random& random, int depth) {
  static const std::vector<std::string> kOrders = {"<", "<=", ">", ">=", "==", "!="};
  static const std::vector<std::string> kTexts = {"wild", "calm", "花"};
  auto node = std::make_unique<Plain>();
  const bool leaf = depth == 0 || random.one_in(4);
  node->kind = static_cast<Plain::Kind>(leaf ? random.below(10) : 10 + random.below(3));
  if (!leaf) {
    node->a = random_condition(random, depth - 1);
    if (node->kind != Plain::Kind::kNot) node->b = random_condition(random, depth - 1);
    return node;
  }
  const bool texts = node->kind == Plain::Kind::kLast || node->kind == Plain::Kind::kTrait ||
                     node->kind == Plain::Kind::kContext || node->kind == Plain::Kind::kNever;
  node->op = texts ? (random.one_in(2) ? "==" : "!=") : random.pick(kOrders);
  node->text = random.pick(kTexts);
  node->number = node->kind == Plain::Kind::kRecency ? 60000.0 * random.below(200) : random.below(6);
  return node;
}

}  // namespace omo::test
