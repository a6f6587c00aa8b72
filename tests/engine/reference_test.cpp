// SPDX-License-Identifier: Apache-2.0
// The incremental network gives what a plain re-evaluation of the whole history gives: random playbooks, random lives.
#include <catch2/catch.hpp>

#include "support/device.h"
#include "support/lives.h"
#include "support/reference.h"

namespace reference_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr int kSegments = 12;

std::string playbook_of(const std::vector<std::unique_ptr<Plain>>& conditions) {
  std::string segments;
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    segments +=
        (i > 0 ? ",\n" : "") + std::string("\"s") + std::to_string(i) + "\": \"" + expression_of(*conditions[i]) + "\"";
  }
  return playbook(R"json("sync": { "mode": "off" },
    "events": { "quiz_done": { "params": { "style": "string", "value": "double" } } },
    "traits": { "rank": { "type": "string" } }, "context": { "weather": { "type": "string" } },
    "signals": {
      "total": { "count": "quiz_done" }, "recent_total": { "count": "quiz_done", "within": "1h" },
      "amount": { "sum": "quiz_done", "of": "value", "within": "1h", "keep": 64 }, "since": { "recency": "quiz_done" },
      "style": { "last": "quiz_done", "of": "style" },
      "styles": { "recent": "quiz_done", "of": "style", "keep": 6 } }, "segments": {)json" +
                  segments + "}");
}

/// One step of a life, for the engine and for the plain history.
void step(Random& random, Device& device, Past& past) {
  static constexpr double kSteps[] = {0, 1, kMinute, 7 * kMinute, 59 * kMinute, kHour, 5 * kHour};
  static const std::vector<std::string> kTexts = {"wild", "calm", "花", "other", ""};
  past.now += random.pick(kSteps);
  const std::string& text = random.pick(kTexts);
  const Datum stated = text.empty() ? Datum(nullptr) : Datum(text);
  switch (random.below(8)) {
    case 0:
      device.take(identify(past.now, {{"rank", stated}}));
      if (past.personalized) past.rank = text;
      return;
    case 1:
      device.take(context(past.now, {{"weather", stated}}));
      past.weather = text;
      return;
    case 2:
      device.take(tick(past.now));
      return;
    case 3: {
      if (!random.one_in(4)) return device.take(tick(past.now));
      past.personalized = !past.personalized;
      const auto bit = purpose::kPersonalization;
      device.take(consent(past.now, bit, past.personalized ? bit : std::uint8_t{0}));
      past.events.clear();
      past.rank.clear();
      return;
    }
    default: {
      Pairs params{{"value", static_cast<double>(random.below(5))}};
      if (!text.empty()) params.push_back({"style", text});
      device.take(event(past.now, "quiz_done", params));
      const double value = std::get<double>(params[0].second);
      if (past.personalized) past.events.push_back({past.now, value, text});
    }
  }
}

}  // namespace

TEST_CASE("the incremental network equals a plain re-evaluation, after every step", "[lives]") {
  for (const std::uint32_t seed_value : lives(1, 250)) {
    begin_life(seed_value);
    Random random(seed_value);
    std::vector<std::unique_ptr<Plain>> conditions;
    for (int i = 0; i < kSegments; ++i) conditions.push_back(random_condition(random, 3));
    const TestProgram program(playbook_of(conditions));
    Device device(program);
    Past past;
    past.now = kStart;
    for (int i = 0; i < 40; ++i) {
      step(random, device, past);
      for (std::uint32_t segment = 0; segment < conditions.size(); ++segment) {
        const bool expected = evaluate(*conditions[segment], past) == Answer::kTrue;
        const std::string name = "s" + std::to_string(segment);
        if (device.on(name) != expected) {
          FAIL("seed " << seed_value << ", step " << i << ": " << expression_of(*conditions[segment]) << " should be "
                       << expected);
        }
      }
    }
  }
}

TEST_CASE("between two inputs nothing flips but at the moments that wake_at names") {
  for (std::uint32_t seed_value = 5000; seed_value <= 5100; ++seed_value) {
    Random random(seed_value);
    std::vector<std::unique_ptr<Plain>> conditions;
    for (int i = 0; i < kSegments; ++i) conditions.push_back(random_condition(random, 2));
    const TestProgram program(playbook_of(conditions));
    Device device(program);
    Past past;
    past.now = kStart;
    for (int i = 0; i < 15; ++i) step(random, device, past);
    for (int wakes = 0; device.outcome().wake_at != 0 && wakes < 60; ++wakes) {
      const double wake = device.outcome().wake_at;
      if (wake <= past.now) FAIL("seed " << seed_value << ": wake_at lies in the past");
      for (const double when : {wake - 1, wake}) {
        past.now = std::max(past.now, when);
        if (when == wake) device.take(tick(when));
        for (std::uint32_t segment = 0; segment < conditions.size(); ++segment) {
          if (device.on("s" + std::to_string(segment)) != (evaluate(*conditions[segment], past) == Answer::kTrue)) {
            FAIL("seed " << seed_value << ": " << expression_of(*conditions[segment]) << " flips unannounced before "
                         << wake);
          }
        }
      }
    }
  }
}

}  // namespace reference_test
