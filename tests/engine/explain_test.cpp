// SPDX-License-Identifier: Apache-2.0
// Why: every kind of atom and of reason, by hand; and over random lives, that what is told is so and happens when told.
#include <catch2/catch.hpp>
#include <limits>

#include "support/explained.h"
#include "support/random.h"

namespace explain_test {

using namespace omo;
using namespace omo::test;

namespace {

using Lines = std::vector<std::string>;

const TestProgram& conditions() {
  static const TestProgram made(playbook(R"json("sync": { "mode": "off" },
    "events": { "vote": { "params": { "points": "double", "style": "string" } } },
    "traits": { "rank": { "type": "string" }, "member": { "type": "bool" }, "born": { "type": "date" },
                "age": { "type": "int" }, "secret": { "type": "string", "purposes": ["marketing"] } },
    "context": { "weather": { "type": "string" }, "heat": { "type": "double" } },
    "signals": {
      "views": { "count": "page_view", "within": "5h" }, "ever": { "count": "page_view" },
      "points": { "sum": "vote", "of": "points", "within": "3h", "keep": 40 },
      "mean": { "average": "vote", "of": "points", "within": "4h", "keep": 40 },
      "low": { "min": "vote", "of": "points", "within": "3h", "keep": 40 },
      "high": { "max": "vote", "of": "points", "within": "2h", "keep": 40 },
      "since": { "recency": "vote" }, "lately": { "recency": "vote", "within": "6h" },
      "styles": { "distinct": "vote", "of": "style", "within": "5h", "keep": 40 },
      "taste": { "top": "vote", "of": "style", "half_life": "1h", "within": "7h", "keep": 40 },
      "latest": { "last": "vote", "of": "style", "within": "2h" },
      "opening": { "first": "vote", "of": "style", "within": "3h", "keep": 40 },
      "list": { "recent": "vote", "of": "style", "within": "4h", "keep": 5 },
      "both": { "sequence": ["page_view", "vote"], "within": "3h" },
      "worth": { "rfm": "vote", "of": "points", "recency": ["1h", "2h"], "frequency": [2, 4], "monetary": [3, 9],
                 "within": "8h", "keep": 40 } },
    "scores": { "heatwave": "2.0 * double(views) + (since == null ? 0.0 : 1.0)" },
    "segments": {
      "s01": "views >= 3", "s02": "views < 2 || ever == 2", "s03": "points > 2.5", "s04": "mean <= 1.5",
      "s05": "low < 0.0", "s06": "high >= 3.0", "s07": "since > duration('90m')", "s08": "lately <= duration('2h')",
      "s09": "styles == 2", "s10": "taste == 'wild'", "s11": "latest in ['wild', 'calm']", "s12": "opening != 'plain'",
      "s13": "'wild' in list", "s14": "size(list) >= 2", "s15": "both", "s16": "worth.recency >= 2",
      "s17": "worth.frequency == 2", "s18": "worth.monetary < 3", "s19": "rank == 'gold' && !member",
      "s20": "days_until(born) <= 30", "s21": "context.weather != 'rain'", "s22": "has(context.heat) && context.heat > 30.5",
      "s23": "heatwave > 5.0", "s24": "views > ever", "s25": "since == null || lately != null",
      "s26": "s01 && (s03 || !(s13 && s19))", "s27": "secret == 'x' || age >= 18", "s28": "true", "s29": "false" })json"));
  return made;
}

/// A play of chance on everything that the conditions look at.
Record random_input(Random& random, double now) {
  static const std::vector<std::string> kStyles = {"wild", "calm", "plain"};
  switch (random.below(10)) {
    case 0:
      return identify(now, {{"rank", std::string(random.one_in(2) ? "gold" : "tin")}, {"member", random.one_in(2)}});
    case 1:
      return identify(now, {{"born", std::string(random.one_in(2) ? "1990-03-20" : "1988-02-29")}});
    case 2:
      return context(now,
                     {{"weather", std::string(random.one_in(2) ? "rain" : "sun")}, {"heat", 25.0 + random.below(12)}});
    case 3:
    case 4:
      return event(now, "page_view");
    case 5:
      return identify(now, {{"secret", std::string("x")}, {"age", 10.0 + random.below(20)}});
    default:
      return event(now, "vote", {{"points", random.below(12) / 2.0 - 2}, {"style", random.pick(kStyles)}});
  }
}

bool is_atom(const Explanation& row) { return row.kind <= Explained::kFormula && row.op != 0; }

/// How the value that is told compares with the need that is told.
bool compares(const Explanation& row) {
  const double value = row.value.number;
  const double need = row.need.number;
  const auto among = [](const ExplainedValue& list, const ExplainedValue& one) {
    for (const ExplainedValue& item : list.items) {
      if (item.text == one.text) return true;
    }
    return false;
  };
  const bool same = row.need.tag == row.value.tag && value == need && row.need.text == row.value.text;
  switch (static_cast<ExplainedOp>(row.op)) {
    case ExplainedOp::kAtLeast:
      return value >= need;
    case ExplainedOp::kAbove:
      return value > need;
    case ExplainedOp::kBelow:
      return value < need;
    case ExplainedOp::kAtMost:
      return value <= need;
    case ExplainedOp::kEqual:
      return same;
    case ExplainedOp::kNotEqual:
      return !same;
    case ExplainedOp::kIn:
      return among(row.need, row.value);
    case ExplainedOp::kNotIn:
      return !among(row.need, row.value);
    case ExplainedOp::kHas:
      return among(row.value, row.need);
    case ExplainedOp::kHasNot:
      return !among(row.value, row.need);
    default:
      return false;
  }
}

/// How the row at `at` stands by the rows below it: true, false, or null. Goes behind them.
ValueTag fold(const std::vector<Explanation>& rows, std::size_t& at) {
  const Explanation& row = rows[at++];
  const bool gate = row.kind == Explained::kAll || row.kind == Explained::kAny;
  const ValueTag decides = row.kind == Explained::kAny ? ValueTag::kTrue : ValueTag::kFalse;
  ValueTag result = decides == ValueTag::kTrue ? ValueTag::kFalse : ValueTag::kTrue;
  while (at < rows.size() && rows[at].depth > row.depth) {
    const ValueTag child = fold(rows, at);
    if (child == decides) {
      result = decides;
    } else if (child == ValueTag::kNull && result != decides) {
      result = ValueTag::kNull;
    }
  }
  return gate ? result : row.state;
}

struct Told {
  std::string segment;
  std::size_t row;
  Explanation was;
};

std::vector<Told> all_atoms(const Device& device) {
  std::vector<Told> told;
  const ProgramView& program = device.program().view();
  for (std::uint32_t segment = 0; segment < program.segments().size(); ++segment) {
    const std::vector<Explanation> rows = explain(device, Table::kSegment, segment);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (is_atom(rows[i])) told.push_back({std::string(program.name_of(Table::kSegment, segment)), i, rows[i]});
    }
  }
  return told;
}

}  // namespace

TEST_CASE("random lives: what is told of a segment makes the segment, and is told of the values that are told") {
  for (std::uint32_t seed_value = 1; seed_value <= 300; ++seed_value) {
    Random random(seed_value);
    INFO("seed " << seed_value);
    const std::uint8_t granted =
        random.one_in(3) ? static_cast<std::uint8_t>(purpose::kAll & ~purpose::kMarketing) : purpose::kAll;
    Device device(conditions(), granted);
    double now = kStart;
    for (std::uint32_t n = random.below(30); n > 0; --n) {
      now += random.below(90) * kMinute;
      REQUIRE(device.apply(random_input(random, now)) != Status::kBadRecord);
    }
    const auto count = static_cast<std::uint32_t>(conditions().view().segments().size());
    for (std::uint32_t segment = 0; segment < count; ++segment) {
      const std::vector<Explanation> rows = explain(device, Table::kSegment, segment);
      INFO("segment " << conditions().view().name_of(Table::kSegment, segment));
      REQUIRE_FALSE(rows.empty());
      std::size_t at = 0;
      const ValueTag top = fold(rows, at);
      CHECK(at == rows.size());
      CHECK((top == ValueTag::kTrue) == (device.engine.segment(segment) == Truth::kOn));
      CHECK(rows[0].state == top);
      for (const Explanation& row : rows) {
        INFO(text_of(row, kStart));
        if (!is_atom(row)) continue;
        if (row.state != ValueTag::kNull && row.kind != Explained::kFormula) {
          CHECK(compares(row) == (row.state == ValueTag::kTrue));
        }
        // What is denied is not told, nor when it would change.
        if ((row.label & ~granted) != 0) {
          CHECK(row.state == ValueTag::kNull);
          CHECK(row.value.tag == ValueTag::kNull);
          CHECK(row.changes_at + row.expires_at == 0);
        }
      }
    }
  }
}

TEST_CASE(
    "random lives: an atom flips at the moment told and not before, and where none is told, never by time alone") {
  std::size_t flips = 0;
  for (std::uint32_t seed_value = 1; seed_value <= 100; ++seed_value) {
    Random random(seed_value);
    Device device(conditions());
    double now = kStart;
    for (std::uint32_t n = random.below(25); n > 0; --n) {
      now += random.below(60) * kMinute + random.below(3);
      device.take(random_input(random, now));
    }
    const std::vector<Told> told = all_atoms(device);
    // An hour for each step that nobody foretold, over a year and more.
    for (double until = now + 400 * kDay; now < until;) {
      double next = now + (random.one_in(2) ? kHour : 9 * kDay);
      for (const Told& atom : told) {
        if (atom.was.changes_at > now) next = std::min(next, atom.was.changes_at);
      }
      for (const double time : {next - 1, next}) {
        if (time <= now) continue;
        now = time;
        device.take(tick(now));
        std::vector<Explanation> rows;
        std::string of;
        for (const Told& atom : told) {
          if (atom.was.kind == Explained::kFormula) continue;
          // It is told of its first flip only.
          if (atom.was.changes_at != 0 && atom.was.changes_at < now) continue;
          if (of != atom.segment) rows = explain(device, Table::kSegment, atom.segment);
          of = atom.segment;
          const bool flipped = rows[atom.row].state != atom.was.state;
          const bool foretold = atom.was.changes_at == now;
          flips += foretold ? 1 : 0;
          if (flipped != foretold) {
            FAIL("seed " << seed_value << ", " << atom.segment << " after " << now - kStart << " ms: was "
                         << text_of(atom.was, kStart) << ", is " << text_of(rows[atom.row], kStart));
          }
        }
      }
    }
  }
  CHECK(flips > 500);
}

TEST_CASE("2 of 3 views: how many there are, how many it needs, and when the oldest expires") {
  Device device(conditions());
  device.take(event(kStart, "page_view"));
  device.take(event(kStart + kHour, "page_view"));
  CHECK(lines(device, Table::kSegment, "s01") == Lines{"- signal views >= 3 | 2 | oldest 18000000"});
  device.take(event(kStart + 2 * kHour, "page_view"));
  CHECK(lines(device, Table::kSegment, "s01") == Lines{"+ signal views >= 3 | 3 | changes 18000000 | oldest 18000000"});
  // Of two that are needed, it is the one before the last whose leaving counts.
  CHECK(lines(device, Table::kSegment, "s02")[1] == " - signal views < 2 | 3 | changes 21600000 | oldest 18000000");
}

TEST_CASE("every kind of atom says what it compares") {
  Device device(conditions());
  device.take(identify(kStart, {{"rank", std::string("tin")}, {"member", true}, {"born", std::string("1990-03-20")}}));
  device.take(context(kStart, {{"weather", std::string("sun")}}));
  device.take(event(kStart, "vote", {{"points", 4.0}, {"style", std::string("wild")}}));
  device.take(event(kStart, "vote", {{"points", 1.0}, {"style", std::string("calm")}}));
  const auto first = [&](const char* segment) { return lines(device, Table::kSegment, segment)[0]; };
  CHECK(first("s03") == "+ signal points > 2.5 | 5 | changes 10800000 | oldest 10800000");
  CHECK(first("s04") == "- signal mean <= 1.5 | 2.5 | changes 14400000 | oldest 14400000");
  CHECK(first("s07") == "- signal since > 5400000 | 0 | changes 5400001");
  CHECK(first("s10") == "- signal taste == 'wild' | 'calm' | changes 25200000 | oldest 25200000");
  CHECK(first("s11") == "+ signal latest in ['wild' 'calm'] | 'calm' | changes 7200000 | oldest 7200000");
  CHECK(first("s13") == "+ member list has 'wild' | ['calm' 'wild'] | changes 14400000 | oldest 14400000");
  CHECK(first("s14") == "+ size list >= 2 | 2 | changes 14400000 | oldest 14400000");
  CHECK(first("s15") == "- signal both == true | false");
  CHECK(first("s16") == "+ signal worth >= 2 | 3 | changes 7200000 | oldest 28800000");
  CHECK(first("s18") == "+ member worth < 3 | 2 | oldest 28800000");
  CHECK(lines(device, Table::kSegment, "s19") ==
        Lines{"- all", " - trait rank == 'gold' | 'tin'", " - trait member == false | true"});
  CHECK(first("s20") == "+ days_until born < 31 | 18 | changes 1641600000");
  CHECK(lines(device, Table::kSegment, "s22") == Lines{"- all", " ? context heat > 30.5", " - context heat != null"});
  CHECK(lines(device, Table::kSegment, "s23") ==
        Lines{"- formula heatwave > 5 | 1", " ? signal views | 0", " ? signal since | 0"});
  CHECK(lines(device, Table::kScore, "heatwave") ==
        Lines{"? score heatwave | 1", " ? signal views | 0", " ? signal since | 0"});
  CHECK(lines(device, Table::kSegment, "s28") == Lines{"+ all"});
  CHECK(lines(device, Table::kSegment, "s29") == Lines{"- any"});
  CHECK(lines(device, Table::kSignal, "points") == Lines{"? signal points | 5 | oldest 10800000"});
  CHECK(lines(device, Table::kTrait, "rank") == Lines{"? trait rank | 'tin'"});
  CHECK(lines(device, Table::kContext, "weather") == Lines{"? context weather | 'sun'"});
}

TEST_CASE("privacy 22: a denied purpose is named, and nothing of its facts is told") {
  Device device(conditions());
  device.take(identify(kStart, {{"secret", std::string("x")}, {"age", 20.0}}));
  CHECK(lines(device, Table::kSegment, "s27") ==
        Lines{"+ any", " + trait age >= 18 | 20", " + trait secret == 'x' | 'x'"});
  device.take(consent(kStart, purpose::kMarketing, 0));
  const std::vector<Explanation> rows = explain(device, Table::kSegment, "s27");
  CHECK(text_of(rows[0], kStart) == "+ any");
  CHECK(text_of(rows[2], kStart) == " ? trait secret == 'x'");
  CHECK(rows[2].label == purpose::kMarketing);
  CHECK(lines(device, Table::kTrait, "secret") == Lines{"? trait secret"});
}

TEST_CASE(
    "privacy 22: what is denied has no value, no list and no moment of change, even where they would say nothing") {
  const TestProgram labelled(playbook(R"json("traits": {"city": {"type": "string", "purposes": []}},
    "signals": {"quizzes": {"count": "view_item", "purposes": ["marketing"]},
                "terms": {"recent": "search", "of": "search_term", "keep": 3, "purposes": ["marketing"]},
                "since": {"recency": "search", "purposes": ["marketing"]}},
    "scores": {"h": "city == 'Kyoto' ? 1.0 : double(quizzes)"},
    "segments": {"never": "since == null", "long": "since > duration('1h')",
                 "few": "size(terms) < 2", "none": "quizzes < 1"})json"));
  Device device(labelled, purpose::kAll & ~purpose::kMarketing);
  device.take(identify(kStart, {{"city", std::string("Kyoto")}}));
  for (const auto& [table, name] :
       {std::pair(Table::kScore, "h"), std::pair(Table::kSignal, "terms"), std::pair(Table::kSignal, "quizzes"),
        std::pair(Table::kSegment, "never"), std::pair(Table::kSegment, "long"), std::pair(Table::kSegment, "few"),
        std::pair(Table::kSegment, "none")}) {
    INFO(name);
    for (const Explanation& row : explain(device, table, name)) {
      if ((row.label & purpose::kMarketing) == 0) continue;
      // A list by itself may be told as empty.
      CHECK((row.value.tag == ValueTag::kNull || (table == Table::kSignal && row.value.items.empty())));
      CHECK(row.state != ValueTag::kTrue);
      CHECK(row.changes_at + row.expires_at == 0);
    }
  }
}

}  // namespace explain_test
