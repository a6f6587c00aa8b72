// SPDX-License-Identifier: Apache-2.0
// What is shown where: audience, priority, schedule, cap, quiet period, holdout, variants.
#include <catch2/catch.hpp>
#include <map>

#include "support/device.h"

namespace campaign_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr const char* kCreative = R"("creative": {"type": "banner", "title": "t"})";

std::string one_variant() { return std::string(R"("variants": {"v": {)") + kCreative + "}}"; }

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "traits": { "vip": { "type": "bool" } },
    "segments": { "is_vip": "vip" },
    "campaigns": {
      "low": { "slot": "hero", "priority": 1, )json" +
                                         one_variant() + R"json( },
      "high": { "slot": "hero", "audience": "is_vip", "priority": 9,
                "cap": { "impressions": 2, "within": "1d", "quiet_after_dismiss": "7d" }, )json" +
                                         one_variant() + R"json( },
      "march": { "slot": "cart", "schedule": { "from": "2026-03-10", "to": "2026-03-12", "timezone": "Asia/Tokyo" }, )json" +
                                         one_variant() + "} }"));
  return made;
}

Record impression(double time, const std::string& campaign) {
  return event(time, "view_promotion", {{"promotion_id", campaign}});
}
Record dismissal(double time, const std::string& campaign) {
  return event(time, "dismiss_promotion", {{"promotion_id", campaign}});
}
Record vip(double time) { return identify(time, {{"vip", true}}); }

}  // namespace

TEST_CASE("the campaign of the highest priority whose audience holds is shown") {
  Device device(program());
  CHECK(device.shown("hero") == "low/v");
  CHECK(device.verdict("high") == Verdict::kAudience);
  device.take(vip(kStart));
  CHECK(device.shown("hero") == "high/v");
  CHECK(device.verdict("low") == Verdict::kEligible);
  CHECK((device.outcome().flags & outcome::kDecisionsChanged) != 0);
}

TEST_CASE("a cap ends a campaign in the next view, and an impression leaves it at age within") {
  Device device(program());
  device.take(vip(kStart));
  for (int i = 0; i < 2; ++i) {
    device.take(page(kStart + i * kHour, "/"));
    device.take(impression(kStart + i * kHour, "high"));
    CHECK(device.shown("hero") == "high/v");
  }
  device.take(page(kStart + 2 * kHour, "/"));
  CHECK(device.shown("hero") == "low/v");
  CHECK(device.verdict("high") == Verdict::kCap);
  device.take(tick(kStart + kDay - 1));
  CHECK(device.shown("hero") == "low/v");
  device.take(tick(kStart + kDay));
  CHECK(device.shown("hero") == "high/v");
}

TEST_CASE("what a view has shown stays for that view, even where its own impression was the last that the cap allows") {
  Device device(program());
  device.take(vip(kStart));
  device.take(impression(kStart, "high"));
  device.take(impression(kStart + 1, "high"));
  device.take(tick(kStart + kMinute));
  CHECK(device.shown("hero") == "high/v");
  CHECK(device.verdict("high") == Verdict::kShown);
}

TEST_CASE("what a view has shown is not replaced by a campaign that becomes eligible later") {
  Device device(program());
  device.take(impression(kStart, "low"));
  device.take(vip(kStart + 1));
  CHECK(device.shown("hero") == "low/v");
  device.take(page(kStart + 2, "/next"));
  CHECK(device.shown("hero") == "high/v");
}

TEST_CASE("what a view has shown goes when the visitor leaves its audience") {
  Device device(program());
  device.take(vip(kStart));
  device.take(impression(kStart, "high"));
  device.take(identify(kStart + 1, {{"vip", false}}));
  CHECK(device.shown("hero") == "low/v");
}

TEST_CASE("an impression of a campaign that is not shown does not bring it into its slot") {
  Device device(program());
  device.take(vip(kStart));
  device.take(impression(kStart, "low"));
  CHECK(device.shown("hero") == "high/v");
}

TEST_CASE("a dismissed campaign is quiet at once, and comes back when the period ends") {
  Device device(program());
  device.take(vip(kStart));
  device.take(impression(kStart, "high"));
  device.take(dismissal(kStart + kMinute, "high"));
  CHECK(device.shown("hero") == "low/v");
  CHECK(device.verdict("high") == Verdict::kQuiet);
  device.take(page(kStart + 7 * kDay + kMinute - 1, "/"));
  CHECK(device.shown("hero") == "low/v");
  CHECK(device.outcome().wake_at == kStart + 7 * kDay + kMinute);
  device.take(tick(kStart + 7 * kDay + kMinute));
  CHECK(device.shown("hero") == "high/v");
}

TEST_CASE("a schedule begins at midnight of its zone, and a date-only end includes that day") {
  Device device(program());
  const double from = kStart + 8 * kDay - 9 * kHour;  // 10 March, 00:00 in Tokyo
  CHECK(device.shown("cart").empty());
  CHECK(device.outcome().wake_at == from);
  device.take(tick(from - 1));
  CHECK(device.shown("cart").empty());
  CHECK(device.verdict("march") == Verdict::kSchedule);
  device.take(tick(from));
  CHECK(device.shown("cart") == "march/v");
  CHECK(device.outcome().wake_at == from + 3 * kDay);
  device.take(tick(from + 3 * kDay - 1));
  CHECK(device.shown("cart") == "march/v");
  device.take(tick(from + 3 * kDay));
  CHECK(device.shown("cart").empty());
}

