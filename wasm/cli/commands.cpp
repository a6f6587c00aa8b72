// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <chrono>
#include <iostream>

#include "cli/files.h"
#include "cli/replay.h"
#include "compiler/evaluate.h"
#include "compiler/feed.h"

namespace omo::cli {

int check(const std::string& playbook, bool json) {
  const std::optional<std::string> source = read_file(playbook);
  if (!source) return 2;
  CompileOptions options;
  options.file = playbook;
  const Compiled compiled = compile(*source, options);
  if (json) {
    std::cout << diagnostics_json(compiled.diagnostics);
  } else {
    std::cerr << render(compiled.diagnostics, *source);
    if (compiled.ok()) std::cout << playbook << ": no errors, " << compiled.program.size() << " bytes compiled\n";
  }
  return compiled.ok() ? 0 : 1;
}

int compile_file(const std::string& playbook, const std::string& output, bool map) {
  map = map && output != "-";
  const std::optional<Compiled> compiled = compile_and_report(playbook, map);
  if (!compiled) return 2;
  if (!compiled->ok()) return 1;
  const std::string_view program(reinterpret_cast<const char*>(compiled->program.data()), compiled->program.size());
  return write_file(output, program) && (!map || write_file(output + ".map", compiled->map)) ? 0 : 2;
}

int write_manifest(const std::string& playbook, const std::string& output, const std::string& shape,
                   const Publisher& publisher) {
  const std::optional<Compiled> compiled = compile_and_report(playbook);
  if (!compiled) return 2;
  if (!compiled->ok()) return 1;
  const std::string text = shape == "json"   ? compiled->manifest
                           : shape == "page" ? manifest_page(compiled->manifest, publisher)
                                             : external_transmissions(compiled->manifest, publisher);
  return write_file(output, text) ? 0 : 2;
}

int eval(const std::string& expression, const std::vector<std::string>& bindings) {
  std::vector<Binding> bound;
  for (const std::string& binding : bindings) {
    const std::size_t equals = binding.find('=');
    if (equals == std::string::npos) {
      std::cerr << "omo: --bind takes NAME=VALUE, not " << binding << "\n";
      return 2;
    }
    bound.push_back({binding.substr(0, equals), binding.substr(equals + 1)});
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const Evaluated result = evaluate_expression(expression, bound, static_cast<double>(now_ms));
  switch (result.kind) {
    case Evaluated::Kind::kValue:
      std::cout << result.text << "\n";
      return 0;
    case Evaluated::Kind::kUnknown:
      std::cout << "unknown\n";
      return 0;
    case Evaluated::Kind::kError:
      std::cout << "error: " << result.text << "\n";
      return 1;
    case Evaluated::Kind::kInvalid:
      std::cerr << "error: column " << result.column << ": " << result.text << "\n";
      break;
  }
  return 1;
}

int replay_file(const std::string& playbook, const std::string& events) {
  const std::optional<Compiled> compiled = compile_and_report(playbook);
  if (!compiled) return 2;
  if (!compiled->ok()) return 1;
  const std::optional<std::string> inputs = read_file(events);
  if (!inputs) return 2;
  ReplayOutput output;
  output.changed = [](const std::string& line) { std::cout << line << "\n"; };
  output.ignored = [&](std::size_t line, const std::string& why) {
    std::cerr << events << ":" << line << ": warning: " << why << "\n";
  };
  const ReplayResult result = replay(compiled->program, *inputs, output);
  if (result.ok) return 0;
  std::cerr << events << ":" << result.line << ": error: " << result.message << "\n";
  return 1;
}

int compile_catalog(const std::string& feed, const std::string& related, const std::string& output) {
  const std::optional<std::string> source = read_file(feed);
  const std::optional<std::string> table = related.empty() ? std::string() : read_file(related);
  if (!source || !table) return 2;
  const CompiledCatalog compiled = compile_feed(*source, {feed, *table, related});
  std::vector<Diagnostic> of_feed;
  std::vector<Diagnostic> of_table;
  for (const Diagnostic& diagnostic : compiled.diagnostics)
    (diagnostic.file == feed ? of_feed : of_table).push_back(diagnostic);
  std::cerr << render(of_feed, *source) << render(of_table, *table);
  if (!compiled.ok()) return 1;
  const std::string_view bytes(reinterpret_cast<const char*>(compiled.catalog.data()), compiled.catalog.size());
  return write_file(output, bytes) ? 0 : 2;
}

}  // namespace omo::cli
