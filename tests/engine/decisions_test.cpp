// SPDX-License-Identifier: Apache-2.0
// The solve over all slots against a plain one that works everything out anew: random playbooks, lives and times.
#include <catch2/catch.hpp>
#include <ctime>
#include <sstream>

#include "support/device.h"
#include "support/lives.h"
#include "support/random.h"
#include "support/reference_decisions.h"

namespace decisions_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr int kTraits = 3;
constexpr double kMs[] = {20 * kMinute, 2 * kHour, kDay};
constexpr const char* kDurations[] = {"20m", "2h", "1d"};

std::string moment(double ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  char text[32];
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// A random playbook, as text and as the plain evaluator knows it.
struct RandomPlaybook {
  std::string text;
  std::vector<PlainCampaign> campaigns;
  PlainLimits limits;
};

void add_campaign(Random& random, RandomPlaybook& made, std::ostringstream& text, std::uint32_t number) {
  PlainCampaign campaign;
  campaign.name = "c" + std::to_string(number);
  campaign.slot = "s" + std::to_string(random.below(4));
  campaign.priority = static_cast<int>(random.below(4)) - 1;
  text << (number > 0 ? ",\n" : "") << '"' << campaign.name << R"(": {"slot": ")" << campaign.slot
       << R"(", "priority": )" << campaign.priority;
  if (random.one_in(2)) {
    campaign.trait = static_cast<int>(random.below(kTraits));
    text << R"(, "audience": "t)" << campaign.trait << '"';
  }
  if (random.one_in(3)) {
    campaign.group = random.one_in(2) ? "g" : "h";
    text << R"(, "group": ")" << campaign.group << '"';
  }
  if (random.one_in(4)) {
    campaign.from = kStart + (1 + random.below(60)) * kHour;
    campaign.until = campaign.from + (1 + random.below(60)) * kHour;
    text << R"(, "schedule": {"from": ")" << moment(campaign.from) << R"(", "to": ")" << moment(campaign.until)
         << "\"}";
  }
  if (random.one_in(2)) {
    campaign.cap = 1 + random.below(3);
    text << R"(, "cap": {"impressions": )" << campaign.cap;
    if (!random.one_in(3)) {
      const std::uint32_t which = random.below(3);
      campaign.cap_within = kMs[which];
      text << R"(, "within": ")" << kDurations[which] << '"';
    }
    if (random.one_in(2)) {
      const std::uint32_t which = random.below(3);
      campaign.quiet = kMs[which];
      text << R"(, "quiet_after_dismiss": ")" << kDurations[which] << '"';
    }
    text << '}';
  }
  if (random.one_in(4)) {
    campaign.holdout = 0.5;
    text << R"(, "holdout": 0.5)";
  }
  if (random.one_in(3)) {
    campaign.marketing = true;
    text << R"(, "purposes": ["marketing", "personalization"])";
  }
  text << R"(, "variants": {)";
  for (std::uint32_t i = 0, count = 1 + random.below(3); i < count; ++i) {
    const double weight = i == 0 ? 1 : random.below(4);
    campaign.variants.push_back({"v" + std::to_string(i), weight});
    text << (i > 0 ? ", " : "") << "\"v" << i << R"(": {"weight": )" << weight
         << R"(, "creative": {"type": "banner", "title": "t"}})";
  }
  text << "}}";
  made.campaigns.push_back(campaign);
}

RandomPlaybook random_playbook(Random& random) {
  RandomPlaybook made;
  std::ostringstream campaigns;
  const std::uint32_t count = 2 + random.below(9);
  for (std::uint32_t i = 0; i < count; ++i) add_campaign(random, made, campaigns, i);
  std::ostringstream text;
  text << R"("traits": {"t0": {"type": "bool"}, "t1": {"type": "bool"}, "t2": {"type": "bool"}},)";
  if (random.one_in(2)) {
    made.limits.impressions = 1 + random.below(4);
    text << R"("fatigue": {"impressions": )" << made.limits.impressions;
    if (!random.one_in(4)) {
      const std::uint32_t which = random.below(3);
      made.limits.within = kMs[which];
      text << R"(, "within": ")" << kDurations[which] << '"';
    }
    if (random.one_in(2)) {
      made.limits.quiet = kMs[0];
      text << R"(, "quiet_after_dismiss": "20m")";
    }
    std::string exempt;
    for (PlainCampaign& campaign : made.campaigns) {
      campaign.exempt = random.one_in(4);
      if (campaign.exempt) exempt += (exempt.empty() ? "\"" : ", \"") + campaign.name + '"';
    }
    text << R"(, "exempt": [)" << exempt << "]},";
  }
  if (random.one_in(5)) {
    made.limits.holdout = 0.5;
    text << R"("holdout": 0.5,)";
  }
  text << R"("campaigns": {)" << campaigns.str() << '}';
  made.text = playbook(text.str());
  return made;
}

