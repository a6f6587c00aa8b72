// SPDX-License-Identifier: Apache-2.0
// A playbook with one of everything, and random lives of a visitor under it.
#pragma once
#include <string>
#include <vector>

#include "support/program.h"
#include "support/random.h"
#include "support/record.h"

namespace omo::test {

inline const TestProgram& history_program() {
  static const TestProgram made(playbook(R"json(
    "default_language": "ja", "sync": { "mode": "events", "segments": true },
    "events": { "quiz_done": { "params": { "style": "string", "score": "int" }, "purposes": ["marketing"] } },
    "traits": { "rank": { "type": "string" }, "member": { "type": "bool", "purposes": ["measurement"] },
                "birthday": { "type": "date" }, "ad_group": { "type": "string", "purposes": ["marketing"] },
                "orders": { "type": "int", "purposes": ["marketing"] }, "last_order": { "type": "date" } },
    "context": { "weather": { "type": "string" } },
    "signals": {
      "bouquets": { "count": "view_item", "where": "item_category == 'bouquet' || price > 5000.0", "within": "2h" },
      "searches": { "count": "search", "purposes": ["measurement"] },
      "spent": { "sum": "purchase", "of": "value", "within": "1d", "keep": 3 },
      "engaged": { "sum": "user_engagement", "of": "engagement_time_msec", "purposes": ["measurement"] },
      "since": { "recency": "purchase" },
      "ordered": { "count": "purchase", "keep": 9, "restore": "orders" },
      "ordered_lately": { "count": "purchase", "within": "1d", "keep": 5, "restore": "orders" },
      "since_order": { "recency": "purchase", "restore": "last_order" },
      "sessions": { "count": "session_start" },
      "category": { "last": "view_item", "of": "item_category" },
      "items": { "recent": "view_item", "of": "item_id", "keep": 4 },
      "terms": { "recent": "search", "of": "search_term", "within": "3h", "keep": 3 },
      "style": { "last": "quiz_done", "of": "style", "purposes": ["marketing"] },
      "ads": { "count": "view_promotion", "within": "1d", "purposes": ["marketing", "personalization"] },
      "dearest": { "max": "purchase", "of": "value", "within": "2d" },
      "paid": { "sum": "purchase", "of": "value", "purposes": ["measurement"] },
      "mean": { "average": "view_item", "of": "price", "purposes": ["measurement"] },
      "cheapest": { "min": "view_item", "of": "price", "within": "5h", "keep": 4 },
      "first_term": { "first": "search", "of": "search_term", "within": "1d", "keep": 3, "purposes": ["measurement"] },
      "kinds": { "distinct": "view_item", "of": "item_category", "within": "3h", "keep": 2 },
      "taste": { "top": "view_item", "of": "item_id", "half_life": "1h", "keep": 3, "purposes": ["marketing"] },
      "taste_now": { "top": "purchase", "of": "item_id", "within": "1d", "keep": 6 },
      "wandered": { "sequence": ["search", { "event": "view_item", "where": "item_category == 'rose'" }],
                    "without": "quiz_done", "within": "5h" },
      "worth": { "rfm": "purchase", "of": "value", "within": "10d", "keep": 9,
                 "recency": ["1h", "2d"], "frequency": [2, 4], "monetary": [50, 200] },
      "visit": { "count": "view_item", "within": "session", "purposes": ["measurement"] },
      "visit_style": { "last": "quiz_done", "of": "style", "within": "session" },
      "here": { "count": "view_item", "within": "page", "keep": 9 },
            "promotions": { "count": "view_promotion", "purposes": ["measurement"], "keep": 20 },
      "entries": { "count": "segment_entered", "within": "1d", "keep": 9 },
      "since_exit": { "recency": "segment_exited", "where": "segment != 'fan'",
                      "purposes": ["marketing", "personalization", "measurement"] } },
    "scores": {
      "heat": { "value": "2.0 * double(bouquets) + (since != null && since < duration('1h') ? 3.5 : 0.0)",
                "grades": { "A": 5, "B": 2.0 } },
      "share": "heat / double(orders)" },
    "segments": {
      "fan": "bouquets >= 2", "searcher": "searches >= 3", "spender": "spent > 100.0",
      "buyer": "since < duration('1h')", "lapsed": "since > duration('3h') || since == null",
      "roses": "category == 'rose'", "saw_a": "'a' in items", "many": "size(items) >= 3",
      "wild": "style == 'wild'", "promoted": "ads >= 2", "reader": "engaged > 9000.0",
      "gold": "rank == 'gold' && member", "soon": "days_until(birthday) <= 3", "storm": "context.weather == 'storm'",
      "champion": "worth.recency == 3 && worth.frequency >= 2 && worth.monetary >= 2", "lost": "wandered && here >= 2",
      "picky": "kinds >= 2 && cheapest < 2000.0", "bold": "taste == 'a' || taste_now == 'b'", "back": "visit >= 3",
      "late": "now.getHours() >= 12", "rich": "spent > double(bouquets) * 50.0", "hot": "heat.grade == 'A'",
      "weathered": "context.weather in items", "odd": "wild ? heat > 3.0 : size(terms) + bouquets > 3",
      "entered": "entries >= 2 && share != 1.0", "left": "since_exit < duration('5m')",
      "mixed": "(fan || wild) && !(spender && roses)" },
    "campaigns": {
      "ad": { "slot": "hero", "audience": "wild || fan", "priority": 3, "holdout": 0.2,
        "cap": { "impressions": 2, "within": "4h", "quiet_after_dismiss": "1d" },
        "variants": { "x": { "creative": { "type": "banner", "title": "x" } },
                      "y": { "weight": 2, "creative": { "type": "banner", "title": { "ja": "花", "en": "y" } } } } },
      "bare": { "slot": "hero", "cap": { "impressions": 3, "within": "1d" },
        "variants": { "v": { "creative": { "type": "banner", "title": "v" } } } },
      "nudge": { "slot": "hero", "priority": 5, "group": "once",
        "variants": { "p": { "creative": { "type": "banner", "title": "p" } },
                      "q": { "creative": { "type": "banner", "title": "q" } } } },
      "hint": { "slot": "cart", "group": "once", "cap": { "impressions": 2, "within": "1d" },
        "variants": { "v": { "creative": { "type": "banner", "title": "v" } } } },
      "gift": { "slot": "cart", "audience": "soon || buyer",
        "schedule": { "from": "2026-03-02", "to": "2026-03-04", "timezone": "Asia/Tokyo" },
        "variants": { "v": { "creative": { "type": "coupon", "title": "v" } } } },
      "deal": { "slot": "offer", "audience": "spender || weathered", "priority": 2, "goal": "purchase",
        "cap": { "impressions": 3, "within": "1d", "quiet_after_dismiss": "2h" },
        "variants": { "v": { "creative": { "type": "coupon", "title": "v" } } } },
      "again": { "slot": "offer", "priority": { "score": "heat" },
        "variants": { "w": { "creative": { "type": "recommendations", "title": "w", "from": "recent", "signal": "items" } },
                      "v": { "creative": { "type": "recommendations", "title": "v", "from": "affinity", "signal": "category",
                        "exclude": ["items"] } } } },
      "guided": { "slot": "offer", "priority": 9, "cap": { "impressions": 2, "within": "1d" },
        "variants": { "v": { "creative": { "type": "banner", "title": "v" } } } } },
    "coupons": { "thanks": { "campaign": "deal", "kind": "open", "code": "HANA10" } },
    "holdout": 0.05,
    "fatigue": { "impressions": 4, "within": "6h", "quiet_after_dismiss": "30m", "exempt": ["gift"] },
    "journeys": {
      "nurture": { "start": "fan", "timeout": "3d", "restart": "always", "goal": "purchase",
        "steps": [ { "wait": "20m" }, { "name": "nudged", "show": "nudge", "timeout": "1d" },
          { "if": "roses", "then": [ { "until": "saw_a", "timeout": "2h" } ], "else": [ { "wait": "1h" } ] },
          { "show": "hint" } ] },
      "wild_way": { "start": "wild", "restart": "2h",
        "steps": [ { "until": "search", "timeout": "4h" }, { "show": "ad", "timeout": "1h" } ] },
      "reading": { "start": "searches >= 1", "steps": [ { "wait": "7s" }, { "until": "reader" } ] },
      "measured": { "start": "true", "purposes": ["measurement"], "restart": "2h", "goal": "refund",
        "steps": [ { "until": "search", "timeout": "1d" }, { "wait": "1m" } ] },
      "helped": { "start": "late || bouquets >= 1", "purposes": ["functional", "marketing", "personalization"], "restart": "always",
        "steps": [ { "until": "select_promotion", "timeout": "4h" }, { "show": "guided", "timeout": "2h" } ] },
      "refused": { "start": "many", "purposes": ["sharing", "personalization", "marketing"], "timeout": "1d",
        "steps": [ { "until": "quiz_done", "timeout": "3h" }, { "if": "wild", "then": [ { "wait": "20m" } ] } ] } } )json"));
  return made;
}

struct HistoryOptions {
  bool consent = true;  ///< purposes are granted and withdrawn on the way
};

namespace detail {

inline Record random_event(Random& random, double time) {
  static const std::vector<std::string> kCategories = {"bouquet", "rose", "plant"};
  static const std::vector<std::string> kIds = {"a", "b", "c", "d", "e", "花束-01"};
  static const std::vector<std::string> kCampaigns = {"ad",   "bare",  "gift",   "nudge", "hint",
                                                      "deal", "again", "guided", "none"};
  const auto item = [&] {
    Pairs pairs{{"item_id", random.pick(kIds)}};
    if (!random.one_in(3)) pairs.push_back({"item_category", random.pick(kCategories)});
    if (random.one_in(3)) pairs.push_back({"price", static_cast<double>(random.below(100)) * 99.5});
    return pairs;
  };
  switch (random.below(9)) {
    case 8: {
      Pairs params{{"transaction_id", "order-" + std::to_string(random.below(8))}};
      if (random.one_in(2)) params.push_back({"value", static_cast<double>(random.below(800)) / 8});
      if (random.one_in(2)) return event(time, "refund", params, {{{"item_id", random.pick(kIds)}}});
      return event(time, "refund", params);
    }
    case 0:
      return event(time, "search", {{"search_term", random_text(random)}});
    case 1: {
      const double value = static_cast<double>(random.below(2000)) / 8;
      const std::string id = "order-" + std::to_string(random.below(8));
      std::vector<Pairs> items(random.below(3));
      for (Pairs& pairs : items) pairs = item();
      return event(time, "purchase", {{"transaction_id", id}, {"value", value}}, items);
    }
    case 2:
      return event(time, "quiz_done", {{"style", random.one_in(2) ? "wild" : "calm"}, {"score", 3.0}});
    case 3:
      return event(time, "view_promotion", {{"promotion_id", random.pick(kCampaigns)}});
    case 4:
      return event(time, random.one_in(3) ? "dismiss_promotion" : "select_promotion",
                   {{"promotion_id", random.pick(kCampaigns)}});
    default: {
      std::vector<Pairs> items(random.below(4));
      for (Pairs& pairs : items) pairs = item();
      return event(time, "view_item", items.empty() ? item() : Pairs{{"currency", "JPY"}}, items);
    }
  }
}

inline Record random_traits(Random& random, double time) {
  Pairs traits;
  if (random.one_in(2)) traits.push_back({"rank", random.one_in(2) ? Datum("gold") : Datum(nullptr)});
  if (random.one_in(3)) traits.push_back({"member", random.one_in(2)});
  if (random.one_in(3)) traits.push_back({"birthday", random.one_in(4) ? "--03-05" : "1990-03-03"});
  if (random.one_in(3)) traits.push_back({"ad_group", random_text(random)});
  if (random.one_in(4)) traits.push_back({"orders", static_cast<double>(random.below(7))});
  if (random.one_in(4)) traits.push_back({"last_order", random.one_in(4) ? Datum(nullptr) : Datum("2026-03-01")});
  return identify(time, traits);
}

}  // namespace detail

/// Records of `count` steps from kStart on, with everything that can happen.
inline std::vector<Record> random_history(Random& random, int count, HistoryOptions options = {}) {
  static constexpr double kSteps[] = {0, 1, 700, 7 * kSecond, kMinute, 20 * kMinute, 2 * kHour, kDay};
  std::vector<Record> records;
  double time = kStart;
  for (int i = 0; i < count; ++i) {
    time += random.pick(kSteps) * static_cast<double>(1 + random.below(2));
    switch (random.below(12)) {
      case 0:
        records.push_back(page(time, "/" + random_text(random), random_text(random)));
        break;
      case 1:
        records.push_back(edge(time, static_cast<Edge>(1 + random.below(7))));
        break;
      case 2:
        records.push_back(detail::random_traits(random, time));
        break;
      case 3:
        records.push_back(context(time, {{"weather", random.one_in(2) ? "storm" : "fine"}, {"utc_offset_min", 540.0}}));
        break;
      case 4:
        if (random.one_in(4)) records.push_back(reset(time));
        break;
      case 5:
        if (options.consent && random.one_in(3)) {
          const auto purposes = static_cast<std::uint8_t>(random.below(64) & ~1u);
          records.push_back(consent(time, purposes, static_cast<std::uint8_t>(random.below(64))));
          records.push_back(seed(time, random.bits(), random.bits()));
        }
        break;
      case 6:
        records.push_back(random.one_in(2) ? tick(time) : section(time, random.one_in(2), random_text(random)));
        break;
      default:
        records.push_back(detail::random_event(random, time));
    }
  }
  return records;
}

}  // namespace omo::test
