// SPDX-License-Identifier: Apache-2.0
// docs/labels.md, "What is derived": each part of each cell is checked on programs in which that part alone needs
// marketing, and then does not. A part without a check fails, and so does a check without its part.
#include <map>

#include "compiler/labels_document.h"
#include "support/device.h"

namespace omo::labels_derived_test {
namespace {

using test::Device, test::event, test::kMinute, test::kStart;

constexpr std::uint8_t kNoMarketing = purpose::kAll & ~purpose::kMarketing;

/// Replaces every `$`.
std::string put(std::string text, std::string_view what) {
  for (std::size_t at = 0; (at = text.find('$', at)) != std::string::npos; at += what.size()) text.replace(at, 1, what);
  return text;
}

std::uint32_t label_of(const std::string& keys, Table table, const std::string& name) {
  const Program program(playbook(keys));
  const std::uint32_t row = program.view.find_row(table, name);
  REQUIRE(row != kNone);
  return program.view.label_of(table, row) & purpose::kAll;
}

/// What is called `x` in these keys needs marketing where `$`, the purposes of the part, says so, and otherwise the
/// same without.
void hands_on(Table table, const std::string& keys) {
  INFO(keys);
  const std::uint32_t without = label_of(put(keys, "[]"), table, "x");
  CHECK((without & purpose::kMarketing) == 0);
  CHECK(label_of(put(keys, R"(["marketing"])"), table, "x") == (without | purpose::kMarketing));
}

/// What is called `x` does not need what the part at `$` needs.
void leaves_out(Table table, const std::string& keys) {
  INFO(keys);
  CHECK(label_of(put(keys, "[]"), table, "x") == label_of(put(keys, R"(["marketing"])"), table, "x"));
}

constexpr const char* kFact = R"("traits": {"t": {"type": "string", "purposes": $}})";
constexpr const char* kVariants = R"("variants": {"v": {"creative": {"type": "banner", "title": "T"}}})";

/// An expression over the trait `t` for each way in which an expression can name something, also where it cannot
/// matter.
const std::vector<std::string> kExpressions = {
    "t == 'a'",        "!(t == 'a')",     "true || t == 'a'",       "false && t == 'a'",
    "t in ['a', 'b']", "size(t) > 3",     "true ? true : t == 'a'", "(t == 'a' ? 1 : 2) == 1",
    "t == null",       "t + 'x' == 'ax'", "t.contains('a')"};

/// Does the device of a visitor who denies marketing take this event, where the part at `$` needs it and where not?
void takes_without(const std::string& keys, const std::string& name) {
  INFO(name << ": " << keys);
  const test::TestProgram free(test::playbook(put(keys, "[]")));
  const test::TestProgram labelled(test::playbook(put(keys, R"(["marketing"])")));
  const test::Record told = event(kStart, name, {{"promotion_id", "c"}});
  Device taking(free, kNoMarketing);
  CHECK(taking.apply(told) == Status::kOk);
  CHECK((taking.outcome().label & purpose::kMarketing) == 0);
  Device denying(labelled, kNoMarketing);
  CHECK(denying.apply(told) == Status::kNotConsented);
  Device granting(labelled);
  CHECK(granting.apply(told) == Status::kOk);
  CHECK((granting.outcome().label & purpose::kMarketing) != 0);
}

/// Events of this name that are sent of a visitor who has entered the segment and left it again.
std::size_t sent(const std::string& keys, std::uint8_t granted, const std::string& name) {
  const test::TestProgram made(test::playbook(keys));
  Device device(made, granted);
  device.take(event(kStart, "search"));
  device.take(test::tick(kStart + 2 * kMinute));
  const std::vector<DecodedEvent> events = device.decoded_batch().events;
  return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [&](const DecodedEvent& one) {
    return made.view().name_of(Table::kEvent, one.event) == name;
  }));
}
void sends_without(const std::string& keys, const std::string& name) {
  INFO(name << ": " << keys);
  CHECK(sent(put(keys, "[]"), kNoMarketing, name) == 1);
  CHECK(sent(put(keys, R"(["marketing"])"), kNoMarketing, name) == 0);
  CHECK(sent(put(keys, R"(["marketing"])"), purpose::kAll, name) == 1);
}

using Check = void (*)();