struct Pair {
  Device& device;
  PlainVisit& visit;
  const PlainDecisions& plain;
};

/// One step of a life, for both.
void step(Random& random, Pair& pair) {
  static constexpr double kSteps[] = {0, 1, kMinute, 19 * kMinute, 20 * kMinute, kHour, 7 * kHour, kDay};
  PlainVisit& visit = pair.visit;
  visit.now += random.pick(kSteps);
  const std::size_t campaign = random.below(static_cast<std::uint32_t>(pair.plain.campaigns().size()));
  const PlainCampaign& about = pair.plain.campaigns()[campaign];
  const bool taken = visit.marketing || !about.marketing;
  switch (random.below(10)) {
    case 0:
    case 1:
      pair.device.take(page(visit.now, "/"));
      visit.held.clear();
      return;
    case 2: {
      const int trait = static_cast<int>(random.below(kTraits));
      visit.traits[trait] = random.one_in(2);
      return pair.device.take(identify(visit.now, {{"t" + std::to_string(trait), visit.traits[trait]}}));
    }
    case 3:
      if (random.one_in(3)) {
        visit.marketing = !visit.marketing;
        const auto bit = purpose::kMarketing;
        pair.device.take(consent(visit.now, bit, visit.marketing ? bit : std::uint8_t{0}));
        if (visit.marketing) return;
        visit.held.clear();
        const auto gone = [&](std::size_t index) { return pair.plain.campaigns()[index].marketing; };
        auto& seen = visit.impressions;
        seen.erase(std::remove_if(seen.begin(), seen.end(), [&](const auto& one) { return gone(one.campaign); }),
                   seen.end());
        for (std::size_t i = 0; i < pair.plain.campaigns().size(); ++i) {
          if (gone(i)) visit.dismissals.erase(i);
        }
        return;
      }
      return pair.device.take(tick(visit.now));
    case 4: {
      pair.device.take(tick(visit.now));
      (void)pair.device.apply(event(visit.now, "dismiss_promotion", {{"promotion_id", about.name}}));
      if (!taken) return;
      visit.dismissals[campaign] = visit.now;
      const auto held = visit.held.find(about.slot);
      if (held != visit.held.end() && held->second == campaign) visit.held.erase(held);
      return;
    }
    case 5:
      return pair.device.take(tick(visit.now));
    default: {
      // The time passes first, and may change what is shown.
      pair.device.take(tick(visit.now));
      (void)pair.plain.decide(visit);
      Pairs params{{"promotion_id", about.name}};
      std::string variant = pair.plain.variant_of(visit, campaign);
      if (random.one_in(3)) {
        variant = about.variants.back().name;
        params.push_back({"creative_name", variant});
      }
      (void)pair.device.apply(event(visit.now, "view_promotion", params));
      if (!taken) return;
      const auto shown = visit.shown.find(about.slot);
      if (shown != visit.shown.end() && shown->second == campaign) visit.held[about.slot] = campaign;
      visit.impressions.push_back({visit.now, campaign, variant});
    }
  }
}

