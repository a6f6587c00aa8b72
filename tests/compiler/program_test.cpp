// SPDX-License-Identifier: Apache-2.0
// What a playbook becomes: tables, labels, capacities, and the same bytes every time.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/support.h"

namespace omo::program_test {
namespace {

const std::string kHanaichi = "tests/fixtures/playbooks/hanaichi.json";

std::string counting(const std::string& signal, const std::string& condition) {
  return playbook(R"j("signals": {"n": {"count": "view_item")j" + signal + R"j(}}, "segments": {"s": ")j" + condition +
                  "\"}");
}

}  // namespace

TEST_CASE("the fixture compiles to the same bytes every time") {
  const std::string source = read_text(kHanaichi);
  const Compiled once = compile(source);
  CHECK(once.ok());
  CHECK(once.program == compile(source).program);
}

TEST_CASE("symbols, events and parameters are sorted as readers search them") {
  const Program program(read_text(kHanaichi));
  for (std::uint32_t i = 0; i < program.view.symbols().size(); ++i) {
    CHECK(program.view.find_symbol(program.view.symbol(i)) == i);
  }
  for (std::uint32_t i = 0; i < program.view.events().size(); ++i) {
    const EventRow& row = program.view.events()[i];
    CHECK(program.view.find_event(row.name) == i);
    const auto params = program.view.params_of(row);
    CHECK(std::is_sorted(params.begin(), params.end(),
                         [](const ParamRow& a, const ParamRow& b) { return a.name < b.name; }));
  }
}

