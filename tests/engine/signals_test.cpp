// SPDX-License-Identifier: Apache-2.0
// Every operation of a signal against docs/signals.md, written down plainly: random playbooks, random lives.
#include <catch2/catch.hpp>
#include <limits>

#include "support/device.h"
#include "support/lives.h"
#include "support/random.h"
#include "support/reference_signals.h"

namespace signals_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr double kIdle = 30 * kMinute;
constexpr int kSignals = 4;

PlainSignal random_sequence(Random& random) {
  static const std::vector<PlainStep> kSteps = {{"quiz_done", ""},
                                                {"quiz_done", "style == 'wild'"},
                                                {"view_item", ""},
                                                {"view_item", "item_category == 'rose'"},
                                                {"search", ""}};
  PlainSignal signal;
  signal.op = "sequence";
  for (std::uint32_t n = 1 + random.below(3); n > 0; --n) signal.steps.push_back(random.pick(kSteps));
  if (random.one_in(2)) signal.without.push_back({"login", ""});
  if (random.one_in(4)) signal.without.push_back(random.pick(std::vector<PlainStep>{{"search", ""}, {"share", ""}}));
  return signal;
}

PlainSignal random_signal(Random& random) {
  static const std::vector<std::string> kOps = {"count", "sum",     "recency", "last",     "recent", "min",     "max",
                                                "first", "average", "top",     "distinct", "rfm",    "sequence"};
  static const std::vector<std::string> kEvents = {"quiz_done", "view_item", "purchase", "page_view"};
  static constexpr double kWindows[] = {kMinute, kHour, 7 * kHour, 2 * kDay};
  PlainSignal signal;
  signal.op = random.pick(kOps);
  if (signal.op == "sequence") {
    signal = random_sequence(random);
  } else {
    const bool counts = signal.op == "count" || signal.op == "recency";
    signal.event = random.pick(kEvents);
    while (!counts && signal.event == "page_view") signal.event = random.pick(kEvents);
    const bool numbers =
        signal.op == "sum" || signal.op == "min" || signal.op == "max" || signal.op == "average" || signal.op == "rfm";
    if (!counts && signal.event == "quiz_done") signal.of = numbers || random.one_in(3) ? "value" : "style";
    if (!counts && signal.event == "view_item") signal.of = numbers ? "price" : "item_category";
    if (!counts && signal.event == "purchase") {
      static const std::vector<std::string> kNumbers = {"value", "price", "quantity"};
      static const std::vector<std::string> kTexts = {"value", "item_id", "item_category"};
      signal.of = random.pick(numbers ? kNumbers : kTexts);
    }
    if (random.one_in(3) && signal.event == "quiz_done") {
      signal.where = random.one_in(2) ? "value >= 2.0" : "style == 'wild'";
    }
    if (random.one_in(3) && signal.event == "view_item") signal.where = "item_category == 'rose'";
    if (random.one_in(3) && signal.event == "purchase") {
      signal.where = signal.of == "value" || random.one_in(2) ? "value >= 2.0" : "item_category == 'rose'";
    }
  }
  switch (random.below(6)) {
    case 0:
      break;
    case 1:
      signal.span = "session";
      break;
    case 2:
      signal.span = "page";
      break;
    default:
      signal.within_ms = random.pick(kWindows);
  }
  if (signal.op == "top" && random.one_in(2)) signal.half_life_ms = kHour;
  if (signal.op == "rfm") {
    signal.edges[0] = {kMinute, kHour, 7 * kHour};
    signal.edges[1] = {1, 2, 5};
    signal.edges[2] = {1.5, 4, 20};
  }
  return signal;
}

std::string list_of(const std::vector<PlainStep>& steps) {
  std::string text;
  for (const PlainStep& step : steps) {
    text += text.empty() ? "[" : ", ";
    text += step.where.empty() ? '"' + step.event + '"'
                               : R"({"event": ")" + step.event + R"(", "where": ")" + step.where + "\"}";
  }
  return text + "]";
}

