// SPDX-License-Identifier: Apache-2.0
// omo backtest: what it counts is what the engine does for each visitor alone.
#include "cli/backtest.h"

#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/replay.h"
#include "compiler/support.h"
#include "support/random.h"

namespace omo::backtest_test {
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

/// Where the header of a recording tells of its names.
constexpr std::size_t kNamesOffset = 40;

/// What a visitor of the demo shop may do, with texts of many lengths.
std::string demo_line(Random& random, const std::string& visitor, double time) {
  static const char* const kCategories[] = {"bouquet", "plant", "arrangement", "dried"};
  nlohmann::json line = {{"visitor", visitor}, {"time", static_cast<std::uint64_t>(time)}, {"type", "event"}};
  const nlohmann::json items = {{{"item_id", "otome" + std::string(random.below(3) * 40, 'x')},
                                 {"item_category", kCategories[random.below(4)]},
                                 {"price", 100 * random.below(90)}}};
  switch (random.below(9)) {
    case 0:
      line["type"] = "identify";
      line["params"] = {{"rank", random.one_in(2) ? "bloom" : "full_bloom"}, {"member", random.one_in(2)}};
      break;
    case 1:
      line["type"] = "context";
      line["params"] = {{"weather", random.one_in(2) ? "storm" : "sun"}, {"utm_source", "mail"}};
      break;
    case 2:
      line["type"] = "page";
      line["params"] = {{"path", "/" + std::to_string(random.below(9))}, {"title", ""}, {"referrer", ""}};
      break;
    case 3:
      line["name"] = "purchase";
      line["params"] = {{"transaction_id", std::to_string(random.below(4))}, {"value", 1000}, {"items", items}};
      break;
    case 4:
      line["name"] = "search";
      line["params"] = {{"search_term", "peony"}, {"nobody_declared_this", true}};
      break;
    case 5:
      line["name"] = random.one_in(2) ? "dismiss_promotion" : "view_promotion";
      line["params"] = {{"promotion_id", "considering"}};
      break;
    case 6:
      line["name"] = "page_view";
      line["params"] = {{"page_path", "/" + std::to_string(random.below(9))}};
      break;
    default:
      line["name"] = random.one_in(4) ? "add_to_cart" : "view_item";
      line["params"] = {{"items", items}};
  }
  return line.dump();
}

/// Everything that a result counts, as text.
std::string counts(const BacktestResult& result) {
  nlohmann::json all = {result.inputs, result.refused};
  for (const auto* table : {&result.segments, &result.campaigns}) {
    for (const Series& series : *table) {
      all.push_back({series.name, series.visitors, series.times, series.held_back, series.periods});
    }
  }
  return all.dump();
}

void add(BacktestResult& sum, const BacktestResult& other) {
  sum.inputs += other.inputs;
  sum.refused += other.refused;
  for (const auto table : {&BacktestResult::segments, &BacktestResult::campaigns}) {
    for (std::size_t i = 0; i < (sum.*table).size(); ++i) {
      Series& to = (sum.*table)[i];
      const Series& from = (other.*table)[i];
      to.visitors += from.visitors;
      to.times += from.times;
      to.held_back += from.held_back;
      for (std::size_t period = 0; period < to.periods.size(); ++period) to.periods[period] += from.periods[period];
    }
  }
}

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
  for (std::size_t at = kNamesOffset; at < made.file.size(); ++at) {
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

TEST_CASE("what a visitor leaves in the engine does not reach the next one, in any shop's playbook") {
  const Compiled demo = compile(read_text("demo-site/playbook.json"));
  INFO(describe(demo.diagnostics));
  REQUIRE(demo.ok());
  for (const bool recorded_feedback : {false, true}) {
    Random random(recorded_feedback ? 5 : 6);
    BacktestOptions options = options_of();
    options.recorded_feedback = recorded_feedback;
    // The same first and last time for all, so that the periods are the same.
    std::vector<std::string> all;
    std::vector<std::vector<std::string>> each;
    for (int visitor = 0; visitor < 60; ++visitor) {
      const std::string name = "v" + std::to_string(visitor);
      std::vector<std::string> lines{line_of(name, kFirstDay, "page_view")};
      double time = kFirstDay;
      for (std::uint32_t i = random.below(40); i > 0; --i) {
        time += random.one_in(6) ? random.below(20) * 3600000.0 : random.below(900) * 1000.0;
        lines.push_back(demo_line(random, name, time));
      }
      lines.push_back(line_of(name, kFirstDay + 40 * kDay, "page_view"));
      all.insert(all.end(), lines.begin(), lines.end());
      each.push_back(std::move(lines));
    }
    const Made together(all);
    BacktestResult sum;
    for (const std::vector<std::string>& lines : each) {
      const Made alone(lines);
      const BacktestResult result = backtest(demo.program, {alone.recording()}, options);
      if (sum.segments.empty()) {
        sum = result;
      } else {
        add(sum, result);
      }
    }
    CHECK(counts(backtest(demo.program, {together.recording()}, options)) == counts(sum));
  }
}

TEST_CASE("a recording of the first version is refused, and says how to make it again") {
  Made made({line_of("ann", kFirstDay, "view_item")});
  made.file[4] = 1;
  CHECK_THROWS_WITH(made.recording(),
                    Catch::Contains("version 1, not 2") && Catch::Contains("make it again by omo record"));
}

TEST_CASE("whatever a visitor's block holds under the right checksum does no harm") {
  const Made made({line_of("ann", kFirstDay, "purchase", "1"), line_of("ann", kFirstDay + 1, "page_view")});
  const std::vector<std::uint8_t> program = program_of(kPlaybook);
  const Bytes frames = made.recording().visitors()[0].frames;
  const std::size_t begin = made.file.size() - frames.size();
  for (std::size_t at = begin; at < made.file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      INFO(at << ", bit " << bit);
      std::string file = made.file;
      file[at] = static_cast<char>(file[at] ^ (1 << bit));
      const std::uint64_t checksum = frames_checksum(as_bytes(std::string_view(file).substr(begin)));
      std::memcpy(file.data() + begin - sizeof checksum, &checksum, sizeof checksum);
      const BacktestResult result = backtest(program, {Recording(as_bytes(file))}, options_of());
      CHECK(result.visitors == 1);
      CHECK(result.damaged == 0);
      CHECK(result.inputs <= 2);
    }
  }
}

TEST_CASE("an event of a recording keeps to the limit of a record, with numbers for names too") {
  nlohmann::json line = {{"visitor", "ann"}, {"time", 1}, {"type", "event"}, {"name", "view_item"}};
  // Of one letter, a name is two bytes of text and four as a number.
  for (int item = 0; item < 2000; ++item) line["params"]["items"].push_back({{"a", true}});
  RecordingWriter writer;
  writer.add_line(line.dump());
  for (int item = 0; item < 1000; ++item) line["params"]["items"].push_back({{"a", true}});
  CHECK_THROWS_WITH(writer.add_line(line.dump()), Catch::Contains("max_record_bytes"));
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

}  // namespace omo::backtest_test