TEST_CASE("holdout and variants are spread over the visitors as the playbook says, and are fixed for each") {
  const TestProgram shares(playbook(std::string(R"json("campaigns": { "c": { "slot": "hero", "holdout": 0.25,
    "variants": { "a": { "weight": 3, )json") +
                                    kCreative + R"json(}, "b": { "weight": 1, )json" + kCreative + "} } } }"));
  std::map<std::string, int> seen;
  constexpr int kVisitors = 4000;
  Device device(shares, purpose::kAll, 0);
  for (std::uint64_t visitor = 1; visitor <= kVisitors; ++visitor) {
    device.engine.clear_state();
    device.take(seed(kStart, visitor * 0x9E3779B97F4A7C15ull, visitor));
    ++seen[device.shown("hero")];
    const std::string shown = device.shown("hero");
    device.take(page(kStart + kDay, "/"));
    if (device.shown("hero") != shown) FAIL("the decision of visitor " << visitor << " changed with the view");
    if (shown.empty() != (device.verdict("c") == Verdict::kHoldout)) FAIL("the verdict does not say holdout");
  }
  // Three standard deviations of a binomial share are below 0.021 for every share and 4,000 visitors.
  CHECK(seen[""] / double{kVisitors} == Approx(0.25).margin(0.021));
  CHECK(seen["c/a"] / double{kVisitors} == Approx(0.5625).margin(0.024));
  CHECK(seen["c/b"] / double{kVisitors} == Approx(0.1875).margin(0.021));
}

TEST_CASE("a creative is given in the visitor's language, then its base, then the default, then any") {
  const TestProgram languages(playbook(R"json("default_language": "ja", "campaigns": { "c": { "slot": "hero",
    "variants": { "v": { "creative": { "type": "banner", "title": { "ja": "花", "en": "Flower", "en-GB": "Flowre" },
    "body": { "ja": "本文" }, "href": "/a" } } } } })json"));
  Device device(languages);
  const auto title = [&](std::string_view language) {
    std::vector<std::uint8_t> out(4096);
    const std::size_t size = device.engine.creative(0, language, out);
    ByteReader reader(Bytes(out).first(size));
    std::map<std::string, std::string> fields;
    for (std::uint32_t n = reader.varint(); n > 0; --n) {
      const std::string key(reader.text());
      fields[key] = std::string(read_value(reader).text);
    }
    CHECK(reader.is_done());
    CHECK(fields["href"] == "/a");
    CHECK(fields["body"] == "本文");
    return fields["title"];
  };
  CHECK(title("en-GB") == "Flowre");
  CHECK(title("en-US") == "Flower");
  CHECK(title("en") == "Flower");
  CHECK(title("fr") == "花");
  std::vector<std::uint8_t> small(10);
  CHECK(device.engine.creative(0, "ja", small) == 0);
  CHECK(device.engine.creative(99, "ja", small) == 0);
}

TEST_CASE("caps and the visitor's budget tell what is used, when it comes free and until when it is quiet") {
  const TestProgram limited(playbook(std::string(R"json("campaigns": {
      "care": { "slot": "a", )json") +
                                     one_variant() + R"json( },
      "one": { "slot": "b", "cap": { "impressions": 2, "within": "1d", "quiet_after_dismiss": "3h" }, )json" +
                                     one_variant() + R"json( },
      "two": { "slot": "c", "purposes": ["marketing"], )json" +
                                     one_variant() + R"json( } },
    "fatigue": { "impressions": 3, "within": "2h", "quiet_after_dismiss": "1h", "exempt": ["care"] })json"));
  Device device(limited);
  CHECK(device.engine.fatigue().used == 0);
  CHECK(device.engine.fatigue().most == 3);
  device.take(impression(kStart, "one"));
  device.take(impression(kStart + kMinute, "two"));
  device.take(impression(kStart + 2 * kMinute, "care"));
  Usage usage = device.engine.usage(1);
  CHECK(usage.used == 1);
  CHECK(usage.most == 2);
  CHECK(usage.leaves_at == kStart + kDay);
  CHECK(usage.quiet_until == 0);
  usage = device.engine.fatigue();
  CHECK(usage.used == 2);
  CHECK(usage.leaves_at == kStart + 2 * kHour);
  device.take(dismissal(kStart + kHour, "one"));
  CHECK(device.engine.usage(1).quiet_until == kStart + 4 * kHour);
  CHECK(device.engine.fatigue().quiet_until == kStart + 2 * kHour);
  const auto bit = [](Verdict verdict) { return 1u << static_cast<std::uint32_t>(verdict); };
  CHECK(device.engine.reasons(1) == (bit(Verdict::kQuiet) | bit(Verdict::kFatigue)));
  CHECK(device.verdict("one") == Verdict::kQuiet);
  CHECK(device.shown("a") == "care/v");
  CHECK(device.shown("c") == "two/v");  // seen in this view
  device.take(page(kStart + kHour + 1, "/"));
  CHECK(device.shown("a") == "care/v");
  CHECK(device.verdict("two") == Verdict::kFatigue);
  // Withdrawing a purpose takes its campaigns' impressions out of the budget, and no others.
  device.take(consent(kStart + kHour + 2, purpose::kMarketing, 0));
  CHECK(device.engine.fatigue().used == 1);
  device.take(tick(kStart + 2 * kHour));
  CHECK(device.engine.fatigue().used == 0);
  CHECK(device.engine.fatigue().quiet_until == 0);
  CHECK(device.engine.usage(99).most == 0);
}

}  // namespace campaign_test
