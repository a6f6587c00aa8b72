// SPDX-License-Identifier: Apache-2.0
// omo: checks, compiles and replays playbooks.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "cli/commands.h"

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 the playbook or the events have errors, 2 a file could not be read or written, or the\n"
    "command line is wrong. Run `omo COMMAND --help` for examples.";

int run(int count, char** arguments) {
  CLI::App app{"omo checks, compiles and replays Omotenashi playbooks."};
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

  CLI::App* compile = add("compile", "Compiles a playbook to a program that the engine loads.",
                          "Example:\n  omo compile playbook.json -o playbook.omo");
  compile->add_option("-o,--output", output, "the program's file, or - for standard output")->required();
  compile->callback([&] { exit_code = omo::cli::compile_file(playbook, output); });

  CLI::App* manifest = add("manifest", "Writes what a playbook keeps on the device and what it can send, as JSON.",
                           "Examples:\n  omo manifest playbook.json\n  omo manifest playbook.json -o manifest.json");
  manifest->add_option("-o,--output", output, "the manifest's file; standard output where it is not stated");
  manifest->callback([&] { exit_code = omo::cli::write_manifest(playbook, output); });

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