/// By row and part of its cell.
const std::map<std::pair<std::string, std::string>, Check> kChecks = {
    {{"signal", "its own"},
     [] { hands_on(Table::kSignal, R"("signals": {"x": {"count": "search", "purposes": $}})"); }},
    {{"signal", "its events"},
     [] {
       const std::string head =
           R"("events": {"e": {"params": {"p": "string", "n": "double"}, "purposes": $}}, "signals": {"x": )";
       for (
           const char* const signal :
           {R"({"count": "e"})", R"({"sum": "e", "of": "n"})", R"({"last": "e", "of": "p"})", R"({"recency": "e"})",
            R"({"sequence": ["search", "e"]})", R"({"sequence": ["search", "view_cart"], "without": "e"})",
            R"({"sequence": ["search", "view_cart"], "without": ["view_item", {"event": "e", "where": "p == 'a'"}]})"}) {
         hands_on(Table::kSignal, head + signal + "}");
       }
     }},
    {{"signal", "`refund`, where it takes purchases"},
     [] {
       const std::string head = R"("events": {"refund": {"purposes": $}}, "signals": {"x": )";
       hands_on(Table::kSignal, head + R"({"sum": "purchase", "of": "value"}})");
       leaves_out(Table::kSignal, head + R"({"count": "search"}})");
     }},
    {{"signal", "`session_start`, where it is of the session"},
     [] {
       const std::string head = R"("events": {"session_start": {"purposes": $}}, "signals": {"x": {"count": "search")";
       hands_on(Table::kSignal, head + R"(, "within": "session"}})");
       leaves_out(Table::kSignal, head + R"(, "within": "page"}})");
     }},
    {{"signal", "its `restore` trait"},
     [] {
       hands_on(Table::kSignal, R"("traits": {"n": {"type": "int", "purposes": $}},
         "signals": {"x": {"count": "search", "restore": "n"}})");
     }},
    {{"segment, score", "all that its expression names"},
     [] {
       for (const std::string& expression : kExpressions) {
         hands_on(Table::kSegment, kFact + (R"(, "segments": {"x": ")" + expression + "\"}"));
         hands_on(Table::kScore, kFact + (R"(, "scores": {"x": "()" + expression + R"() ? 1.0 : 2.0"})"));
         const std::string named = kFact + (R"(, "segments": {"s": ")" + expression + "\"");
         hands_on(Table::kSegment, named + R"(, "x": "true || s"})");
         hands_on(Table::kScore, named + R"(}, "scores": {"x": "false && s ? 1.0 : 2.0"})");
       }
       hands_on(Table::kSegment,
                R"("context": {"c": {"type": "string", "purposes": $}}, "segments": {"x": "context.c == 'a'"})");
       hands_on(Table::kSegment, R"("signals": {"n": {"count": "search", "purposes": $}}, "segments": {"x": "n > 1"})");
       hands_on(Table::kScore,
                R"j("signals": {"n": {"count": "search", "purposes": $}}, "scores": {"x": "double(n)"})j");
       hands_on(Table::kSegment,
                kFact + std::string(R"(, "scores": {"h": "t == 'a' ? 1.0 : 2.0"}, "segments": {"x": "h > 1.0"})"));
       leaves_out(Table::kSegment, kFact + std::string(R"(, "segments": {"s": "t == 'a'", "x": "true"})"));
     }},
    {{"grade", "its score"},
     [] {
       hands_on(Table::kSegment, kFact + std::string(R"(, "scores": {"h": {"value": "t == 'a' ? 1.0 : 9.0",
         "grades": {"A": 5, "B": 2.0}}}, "segments": {"x": "h.grade == 'A'"})"));
     }},
    {{"journey", "conditions and events that it waits for"},
     [] {
       const auto journey = [](const std::string& text) {
         hands_on(Table::kJourney, kFact + (R"(, "events": {"e": {"purposes": $}}, "segments": {"s": "t == 'a'"},
           "journeys": {"x": )" + text + "}"));
       };
       journey(R"({"start": "t == 'a'", "steps": [{"wait": "1h"}]})");
       journey(R"({"start": "true", "steps": [{"until": "true || s"}]})");
       journey(R"({"start": "true", "steps": [{"until": "e"}]})");
       journey(R"({"start": "true", "goal": "e", "steps": [{"wait": "1h"}]})");
       journey(R"({"start": "true", "steps": [{"if": "s", "then": [{"wait": "1h"}]}]})");
       journey(R"({"start": "true", "steps": [{"if": "false", "then": [{"until": "e"}]}, {"wait": "1h"}]})");
     }},
    {{"journey", "the campaigns that it shows"},
     [] {
       hands_on(Table::kJourney, R"("campaigns": {"c": {"slot": "s", "purposes": $, )" + std::string(kVariants) +
                                     R"(}}, "journeys": {"x": {"start": "true", "steps": [{"show": "c"}]}})");
       hands_on(Table::kJourney, R"("events": {"view_promotion": {"purposes": $}}, "campaigns": {"c": {"slot": "s", )" +
                                     std::string(kVariants) +
                                     R"(}}, "journeys": {"x": {"start": "true", "steps": [{"show": "c"}]}})");
     }},
    {{"campaign", "audience"},
     [] {
       for (const char* const audience : {"t == 'a'", "true || s", "false && h > 1.0"}) {
         hands_on(Table::kCampaign,
                  kFact + (R"(, "segments": {"s": "t == 'a'"}, "scores": {"h": "t == 'a' ? 1.0 : 2.0"},
                    "campaigns": {"x": {"slot": "s", "audience": ")" +
                           std::string(audience) + "\", " + kVariants + "}}"));
       }
     }},
    {{"campaign", "the score that is its priority"},
     [] {
       hands_on(Table::kCampaign, kFact + (R"(, "scores": {"h": "t == 'a' ? 1.0 : 2.0"},
         "campaigns": {"x": {"slot": "s", "priority": {"score": "h"}, )" +
                                           std::string(kVariants) + "}}"));
     }},
    {{"campaign", "journeys that show it"},
     [] {
       hands_on(Table::kCampaign, kFact + (R"(, "campaigns": {"x": {"slot": "s", )" + std::string(kVariants) + R"(}},
         "journeys": {"j": {"start": "t == 'a'", "steps": [{"show": "x"}]}})"));
       leaves_out(Table::kCampaign, kFact + (R"(, "campaigns": {"x": {"slot": "s", )" + std::string(kVariants) + R"(}},
         "journeys": {"j": {"start": "t == 'a'", "steps": [{"wait": "1h"}]}})"));
     }},
    {{"campaign", "signals and exclusions of its recommendations"},
     [] {
       const auto creative = [](const std::string& text) {
         hands_on(Table::kCampaign,
                  R"("signals": {"seen": {"recent": "view_item", "of": "item_id", "purposes": ["functional"]},
           "other": {"recent": "view_item", "of": "item_id", "purposes": $}}, "campaigns": {"x": {"slot": "s", "variants": {
           "w": {"creative": {"type": "banner", "title": "T"}}, "v": {"creative": {"type": "recommendations", "title": "T", )" +
                      text + "}}}}}");
       };
       creative(R"("from": "recent", "signal": "other")");
       creative(R"("from": "recent", "signal": "seen", "exclude": ["other"])");
     }},
    {{"coupon", "its campaign"},
     [] {
       // A code has no row of its own: it is a text of the campaign's creative, and comes with it.
       const std::string keys = R"("campaigns": {"c": {"slot": "s", "purposes": $, "variants": {"v": {"creative":
         {"type": "coupon", "title": "T"}}}}}, "coupons": {"k": {"campaign": "c", "kind": "open", "code": "HANA10"}})";
       const auto code = [](const std::string& source, std::uint8_t granted) {
         const test::TestProgram made(test::playbook(source));
         Device device(made, granted);
         device.take(test::tick(kStart));
         const std::uint32_t variant = device.engine.decision(0);
         std::vector<std::uint8_t> out(kTransferBytes);
         return variant == kNone ? std::string()
                                 : std::string(as_text(Bytes(out).first(device.engine.creative(variant, "", out))));
       };
       CHECK(code(put(keys, "[]"), kNoMarketing).find("HANA10") != std::string::npos);
       CHECK(code(put(keys, R"(["marketing"])"), kNoMarketing).empty());
       CHECK(code(put(keys, R"(["marketing"])"), purpose::kAll).find("HANA10") != std::string::npos);
     }},
    {{"impression, click, dismissal", "the event and the campaign"},
     [] {
       for (const char* const name : {"view_promotion", "select_promotion", "dismiss_promotion"}) {
         takes_without("\"events\": {\"" + std::string(name) +
                           R"(": {"purposes": $}}, "campaigns": {"c": {"slot": "s", )" + kVariants + "}}",
                       name);
         takes_without(R"("campaigns": {"c": {"slot": "s", "purposes": $, )" + std::string(kVariants) + "}}", name);
       }
     }},
    {{"entry, exit of a segment", "the event and the segment"},
     [] {
       for (const char* const name : {"segment_entered", "segment_exited"}) {
         const std::string sync = R"("sync": {"mode": "events", "segments": true},
           "signals": {"n": {"count": "search", "within": "1m", "purposes": []}}, )";
         sends_without(sync + R"("segments": {"s": "n > 0"}, "events": {")" + name + R"(": {"purposes": $}})", name);
         sends_without(sync + R"("segments": {"s": {"when": "n > 0", "purposes": $}})", name);
       }
     }},
};

}  // namespace

TEST_CASE("privacy 19: every part of docs/labels.md, What is derived, is the part of a label, and no part is missing") {
  std::size_t checked = 0;
  for (const auto& [row, cell] : labels_table("derived")) {
    std::istringstream parts(cell);
    for (std::string part; std::getline(parts, part, ';');) {
      part.erase(0, part.find_first_not_of(' '));
      INFO(row << ": " << part);
      const auto check = kChecks.find({row, part});
      REQUIRE(check != kChecks.end());
      check->second();
      ++checked;
    }
  }
  CHECK(checked == kChecks.size());
}

}  // namespace omo::labels_derived_test
