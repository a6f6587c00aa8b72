// SPDX-License-Identifier: Apache-2.0
// Journeys, groups, budgets: each mistake at its place, steps in their flat order, labels over journeys and campaigns.
#include <nlohmann/json.hpp>

#include "compiler/support.h"

namespace omo::journeys_test {
namespace {

constexpr const char* kVariants = R"("variants": {"v": {"creative": {"type": "banner", "title": "T"}}})";

std::string campaign(const std::string& name, const std::string& more = "") {
  return "\"" + name + R"(": {"slot": "hero", )" + more + kVariants + "}";
}

/// A playbook with one journey of this text, and what it may name.
std::string journey(const std::string& text) {
  return playbook(R"("traits": {"vip": {"type": "bool"}, "born": {"type": "date"}},
 "signals": {"views": {"count": "view_item"}}, "segments": {"busy": "views > 3"}, "campaigns": {)" +
                  campaign("tips") + ", " + campaign("offer") + R"(}, "journeys": {"j": )" + text + "}");
}

std::string steps(const std::string& text) { return journey(R"({"start": "busy", "steps": [)" + text + "]}"); }

void check_at(std::string source, const std::string& message) {
  const std::vector<std::string> places = take_marks(source);
  REQUIRE(places.size() == 1);
  INFO(source);
  CHECK(errors_of(source) == places[0] + ": error: " + message + "\n");
}

/// "name>next/otherwise" of every step of the first journey; steps from 1, "end" behind the last.
std::string ways(const std::string& source) {
  const Program program(source);
  std::string text;
  const auto name = [&](std::uint32_t step) {
    return step < program.view.steps().size() ? std::string(program.view.name_of(Table::kStep, step)) : "end";
  };
  for (std::uint32_t i = 0; i < program.view.steps().size(); ++i) {
    const StepRow& row = program.view.steps()[i];
    text += (i > 0 ? " " : "") + name(i) + ">" + name(row.next);
    if ((row.flags & kStepBranch) != 0) text += "/" + name(row.otherwise);
  }
  return text;
}

}  // namespace

TEST_CASE("mistakes in a journey are named where they are") {
  check_at(journey("«{\"steps\": [{\"wait\": \"1h\"}]}"), "journey 'j' needs \"start\"");
  check_at(journey("«{\"start\": \"busy\"}"), "journey 'j' needs \"steps\"");
  check_at(journey(R"({"start": "busy", "steps": «[]})"), "journey 'j' needs at least one step");
  check_at(journey(R"({"start": "«bussy", "steps": [{"wait": "1h"}]})"),
           "no signal, trait, segment or score named 'bussy'; did you mean 'busy'?");
  check_at(journey(R"({"start": "busy", «"gaol": "purchase", "steps": [{"wait": "1h"}]})"),
           "journey 'j' has no key 'gaol'; did you mean 'goal'?");
  check_at(journey(R"({"start": "busy", "restart": «"30s", "steps": [{"wait": "1h"}]})"),
           "restart of journey 'j' is below the limit min_restart_ms: 60000 ms (1 minute)");
  check_at(journey(R"({"start": "busy", "restart": «1, "steps": [{"wait": "1h"}]})"),
           "restart of journey 'j' must be a string, not an integer");
  check_at(journey(R"({"start": "busy", "timeout": «"soon", "steps": [{"wait": "1h"}]})"),
           "timeout of journey 'j' must be a whole number and a unit (s, m, h, d or w), such as \"7d\"");
  check_at(steps(R"(«{"name": "x"})"), "step 1 of journey 'j' needs one of \"wait\", \"show\", \"until\" and \"if\"");
  check_at(steps(R"({"wait": "1h", «"show": "tips"})"),
           "step 1 of journey 'j' is a \"wait\" already: one step does one thing");
  check_at(steps(R"({"wait": "1h"}, {"show": «"tipps"})"), "no campaign named 'tipps'; did you mean 'tips'?");
  check_at(steps(R"({"until": «"purchas"})"),
           "no event, signal, trait or segment named 'purchas'; did you mean 'purchase'?");
  check_at(journey(R"({"start": "busy", "goal": «"bussy", "steps": [{"wait": "1h"}]})"),
           "no event, signal, trait or segment named 'bussy'; did you mean 'busy'?");
  check_at(steps(R"({"until": "views «+ 'a' > 2"})"), "'+' has no meaning between values of type int and string");
  check_at(steps(R"({"wait": "1h", «"timeout": "1d"})"),
           "timeout has no meaning beside \"wait\" in step 1 of journey 'j'");
  check_at(steps(R"({"wait": "1h", «"then": []})"), "then has no meaning beside \"wait\" in step 1 of journey 'j'");
  check_at(steps(R"(«{"if": "busy"})"), "step 1 of journey 'j' needs \"then\" or \"else\": its ways on");
  check_at(steps(R"({"if": "busy", "then": [{"wait": "1h"}, {«"wiat": "1h", "show": "tips"}]})"),
           "step 1.then.2 of journey 'j' has no key 'wiat'; did you mean 'wait'?");
  check_at(steps(R"({"name": "x", "wait": "1h"}, {"name": «"x", "wait": "1h"})"),
           "journey 'j' has two steps named 'x'");
  check_at(steps(R"({"name": "2", "wait": "1h"}, «{"wait": "1h"})"), "journey 'j' has two steps named '2'");
  check_at(playbook(R"("journeys": {«"a b": {"start": "true", "steps": [{"wait": "1h"}]}})"),
           "'a b' cannot name a journey: use letters, digits and _, and no digit first");
}

