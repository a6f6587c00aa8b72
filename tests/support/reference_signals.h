// SPDX-License-Identifier: Apache-2.0
// What docs/signals.md says of every operation, written down plainly: each value is computed anew from the whole life
// of the visitor. No entries, no capacities, no timers: nothing that the engine does.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace omo::test {

/// A number or a text.
struct Fact {
  bool is_text = false;
  double number = 0;
  std::string text;
  bool operator==(const Fact& other) const {
    return is_text == other.is_text && number == other.number && text == other.text;
  }
  bool operator<(const Fact& other) const { return is_text ? text < other.text : number < other.number; }
};

struct BoughtItem {
  std::string id, category;
  double price = 0;
  double quantity = 1;
};

/// What a refund says of an item.
struct Returned {
  std::string id;
  std::optional<double> quantity;  ///< none = all that is left
};

/// One event; what a refund has taken from a purchase is noted here.
struct LifeEvent {
  double time = 0;
  std::string name;
  std::string transaction;  ///< empty = none
  std::optional<double> value;
  double left = 0;  ///< of the value, after refunds
  std::string style;
  std::vector<BoughtItem> items;
  std::vector<Returned> returned;
  bool gone = false;
};

struct PlainStep {
  std::string event;
  std::string where;  ///< one of the conditions of plainly_matches(), or empty
};

/// A signal as a playbook declares it.
struct PlainSignal {
  std::string op, event, of, where;
  double within_ms = 0;  ///< 0 = no duration
  std::string span;      ///< "session", "page" or empty
  double half_life_ms = 0;
  std::vector<PlainStep> steps, without;
  std::vector<double> edges[3];
  bool per_item() const {
    const auto names_item = [](const std::string& text) {
      return text.find("item_") == 0 || text == "price" || text == "quantity";
    };
    return names_item(of) || names_item(where);
  }
};

struct Life {
  std::vector<LifeEvent> events;
  std::size_t session_from = 0;  ///< events before these do not count for signals of the session, of the page
  std::size_t page_from = 0;
};

namespace plain {

struct Occurrence {
  double time;
  std::optional<Fact> of;
};

/// The conditions that the random playbooks use.
inline bool matches(const std::string& where, const LifeEvent& event, const BoughtItem* item) {
  if (where.empty()) return true;
  if (where == "value >= 2.0") return event.value && *event.value >= 2;
  if (where == "style == 'wild'") return event.style == "wild";
  return item != nullptr && item->category == "rose";  // "item_category == 'rose'"
}

inline std::optional<Fact> text_fact(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<Fact>(Fact{true, 0, text});
}

inline std::optional<Fact> param(const std::string& name, const LifeEvent& event, const BoughtItem* item,
                                 bool reduced) {
  if (name == "value") {
    if (!event.value) return std::nullopt;
    return Fact{false, reduced ? event.left : *event.value, ""};
  }
  if (name == "style") return text_fact(event.style);
  if (item == nullptr) return std::nullopt;
  if (name == "item_id") return text_fact(item->id);
  if (name == "item_category") return text_fact(item->category);
  return Fact{false, name == "price" ? item->price : item->quantity, ""};
}

/// Items of the event that the signal counts, less what refunds have taken of them: the last one first.
inline std::vector<BoughtItem> counted_items(const PlainSignal& signal, const LifeEvent& event) {
  std::vector<BoughtItem> items;
  for (const BoughtItem& item : event.items) {
    const bool has_value = signal.of.empty() || param(signal.of, event, &item, false);
    if (has_value && matches(signal.where, event, &item)) items.push_back(item);
  }
  for (const Returned& returned : event.returned) {
    double rest = returned.quantity.value_or(std::numeric_limits<double>::infinity());
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
      if (item->id != returned.id) continue;
      const double taken = std::min(rest, item->quantity);
      item->quantity -= taken;
      rest -= taken;
    }
  }
  return items;
}

