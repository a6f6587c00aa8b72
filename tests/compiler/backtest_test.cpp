// SPDX-License-Identifier: Apache-2.0
// omo backtest: what it counts is what the engine does for each visitor alone.
#include "cli/backtest.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/replay.h"
#include "compiler/support.h"
#include "support/random.h"

namespace omo {
namespace {

using test::Random;

constexpr double kDay = 86400000;
constexpr double kFirstDay = 20000 * kDay;

const char* const kPlaybook = R"json(
  "signals": { "views": { "count": "view_item", "within": "2d" }, "orders": { "count": "purchase" } },
  "segments": { "looking": "views >= 2", "customer": "orders >= 1", "always": "true" },
  "campaigns": {
    "hello": { "slot": "hero", "audience": "looking", "cap": { "impressions": 2, "within": "1d" },
      "variants": { "a": { "creative": { "type": "banner", "title": "Hello", "href": "/", "cta": "Go" } } } },
    "thanks": { "slot": "account", "audience": "customer",
      "variants": { "a": { "creative": { "type": "banner", "title": "Thanks", "href": "/", "cta": "Go" } } } } })json";

std::vector<std::uint8_t> program_of(const std::string& body) {
  const Compiled compiled = compile(playbook(body));
  INFO(describe(compiled.diagnostics));
  REQUIRE(compiled.ok());
  return compiled.program;
}

std::string line_of(const std::string& visitor, double time, const std::string& name, const std::string& id = {}) {
  nlohmann::json line = {
      {"visitor", visitor}, {"time", static_cast<std::uint64_t>(time)}, {"type", "event"}, {"name", name}};
  if (!id.empty()) line["params"] = {{"transaction_id", id}};
  return line.dump();
}

struct Made {
  explicit Made(const std::vector<std::string>& lines) {
    RecordingWriter writer;
    for (const std::string& line : lines) writer.add_line(line);
    file = writer.finish();
  }
  [[nodiscard]] Recording recording() const { return Recording(as_bytes(file)); }
  std::string file;
};

BacktestOptions options_of(unsigned threads = 1) {
  BacktestOptions options;
  options.threads = threads;
  options.granted = purpose::kAll & ~purpose::kStorage;
  return options;
}

const Series& named(const std::vector<Series>& all, const std::string& name) {
  for (const Series& series : all) {
    if (series.name == name) return series;
  }
  throw std::runtime_error("no series " + name);
}

using Periods = std::vector<std::int64_t>;

/// Random lives of some visitors.
std::vector<std::string> random_lines(Random& random, int visitors) {
  std::vector<std::string> lines;
  for (int visitor = 0; visitor < visitors; ++visitor) {
    double time = kFirstDay + random.below(3) * kDay + random.below(86400) * 1000.0;
    for (std::uint32_t i = 1 + random.below(30); i > 0; --i) {
      time += random.one_in(5) ? random.below(40) * 3600000.0 : random.below(600) * 1000.0;
      const std::uint32_t kind = random.below(8);
      const std::string name = kind < 4 ? "page_view" : kind < 7 ? "view_item" : "purchase";
      lines.push_back(line_of("v" + std::to_string(visitor), time, name,
                              kind < 7 ? "" : std::to_string(visitor) + "-" + std::to_string(random.below(3))));
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("a backtest counts who is in a segment when each day ends, and who was ever") {
  const Made made({line_of("ann", kFirstDay + 1000, "view_item"), line_of("ann", kFirstDay + 2000, "view_item"),
                   line_of("bob", kFirstDay + 1000, "view_item"), line_of("bob", kFirstDay + kDay, "purchase", "1"),
                   line_of("cat", kFirstDay + 3 * kDay, "view_item")});
  const BacktestResult result = backtest(program_of(kPlaybook), {made.recording()}, options_of());
  CHECK(result.visitors == 3);
  CHECK(result.inputs == 5);
  CHECK(result.from_ms == kFirstDay);
  // Ann's two views are both in the window until two days after the first.
  CHECK(named(result.segments, "looking").periods == Periods{1, 1, 0, 0});
  CHECK(named(result.segments, "looking").visitors == 1);
  CHECK(named(result.segments, "customer").periods == Periods{0, 1, 1, 1});
  CHECK(named(result.segments, "always").visitors == 3);
}

TEST_CASE("a backtest counts views that show a campaign as seen, so that its cap fills") {
  std::vector<std::string> lines = {line_of("ann", kFirstDay, "view_item"), line_of("ann", kFirstDay, "view_item")};
  for (int view = 0; view < 5; ++view) lines.push_back(line_of("ann", kFirstDay + 1000 * (view + 1), "page_view"));
  // The next day the cap is open again.
  lines.push_back(line_of("ann", kFirstDay + kDay + 60000, "page_view"));
  const Made made(lines);
  const BacktestResult result = backtest(program_of(kPlaybook), {made.recording()}, options_of());
  const Series& hello = named(result.campaigns, "hello");
  CHECK(hello.visitors == 1);
  CHECK(hello.times == 3);
  CHECK(hello.held_back == 1);
  CHECK(hello.periods == Periods{1, 1});
  BacktestOptions recorded = options_of();
  recorded.recorded_feedback = true;
  CHECK(named(backtest(program_of(kPlaybook), {made.recording()}, recorded).campaigns, "hello").times == 6);
}

TEST_CASE("what the visitor's budget keeps back counts as pressure, too") {
  const std::string budget = R"("fatigue": { "impressions": 1, "within": "1d" },)" + std::string(kPlaybook);
  std::vector<std::string> lines = {line_of("ann", kFirstDay, "purchase", "1")};
  // The first view fills the budget of the day; the slots keep what the view shows.
  for (int view = 0; view < 3; ++view) lines.push_back(line_of("ann", kFirstDay + 1000 * (view + 1), "page_view"));
  const Made made(lines);
  const BacktestResult result = backtest(program_of(budget), {made.recording()}, options_of());
  const Series& thanks = named(result.campaigns, "thanks");
  CHECK(thanks.visitors == 1);
  CHECK(thanks.held_back == 1);
  CHECK(named(result.campaigns, "hello").held_back == 0);
}

TEST_CASE("a backtest of many visitors adds up what omo replay says of each") {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const std::vector<std::string> lines = random_lines(random, 12);
    const Made made(lines);
    // Segments alone: feedback that a backtest makes up does not touch them.
    const std::vector<std::uint8_t> program = program_of(kPlaybook);
    const BacktestResult result = backtest(program, {made.recording()}, options_of());
    const std::size_t days = result.segments[0].periods.size();
    std::map<std::string, Periods> expected;
    for (const Series& series : result.segments) expected[series.name] = Periods(days);
    std::map<std::string, std::vector<nlohmann::json>> by_visitor;
    for (const std::string& line : lines) {
      const nlohmann::json input = nlohmann::json::parse(line);
      by_visitor[input["visitor"]].push_back(input);
    }
    for (auto& [visitor, inputs] : by_visitor) {
      for (std::size_t day = 0; day < days; ++day) {
        inputs.push_back(
            {{"time", static_cast<std::uint64_t>(result.from_ms + kDay * static_cast<double>(day + 1) - 1)},
             {"type", "tick"}});
      }
      std::stable_sort(inputs.begin(), inputs.end(), [](const nlohmann::json& a, const nlohmann::json& b) {
        return a["time"].get<std::uint64_t>() < b["time"].get<std::uint64_t>();
      });
      std::string text =
          R"({"time": 0, "type": "consent", "params": {"functional": "granted", "measurement": "granted", "personalization": "granted", "marketing": "granted", "sharing": "granted"}})";
      for (const nlohmann::json& input : inputs) text += "\n" + input.dump();
      std::vector<nlohmann::json> changes;
      ReplayOutput output;
      output.changed = [&](const std::string& line) { changes.push_back(nlohmann::json::parse(line)); };
      output.ignored = [](std::size_t, const std::string&) {};
      REQUIRE(replay(program, text, output).ok);
      for (auto& [segment, periods] : expected) {
        for (std::size_t day = 0; day < days; ++day) {
          const double end = result.from_ms + kDay * static_cast<double>(day + 1);
          bool on = false;
          for (const nlohmann::json& change : changes) {
            if (change["time"].get<double>() < end && change["segments"].contains(segment))
              on = change["segments"][segment];
          }
          periods[day] += on ? 1 : 0;
        }
      }
    }
    for (const Series& series : result.segments) {
      if (series.name == "always") continue;  // on before the first input, too
      INFO(series.name);
      CHECK(series.periods == expected[series.name]);
    }
  }
}

TEST_CASE("a backtest does not depend on threads, nor on how visitors are spread over files") {
  Random random(7);
  const std::vector<std::string> lines = random_lines(random, 400);
  const Made whole(lines);
  std::vector<std::string> even, odd;
  for (const std::string& line : lines) {
    const std::string visitor = nlohmann::json::parse(line)["visitor"];
    (std::stoi(visitor.substr(1)) % 2 == 0 ? even : odd).push_back(line);
  }
  const Made first(even);
  const Made second(odd);
  const std::vector<std::uint8_t> program = program_of(kPlaybook);
  const BacktestResult alone = backtest(program, {whole.recording()}, options_of());
  const BacktestResult together = backtest(program, {first.recording(), second.recording()}, options_of(4));
  CHECK(alone.inputs == together.inputs);
  for (const auto which : {&BacktestResult::segments, &BacktestResult::campaigns}) {
    REQUIRE((alone.*which).size() == (together.*which).size());
    for (std::size_t i = 0; i < (alone.*which).size(); ++i) {
      const Series& a = (alone.*which)[i];
      const Series& b = (together.*which)[i];
      CHECK(a.periods == b.periods);
      CHECK(std::tuple(a.visitors, a.times, a.held_back) == std::tuple(b.visitors, b.times, b.held_back));
    }
  }
}

TEST_CASE("a recording that is cut off, or says what it does not have, is refused; a damaged visitor is left out") {
  const Made made({line_of("ann", kFirstDay, "view_item"), line_of("bob", kFirstDay, "view_item")});
  for (std::size_t size = 0; size < made.file.size(); ++size) {
    INFO(size);
    CHECK_THROWS_AS(Recording(as_bytes(std::string_view(made.file).substr(0, size))), std::invalid_argument);
  }
  const std::vector<std::uint8_t> program = program_of(kPlaybook);
  for (std::size_t at = kRecordingHeaderBytes; at < made.file.size(); ++at) {
    INFO(at);
    std::string file = made.file;
    file[at] = static_cast<char>(file[at] ^ 1);
    try {
      const BacktestResult result = backtest(program, {Recording(as_bytes(file))}, options_of());
      // Another visitor number is no damage: it names nobody.
      CHECK(result.visitors + result.damaged == 2);
    } catch (const std::invalid_argument&) {
      SUCCEED("refused");
    }
  }
}

TEST_CASE("a line of a recording that cannot be understood says why") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"{", "this is not JSON"},
      {R"({"time": 1, "type": "tick"})", "\"visitor\" is missing"},
      {R"({"visitor": 1.5, "time": 1, "type": "tick"})", "\"visitor\" must be a string or a whole number"},
      {R"({"visitor": 1, "type": "tick"})", "\"time\" is missing"}};
  for (const auto& [line, why] : table) {
    RecordingWriter writer;
    CHECK_THROWS_WITH(writer.add_line(line), Catch::Contains(why));
  }
}

TEST_CASE("a recording of too many periods is refused, and says what to do") {
  const Made made({line_of("ann", 0, "view_item"), line_of("ann", 281474976710655.0, "view_item")});
  CHECK_THROWS_WITH(backtest(program_of(kPlaybook), {made.recording()}, options_of()),
                    Catch::Contains("choose a longer --every"));
}

}  // namespace omo
