// SPDX-License-Identifier: Apache-2.0
// Explanations with the texts of the map, as JSON for tools and as lines for people.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/explanation.h"
#include "engine/engine.h"

namespace omo::cli {

/// What is explained, and why it is so.
struct Subject {
  Table table;
  std::uint32_t row;
  std::string name;
  std::vector<Explanation> rows;
};

/// The text of an expression and where it stands; an empty text = the map has none.
struct Placed {
  std::string text;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// The map of a program (wire/map.md).
class SourceMap {
 public:
  /// `text` is what the compiler wrote.
  explicit SourceMap(const std::string& text);
  [[nodiscard]] Placed subject(const Subject& subject) const;
  /// Of a node: as the subject's own expressions have it, else as any expression has it.
  [[nodiscard]] Placed node(const Subject& subject, std::uint32_t node) const;
  [[nodiscard]] std::string file() const;

 private:
  [[nodiscard]] const nlohmann::json* find(const Subject& subject) const;

  nlohmann::json map_;
};

/// Subjects named `name`, or all segments, scores, slots, campaigns and journeys where it is empty.
[[nodiscard]] std::vector<Subject> find_subjects(const Engine& engine, const std::string& name);
/// All names that can be asked for.
[[nodiscard]] std::vector<std::string_view> subject_names(const ProgramView& program);

/// Names of the purposes of a label.
[[nodiscard]] std::vector<std::string> purposes_in(std::uint32_t label);

/// The shape of the client's explain(), with texts and positions.
[[nodiscard]] nlohmann::ordered_json explanation_json(const Engine& engine, const SourceMap& map,
                                                      const Subject& subject);
/// A tree, aligned, in the language ("en" or "ja").
[[nodiscard]] std::string explanation_text(const Engine& engine, const SourceMap& map, const Subject& subject,
                                           std::string_view language);

}  // namespace omo::cli
