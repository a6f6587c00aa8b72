// SPDX-License-Identifier: Apache-2.0
#include "compiler/compiler.h"

#include "compiler/json_writer.h"
#include "compiler/playbook.h"
#include "compiler/read.h"

namespace omo {
namespace {

using compiler::Compilation;

void read_playbook(Compilation& compilation, const compiler::Node& root) {
  if (!expect_object(compilation, root, compiler::kPlaybookKeys, "the playbook")) return;
  read_head(compilation, root);
  read_events(compilation, root);
  read_traits(compilation, root);
  read_context(compilation, root);
  read_signals(compilation, root);
  read_segments(compilation, root);
  read_slots(compilation, root);
  read_campaigns(compilation, root);
  read_limits(compilation, root);
  read_journeys(compilation, root);
  read_coupons(compilation, root);
  read_expose(compilation, root);
}

/// Only what segments and audiences need goes into the program.
void mark_network(Compilation& compilation) {
  std::vector<compiler::Network::Id> roots;
  for (const compiler::Segment& segment : compilation.playbook.segments) roots.push_back(segment.lowered.positive);
  for (const compiler::Campaign& campaign : compilation.playbook.campaigns) roots.push_back(campaign.node);
  for (const compiler::Journey& journey : compilation.playbook.journeys) {
    roots.push_back(journey.start.node);
    roots.push_back(journey.goal.node);
    for (const compiler::Step& step : journey.steps) roots.push_back(step.trigger.node);
  }
  compilation.network.mark(roots);
}

void analyse(Compilation& compilation) {
  lower_segments(compilation);
  lower_audiences(compilation);
  lower_journeys(compilation);
  check_labels(compilation);
  mark_network(compilation);
  infer_capacities(compilation);
  check_lifetimes(compilation);
  check_state_size(compilation);
}

void emit(Compilation& compilation, const CompileOptions& options, Compiled& compiled) {
  compiled.program = emit_program(compilation, options.revision);
  ProgramView view;
  const Status status = view.open(compiled.program);
  if (status == Status::kOk && view.symbols().size() <= kMaxSymbols) {
    compiled.manifest = write_manifest(compilation.playbook, view.hash());
    return;
  }
  if (compiled.program.size() > kMaxProgramBytes) {
    compilation.error(0, "the program has " + std::to_string(compiled.program.size()) +
                             " bytes: the limit max_program_bytes is " + std::to_string(kMaxProgramBytes));
  } else if (status == Status::kOk) {
    compilation.error(0, "the playbook has " + std::to_string(view.symbols().size()) +
                             " names and strings: the limit max_symbols is " + std::to_string(kMaxSymbols));
  } else {
    compilation.error(0, "the compiler made a program that it cannot read: please report this with the playbook");
  }
  compiled.program.clear();
}

}  // namespace

bool Compiled::ok() const {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == Severity::kError) return false;
  }
  return true;
}

Compiled compile(std::string_view source, const CompileOptions& options) {
  Compiled compiled;
  compiler::Reporter reporter(source);
  compiler::Node root;
  if (parse_document(reporter, root)) {
    Compilation compilation(reporter);
    read_playbook(compilation, root);
    analyse(compilation);
    if (reporter.error_count() == 0) emit(compilation, options, compiled);
  }
  compiled.diagnostics = reporter.diagnostics(options.file);
  return compiled;
}

std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
  compiler::JsonWriter json;
  json.begin_array();
  for (const Diagnostic& diagnostic : diagnostics) {
    json.begin_object();
    if (!diagnostic.file.empty()) json.key("file").text(diagnostic.file);
    json.key("line").number(diagnostic.line).key("column").number(diagnostic.column);
    json.key("severity").text(diagnostic.severity == Severity::kError ? "error" : "warning");
    json.key("message").text(diagnostic.message).end_object();
  }
  json.end_array();
  return json.result() + "\n";
}

}  // namespace omo