/// What differs between the engine and the plain evaluator at the visit's time; empty = nothing.
std::string difference(Pair& pair, bool with_reasons) {
  const std::vector<PlainReasons> reasons = pair.plain.decide(pair.visit);
  std::string text;
  for (std::uint32_t slot = 0; slot < pair.device.program().view().slots().size(); ++slot) {
    const std::string name(pair.device.program().view().name_of(Table::kSlot, slot));
    const auto shown = pair.visit.shown.find(name);
    std::string expected;
    if (shown != pair.visit.shown.end()) {
      expected = pair.plain.campaigns()[shown->second].name + "/" + pair.plain.variant_of(pair.visit, shown->second);
    }
    if (pair.device.shown(name) != expected) {
      text += name + " shows '" + pair.device.shown(name) + "', not '" + expected + "'; ";
    }
  }
  for (std::uint32_t i = 0; with_reasons && i < reasons.size(); ++i) {
    const std::uint32_t bits = pair.device.engine.reasons(i);
    for (std::uint32_t bit = 1; bit <= static_cast<std::uint32_t>(Verdict::kSeed); ++bit) {
      static const char* const kNames[] = {"shown", "eligible", "consent", "audience", "schedule",       "cap",
                                           "quiet", "holdout",  "group",   "fatigue",  "global_holdout", "journey",
                                           "seed"};
      if ((bits >> bit & 1) != reasons[i].count(kNames[bit])) {
        text +=
            "c" + std::to_string(i) + (reasons[i].count(kNames[bit]) != 0 ? " lacks " : " has ") + kNames[bit] + "; ";
      }
    }
  }
  return text;
}

}  // namespace

TEST_CASE("decisions and all their reasons are those of a plain solve, after every step", "[lives]") {
  const auto seeds = lives(1, 600);
  std::size_t shown = 0;
  for (const std::uint32_t seed_value : seeds) {
    begin_life(seed_value);
    Random random(seed_value);
    const RandomPlaybook made = random_playbook(random);
    const TestProgram program(made.text);
    const std::uint64_t visitor = random.bits();
    Device device(program, purpose::kAll, visitor);
    PlainVisit visit;
    visit.now = kStart;
    visit.seed = visitor;
    const PlainDecisions plain(made.campaigns, made.limits);
    Pair pair{device, visit, plain};
    for (int i = 0; i < 60; ++i) {
      step(random, pair);
      if (const std::string what = difference(pair, true); !what.empty()) {
        FAIL("seed " << seed_value << ", step " << i << ": " << what << "\n" << made.text);
      }
      shown += visit.shown.size();
    }
  }
  // Few lives may be dull ones.
  if (seeds.size() >= 600) CHECK(shown > 10000);
}

TEST_CASE("between two inputs no decision changes but at the moments that wake_at names") {
  for (std::uint32_t seed_value = 9000; seed_value <= 9150; ++seed_value) {
    Random random(seed_value);
    const RandomPlaybook made = random_playbook(random);
    const TestProgram program(made.text);
    Device device(program, purpose::kAll, 5);
    PlainVisit visit;
    visit.now = kStart;
    visit.seed = 5;
    const PlainDecisions plain(made.campaigns, made.limits);
    Pair pair{device, visit, plain};
    for (int i = 0; i < 25; ++i) step(random, pair);
    (void)difference(pair, false);
    for (int wakes = 0; device.outcome().wake_at != 0 && wakes < 60; ++wakes) {
      const double wake = device.outcome().wake_at;
      if (wake <= visit.now) FAIL("seed " << seed_value << ": wake_at lies in the past");
      for (const double when : {wake - 1, wake}) {
        visit.now = std::max(visit.now, when);
        if (when == wake) device.take(tick(when));
        if (const std::string what = difference(pair, false); !what.empty()) {
          FAIL("seed " << seed_value << ", unannounced before " << wake << ": " << what << "\n" << made.text);
        }
      }
    }
  }
}

TEST_CASE("a score may be a campaign's priority, and what it is now decides; unknown comes last") {
  const TestProgram program(playbook(R"json("sync": { "mode": "off" },
    "traits": { "points": { "type": "double" } },
    "scores": { "lead": "points * 2.0" },
    "campaigns": {
      "scored": { "slot": "hero", "priority": { "score": "lead" }, "variants": { "a": { "creative": { "type": "banner", "title": "T" } } } },
      "plain": { "slot": "hero", "priority": 5, "variants": { "b": { "creative": { "type": "banner", "title": "T" } } } } })json"));
  Device device(program);
  const auto shown = [&] {
    return program.view().name_of(Table::kCampaign, device.engine.campaign_of(device.engine.decision(0)));
  };
  device.take(tick(kStart));
  CHECK(shown() == "plain");
  device.take(identify(kStart + 1, {{"points", 3.0}}));
  CHECK(shown() == "scored");
  device.take(identify(kStart + 2, {{"points", 2.0}}));
  CHECK(shown() == "plain");
  device.take(identify(kStart + 3, {{"points", 2.5}}));
  CHECK(shown() == "scored");  // equal: the order of the playbook
}

}  // namespace decisions_test
