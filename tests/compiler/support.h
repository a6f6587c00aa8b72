// SPDX-License-Identifier: Apache-2.0
// Small playbooks as text, and the place that a marker points to.
#pragma once
#include <catch2/catch.hpp>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "wire/program.h"

namespace omo {

/// A playbook with these further keys, in one line.
inline std::string playbook(const std::string& keys) { return R"({"omotenashi": 1, "site": "t", )" + keys + "}"; }

inline std::string read_text(const std::string& path) {
  std::ifstream file(std::string(OMO_SOURCE_DIR) + "/" + path, std::ios::binary);
  REQUIRE(file);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline std::string describe(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    text += std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) +
            (diagnostic.severity == Severity::kError ? ": error: " : ": warning: ") + diagnostic.message + "\n";
  }
  return text;
}

/// The errors only, as "line:column: error: message" lines.
inline std::string errors_of(const std::string& source) {
  std::vector<Diagnostic> errors;
  for (const Diagnostic& diagnostic : compile(source).diagnostics) {
    if (diagnostic.severity == Severity::kError) errors.push_back(diagnostic);
  }
  return describe(errors);
}

/// Takes the marks "«" out of a source and answers "line:column" of each, columns in code points.
inline std::vector<std::string> take_marks(std::string& source) {
  static const std::string kMark = "«";
  std::vector<std::string> places;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string clean;
  for (std::size_t i = 0; i < source.size();) {
    if (source.compare(i, kMark.size(), kMark) == 0) {
      places.push_back(std::to_string(line) + ":" + std::to_string(column));
      i += kMark.size();
      continue;
    }
    const char c = source[i++];
    clean += c;
    if (c == '\n') {
      ++line;
      column = 1;
    } else if (i >= source.size() || (static_cast<std::uint8_t>(source[i]) & 0xC0) != 0x80) {
      ++column;
    }
  }
  source = clean;
  return places;
}

/// A program that compiled, with its view.
struct Program {
  explicit Program(const std::string& source) : compiled(compile(source)) {
    INFO(describe(compiled.diagnostics));
    REQUIRE(compiled.ok());
    REQUIRE(view.open(compiled.program) == Status::kOk);
  }
  [[nodiscard]] std::uint32_t symbol(std::string_view text) const { return view.find_symbol(text); }
  [[nodiscard]] const SegmentRow& segment(std::string_view name) const {
    for (const SegmentRow& row : view.segments()) {
      if (view.symbol(row.name) == name) return row;
    }
    FAIL("no segment named " << name);
    return view.segments()[0];
  }
  [[nodiscard]] const SignalRow& signal(std::string_view name) const {
    for (const SignalRow& row : view.signals()) {
      if (view.symbol(row.name) == name) return row;
    }
    FAIL("no signal named " << name);
    return view.signals()[0];
  }
  Compiled compiled;
  ProgramView view;
};

/// What a segment stands for: the node that its own gate only passes on, else that gate; kAlways or kNone where the
/// condition folded to a constant.
inline std::uint32_t condition_of(const Program& program, std::string_view segment) {
  const std::uint32_t own = program.segment(segment).node;
  const std::uint32_t gate = own - program.view.meta().literal_count;
  std::vector<std::uint32_t> children;
  for (std::uint32_t node = 0; node < program.view.meta().node_count; ++node) {
    for (std::uint32_t i = program.view.node_parents()[node]; i < program.view.node_parents()[node + 1]; ++i) {
      if (program.view.parents()[i] == gate) children.push_back(node);
    }
  }
  if (program.view.gates()[gate].need == 0) return kAlways;
  if (children.empty()) return kNone;
  return children.size() == 1 ? children[0] : own;
}

}  // namespace omo
