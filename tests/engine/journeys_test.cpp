// SPDX-License-Identifier: Apache-2.0
// Journeys against a naive interpreter of their text: random journeys and lives, with reloads at random moments.
#include <catch2/catch.hpp>
#include <sstream>

#include "support/device.h"
#include "support/lives.h"
#include "support/random.h"
#include "support/reference_journeys.h"

namespace journeys_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr const char* kConditions[] = {"t0", "!t0", "t1", "!t1", "busy", "fresh"};
constexpr const char* kEvents[] = {"search", "quiz_done", "purchase"};
constexpr const char* kCampaigns[] = {"a", "b", "c"};
constexpr double kMs[] = {kMinute, 20 * kMinute, kHour, kDay};
constexpr const char* kDurations[] = {"1m", "20m", "1h", "1d"};

class Author {
 public:
  explicit Author(Random& random) : random_(random) {}

  std::string journey(PlainJourney& made) {
    std::ostringstream text;
    made.start = random_.pick(kConditions);
    text << R"({"start": ")" << made.start << '"';
    if (random_.one_in(3)) {
      const bool event = random_.one_in(2);
      (event ? made.goal_event : made.goal) = event ? random_.pick(kEvents) : random_.pick(kConditions);
      text << R"(, "goal": ")" << made.goal_event << made.goal << '"';
    }
    if (random_.one_in(2)) made.timeout = duration(text, "timeout");
    const std::uint32_t restart = random_.below(3);
    if (restart == 1) {
      made.restart = 0;
      text << R"(, "restart": "always")";
    } else if (restart == 2) {
      made.restart = duration(text, "restart");
    }
    text << R"(, "steps": )";
    number_ = 0;
    steps(text, made.steps, 1 + random_.below(4), 2);
    link(made.steps, nullptr);
    text << '}';
    return text.str();
  }

 private:
  double duration(std::ostringstream& text, const char* key) {
    const std::uint32_t which = random_.below(4);
    text << ", \"" << key << "\": \"" << kDurations[which] << '"';
    return kMs[which];
  }

  void steps(std::ostringstream& text, PlainSteps& list, std::uint32_t count, int depth) {
    text << '[';
    for (std::uint32_t i = 0; i < count; ++i) {
      list.push_back(std::make_unique<PlainJourneyStep>());
      PlainJourneyStep& step = *list.back();
      step.name = "n" + std::to_string(number_++);
      text << (i > 0 ? ", " : "") << R"({"name": ")" << step.name << '"';
      const std::uint32_t kind = random_.below(depth > 0 ? 5 : 4);
      if (kind == 0) {
        step.after = duration(text, "wait");
      } else if (kind == 4) {
        step.kind = PlainJourneyStep::Kind::kIf;
        step.subject = random_.pick(kConditions);
        text << R"(, "if": ")" << step.subject << R"(", "then": )";
        steps(text, step.then, random_.below(3), depth - 1);
        text << R"(, "else": )";
        steps(text, step.otherwise, random_.below(3), depth - 1);
      } else {
        step.kind = kind == 1   ? PlainJourneyStep::Kind::kShow
                    : kind == 2 ? PlainJourneyStep::Kind::kUntilEvent
                                : PlainJourneyStep::Kind::kUntil;
        step.subject = kind == 1   ? random_.pick(kCampaigns)
                       : kind == 2 ? random_.pick(kEvents)
                                   : random_.pick(kConditions);
        text << (kind == 1 ? R"(, "show": ")" : R"(, "until": ")") << step.subject << '"';
        if (random_.one_in(2)) step.after = duration(text, "timeout");
      }
      text << '}';
    }
    text << ']';
  }

  Random& random_;
  int number_ = 0;
};

std::string playbook_of(Random& random, PlainWorld& world) {
  std::ostringstream text;
  text << R"json("traits": {"t0": {"type": "bool"}, "t1": {"type": "bool"}},
    "events": {"quiz_done": {}},
    "signals": {"n": {"count": "quiz_done", "within": "1h"}, "since": {"recency": "quiz_done"}},
    "segments": {"busy": "n >= 2", "fresh": "since < duration('30m')"}, "campaigns": {)json";
  for (const char* name : kCampaigns) {
    text << (name[0] == 'a' ? "\"" : ", \"") << name << R"(": {"slot": ")" << name
         << R"(", "variants": {"v": {"creative": {"type": "banner", "title": "t"}}}})";
  }
  text << R"(}, "journeys": {)";
  world.journeys.resize(1 + random.below(3));
  for (std::size_t i = 0; i < world.journeys.size(); ++i) {
    text << (i > 0 ? ",\n" : "") << "\"j" << i << "\": " << Author(random).journey(world.journeys[i]);
  }
  text << '}';
  return playbook(text.str());
}

/// What differs; empty = nothing. `used` is the campaigns that a journey shows.
std::string difference(const Device& device, const PlainWorld& world, const std::set<std::string>& held) {
  std::ostringstream text;
  static const char* const kEnds[] = {"", "completed", "goal", "timeout"};
  for (std::uint32_t i = 0; i < world.journeys.size(); ++i) {
    const JourneyState state = device.engine.journey(i);
    const PlainJourney& plain = world.journeys[i];
    const std::string step(device.program().view().name_of(Table::kStep, state.step));
    const std::string expected = plain.at != nullptr ? plain.at->name : "";
    const std::string end = kEnds[static_cast<int>(state.end)];
    if (step != expected || end != (plain.at != nullptr ? "" : plain.end) ||
        (plain.ran && state.since != plain.since) || (plain.ran && state.started != plain.started)) {
      text << "j" << i << " stands at '" << step << "' " << end << " since " << state.since - kStart << " of "
           << state.started - kStart << ", not at '" << expected << "' " << plain.end << " since "
           << plain.since - kStart << " of " << plain.started - kStart << "; ";
    }
  }
  for (const char* name : kCampaigns) {
    const std::uint32_t row = device.program().row(Table::kCampaign, name);
    if ((device.program().view().campaigns()[row].flags & kCampaignInJourney) == 0) continue;
    const bool expected = world.shows(name) || held.count(name) != 0;
    if (device.shown(name).empty() == expected) text << name << (expected ? " is not shown; " : " is shown; ");
  }
  return text.str();
}

