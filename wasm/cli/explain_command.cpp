// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <stdexcept>

#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/files.h"
#include "cli/replay.h"
#include "cli/replay_input.h"
#include "compiler/reporter.h"

namespace omo::cli {
namespace {

/// The ms that --at names; nothing (the reason is on standard error) where it is no time.
std::optional<double> time_of(const std::string& at) {
  nlohmann::json line{{"type", "tick"}, {"time", at}};
  if (at.find_first_not_of("0123456789") == std::string::npos) line["time"] = std::strtod(at.c_str(), nullptr);
  try {
    const std::vector<std::uint8_t> record = input_record(line);
    return ByteReader(Bytes(record).subspan(1)).u48();
  } catch (const std::invalid_argument& problem) {
    std::cerr << "omo: --at: " << problem.what() << "\n";
    return std::nullopt;
  }
}

std::string time_text(double ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  char text[32];
  if (gmtime_r(&seconds, &parts) == nullptr || std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
    return {};
  return text;
}

/// Prints what is asked for. False (the reason is on standard error) where there is no such name.
bool print(const Engine& engine, const SourceMap& map, const std::vector<std::string>& names,
           const std::string& language, bool json) {
  std::vector<Subject> subjects;
  bool known = true;
  for (const std::string& name : names.empty() ? std::vector<std::string>{""} : names) {
    std::vector<Subject> found = find_subjects(engine, name);
    if (found.empty() && !name.empty()) {
      std::cerr << "omo: nothing is named " << compiler::in_quotes(name)
                << compiler::did_you_mean(name, subject_names(engine.program())) << "\n";
      known = false;
    }
    for (Subject& subject : found) subjects.push_back(std::move(subject));
  }
  if (!known) return false;
  if (json) {
    nlohmann::ordered_json out;
    out["time"] = static_cast<std::uint64_t>(engine.outcome().time);
    out["explanations"] = nlohmann::ordered_json::array();
    for (const Subject& subject : subjects) out["explanations"].push_back(explanation_json(engine, map, subject));
    std::cout << out.dump(2) << "\n";
    return true;
  }
  std::cout << time_text(engine.outcome().time) << "\n";
  for (const Subject& subject : subjects) std::cout << "\n" << explanation_text(engine, map, subject, language);
  return true;
}

}  // namespace

int explain_file(const std::string& playbook, const std::string& events, const std::vector<std::string>& names,
                 const std::string& at, const std::string& language, bool json) {
  ReplayOutput output;
  if (!at.empty()) {
    const std::optional<double> time = time_of(at);
    if (!time) return 2;
    output.until_ms = *time + 1;
  }
  const std::optional<Compiled> compiled = compile_and_report(playbook, true);
  if (!compiled) return 2;
  if (!compiled->ok()) return 1;
  const std::optional<std::string> inputs = read_file(events);
  if (!inputs) return 2;
  output.ignored = [&](std::size_t line, const std::string& why) {
    std::cerr << events << ":" << line << ": warning: " << why << "\n";
  };
  const SourceMap map(compiled->map);
  bool known = true;
  output.done = [&](const Engine& engine) { known = print(engine, map, names, language, json); };
  const ReplayResult result = replay(compiled->program, *inputs, output);
  if (result.ok) return known ? 0 : 1;
  std::cerr << events << ":" << result.line << ": error: " << result.message << "\n";
  return 1;
}

}  // namespace omo::cli