std::string seconds(double ms) { return std::to_string(static_cast<int>(ms / kSecond)) + "s"; }

std::string declaration(const PlainSignal& signal) {
  std::string text = "{";
  if (signal.op == "sequence") {
    text += "\"sequence\": " + list_of(signal.steps);
    if (!signal.without.empty()) text += ", \"without\": " + list_of(signal.without);
  } else {
    text += '"' + signal.op + "\": \"" + signal.event + '"';
    // As much as a life can hold, so that nothing is dropped.
    const bool one = signal.event != "purchase" && signal.within_ms == 0 && signal.op != "count" &&
                     signal.op != "recent" && signal.op != "distinct" && signal.op != "top";
    const bool latest = signal.event != "purchase" && (signal.op == "recency" || signal.op == "last");
    if (!one && !latest) text += ", \"keep\": 58";
  }
  if (!signal.of.empty()) text += ", \"of\": \"" + signal.of + '"';
  if (!signal.where.empty()) text += ", \"where\": \"" + signal.where + '"';
  if (signal.within_ms > 0) text += ", \"within\": \"" + seconds(signal.within_ms) + '"';
  if (!signal.span.empty()) text += ", \"within\": \"" + signal.span + '"';
  if (signal.half_life_ms > 0) text += ", \"half_life\": \"" + seconds(signal.half_life_ms) + '"';
  if (signal.op == "rfm") {
    text += ", \"recency\": [";
    for (const double edge : signal.edges[0]) text += (text.back() == '[' ? "\"" : ", \"") + seconds(edge) + '"';
    for (const int which : {1, 2}) {
      text += which == 1 ? "], \"frequency\": [" : "], \"monetary\": [";
      for (const double edge : signal.edges[which]) text += (text.back() == '[' ? "" : ", ") + plain::number(edge);
    }
    text += "]";
  }
  return text + "}";
}

std::string playbook_of(const std::vector<PlainSignal>& signals) {
  std::string text;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    text += (i > 0 ? ",\n" : "") + std::string("\"s") + std::to_string(i) + "\": " + declaration(signals[i]);
  }
  return playbook(R"json("sync": { "mode": "off" },
    "events": { "quiz_done": { "params": { "style": "string", "value": "double" } },
                "search": {}, "login": {}, "share": {}, "view_item": {}, "purchase": {}, "refund": {} }, "signals": {)json" +
                  text + "}");
}

/// A visitor's device beside the plain story of their life.
class Visitor {
 public:
  Visitor(Random& random, const TestProgram& program) : random_(random), program_(program) { start(); }

  void step() {
    static constexpr double kSteps[] = {0, 0, 1, kSecond, 10 * kMinute, 10 * kMinute, 5 * kHour, 26 * kHour};
    // A late event applies when it arrives; so does one of a clock that jumped back.
    const double stated = random_.one_in(6) ? now - random_.pick(kSteps) : now + random_.pick(kSteps);
    now = std::max(now, stated);
    switch (random_.below(16)) {
      case 0:
        return device->take(tick(stated));
      case 1:
        return change_consent();
      case 2:
        return reload();
      case 3:
      case 4:
        return view_page(stated);
      case 5:
      case 6:
        return refund(stated);
      case 7:
      case 8:
      case 9:
        return purchase(stated);
      case 10:
      case 11:
        return view_item(stated);
      case 12:
        return other(stated);
      default:
        return quiz(stated);
    }
  }

  /// The first signal that differs, or empty.
  std::string difference(const std::vector<PlainSignal>& signals, double at, bool ages = true) const {
    for (std::size_t i = 0; i < signals.size(); ++i) {
      if (!ages && signals[i].op == "recency") continue;
      const std::string actual = device->signal("s" + std::to_string(i));
      std::vector<std::string> expected = plain_values(signals[i], life, at);
      if (!personalized)
        expected = {signals[i].op == "recent" ? "[]" : signals[i].op == "rfm" ? "[null,null,null]" : "null"};
      if (std::count(expected.begin(), expected.end(), actual) == 0) {
        return declaration(signals[i]) + " is " + actual + ", and should be " + expected[0];
      }
    }
    return "";
  }