/// The same visitor in another page: from the snapshot, or from an older one and the journal since.
std::unique_ptr<Device> reloaded(const TestProgram& program, const std::vector<std::uint8_t>& snapshot,
                                 const std::vector<std::uint8_t>& journal, double now) {
  auto device = std::make_unique<Device>(program);
  if (!snapshot.empty() && device->load(snapshot) != Status::kOk) throw std::runtime_error("snapshot");
  device->merge(journal);
  device->take(tick(now));
  return device;
}

/// One step of a life, for the engine and the plain world. Campaigns that are seen are added to `held`.
void live(Random& random, Device& device, PlainWorld& world, std::set<std::string>& held) {
  const double now = world.now;
  switch (random.below(7)) {
    case 0:
    case 1: {
      const std::string trait = random.one_in(2) ? "t0" : "t1";
      const bool on = random.one_in(2);
      if (on) world.traits.insert(trait);
      if (!on) world.traits.erase(trait);
      device.take(identify(now, {{"t0", world.traits.count("t0") != 0}, {"t1", world.traits.count("t1") != 0}}));
      return world.look();
    }
    case 2: {
      const std::string campaign = random.pick(kCampaigns);
      device.take(tick(now));
      if (!device.shown(campaign).empty()) held.insert(campaign);
      device.take(event(now, "view_promotion", {{"promotion_id", campaign}}));
      return world.happen("view_promotion", campaign);
    }
    case 3:
    case 4: {
      const std::string name = random.pick(kEvents);
      device.take(event(now, name));
      if (name == "quiz_done") world.events.push_back(now);
      return world.happen(name);
    }
    case 5:
      held.clear();
      return device.take(page(now, "/"));
    default:
      device.take(tick(now));
  }
}

constexpr double kSteps[] = {0, 1, kMinute, 19 * kMinute, 20 * kMinute, 40 * kMinute, kHour, 7 * kHour, kDay};

}  // namespace

TEST_CASE("journeys go as a naive interpreter of their text goes, through reloads at any moment", "[lives]") {
  const auto seeds = lives(1, 1500);
  std::size_t ends = 0;
  for (const std::uint32_t seed_value : seeds) {
    begin_life(seed_value);
    Random random(seed_value);
    PlainWorld world;
    world.now = kStart;
    const std::string text = playbook_of(random, world);
    const TestProgram program(text);
    auto device = std::make_unique<Device>(program);
    std::vector<std::uint8_t> base;
    std::set<std::string> held;
    device->take(identify(kStart, {{"t0", false}, {"t1", false}}));
    world.look();
    for (int i = 0; i < 40; ++i) {
      world.pass(world.now + random.pick(kSteps));
      if (random.one_in(4)) {
        const double now = world.now;
        device->take(tick(now));
        if (random.one_in(2)) {
          base = device->snapshot();
          device->journal.resize(kJournalHeaderBytes);
        }
        const auto journal = device->journal;
        const auto before = device->snapshot();
        device = reloaded(program, base, journal, now);
        if (device->snapshot() != before)
          FAIL("seed " << seed_value << ", step " << i << ": a reload changed the state");
        device->journal = journal;
        held.clear();
      } else {
        live(random, *device, world, held);
      }
      if (const std::string what = difference(*device, world, held); !what.empty()) {
        FAIL("seed " << seed_value << ", step " << i << ": " << what << "\n" << text);
      }
      for (const PlainJourney& journey : world.journeys) ends += journey.end.empty() ? 0 : 1;
    }
  }
  // Few lives may be dull ones.
  if (seeds.size() >= 1500) CHECK(ends > 10000);
}

TEST_CASE("between two inputs no journey moves but at the moments that wake_at names") {
  for (std::uint32_t seed_value = 7000; seed_value <= 7300; ++seed_value) {
    Random random(seed_value);
    PlainWorld world;
    world.now = kStart;
    const std::string text = playbook_of(random, world);
    const TestProgram program(text);
    Device device(program);
    std::set<std::string> held;
    device.take(identify(kStart, {{"t0", false}, {"t1", false}}));
    world.look();
    for (int i = 0; i < 15; ++i) {
      world.pass(world.now + random.pick(kSteps));
      live(random, device, world, held);
    }
    for (int wakes = 0; device.outcome().wake_at != 0 && wakes < 60; ++wakes) {
      const double wake = device.outcome().wake_at;
      if (wake <= world.now) FAIL("seed " << seed_value << ": wake_at lies in the past");
      for (const double when : {wake - 1, wake}) {
        world.pass(std::max(world.now, when));
        if (when == wake) device.take(tick(when));
        if (const std::string what = difference(device, world, held); !what.empty()) {
          FAIL("seed " << seed_value << ", unannounced before " << wake - kStart << ": " << what << "\n" << text);
        }
      }
    }
  }
}

}  // namespace journeys_test