TEST_CASE("thresholds are sorted by value, matches by symbol") {
  const Program program(playbook(
      R"j("signals": {"sum": {"sum": "purchase", "of": "value"}, "last": {"last": "view_item", "of": "item_id"}},
    "segments": {"a": "sum > 3.0", "b": "sum >= 3.0", "c": "sum < -1.5", "d": "sum == 100.0",
                 "e": "last in ['x', 'y', 'z', 'w']"})j"));
  const auto thresholds = program.view.thresholds();
  REQUIRE(thresholds.size() == 5);
  for (std::size_t i = 1; i < thresholds.size(); ++i) {
    const ThresholdRow& before = thresholds[i - 1];
    CHECK((before.value < thresholds[i].value ||
           (before.value == thresholds[i].value && before.strict < thresholds[i].strict)));
  }
  const auto matches = program.view.matches();
  REQUIRE(matches.size() == 4);
  for (std::size_t i = 1; i < matches.size(); ++i) CHECK(matches[i - 1].symbol < matches[i].symbol);
}

TEST_CASE("campaigns stand in the order of the playbook, which decides among equal priorities") {
  const auto campaign = [](const char* slot, int priority) {
    return std::string(R"({"slot": ")") + slot + R"(", "priority": )" + std::to_string(priority) +
           R"(, "variants": {"v": {"creative": {"type": "banner", "title": "T"}}}})";
  };
  const Program program(playbook("\"campaigns\": {\"a\": " + campaign("x", 1) + ", \"b\": " + campaign("y", 9) +
                                 ", \"c\": " + campaign("x", 5) + ", \"d\": " + campaign("x", 1) + "}"));
  std::string order;
  for (const CampaignRow& row : program.view.campaigns()) order += program.view.symbol(row.name);
  CHECK(order == "abcd");
}

TEST_CASE("a creative keeps its texts by language, and an open coupon adds its code") {
  const Program program(read_text(kHanaichi));
  std::vector<std::string> fields;
  for (const FieldRow& row : program.view.fields()) {
    const auto text = program.view.strings().subspan(row.offset, row.length);
    fields.push_back(std::string(program.view.symbol(row.key)) + "/" +
                     (row.language == kNone ? "" : std::string(program.view.symbol(row.language))) + "=" +
                     std::string(text.begin(), text.end()));
  }
  const auto has = [&](const std::string& field) {
    return std::find(fields.begin(), fields.end(), field) != fields.end();
  };
  CHECK(has("title/ja=お誕生日に花束を"));
  CHECK(has("title/en=A bouquet for the birthday"));
  CHECK(has("alt/="));
  CHECK(has("code/=HANA10"));
}

TEST_CASE("where becomes stack code over the event's parameters") {
  const Program program(
      playbook(R"j("signals": {"a": {"count": "view_item", "where": "item_id == 'x' && !(price < 5.0)"}},
                                     "segments": {"s": "a > 0"})j"));
  const SignalRow& row = program.signal("a");
  CHECK(row.per_item == 1);
  std::vector<std::uint8_t> code;
  const auto put = [&code](Op op) { code.push_back(static_cast<std::uint8_t>(op)); };
  const auto put_symbol = [&](Op op, const char* text) {
    put(op);
    const std::uint32_t symbol = program.symbol(text);
    for (int i = 0; i < 4; ++i) code.push_back(static_cast<std::uint8_t>(symbol >> (8 * i) & 0xFF));
  };
  const auto put_byte = [&code](int byte) { code.push_back(static_cast<std::uint8_t>(byte)); };
  put_symbol(Op::kParam, "item_id");
  put_byte(static_cast<int>(Type::kString));
  put(Op::kString);
  put_byte(1);
  put_byte('x');
  put(Op::kEqual);
  put_symbol(Op::kParam, "price");
  put_byte(static_cast<int>(Type::kDouble));
  put(Op::kDouble);
  for (int byte : {0, 0, 0, 0, 0, 0, 0x14, 0x40}) code.push_back(static_cast<std::uint8_t>(byte));  // 5.0
  put(Op::kLess);
  put(Op::kNot);
  put(Op::kAnd);
  const auto written = program.view.predicates().subspan(row.where, row.where_bytes);
  CHECK(std::vector<std::uint8_t>(written.begin(), written.end()) == code);
}

TEST_CASE("a list of any length fits the stack of where") {
  std::string list = "'v0'";
  for (int i = 1; i < 500; ++i) list += ", 'v" + std::to_string(i) + "'";
  CHECK(compile(counting(", \"where\": \"item_id in [" + list + "]\"", "n > 0")).ok());
}

TEST_CASE("the capacity of a count is the largest number that the conditions tell apart") {
  const std::vector<std::pair<std::string, std::uint32_t>> table = {
      {"n >= 3", 3}, {"n > 3", 4},  {"n == 3", 4},          {"n < 3", 3},           {"n <= 3", 4},
      {"n != 3", 4}, {"n >= 0", 1}, {"n >= 2 || n > 6", 7}, {"false && n > 9", 64}, {"n in [1, 5]", 6}};
  for (const auto& [condition, capacity] : table) {
    INFO(condition);
    CHECK(Program(counting(R"(, "within": "7d")", condition)).signal("n").capacity == capacity);
    CHECK(Program(counting("", condition)).signal("n").capacity == capacity);
  }
  CHECK(Program(counting(R"(, "keep": 9)", "n >= 3")).signal("n").capacity == 9);
}

TEST_CASE("a stated keep that is smaller than the conditions need is an error") {
  std::string source = counting(", \"keep\": «2", "n > 2");
  const std::vector<std::string> places = take_marks(source);
  CHECK(errors_of(source) == places[0] + ": error: keep of signal 'n' is 2, but the conditions need the last 3\n");
  source = playbook("\"signals\": {«\"n\": {\"count\": \"view_item\"}}, \"segments\": {\"s\": \"n > 1024\"}");
  const std::vector<std::string> too_large = take_marks(source);
  CHECK(errors_of(source) ==
        too_large[0] +
            ": error: the conditions need the last 1025 occurrences of signal 'n': the limit max_keep is 1024\n");
}

TEST_CASE("what is kept must fit the snapshot, and the largest signals are named") {
  const std::string source = playbook(
      R"j("signals": {"small": {"count": "purchase"}, "big": {"recent": "view_item", "of": "item_id", "keep": 500}},
    "segments": {"s": "small > 0 && size(big) > 0"})j");
  CHECK(errors_of(source).find("the limit max_state_bytes is 40000; the largest signals are big (59") !=
        std::string::npos);
}

TEST_CASE("labels are the union of everything that is read, what folds away included") {
  const Program program(playbook(R"j("traits": {"rank": {"type": "string", "purposes": ["marketing"]}},
    "context": {"weather": {"type": "string"}, "plan": {"type": "string", "purposes": ["functional"]}},
    "events": {"quiz": {"purposes": ["sharing"]}}, "signals": {"quizzes": {"count": "quiz", "purposes": ["sharing"]}},
    "segments": {"plain": "context.weather == 'storm'", "decided": "true || rank == 'gold'", "first": "quizzes > 0",
                 "both": "!first && false && context.plan == 'x'",
                 "stated": {"when": "rank == 'gold'", "purposes": ["marketing", "personalization"]}, "reader": "stated"})j"));
  CHECK(program.segment("plain").label == 0);
  CHECK(program.segment("decided").label == purpose::kMarketing);
  CHECK(condition_of(program, "decided") == kAlways);
  CHECK(program.segment("first").label == purpose::kSharing);
  CHECK(program.segment("both").label == (purpose::kSharing | purpose::kFunctional));
  CHECK(program.segment("reader").label == (purpose::kMarketing | purpose::kPersonalization));
  CHECK(program.signal("quizzes").label == purpose::kSharing);
}

TEST_CASE("a rule that omits a purpose of what it reads is rejected with the path") {
  std::string source =
      playbook(R"j("traits": {"rank": {"type": "string", "purposes": ["marketing", "personalization"]}},
    "segments": {"vip": "rank == 'gold'", "not_vip": "!vip || false",
                 "s": {"when": "false && not_vip", "purposes": «["personalization"]}},
    "campaigns": {"c": {"slot": "x", "audience": "not_vip", "purposes": «["marketing"],
                  "variants": {"v": {"creative": {"type": "banner", "title": "T"}}}}})j");
  const std::vector<std::string> places = take_marks(source);
  CHECK(errors_of(source) == places[0] +
                                 ": error: segment 's' does not state the purpose 'marketing' of what it reads: trait "
                                 "'rank' (personalization and marketing) -> segment 'vip' -> "
                                 "segment 'not_vip' -> segment 's', which states only [personalization]: add "
                                 "\"marketing\"\n" +
                                 places[1] +
                                 ": error: campaign 'c' does not state the purpose 'personalization' of what it reads: "
                                 "trait 'rank' (personalization and marketing) -> segment 'vip' "
                                 "-> segment 'not_vip' -> campaign 'c', which states only [marketing]: add "
                                 "\"personalization\"\n");
}

TEST_CASE("privacy 19: a signal that states its purposes may not leave out those of its events and its trait") {
  const std::string head = R"j("events": {"quiz": {"purposes": ["marketing"]}, "refund": {"purposes": ["sharing"]}},
    "traits": {"orders": {"type": "int", "purposes": ["functional"]}}, "signals": )j";
  const auto refused = [&](const std::string& signal, const std::string& message) {
    std::string source = playbook(head + signal);
    const std::vector<std::string> places = take_marks(source);
    INFO(source);
    CHECK(errors_of(source) == places[0] + ": error: signal 's' does not state the purpose " + message + '\n');
  };
  refused(R"({"s": {"count": "quiz", "purposes": «[]}})",
          "'marketing' of what it reads: event 'quiz' (marketing) -> signal 's', which states only []: add "
          "\"marketing\"");
  refused(R"({"s": {"sequence": ["search", "quiz"], "purposes": «["storage"]}})",
          "'marketing' of what it reads: event 'quiz' (marketing) -> signal 's', which states only [storage]: add "
          "\"marketing\"");
  refused(R"({"s": {"count": "purchase", "purposes": «[]}})",
          "'sharing' of what it reads: event 'refund' (sharing) -> signal 's', which states only []: add \"sharing\"");
  refused(R"({"s": {"count": "search", "within": "session", "purposes": «[]}})",
          "'measurement' of what it reads: event 'session_start' (measurement) -> signal 's', which states only []: "
          "add \"measurement\"");
  refused(R"({"s": {"count": "search", "restore": "orders", "purposes": «[]}})",
          "'functional' of what it reads: trait 'orders' (functional) -> signal 's', which states only []: add "
          "\"functional\"");
}

TEST_CASE("privacy 19: every part of a playbook hands its label on") {
  const Program program(playbook(
      R"j("events": {"e": {"purposes": ["marketing"]}, "refund": {"purposes": ["sharing"]}, "search": {"params": {"n": "double"}},
      "session_start": {"purposes": ["sharing"]}, "view_promotion": {"purposes": ["sharing"]}},
    "traits": {"t": {"type": "string", "purposes": ["functional"]}, "n": {"type": "int", "purposes": ["functional"]}},
    "context": {"c": {"type": "string", "purposes": ["sharing"]}},
    "signals": {"of_event": {"count": "e"}, "of_refunds": {"count": "purchase"},
      "of_trait": {"count": "search", "restore": "n"}, "of_steps": {"sequence": ["search", "e"]},
      "of_rfm": {"rfm": "search", "of": "n", "recency": ["1h"], "frequency": [2], "monetary": [5]}},
    "scores": {"of_t": "t == 'a' ? 1.0 : 2.0", "own": {"value": "1.0", "purposes": ["marketing"]}},
    "segments": {"s_trait": "t == 'a'", "s_segment": "s_trait || true", "s_score": "of_t > 1.0",
      "s_context": "context.c == 'x'", "s_formula": "t + 'x' == 'ax'", "s_grade": "of_rfm.recency >= 1",
      "s_own": {"when": "true", "purposes": ["marketing"]}},
    "campaigns": {
      "by_score": {"slot": "x", "priority": {"score": "of_t"}, "variants": {"v": {"creative": {"type": "banner", "title": "T"}}}},
      "own": {"slot": "x", "purposes": ["marketing"], "variants": {"v": {"creative": {"type": "banner", "title": "T"}}}},
      "in_journey": {"slot": "x", "variants": {"v": {"creative": {"type": "banner", "title": "T"}}}}},
    "journeys": {"j_event": {"start": "true", "steps": [{"until": "e"}]},
      "j_show": {"start": "s_trait", "steps": [{"show": "in_journey"}]},
      "j_own": {"start": "true", "purposes": ["marketing"], "steps": [{"wait": "1h"}]}})j"));
  const auto label = [&program](Table table, const std::string& name) {
    INFO(name);
    const std::uint32_t row = program.view.find_row(table, name);
    REQUIRE(row != kNone);
    return program.view.label_of(table, row) & purpose::kAll;
  };
  CHECK(label(Table::kEvent, "session_start") == (purpose::kMeasurement | purpose::kSharing));
  CHECK(label(Table::kSignal, "of_event") == (purpose::kPersonalization | purpose::kMarketing));
  CHECK(label(Table::kSignal, "of_refunds") == (purpose::kPersonalization | purpose::kSharing));
  CHECK(label(Table::kSignal, "of_trait") == (purpose::kPersonalization | purpose::kFunctional));
  CHECK(label(Table::kSignal, "of_steps") == (purpose::kPersonalization | purpose::kMarketing));
  CHECK(label(Table::kScore, "of_t") == purpose::kFunctional);
  CHECK(label(Table::kScore, "own") == purpose::kMarketing);
  for (const char* name : {"s_trait", "s_segment", "s_score", "s_formula"}) {
    CHECK(label(Table::kSegment, name) == purpose::kFunctional);
  }
  CHECK(label(Table::kSegment, "s_context") == purpose::kSharing);
  CHECK(label(Table::kSegment, "s_grade") == purpose::kPersonalization);
  CHECK(label(Table::kSegment, "s_own") == purpose::kMarketing);
  CHECK(label(Table::kCampaign, "by_score") == purpose::kFunctional);
  CHECK(label(Table::kCampaign, "own") == purpose::kMarketing);
  CHECK(label(Table::kCampaign, "in_journey") == (purpose::kFunctional | purpose::kSharing));
  CHECK(label(Table::kJourney, "j_event") == purpose::kMarketing);
  CHECK(label(Table::kJourney, "j_show") == (purpose::kFunctional | purpose::kSharing));
  CHECK(label(Table::kJourney, "j_own") == purpose::kMarketing);
}

TEST_CASE("privacy 19: what a session needs, a signal of the session needs too") {
  const Program program(playbook(R"j("events": {"session_start": {"purposes": ["sharing"]}},
    "signals": {"s": {"count": "search", "within": "session"}}, "segments": {"on": "s > 0"})j"));
  CHECK(program.signal("s").label == (purpose::kPersonalization | purpose::kMeasurement | purpose::kSharing));
}

TEST_CASE("without sync only the events that something needs are in the program, and those that make sessions") {
  const Program program(
      playbook(R"j("sync": {"mode": "off"}, "events": {"mine": {}}, "signals": {"n": {"count": "search"}},
    "segments": {"s": "n > 0"})j"));
  std::vector<std::string> names;
  for (const EventRow& row : program.view.events()) names.emplace_back(program.view.symbol(row.name));
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"mine", "page_view", "search", "session_start"});
  CHECK(program.view.meta().sync_events == 0);
}

TEST_CASE("the manifest lists what is kept and every field that can be sent") {
  const Program program(read_text(kHanaichi));
  const auto manifest = nlohmann::json::parse(program.compiled.manifest);
  CHECK(manifest["kept"]["signals"].size() == program.view.signals().size());
  CHECK(manifest["kept"]["traits"].size() == program.view.traits().size());
  CHECK(manifest["sent"]["events"].size() == program.view.events().size());
  std::size_t params = 0;
  for (const auto& event : manifest["sent"]["events"]) {
    params += event["params"].size();
    const auto& purposes = event["purposes"];
    CHECK(std::find(purposes.begin(), purposes.end(), "measurement") != purposes.end());
  }
  CHECK(params == program.view.params().size());
  CHECK(manifest["sent"]["segment_memberships"].size() == program.view.segments().size());
  const auto off = nlohmann::json::parse(Program(playbook(R"("sync": {"mode": "off"})")).compiled.manifest);
  CHECK(off["sent"]["destinations"].empty());
  CHECK(off["sent"]["events"].empty());
}

TEST_CASE("a hundred thousand segments compile") {
  std::string segments;
  for (int i = 0; i < 100000; ++i) {
    segments += (i == 0 ? "" : ", ") + ("\"s" + std::to_string(i)) + "\": \"" +
                (i % 2 == 1 ? "s" + std::to_string(i - 1) + " && !m" : "n >= " + std::to_string(i % 30)) + "\"";
  }
  const Program program(
      playbook(R"j("traits": {"m": {"type": "bool"}}, "signals": {"n": {"count": "view_item"}}, "segments": {)j" +
               segments + "}"));
  CHECK(program.view.segments().size() == 100000);
  CHECK(program.view.thresholds().size() == 16);  // 15 even thresholds of n, and m
}

}  // namespace omo::program_test
