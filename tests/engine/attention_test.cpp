// SPDX-License-Identifier: Apache-2.0
// Visible and engaged time: the scenarios of tests/fixtures/attention, and random ones against a plain evaluator.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "support/device.h"
#include "support/random.h"

namespace attention_test {

using namespace omo;
using namespace omo::test;
using nlohmann::json;

namespace {

constexpr double kSignOfLifeMs = 5000;

std::string read_fixture(const std::string& name) {
  std::ifstream file(std::string(OMO_SOURCE_DIR) + "/tests/fixtures/attention/" + name);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

const TestProgram& program() {
  static const TestProgram made(read_fixture("playbook.json"));
  return made;
}

const std::vector<std::pair<std::string, Edge>> kEdges = {
    {"visible", Edge::kVisible},   {"hidden", Edge::kHidden}, {"focused", Edge::kFocused}, {"blurred", Edge::kBlurred},
    {"activity", Edge::kActivity}, {"leave", Edge::kLeave},   {"frozen", Edge::kFrozen}};

Record record_of(double time, const std::string& word, const std::string& argument) {
  for (const auto& [name, which] : kEdges) {
    if (word == name) return edge(time, which);
  }
  if (word == "page") return page(time, argument);
  if (word == "in" || word == "out") return section(time, word == "in", argument);
  REQUIRE(word == "tick");
  return tick(time);
}

/// Takes the steps of a scenario, from kStart on.
void run(Device& device, const json& steps) {
  double now = 0;
  bool awake = true;
  for (const std::string step : steps) {
    std::istringstream words(step);
    double time = 0;
    std::string word;
    std::string argument;
    words >> time >> word >> argument;
    for (now += kSignOfLifeMs; awake && now < time; now += kSignOfLifeMs) device.take(tick(kStart + now));
    now = time;
    awake = word != "asleep";
    if (awake) device.take(record_of(kStart + time, word, argument));
  }
}

/// A signal as JSON.
json signal_of(const Device& device, const std::string& name) {
  std::vector<std::uint8_t> out(kTransferBytes);
  const std::size_t size = device.engine.value(Table::kSignal, device.program().row(Table::kSignal, name), out);
  ByteReader reader(Bytes(out).first(size));
  const auto read = [&]() -> json {
    if (static_cast<ValueTag>(reader.u8()) == ValueTag::kNumber) return reader.f64();
    return std::string(reader.text());
  };
  if (static_cast<ValueTag>(out[0]) != ValueTag::kList) return read();
  json list = json::array();
  reader.u8();
  for (std::uint32_t n = reader.varint(); n > 0; --n) list.push_back(read());
  return list;
}

void check_signals(const Device& device, const json& expected) {
  const json parsed = json::parse(read_fixture("playbook.json"));
  for (const auto& [name, unused] : parsed["signals"].items()) {
    INFO(name);
    const json nothing = name == "told" ? json::array() : json(0);
    CHECK(signal_of(device, name) == expected.value(name, nothing));
  }
}

/// What a page's attention comes to, slice by slice.
struct PlainAttention {
  static constexpr double kSliceMs = 100;
  bool visible = false;
  bool focused = false;
  bool in_view = false;
  double active_at = -kHour;
  double visible_ms = 0;
  double engaged_ms = 0;
  double section_ms = 0;

  void pass(double from, double to) {
    if (!visible || to - from > kSleepMs) return;
    for (double at = from; at < to; at += kSliceMs) {
      visible_ms += kSliceMs;
      if (!focused || at - active_at >= kIdleMs) continue;
      engaged_ms += kSliceMs;
      if (in_view) section_ms += kSliceMs;
    }
  }
  void take(Edge edge, double now) {
    if (edge == Edge::kVisible) visible = true;
    if (edge == Edge::kHidden || edge == Edge::kFrozen) visible = false;
    if (edge == Edge::kFocused) focused = true;
    if (edge == Edge::kBlurred) focused = false;
    if (edge == Edge::kVisible || edge == Edge::kFocused || edge == Edge::kActivity) active_at = now;
  }
};

}  // namespace

// Claims 1 to 5 and 7 to 16 of tracking, by their names in scenarios.json.
TEST_CASE("tracking 1 to 16: every attention scenario comes to what was worked out by hand") {
  const json scenarios = json::parse(read_fixture("scenarios.json"));
  REQUIRE(scenarios.size() >= 30);
  for (const json& scenario : scenarios) {
    DYNAMIC_SECTION(scenario["claim"].get<std::string>()) {
      Device device(program());
      if (const double earlier_ms = scenario.value("earlier_visit_ms", 0.0); earlier_ms > 0) {
        Device earlier(program());
        earlier.take(event(kStart + earlier_ms, "page_view", {{"page_path", "/a"}}));
        REQUIRE(device.engine.load_snapshot(earlier.snapshot()) == Status::kOk);
      }
      run(device, scenario["steps"]);
      check_signals(device, scenario["expected"]);
    }
  }
}

TEST_CASE("tracking 9: a sign of life is neither journaled nor queued, and changes nothing that is kept or shown") {
  Device device(program());
  run(device, {"0 visible", "0 focused", "0 page /a", "0 in story"});
  const auto journal = device.journal;
  const std::uint32_t queued = device.outcome().queue_events;
  for (int i = 1; i <= 100; ++i) {
    device.take(tick(kStart + i * kSignOfLifeMs));
    CHECK(device.outcome().flags == 0);
    CHECK(device.outcome().journal_bytes == 0);
  }
  CHECK(device.journal == journal);
  CHECK(device.outcome().queue_events == queued);
}

TEST_CASE("random edges come to what a plain evaluation of every tenth of a second says") {
  static constexpr Edge kAny[] = {Edge::kVisible, Edge::kHidden,   Edge::kFocused, Edge::kBlurred,
                                  Edge::kFrozen,  Edge::kActivity, Edge::kActivity};
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Device device(program());
    PlainAttention plain;
    device.take(page(kStart, "/a"));
    plain.active_at = 0;
    double now = 0;
    for (int i = 0; i < 60; ++i) {
      const double before = now;
      now += PlainAttention::kSliceMs * random.below(random.one_in(4) ? 300 : 40);
      plain.pass(before, now);
      const std::uint32_t what = random.below(9);
      if (what < 7) {
        plain.take(kAny[what], now);
        device.take(edge(kStart + now, kAny[what]));
      } else if (what == 7) {
        plain.in_view = random.one_in(2);
        device.take(section(kStart + now, plain.in_view, "story"));
      } else {
        device.take(tick(kStart + now));
      }
    }
    device.take(edge(kStart + now, Edge::kLeave));
    CHECK(signal_of(device, "visible_a") == plain.visible_ms);
    CHECK(signal_of(device, "engaged_a") == plain.engaged_ms);
    CHECK(signal_of(device, "story_a") == plain.section_ms);
  }
}

TEST_CASE("time before consent is not told, and time after it is") {
  Device device(program(), 0);
  run(device, {"0 visible", "0 focused", "0 page /a", "2000 hidden"});
  device.take(consent(kStart + 2 * kSecond, purpose::kAll, purpose::kAll));
  run(device, {"3000 visible", "4000 hidden"});
  CHECK(signal_of(device, "engaged_a") == 1000);
}

}  // namespace attention_test
