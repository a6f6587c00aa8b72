// SPDX-License-Identifier: Apache-2.0
// The tables of docs/labels.md.
#pragma once
#include <algorithm>
#include <set>
#include <sstream>

#include "compiler/support.h"
#include "wire/vocabulary_tables.h"

namespace omo {

/// Rows of the table whose first title this is: names of the first cell, and the text of the last.
inline std::vector<std::pair<std::string, std::string>> labels_table(const std::string& title) {
  const std::string text = read_text("docs/labels.md");
  const std::size_t at = text.find("| " + title + " |");
  REQUIRE(at != std::string::npos);
  std::istringstream lines(text.substr(at));
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  std::vector<std::pair<std::string, std::string>> rows;
  while (std::getline(lines, line) && !line.empty() && line[0] == '|') {
    const std::size_t split = line.find(" | ");
    REQUIRE(split != std::string::npos);
    std::string last = line.substr(split + 3);
    last.erase(last.find_last_not_of(" |") + 1);
    rows.emplace_back(line.substr(2, split - 2), last);
  }
  REQUIRE(!rows.empty());
  return rows;
}

/// The words in code marks.
inline std::set<std::string> names_in(const std::string& text) {
  std::set<std::string> names;
  std::size_t at = 0;
  while ((at = text.find('`', at)) != std::string::npos) {
    const std::size_t end = text.find('`', at + 1);
    names.insert(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

inline std::uint8_t label_in(const std::string& text) {
  std::uint8_t label = 0;
  for (const std::string& name : names_in(text)) {
    const auto found = std::find(kPurposeNames.begin(), kPurposeNames.end(), name);
    REQUIRE(found != kPurposeNames.end());
    label = static_cast<std::uint8_t>(label | 1u << (found - kPurposeNames.begin()));
  }
  return label;
}

}  // namespace omo