inline std::vector<Occurrence> occurrences(const PlainSignal& signal, const Life& life, double now) {
  std::vector<Occurrence> found;
  const std::size_t from = signal.span == "session" ? life.session_from : signal.span == "page" ? life.page_from : 0;
  const bool adds =
      signal.op == "sum" || signal.op == "average" || signal.op == "rfm" || signal.op == "min" || signal.op == "max";
  for (std::size_t i = from; i < life.events.size(); ++i) {
    const LifeEvent& event = life.events[i];
    if (event.name != signal.event || event.gone) continue;
    if (signal.within_ms > 0 && now - event.time >= signal.within_ms) continue;
    if (signal.per_item()) {
      for (const BoughtItem& item : counted_items(signal, event)) {
        if (item.quantity > 0) found.push_back({event.time, param(signal.of, event, &item, adds)});
      }
    } else if (matches(signal.where, event, nullptr)) {
      const std::optional<Fact> of = param(signal.of, event, nullptr, adds);
      if (signal.of.empty() || of) found.push_back({event.time, of});
    }
  }
  return found;
}

inline std::string number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}
inline std::string fact(const Fact& value) { return value.is_text ? '"' + value.text + '"' : number(value.number); }

/// Is there a match of the steps from `step` on, after event `after`, without anything of `without` since `first`?
inline bool completes(const PlainSignal& signal, const Life& life, std::size_t step, std::size_t after) {
  if (step == signal.steps.size()) return true;
  for (std::size_t i = after; i < life.events.size(); ++i) {
    const LifeEvent& event = life.events[i];
    if (event.name != signal.steps[step].event) continue;
    bool matched = signal.steps[step].where.empty();
    for (const BoughtItem& item : event.items) matched = matched || matches(signal.steps[step].where, event, &item);
    if (event.items.empty()) matched = matched || matches(signal.steps[step].where, event, nullptr);
    if (matched && completes(signal, life, step + 1, i + 1)) return true;
  }
  return false;
}

inline bool sequence(const PlainSignal& signal, const Life& life, double now) {
  const std::size_t from = signal.span == "session" ? life.session_from : signal.span == "page" ? life.page_from : 0;
  for (std::size_t first = from; first < life.events.size(); ++first) {
    if (signal.within_ms > 0 && now - life.events[first].time >= signal.within_ms) continue;
    Life rest;
    rest.events.assign(life.events.begin() + static_cast<std::ptrdiff_t>(first), life.events.end());
    bool ended = false;
    for (std::size_t i = 1; i < rest.events.size(); ++i) {
      for (const PlainStep& without : signal.without) ended = ended || rest.events[i].name == without.event;
    }
    if (ended) continue;
    // The first step is this event itself.
    PlainSignal head = signal;
    head.steps = {signal.steps[0]};
    Life alone;
    alone.events = {rest.events[0]};
    if (completes(head, alone, 0, 0) && completes(signal, rest, 1, 1)) return true;
  }
  return false;
}

/// Different values, the latest first.
inline std::vector<Fact> latest_values(const std::vector<Occurrence>& all) {
  std::vector<Fact> values;
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    if (std::count(values.begin(), values.end(), *one->of) == 0) values.push_back(*one->of);
  }
  return values;
}

inline double weight(const PlainSignal& signal, const std::vector<Occurrence>& all, const Fact& value, double now) {
  double sum = 0;
  for (const Occurrence& one : all) {
    if (!(*one.of == value)) continue;
    sum += signal.half_life_ms > 0 ? std::exp2(-(now - one.time) / signal.half_life_ms) : 1;
  }
  return sum;
}

