// SPDX-License-Identifier: Apache-2.0
// The compiler as a Wasm module; COMPILER.md describes it. Together with engine_abi.cpp the only code that knows Wasm.
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "wire/vocabulary.h"

namespace {

/// One compilation at a time: the module has one caller.
struct Work {
  std::string source;
  omo::Compiled compiled;
  std::string diagnostics;
};

Work& work() {
  static Work instance;
  return instance;
}

/// Kinds of output; COMPILER.md lists them.
enum class Output : std::uint32_t { kProgram = 0, kDiagnostics = 1, kManifest = 2, kMap = 3 };

struct Piece {
  const void* begin = nullptr;
  std::size_t bytes = 0;
};

Piece output(std::uint32_t kind) {
  const Work& done = work();
  switch (static_cast<Output>(kind)) {
    case Output::kProgram:
      return {done.compiled.program.data(), done.compiled.program.size()};
    case Output::kDiagnostics:
      return {done.diagnostics.data(), done.diagnostics.size()};
    case Output::kManifest:
      return {done.compiled.manifest.data(), done.compiled.manifest.size()};
    case Output::kMap:
      return {done.compiled.map.data(), done.compiled.map.size()};
  }
  return {};
}

}  // namespace

extern "C" {

std::uint32_t compiler_abi() { return omo::kAbiVersion; }

void* compiler_buffer(std::uint32_t bytes) {
  // One more than the limit is room enough for the compiler to say that the playbook is too large.
  if (bytes > omo::kMaxPlaybookBytes + 1) return nullptr;
  work().source.resize(bytes);
  return work().source.data();
}

std::int32_t compiler_compile(std::uint32_t source_bytes) {
  Work& current = work();
  if (source_bytes > current.source.size()) return -1;
  omo::CompileOptions options;
  options.map = true;
  current.compiled = omo::compile({current.source.data(), source_bytes}, options);
  current.diagnostics = omo::diagnostics_json(current.compiled.diagnostics);
  std::int32_t errors = 0;
  for (const omo::Diagnostic& diagnostic : current.compiled.diagnostics) {
    if (diagnostic.severity == omo::Severity::kError) ++errors;
  }
  return errors;
}

const void* compiler_output(std::uint32_t kind) { return output(kind).begin; }

std::uint32_t compiler_output_bytes(std::uint32_t kind) { return static_cast<std::uint32_t>(output(kind).bytes); }
}
