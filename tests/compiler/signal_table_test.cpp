// SPDX-License-Identifier: Apache-2.0
// docs/signals.md is checked: every row names a fixture that shows it, or has a test of its name.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "compiler/support.h"

namespace omo::signal_table_test {
namespace {

/// The cells of the table rows below a heading, without their code marks.
std::vector<std::vector<std::string>> rows_of(const std::string& text, const std::string& heading) {
  std::istringstream lines(text.substr(text.find(heading)));
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(lines, line);
  bool in_table = false;
  while (std::getline(lines, line)) {
    if (line.empty() || line[0] != '|') {
      if (in_table) break;
      continue;
    }
    in_table = true;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(1));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t first = cell.find_first_not_of(' ');
      const std::size_t last = cell.find_last_not_of(' ');
      if (first != std::string::npos) cells.push_back(cell.substr(first, last - first + 1));
    }
    rows.push_back(cells);
  }
  REQUIRE(rows.size() > 2);
  rows.erase(rows.begin(), rows.begin() + 2);  // titles and rule
  return rows;
}

std::string without_marks(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  return text;
}

std::string playbook_of_fixture(const std::string& name) {
  const std::string path = "tests/fixtures/replay/" + name + "/playbook.json";
  INFO(path);
  REQUIRE(std::filesystem::exists(std::string(OMO_SOURCE_DIR) + "/" + path));
  return read_text(path);
}

}  // namespace

TEST_CASE("every operation has a row in docs/signals.md, whose fixture has a signal of it") {
  const std::string text = read_text("docs/signals.md");
  std::set<std::string> listed;
  for (const std::vector<std::string>& row : rows_of(text, "# Signals")) {
    INFO(row[0]);
    REQUIRE(row.size() == 6);
    const std::string playbook = playbook_of_fixture(without_marks(row[5]));
    std::istringstream names(without_marks(row[0]));
    for (std::string name; std::getline(names, name, ',');) {
      name.erase(0, name.find_first_not_of(' '));
      listed.insert(name);
      CHECK(playbook.find('"' + name + "\":") != std::string::npos);
    }
  }
  const auto vocabulary = nlohmann::json::parse(read_text("wasm/wire/vocabulary.json"));
  std::set<std::string> operations;
  for (const auto& [name, value] : vocabulary["signal_ops"].items()) operations.insert(name);
  CHECK(listed == operations);
}

TEST_CASE("every window and every refund of docs/signals.md has a fixture that shows it") {
  const std::string text = read_text("docs/signals.md");
  for (const char* heading : {"## Windows", "## Refunds"}) {
    for (const std::vector<std::string>& row : rows_of(text, heading)) {
      INFO(row[0]);
      (void)playbook_of_fixture(without_marks(row.back()));
    }
  }
}

TEST_CASE("every edge case of docs/signals.md has a test of its name") {
  const std::string tests = read_text("tests/engine/signal_rows_test.cpp");
  for (const std::vector<std::string>& row : rows_of(read_text("docs/signals.md"), "## Edge cases")) {
    INFO(row[0]);
    CHECK(tests.find("TEST_CASE(\"signals.md, " + row[0] + ": ") != std::string::npos);
  }
}

}  // namespace omo::signal_table_test