/// The values that may be on top: one, but where weights are equal as far as a double can tell and fade.
inline std::vector<std::string> top(const PlainSignal& signal, const std::vector<Occurrence>& all, double now) {
  struct Ranked {
    Fact value;
    double weight, latest;
  };
  std::vector<Ranked> ranked;
  for (const Fact& value : latest_values(all)) {
    double latest = 0;
    for (const Occurrence& one : all) latest = *one.of == value ? one.time : latest;
    ranked.push_back({value, weight(signal, all, value, now), latest});
  }
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if (std::abs(a.weight - b.weight) > 1e-10 * a.weight) return a.weight > b.weight;
    return a.latest != b.latest ? a.latest > b.latest : a.value < b.value;
  });
  std::vector<std::string> may;
  for (const Ranked& one : ranked) {
    const bool level = std::abs(one.weight - ranked[0].weight) <= 1e-10 * ranked[0].weight;
    if (may.empty() || (level && signal.half_life_ms > 0)) may.push_back(fact(one.value));
  }
  return may;
}

inline std::string rfm(const PlainSignal& signal, const std::vector<Occurrence>& all, double now) {
  double sum = 0;
  for (const Occurrence& one : all) sum += one.of->number;
  const auto reached = [](const std::vector<double>& edges, double value) {
    return std::count_if(edges.begin(), edges.end(), [&](double edge) { return value >= edge; });
  };
  const auto best = static_cast<std::ptrdiff_t>(signal.edges[0].size()) + 1;
  const auto recency = all.empty() ? 1 : best - reached(signal.edges[0], now - all.back().time);
  return "[" + std::to_string(recency) + "," +
         std::to_string(1 + reached(signal.edges[1], static_cast<double>(all.size()))) + "," +
         std::to_string(1 + reached(signal.edges[2], sum)) + "]";
}

}  // namespace plain

/// The texts (as Device::signal() writes them) that the signal's value may have; mostly one.
inline std::vector<std::string> plain_values(const PlainSignal& signal, const Life& life, double now) {
  using namespace plain;
  if (signal.op == "sequence") return {sequence(signal, life, now) ? "true" : "false"};
  const std::vector<Occurrence> all = occurrences(signal, life, now);
  if (signal.op == "count") return {number(static_cast<double>(all.size()))};
  if (signal.op == "rfm") return {rfm(signal, all, now)};
  double sum = 0;
  for (const Occurrence& one : all) sum += one.of ? one.of->number : 0;
  if (signal.op == "sum") return {number(sum)};
  if (signal.op == "distinct") return {number(static_cast<double>(latest_values(all).size()))};
  if (signal.op == "recent") {
    std::string text = "[";
    for (const Fact& value : latest_values(all)) text += (text.size() > 1 ? "," : "") + fact(value);
    return {text + "]"};
  }
  if (all.empty()) return {"null"};
  if (signal.op == "recency") return {number(now - all.back().time)};
  if (signal.op == "average") return {number(sum / static_cast<double>(all.size()))};
  if (signal.op == "first") return {fact(*all.front().of)};
  if (signal.op == "last") return {fact(*all.back().of)};
  if (signal.op == "top") return top(signal, all, now);
  const auto smaller = [](const Occurrence& a, const Occurrence& b) { return a.of->number < b.of->number; };
  const auto [least, most] = std::minmax_element(all.begin(), all.end(), smaller);
  return {fact(signal.op == "min" ? *least->of : *most->of)};
}

/// What a refund takes back, of the purchases that have its id.
inline void plain_refund(Life& life, const std::string& transaction, std::optional<double> value,
                         const std::vector<BoughtItem>& items, bool quantities) {
  for (LifeEvent& event : life.events) {
    if (event.name != "purchase" || transaction.empty() || event.transaction != transaction) continue;
    if (!value && items.empty()) event.gone = true;
    if (value) {
      event.left -= *value;
      if (event.left < 0.0005) event.gone = true;
    }
    for (const BoughtItem& item : items) {
      event.returned.push_back({item.id, quantities ? std::optional<double>(item.quantity) : std::nullopt});
    }
  }
}

}  // namespace omo::test
