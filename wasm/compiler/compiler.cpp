// SPDX-License-Identifier: Apache-2.0
#include "compiler/compiler.h"

#include "compiler/json_writer.h"
#include "compiler/playbook.h"
#include "compiler/read.h"
#include "compiler/sizes.h"

namespace omo {
namespace {

using compiler::Compilation;

void read_playbook(Compilation& compilation, const compiler::Node& root) {
  if (!expect_object(compilation, root, compiler::kPlaybookKeys, "the playbook")) return;
  read_head(compilation, root);
  read_consent(compilation, root);
  read_events(compilation, root);
  read_traits(compilation, root);
  read_context(compilation, root);
  read_signals(compilation, root);
  read_segments(compilation, root);
  read_scores(compilation, root);
  read_slots(compilation, root);
  read_campaigns(compilation, root);
  read_limits(compilation, root);
  read_journeys(compilation, root);
  read_coupons(compilation, root);
  read_expose(compilation, root);
  read_titles(compilation, root);
}

/// Whoever asks for entries or for exits needs both: what was told is remembered from one to the other.
void pair_segment_events(compiler::Playbook& playbook) {
  compiler::Event& entered = playbook.events[playbook.event_numbers.at("segment_entered")];
  compiler::Event& exited = playbook.events[playbook.event_numbers.at("segment_exited")];
  entered.used = exited.used = entered.used || exited.used;
}

void analyse(Compilation& compilation) {
  if (compilation.playbook.event_numbers.empty()) return;
  pair_segment_events(compilation.playbook);
  lower_segments(compilation);
  lower_audiences(compilation);
  lower_journeys(compilation);
  check_labels(compilation);
  check_exempt(compilation);
  // Only what segments, audiences and scores need goes into the program.
  compilation.needed_formulas = mark_needed(compilation);
  infer_capacities(compilation);
  check_lifetimes(compilation);
  check_state_size(compilation);
}

void emit(Compilation& compilation, const compiler::Node& root, const CompileOptions& options, Compiled& compiled) {
  compiled.program = emit_program(compilation, options.revision);
  ProgramView view;
  const Status status = view.open(compiled.program);
  if (status == Status::kOk && view.symbols().size() <= kMaxSymbols) {
    compiled.manifest = write_manifest(compilation.playbook, view.hash());
    if (options.map) compiled.map = write_map(compilation, options.file, view.hash());
    return;
  }
  if (compiled.program.size() > kMaxProgramBytes) {
    report_program_bytes(compilation, root, compiled.program.size());
  } else if (status == Status::kOk) {
    report_symbols(compilation, root, view);
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
    if (reporter.error_count() == 0) emit(compilation, root, options, compiled);
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