  double now = kStart;
  bool personalized = true;
  Life life;
  std::unique_ptr<Device> device;

 private:
  void start() {
    device = std::make_unique<Device>(program_);
    if (!personalized) device->take(consent(kStart, purpose::kPersonalization, 0));
  }

  /// What is kept outlives the page: the snapshot, and after it the journal.
  void reload() {
    const std::vector<std::uint8_t> journal = device->journal;
    const bool compact = random_.one_in(2);
    if (compact) snapshot_ = device->snapshot();
    start();
    if (!snapshot_.empty() && device->load(snapshot_) != Status::kOk) FAIL("the snapshot does not load");
    if (!compact) {
      device->merge(journal);
      device->journal = journal;
    }
    device->take(tick(now));
    life.page_from = life.events.size();
  }

  void change_consent() {
    personalized = !personalized;
    const auto bit = purpose::kPersonalization;
    device->take(consent(now, bit, personalized ? bit : std::uint8_t{0}));
    if (!personalized) life = {};
    snapshot_ = device->snapshot();
    device->journal.resize(kJournalHeaderBytes);
  }

  void attend(bool page) {
    if (page ? !in_session_ || now - active_ >= kIdle : in_session_ && now - active_ >= kIdle) {
      in_session_ = true;
      life.session_from = life.events.size();
      active_ = now;
    }
    if (in_session_) active_ = now;
  }
  void add(LifeEvent happened) {
    happened.time = now;
    if (personalized) life.events.push_back(std::move(happened));
  }

  void view_page(double stated) {
    attend(true);
    life.page_from = life.events.size();
    device->take(page(stated, "/"));
    LifeEvent view;
    view.name = "page_view";
    add(view);
  }

  void other(double stated) {
    static const std::vector<std::string> kNames = {"search", "login", "share"};
    attend(false);
    LifeEvent happened;
    happened.name = random_.pick(kNames);
    device->take(event(stated, happened.name));
    add(happened);
  }

  void quiz(double stated) {
    static const std::vector<std::string> kStyles = {"wild", "calm", "花", ""};
    attend(false);
    LifeEvent done;
    done.name = "quiz_done";
    done.style = random_.pick(kStyles);
    Pairs params;
    if (!done.style.empty()) params.push_back({"style", done.style});
    // What is no finite number is no value.
    switch (random_.below(8)) {
      case 0:
        break;
      case 1:
        params.push_back({"value", std::numeric_limits<double>::quiet_NaN()});
        break;
      case 2:
        params.push_back({"value", std::numeric_limits<double>::infinity()});
        break;
      case 3:
        params.push_back({"value", "two"});
        break;
      default:
        done.value = done.left = static_cast<double>(random_.below(16)) / 4;
        params.push_back({"value", *done.value});
    }
    device->take(event(stated, "quiz_done", params));
    add(done);
  }

  std::vector<Pairs> random_items(std::vector<BoughtItem>& items, bool quantities) {
    static const std::vector<std::string> kIds = {"a", "b", "c"};
    static const std::vector<std::string> kCategories = {"rose", "lily", ""};
    std::vector<Pairs> pairs;
    for (std::uint32_t n = random_.below(4); n > 0; --n) {
      BoughtItem item;
      item.id = random_.pick(kIds);
      item.category = random_.pick(kCategories);
      item.price = static_cast<double>(random_.below(40)) / 4;
      item.quantity = 1 + random_.below(3);
      Pairs stated{{"item_id", item.id}, {"price", item.price}};
      if (!item.category.empty()) stated.push_back({"item_category", item.category});
      if (quantities) stated.push_back({"quantity", item.quantity});
      items.push_back(item);
      pairs.push_back(stated);
    }
    return pairs;
  }