TEST_CASE("steps stand in one list that leads forward, through branches and behind them") {
  CHECK(ways(steps(R"({"wait": "1h"}, {"name": "x", "show": "tips"}, {"until": "purchase"})")) == "1>x x>3 3>end");
  CHECK(ways(steps(R"({"if": "busy", "then": [{"wait": "1h"}, {"wait": "2h"}], "else": [{"show": "tips"}]},
                      {"show": "offer"})")) == "1>1.then.1/1.else.1 1.then.1>1.then.2 1.then.2>2 1.else.1>2 2>end");
  CHECK(
      ways(steps(R"({"if": "busy", "then": []}, {"if": "vip", "else": [{"if": "busy", "then": [{"wait": "1h"}]}]})")) ==
      "1>2/2 2>end/2.else.1 2.else.1>2.else.1.then.1/end 2.else.1.then.1>end");
}

TEST_CASE("a journey beyond a limit is an error that names it") {
  std::string many;
  for (int i = 0; i <= 256; ++i) many += std::string(i > 0 ? ", " : "") + R"({"wait": "1h"})";
  CHECK(errors_of(steps(many)).find("the limit max_journey_steps is 256") != std::string::npos);
  std::string journeys;
  for (int i = 0; i <= 256; ++i) {
    journeys += (i > 0 ? ", \"j" : "\"j") + std::to_string(i) + R"(": {"start": "true", "steps": [{"wait": "1h"}]})";
  }
  CHECK(errors_of(playbook("\"journeys\": {" + journeys + "}")).find("the limit max_journeys is 256") !=
        std::string::npos);
}

TEST_CASE("mistakes in groups, priorities, budgets and holdouts are named where they are") {
  const auto campaigns = [](const std::string& more, const std::string& keys = "") {
    return playbook("\"campaigns\": {" + campaign("tips", more) + "}" + keys);
  };
  check_at(campaigns(R"("priority": {"score": «"lead"}, )"), "no score named 'lead'");
  check_at(campaigns(R"("priority": «{}, )"), "priority of campaign 'tips' needs \"score\"");
  check_at(campaigns(R"("priority": «1.5, )"), "priority of campaign 'tips' must be an integer, not a number");
  check_at(campaigns(R"("group": «3, )"), "group of campaign 'tips' must be a string, not an integer");
  check_at(campaigns("", R"(, "holdout": «1.5)"),
           "holdout must be between 0 and 1: the share of visitors that never see it");
  check_at(campaigns("", R"(, "fatigue": {«"impresions": 3})"),
           "fatigue has no key 'impresions'; did you mean 'impressions'?");
  check_at(campaigns("", R"(, "fatigue": {«"within": "1d"})"),
           "within has no meaning without \"impressions\" in fatigue");
  check_at(campaigns("", R"(, "fatigue": {"impressions": 3, "exempt": [«"tip"]})"),
           "no campaign named 'tip'; did you mean 'tips'?");
  CHECK(errors_of(campaigns("", R"(, "fatigue": {"impressions": 101})")).find("max_cap_impressions") !=
        std::string::npos);
}

TEST_CASE("journeys and the campaigns that they show have one label: of all that they read, wait for and show") {
  const Program program(playbook(R"("events": {"quiz": {"purposes": ["sharing"]}},
 "traits": {"vip": {"type": "bool"}, "ad": {"type": "bool", "purposes": ["marketing"]}}, "campaigns": {)" +
                                 campaign("one") + ", " + campaign("two", R"("audience": "ad", )") + ", " +
                                 campaign("three") + ", " + campaign("free") + R"(}, "journeys": {
   "a": {"start": "vip", "steps": [{"show": "one"}, {"show": "two"}]},
   "b": {"start": "true", "steps": [{"until": "quiz"}, {"show": "three"}, {"show": "one"}]},
   "c": {"start": "true", "steps": [{"wait": "1h"}]}})"));
  const auto label = [&](Table table, std::string_view name) {
    return program.view.label_of(table, program.view.find_row(table, name));
  };
  const std::uint32_t all = purpose::kPersonalization | purpose::kMarketing | purpose::kSharing;
  for (const char* name : {"one", "two", "three"}) CHECK(label(Table::kCampaign, name) == all);
  for (const char* name : {"a", "b"}) CHECK(label(Table::kJourney, name) == all);
  CHECK(label(Table::kCampaign, "free") == 0);
  CHECK(label(Table::kJourney, "c") == 0);
}

TEST_CASE("a stated label that leaves out a purpose of a journey or of its campaigns names the way of it") {
  const std::string traits =
      R"("traits": {"vip": {"type": "bool"}, "ad": {"type": "bool", "purposes": ["marketing"]}}, )";
  check_at(playbook(traits +
                    R"("journeys": {"j": {"start": "vip", "purposes": «["marketing"], "steps": [{"wait": "1h"}]}})"),
           "journey 'j' does not state the purpose 'personalization' of what it reads: trait 'vip' "
           "(personalization) -> journey 'j', which states only [marketing]: add \"personalization\"");
  check_at(
      playbook(traits + R"("campaigns": {)" + campaign("one", R"("purposes": «[], )") + R"(},
   "journeys": {"j": {"start": "vip", "steps": [{"show": "one"}]}})"),
      "campaign 'one' does not state the purpose 'personalization' of what it reads: trait 'vip' (personalization) -> "
      "journey 'j' -> campaign 'one', which states only []: add \"personalization\"");
  check_at(playbook(traits + R"("campaigns": {)" + campaign("one", R"("purposes": «[], )") + ", " +
                    campaign("two", R"("audience": "ad", )") + R"(},
   "journeys": {"j": {"start": "true", "steps": [{"show": "one"}, {"show": "two"}]}})"),
           "campaign 'one' does not state the purpose 'marketing' of what it reads: trait 'ad' (marketing) -> "
           "campaign 'two' -> journey 'j' -> campaign 'one', which states only []: add \"marketing\"");
}

TEST_CASE("the manifest tells what journeys and the budget keep, under which purposes") {
  const Compiled compiled = compile(playbook(R"("traits": {"vip": {"type": "bool"}},
 "fatigue": {"impressions": 7, "within": "1d"}, "campaigns": {)" +
                                             campaign("one") + ", " + campaign("two") + R"(},
 "journeys": {"j": {"start": "vip", "steps": [{"show": "one"}]}})"));
  REQUIRE(compiled.ok());
  const auto kept = nlohmann::json::parse(compiled.manifest)["kept"];
  REQUIRE(kept["journeys"].size() == 1);
  CHECK(kept["journeys"][0]["name"] == "j");
  CHECK(kept["journeys"][0]["purposes"] == nlohmann::json({"storage", "personalization"}));
  REQUIRE(kept["fatigue"].size() == 2);
  CHECK(kept["fatigue"][0]["purposes"] == nlohmann::json({"storage"}));
  CHECK(kept["fatigue"][0]["impression_times"] == 7);
  CHECK(kept["fatigue"][1]["purposes"] == nlohmann::json({"storage", "personalization"}));
}

}  // namespace omo::journeys_test
