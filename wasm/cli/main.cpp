// SPDX-License-Identifier: Apache-2.0
// omo: checks, compiles, replays and backtests playbooks.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>

#include "cli/commands.h"

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 the playbook or the events have errors, 2 a file could not be read or written, or the\n"
    "command line is wrong. Run `omo COMMAND --help` for examples.";

int run(int count, char** arguments) {
  CLI::App app{"omo checks, compiles, replays, explains and backtests Omotenashi playbooks."};
  app.footer(kFooter);
  app.set_version_flag("--version", "omo " OMO_VERSION);
  app.require_subcommand(1);
  int exit_code = 0;
  std::string playbook;
  std::string output = "-";
  std::string events;
  bool json = false;
  const auto add = [&](const char* name, const char* description, const char* examples) {
    CLI::App* command = app.add_subcommand(name, description);
    command->add_option("playbook", playbook, "playbook.json, or - for standard input")->required();
    command->footer(examples);
    return command;
  };

  CLI::App* check =
      add("check", "Reports every error and warning of a playbook.",
          "Examples:\n  omo check playbook.json\n  omo check --json playbook.json   # for editors and other tools");
  check->add_flag("--json", json, "print the findings as JSON on standard output");
  check->callback([&] { exit_code = omo::cli::check(playbook, json); });

  CLI::App* compile =
      add("compile", "Compiles a playbook to a program that the engine loads.",
          "Example:\n  omo compile playbook.json -o playbook.omo   # and playbook.omo.map, for omo explain");
  compile->add_option("-o,--output", output, "the program's file, or - for standard output")->required();
  bool no_map = false;
  compile->add_flag("--no-map", no_map,
                    "write no FILE.map (texts and positions of the expressions) beside the program");
  compile->callback([&] { exit_code = omo::cli::compile_file(playbook, output, !no_map); });

  CLI::App* manifest =
      add("manifest", "Writes what a playbook keeps on the device and what it can send.",
          "Examples:\n  omo manifest playbook.json -o manifest.json\n"
          "  omo manifest playbook.json --as page --recipient '株式会社花市' -o privacy.html   # to publish\n"
          "  omo manifest playbook.json --as external-transmission --lang en   # what Japan's rule asks for");
  manifest->add_option("-o,--output", output, "the file; standard output where it is not stated");
  std::string shape = "json";
  omo::cli::Publisher publisher;
  manifest->add_option("--as", shape, "json for programs, a page for people, or the list of external transmissions")
      ->check(CLI::IsMember({"json", "page", "external-transmission"}))
      ->capture_default_str();
  manifest->add_option("--lang", publisher.language, "language of the page and of the list")
      ->check(CLI::IsMember({"ja", "en"}))
      ->capture_default_str();
  manifest->add_option("--recipient", publisher.recipient, "who runs the collector; the site's operator unless stated");
  manifest->callback([&] { exit_code = omo::cli::write_manifest(playbook, output, shape, publisher); });

  CLI::App* replay =
      add("replay", "Runs recorded inputs through the engine and prints what changed, one JSON line each.",
          "Example:\n  omo replay playbook.json events.ndjson\n\n"
          "Lines of events.ndjson:\n"
          "  {\"seed\": \"00112233445566778899aabbccddeeff\"}   first line, if at all; or a number\n"
          "  {\"time\": \"2026-11-22T09:00:00Z\", \"type\": \"consent\", \"params\": {\"storage\": \"granted\"}}\n"
          "  {\"time\": 1795338000000, \"type\": \"event\", \"name\": \"view_item\",\n"
          "   \"params\": {\"items\": [{\"item_id\": \"bq-01\"}]}}      (one line)\n"
          "  type is event, identify, context, consent or tick; before any consent everything is denied");
  replay->add_option("events", events, "events.ndjson, or - for standard input")->required();
  replay->callback([&] { exit_code = omo::cli::replay_file(playbook, events); });

  std::vector<std::string> names;
  std::string at;
  std::string language = "en";
  CLI::App* explain =
      add("explain", "Runs recorded inputs, then tells why everything is as it is, and what would change it.",
          "Examples:\n  omo explain playbook.json events.ndjson\n"
          "  omo explain playbook.json events.ndjson considering hero --lang ja\n"
          "  omo explain playbook.json events.ndjson --at 2026-11-22T18:00:00Z --json\n\n"
          "Marks: ✓ met, ✗ not met, ? unknown, · a value. Lines of events.ndjson are those of omo replay.");
  explain->add_option("events", events, "events.ndjson, or - for standard input")->required();
  explain->add_option("names", names, "segments, scores, slots, campaigns, journeys, signals, traits, context values");
  explain->add_option("--at", at, "the moment to explain: ms since 1970 or RFC 3339; later events are left out");
  explain->add_option("--lang", language, "language of the answer")
      ->check(CLI::IsMember({"en", "ja"}))
      ->capture_default_str();
  explain->add_flag("--json", json, "print the explanations as JSON");
  explain->callback([&] { exit_code = omo::cli::explain_file(playbook, events, names, at, language, json); });

  std::vector<std::string> recorded;
  CLI::App* record = app.add_subcommand("record", "Makes a recording for backtest out of lines of many visitors.");
  record->add_option("events", recorded, "events.ndjson files, or - for standard input")->required();
  record->add_option("-o,--output", output, "the recording's file")->required();
  record->footer(
      "Example:\n  omo record monday.ndjson tuesday.ndjson -o week/first.omor\n\n"
      "Lines are those of omo replay, each with a visitor:\n"
      "  {\"visitor\": \"7c1\", \"time\": 1795338000000, \"type\": \"event\", \"name\": \"page_view\"}   (one line)");
  record->callback([&] { exit_code = omo::cli::record(recorded, output); });

  std::string folder;
  std::string other;
  omo::BacktestOptions options;
  double days = 1;
  std::vector<std::string> granted{"functional", "measurement", "personalization", "marketing", "sharing"};
  CLI::App* backtest =
      add("backtest", "Runs recorded visitors through a playbook: who it would have reached, and when.",
          "Examples:\n  omo backtest playbook.json recordings/\n"
          "  omo backtest playbook.json recordings/ --with next.json   # two playbooks beside each other\n"
          "  omo backtest playbook.json week.omor --every 7 --json");
  backtest->add_option("recordings", folder, "a folder of .omor and .ndjson files (omo record), or one of them")
      ->required();
  backtest->add_option("--with", other, "a second playbook.json, compared with the first");
  backtest->add_option("--every", days, "days of a period of the charts")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  backtest->add_option("--threads", options.threads, "threads; 0 = one for each core")->capture_default_str();
  backtest->add_option("--granted", granted, "purposes that visitors have granted until the recording says otherwise")
      ->delimiter(',')
      ->check(CLI::IsMember({"storage", "functional", "measurement", "personalization", "marketing", "sharing"}))
      ->capture_default_str();
  backtest->add_flag("--recorded-feedback", options.recorded_feedback,
                     "count the promotions that were recorded, instead of taking what a page view shows as seen");
  backtest->add_flag("--json", json, "print the result as JSON");
  backtest->callback([&] {
    options.period_ms = std::max(1.0, days * 86400000);
    options.granted = omo::cli::purposes_named(granted);
    std::vector<std::string> playbooks{playbook};
    if (!other.empty()) playbooks.push_back(other);
    exit_code = omo::cli::backtest_files(playbooks, folder, options, json);
  });

  std::string expression;
  std::vector<std::string> bindings;
  CLI::App* eval = app.add_subcommand("eval", "Evaluates one expression and prints its value as JSON.");
  eval->add_option("expression", expression, "an expression, as in a playbook")->required();
  eval->add_option("--bind", bindings,
                   "NAME=VALUE, a JSON value or any constant of the language; unknown is a value that nobody may know")
      ->allow_extra_args(false);
  eval->footer(
      "Examples:\n  omo eval \"'hello'.size() + 1\"\n  omo eval --bind 'views=3' --bind 'rank=\"gold\"' \"views > 2 && "
      "rank == 'gold'\"\n  omo eval --bind 'context.weather=unknown' \"context.weather == 'storm' || true\"\n\n"
      "Prints the value (timestamps and durations as strings), `unknown`, or `error: ...`.\n"
      "Exit codes: 0 a value or unknown, 1 an evaluation error or no valid expression (which goes to standard error).");
  eval->callback([&] { exit_code = omo::cli::eval(expression, bindings); });

  std::string feed;
  std::string related;
  CLI::App* catalog = app.add_subcommand("catalog", "Compiles a product feed to a catalog, for recommendations.");
  catalog->add_option("feed", feed, "JSON or CSV, or - for standard input")->required();
  catalog->add_option("-o,--output", output, "the catalog's file, or - for standard output")->required();
  catalog->add_option("--related", related, "CSV of item_id, related_id and weight");
  catalog->footer(
      "Examples:\n  omo catalog products.json -o catalog.omc\n"
      "  omo catalog products.csv --related related.csv -o catalog.omc\n\n"
      "Attributes are named as in Google Merchant Center, GA4 or schema.org: docs/recommendations.md");
  catalog->callback([&] { exit_code = omo::cli::compile_catalog(feed, related, output); });

  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  }
  if (!std::cout.flush()) {
    std::cerr << "omo: cannot write to standard output\n";
    return 2;
  }
  return exit_code;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "omo: %s\n", error.what());
    return 2;
  }
}