  void view_item(double stated) {
    attend(false);
    LifeEvent viewed;
    viewed.name = "view_item";
    const std::vector<Pairs> items = random_items(viewed.items, false);
    // An event without items is one occurrence of what it says flatly: nothing here.
    device->take(event(stated, "view_item", {{"currency", "JPY"}}, items));
    add(viewed);
  }

  void purchase(double stated) {
    attend(false);
    LifeEvent bought;
    bought.name = "purchase";
    if (!random_.one_in(5)) bought.transaction = "t" + std::to_string(random_.below(6));
    bought.value = bought.left = static_cast<double>(1 + random_.below(20)) / 4;
    Pairs params{{"value", *bought.value}};
    if (!bought.transaction.empty()) params.push_back({"transaction_id", bought.transaction});
    device->take(event(stated, "purchase", params, random_items(bought.items, true)));
    for (const LifeEvent& earlier : life.events) {
      if (!bought.transaction.empty() && earlier.transaction == bought.transaction) return;
    }
    add(bought);
  }
  void refund(double stated) {
    attend(false);
    const std::string id = "t" + std::to_string(random_.below(6));
    Pairs params{{"transaction_id", id}};
    std::optional<double> value;
    std::vector<BoughtItem> items;
    std::vector<Pairs> pairs;
    const bool quantities = random_.one_in(2);
    if (random_.one_in(2)) {
      value = static_cast<double>(random_.below(8)) / 4;
      params.push_back({"value", *value});
    }
    if (random_.one_in(2)) pairs = random_items(items, quantities);
    device->take(event(stated, "refund", params, pairs));
    if (personalized) plain_refund(life, id, value, items, quantities);
  }

  Random& random_;
  const TestProgram& program_;
  std::vector<std::uint8_t> snapshot_;
  bool in_session_ = false;
  double active_ = 0;
};

std::vector<PlainSignal> random_signals(Random& random) {
  std::vector<PlainSignal> signals;
  for (int i = 0; i < kSignals; ++i) signals.push_back(random_signal(random));
  return signals;
}

}  // namespace

TEST_CASE("every operation, window and condition equals its plain definition, after every step of every life",
          "[lives]") {
  for (const std::uint32_t seed_value : lives(1, 1500)) {
    begin_life(seed_value);
    Random random(seed_value);
    const std::vector<PlainSignal> signals = random_signals(random);
    INFO("seed " << seed_value << "\n" << playbook_of(signals));
    const TestProgram program(playbook_of(signals));
    Visitor visitor(random, program);
    for (int i = 0; i < 50; ++i) {
      visitor.step();
      const std::string difference = visitor.difference(signals, visitor.now);
      if (!difference.empty()) FAIL("step " << i << ": " << difference);
    }
  }
}

TEST_CASE("between two inputs a signal changes at the moments that wake_at names, and at no other") {
  for (std::uint32_t seed_value = 20000; seed_value <= 20200; ++seed_value) {
    Random random(seed_value);
    const std::vector<PlainSignal> signals = random_signals(random);
    INFO("seed " << seed_value << "\n" << playbook_of(signals));
    const TestProgram program(playbook_of(signals));
    Visitor visitor(random, program);
    for (int i = 0; i < 25; ++i) visitor.step();
    visitor.device->take(tick(visitor.now));
    for (int wakes = 0; visitor.device->outcome().wake_at != 0 && wakes < 60; ++wakes) {
      const double wake = visitor.device->outcome().wake_at;
      REQUIRE(wake > visitor.now);
      const std::string before = visitor.difference(signals, wake - 1, false);
      if (!before.empty()) FAIL("unannounced before " << wake << ": " << before);
      visitor.device->take(tick(wake));
      visitor.now = wake;
      const std::string after = visitor.difference(signals, wake);
      if (!after.empty()) FAIL("at " << wake << ": " << after);
    }
  }
}

}  // namespace signals_test
