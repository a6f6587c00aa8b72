// SPDX-License-Identifier: Apache-2.0
// Reading and writing whole files; "-" is standard input or output.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "compiler/compiler.h"

namespace omo::cli {

/// The content, or nothing (the reason is on standard error).
[[nodiscard]] std::optional<std::string> read_file(const std::string& path);
/// Writes beside the target and renames, so that a reader never sees half a file. Answers whether it worked.
[[nodiscard]] bool write_file(const std::string& path, std::string_view content);

/// Reads and compiles; prints the diagnostics on standard error as `file:line:column: error: message` with the source
/// line and a caret. Answers nothing where the file could not be read.
[[nodiscard]] std::optional<Compiled> compile_and_report(const std::string& path, bool map = false);
/// The same text as one string.
[[nodiscard]] std::string render(const std::vector<Diagnostic>& diagnostics, std::string_view source);

/// Columns of a terminal: East Asian wide characters fill two.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace omo::cli
