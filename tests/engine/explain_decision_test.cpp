// SPDX-License-Identifier: Apache-2.0
// Why a campaign is shown or not, what a slot chose from, where a journey stands; limits; programs that lie.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>

#include "support/explained.h"
#include "support/random.h"

namespace explain_decision_test {

using namespace omo;
using namespace omo::test;

namespace {

using Lines = std::vector<std::string>;

constexpr const char* kVariants = R"("variants": {"v": {"creative": {"type": "banner", "title": "t"}}})";

const TestProgram& shop() {
  static const TestProgram made(playbook(std::string(R"json("sync": { "mode": "off" },
    "traits": { "vip": { "type": "bool" }, "gold": { "type": "bool", "purposes": ["marketing"] } },
    "signals": { "views": { "count": "view_item", "within": "1h" } },
    "scores": { "heat": "double(views)" },
    "segments": { "hot": "views >= 2", "golden": "gold" },
    "fatigue": { "impressions": 3, "within": "2d", "quiet_after_dismiss": "1h", "exempt": ["side"] },
    "campaigns": {
      "low": { "slot": "hero", "priority": 1, "group": "g", )json") +
                                         kVariants + R"json( },
      "high": { "slot": "hero", "audience": "hot", "priority": 9,
                "schedule": { "from": "2026-03-02T01:00:00Z", "to": "2026-03-03T00:00:00Z", "timezone": "UTC" },
                "cap": { "impressions": 2, "within": "1d", "quiet_after_dismiss": "7d" }, )json" +
                                         kVariants + R"json( },
      "scored": { "slot": "hero", "priority": { "score": "heat" }, "audience": "golden", )json" +
                                         kVariants + R"json( },
      "side": { "slot": "side", "group": "g", )json" +
                                         kVariants + R"json( } },
    "journeys": { "care": { "start": "vip", "goal": "purchase", "timeout": "9d", "restart": "1d", "steps": [
      { "name": "calm", "wait": "1h" }, { "name": "look", "until": "hot", "timeout": "2d" },
      { "name": "offer", "show": "low", "timeout": "1d" } ] } })json"));
  return made;
}

Record view(double time) { return event(time, "view_item"); }
Record promotion(double time, const char* name, const std::string& campaign) {
  return event(time, name, {{"promotion_id", campaign}});
}

}  // namespace

TEST_CASE("a campaign tells every need in the order of the decision, met or not, and until when") {
  Device device(shop());
  CHECK(lines(device, Table::kCampaign, "high") ==
        Lines{"+ reason consent", "- reason audience", " - signal views >= 2 | 0",
              "- reason schedule | changes 3600000", "+ reason quiet", "+ reason cap 2 | 0", "+ reason fatigue 3 | 0",
              "+ reason eligible | 9"});
  const double now = kStart + kHour;
  device.take(view(now));
  device.take(view(now));
  CHECK(device.shown("hero") == "high/v");
  device.take(promotion(now, "view_promotion", "high"));
  device.take(promotion(now + 1, "view_promotion", "high"));
  // The cap is reached, but the view that has seen it keeps it.
  CHECK(lines(device, Table::kCampaign, "high", now) ==
        Lines{"+ reason consent", "+ reason audience", " + signal views >= 2 | 2 | changes 3600000 | oldest 3600000",
              "+ reason schedule | changes 82800000", "+ reason quiet",
              "- reason cap 2 | 2 | changes 86400000 | oldest 86400000", "+ reason fatigue 3 | 2 | oldest 172800000",
              "+ reason high eligible 9 | 9"});
  CHECK(lines(device, Table::kSlot, "hero")[0] == "+ candidate high shown true | 9");
  device.take(promotion(now + 2, "dismiss_promotion", "high"));
  const Lines after = lines(device, Table::kCampaign, "high", now);
  CHECK(after[4] == "- reason quiet | changes 604800002");
  CHECK(after[6] == "- reason fatigue 3 | 2 | changes 3600002 | oldest 172800000");
}

TEST_CASE("what is told of a cap and of a schedule comes true at the moment told, and not before") {
  Device device(shop());
  device.take(view(kStart + kHour));
  device.take(view(kStart + kHour));
  const auto met = [&](Verdict verdict) {
    for (const Explanation& row : explain(device, Table::kCampaign, "high")) {
      if (row.kind == Explained::kReason && row.op == static_cast<std::uint32_t>(verdict)) {
        return std::make_pair(row.state == ValueTag::kTrue, row.changes_at);
      }
    }
    throw std::runtime_error("no such reason");
  };
  const auto flips = [&](Verdict verdict) {
    const auto [before, when] = met(verdict);
    device.take(tick(when - 1));
    const bool stays = met(verdict).first == before;
    device.take(tick(when));
    return stays && met(verdict).first != before;
  };
  device.take(promotion(kStart + kHour, "view_promotion", "high"));
  device.take(promotion(kStart + 2 * kHour, "view_promotion", "high"));
  CHECK(flips(Verdict::kSchedule));
  CHECK(flips(Verdict::kCap));
  device.take(promotion(device.outcome().time, "dismiss_promotion", "high"));
  CHECK(flips(Verdict::kQuiet));
}

TEST_CASE("a slot tells its campaigns in the order in which they are looked at") {
  Device device(shop());
  device.take(identify(kStart, {{"gold", true}, {"vip", true}}));
  CHECK(lines(device, Table::kSlot, "hero") ==
        Lines{"- candidate high audience | 9", "- candidate low journey | 1", "+ candidate scored shown | 0"});
  device.take(view(kStart + kHour));
  device.take(view(kStart + kHour));
  CHECK(lines(device, Table::kSlot, "hero") ==
        Lines{"+ candidate high shown | 9", "- candidate scored eligible | 2", "- candidate low eligible | 1"});
  // The winner, and its priority beside its own.
  CHECK(lines(device, Table::kCampaign, "scored").back() == "- reason high eligible 9 | 2");
  CHECK(lines(device, Table::kCampaign, "side")[2] == "+ reason side group 'g'");
}

TEST_CASE("a group names the campaign that has it") {
  Device device(shop());
  device.take(identify(kStart, {{"vip", true}}));
  device.take(tick(kStart + kHour));
  device.take(view(kStart + 3 * kHour));
  device.take(view(kStart + 3 * kHour));
  device.take(tick(kStart + 26 * kHour));
  REQUIRE(device.shown("hero") == "low/v");
  CHECK(lines(device, Table::kCampaign, "low")[2] == "+ reason journey 'care'");
  CHECK(lines(device, Table::kCampaign, "side")[2] == "- reason low group 'g'");
}

TEST_CASE("privacy 22: a campaign whose purpose is denied says which, and that its priority is not known") {
  Device device(shop(), static_cast<std::uint8_t>(purpose::kAll & ~purpose::kMarketing));
  device.take(view(kStart));
  const std::vector<Explanation> rows = explain(device, Table::kCampaign, "scored");
  CHECK(text_of(rows[0], kStart) == "- reason consent");
  CHECK((rows[0].label & purpose::kMarketing) != 0);
  CHECK(text_of(rows[2], kStart) == " ? trait gold == true");
}

TEST_CASE("a journey tells its step, since when, what it waits for, and how it ended") {
  Device device(shop());
  CHECK(lines(device, Table::kJourney, "care") == Lines{"- step", "- start", " ? trait vip == true"});
  device.take(identify(kStart, {{"vip", true}}));
  CHECK(lines(device, Table::kJourney, "care", 0)[0] ==
        "+ step calm | 1772409600000 | changes 1772413200000 | oldest 1773187200000");
  device.take(tick(kStart + kHour));
  CHECK(lines(device, Table::kJourney, "care")[1] == " - signal views >= 2 | 0");
  CHECK(lines(device, Table::kJourney, "care")[2] == "- goal 'purchase'");
  device.take(event(kStart + 2 * kHour, "purchase", {{"value", 1.0}}));
  const Lines ended = lines(device, Table::kJourney, "care");
  CHECK(ended[0].find("- step goal") == 0);
  CHECK(ended[0].find("| changes 93600000") != std::string::npos);
  CHECK(ended[1] == "+ start");
}

TEST_CASE("an explanation leaves the state as it was") {
  Device device(shop());
  device.take(identify(kStart, {{"vip", true}, {"gold", true}}));
  device.take(view(kStart + 5));
  device.take(promotion(kStart + 6, "view_promotion", "scored"));
  const std::vector<std::uint8_t> before = device.snapshot();
  const Outcome outcome = device.outcome();
  for (std::uint32_t table = 0; table < 14; ++table) {
    for (std::uint32_t row = 0; row < 40; ++row) static_cast<void>(explain(device, static_cast<Table>(table), row));
  }
  CHECK(device.snapshot() == before);
  CHECK(std::memcmp(&outcome, &device.outcome(), sizeof outcome) == 0);
}

TEST_CASE("what has no row has no explanation; what does not fit says that there is more") {
  Device device(shop());
  std::vector<std::uint8_t> out(kTransferBytes);
  CHECK(device.engine.explain(Table::kSegment, 99, out) == 0);
  CHECK(device.engine.explain(Table::kEvent, 0, out) == 0);
  CHECK(device.engine.explain(static_cast<Table>(77), 0, out) == 0);
  const std::size_t whole = device.engine.explain(Table::kCampaign, 1, out);
  for (std::size_t room = 0; room < whole + 32; ++room) {
    std::vector<std::uint8_t> small(room);
    const std::size_t size = device.engine.explain(Table::kCampaign, 1, small);
    REQUIRE(size <= room);
    if (room <= 32) {
      REQUIRE(size == 0);
      continue;
    }
    std::vector<Explanation> rows;
    REQUIRE(read_explanation(Bytes(small).first(size), rows));
    if (size < whole) REQUIRE(rows.back().kind == Explained::kMore);
  }
}

TEST_CASE("a condition that is deeper than an answer goes says so, with its state") {
  std::string deep = "a >= 1";
  for (int i = 0; i < 14; ++i)
    deep = "(" + deep + (i % 2 == 0 ? " && b < " : " || b >= ") + std::to_string(i + 2) + ")";
  const TestProgram program(playbook(R"("signals": {"a": {"count": "page_view"}, "b": {"count": "search"}},
    "segments": {"deep": ")" + deep + "\"}"));
  Device device(program);
  device.take(event(kStart, "page_view"));
  const std::vector<Explanation> rows = explain(device, Table::kSegment, 0);
  CHECK(std::count_if(rows.begin(), rows.end(), [](const Explanation& row) { return row.kind == Explained::kMore; }) ==
        1);
  CHECK((rows[0].state == ValueTag::kTrue) == device.on("deep"));
}

TEST_CASE("formulas that read each other's conditions in a long chain are followed only so far") {
  std::string segments = R"("s0": "a * 2 > 1")";
  for (int i = 1; i < 300; ++i) {
    segments += ", \"s" + std::to_string(i) + "\": \"(s" + std::to_string(i - 1) + " ? a + 1 : a * 3) > 1\"";
  }
  const TestProgram program(playbook(R"("signals": {"a": {"count": "page_view"}}, "segments": {)" + segments + "}"));
  Device device(program);
  device.take(event(kStart, "page_view"));
  std::uint32_t deepest = 0;
  const std::vector<Explanation> rows = explain(device, Table::kSegment, "s299");
  for (const Explanation& row : rows) deepest = std::max(deepest, row.depth);
  CHECK(deepest == 11);
  CHECK(rows[0].state == ValueTag::kTrue);
  CHECK(std::any_of(rows.begin(), rows.end(), [](const Explanation& row) { return row.kind == Explained::kMore; }));
}

TEST_CASE("a program that lies about its sources never leads an explanation out of its rows") {
  std::size_t loaded = 0;
  for (std::uint32_t seed_value = 1; seed_value <= 400; ++seed_value) {
    Random random(seed_value);
    AlignedBytes bytes(shop().bytes());
    const MutableBytes body = bytes.mutable_bytes().subspan(sizeof(ProgramHeader));
    mutate(random, body.subspan(kSectionCount * sizeof(SectionEntry)));
    const std::uint64_t hash = fnv64(Bytes(body.data(), body.size()));
    std::memcpy(bytes.data() + offsetof(ProgramHeader, hash), &hash, sizeof hash);
    ProgramView program;
    if (program.open(bytes.bytes()) != Status::kOk) continue;
    ++loaded;
    AlignedBytes memory(Engine::memory_needed(program));
    Engine engine;
    REQUIRE(engine.load_program(bytes.bytes(), memory.mutable_bytes()) == Status::kOk);
    for (const Record& record : {consent(kStart, purpose::kAll, purpose::kAll), seed(kStart, 1, 2), view(kStart),
                                 identify(kStart, {{"vip", true}, {"gold", true}})}) {
      static_cast<void>(engine.apply(record));
    }
    std::vector<std::uint8_t> out(kTransferBytes);
    std::vector<Explanation> rows;
    for (std::uint32_t table = 0; table < 12; ++table) {
      for (std::uint32_t row = 0; row < program.count_of(static_cast<Table>(table)); ++row) {
        const std::size_t size = engine.explain(static_cast<Table>(table), row, out);
        if (size > 0) REQUIRE(read_explanation(Bytes(out).first(size), rows));
      }
    }
  }
  CHECK(loaded > 100);
}

}  // namespace explain_decision_test
