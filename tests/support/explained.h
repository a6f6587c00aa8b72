// SPDX-License-Identifier: Apache-2.0
// Explanations in tests: the rows of a device, and each as one line that reads like its meaning.
#pragma once
#include <sstream>
#include <string>
#include <vector>

#include "cli/explanation.h"
#include "support/device.h"
#include "wire/vocabulary_tables.h"

namespace omo::test {

inline std::vector<Explanation> explain(const Device& device, Table table, std::uint32_t row,
                                        std::size_t room = kTransferBytes) {
  std::vector<std::uint8_t> out(room);
  std::vector<Explanation> rows;
  const std::size_t size = device.engine.explain(table, row, out);
  if (size > 0 && !read_explanation(Bytes(out).first(size), rows)) {
    throw std::runtime_error("the engine's own explanation does not read");
  }
  return rows;
}
inline std::vector<Explanation> explain(const Device& device, Table table, std::string_view name) {
  return explain(device, table, device.program().row(table, name));
}

inline std::string text_of(const ExplainedValue& value) {
  std::ostringstream text;
  text.precision(15);
  if (value.tag == ValueTag::kNumber) text << value.number;
  if (value.tag == ValueTag::kString) text << "'" << value.text << "'";
  if (value.tag == ValueTag::kTrue || value.tag == ValueTag::kFalse) {
    text << (value.tag == ValueTag::kTrue ? "true" : "false");
  }
  if (value.tag == ValueTag::kNull) text << "null";
  for (std::size_t i = 0; i < value.items.size(); ++i) text << (i > 0 ? " " : "[") << text_of(value.items[i]);
  if (value.tag == ValueTag::kList) text << (value.items.empty() ? "[]" : "]");
  return text.str();
}

/// "+ signal views >= 3 | 4 | changes 3600000 | oldest 3600000": + met, - not, ? unknown; times from `from` on.
inline std::string text_of(const Explanation& row, double from) {
  const bool verdict = row.kind == Explained::kReason || row.kind == Explained::kCandidate;
  std::ostringstream text;
  text.precision(15);
  text << std::string(row.depth, ' ')
       << (row.state == ValueTag::kTrue    ? "+ "
           : row.state == ValueTag::kFalse ? "- "
                                           : "? ");
  text << kExplainedNames[static_cast<std::size_t>(row.kind)];
  if (!row.name.empty()) text << " " << row.name;
  if (verdict || row.op != 0) text << " " << (verdict ? kVerdictNames : kExplainedOpTexts)[row.op];
  if (row.need.tag != ValueTag::kNull || (!verdict && row.op != 0)) text << " " << text_of(row.need);
  if (row.value.tag != ValueTag::kNull) text << " | " << text_of(row.value);
  if (row.changes_at != 0) text << " | changes " << row.changes_at - from;
  if (row.expires_at != 0) text << " | oldest " << row.expires_at - from;
  return text.str();
}

inline std::vector<std::string> lines(const Device& device, Table table, std::string_view name, double from = kStart) {
  std::vector<std::string> result;
  for (const Explanation& row : explain(device, table, name)) result.push_back(text_of(row, from));
  return result;
}

}  // namespace omo::test
