// SPDX-License-Identifier: Apache-2.0
// Playbook in, program out. The only public header of the compiler; a native library and, through
// abi/compiler_abi.cpp, a Wasm module. Built without exceptions and RTTI.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace omo {

enum class Severity : std::uint8_t { kError, kWarning };

/// One finding about the playbook. Lines and columns are 1-based; columns count code points, not bytes.
struct Diagnostic {
  std::string file;  ///< as CompileOptions::file says; empty where it says nothing
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  Severity severity = Severity::kError;
  std::string message;  ///< one sentence without a full stop; names the nearest valid name where there is one
};

struct CompileOptions {
  std::string file;            ///< copied to the diagnostics
  std::uint32_t revision = 0;  ///< ProgramHeader::revision; 0 = not stated
  bool map = false;            ///< make Compiled::map
};

struct Compiled {
  std::vector<Diagnostic> diagnostics;  ///< sorted by position; all of them, not only the first
  std::vector<std::uint8_t> program;    ///< a program that ProgramView::open() accepts; empty unless ok()
  std::string manifest;                 ///< JSON: what is kept and what can be sent; empty unless ok()
  std::string map;                      ///< JSON (wire/map.md): texts and positions; empty unless ok() and asked for
  /// No errors; warnings may be there.
  [[nodiscard]] bool ok() const;
};

/// Compiles a playbook (JSON, UTF-8, a byte order mark is tolerated). Deterministic: the same source gives the same
/// bytes on every platform. Never fails otherwise than by diagnostics.
[[nodiscard]] Compiled compile(std::string_view source, const CompileOptions& options = {});

/// The diagnostics as a JSON array of {"file"?, "line", "column", "severity", "message"}, for tools.
[[nodiscard]] std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics);

/// One kind of object in a playbook and the keys it may have; the JSON Schema's definition of the same name agrees.
struct KeyTable {
  std::string_view name;
  std::vector<std::string_view> keys;
};
[[nodiscard]] const std::vector<const KeyTable*>& key_tables();

}  // namespace omo
