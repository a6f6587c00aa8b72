// SPDX-License-Identifier: Apache-2.0
// docs/labels.md is checked: the labels that it states are those of the vocabulary and of programs that were compiled.
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "compiler/support.h"
#include "wire/vocabulary_tables.h"

namespace omo {
namespace {

using Json = nlohmann::json;

/// Rows of the table whose first title this is: names of the first cell, and the text of the last.
std::vector<std::pair<std::string, std::string>> table(const std::string& title) {
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
std::set<std::string> names_in(const std::string& text) {
  std::set<std::string> names;
  std::size_t at = 0;
  while ((at = text.find('`', at)) != std::string::npos) {
    const std::size_t end = text.find('`', at + 1);
    names.insert(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

std::uint8_t label_in(const std::string& text) {
  std::uint8_t label = 0;
  for (const std::string& name : names_in(text)) {
    const auto found = std::find(kPurposeNames.begin(), kPurposeNames.end(), name);
    REQUIRE(found != kPurposeNames.end());
    label = static_cast<std::uint8_t>(label | 1u << (found - kPurposeNames.begin()));
  }
  return label;
}

}  // namespace

TEST_CASE("docs/labels.md states the label of every built-in event") {
  std::map<std::string, std::uint8_t> stated;
  for (const auto& [event, label] : table("event")) {
    if (event == "every other built-in event") {
      CHECK(label_in(label) == 0);
    } else {
      for (const std::string& name : names_in(event)) stated[name] = label_in(label);
    }
  }
  for (const BuiltinEvent& event : kBuiltinEvents) {
    INFO(event.name);
    const auto found = stated.find(std::string(event.name));
    CHECK((found == stated.end() ? 0 : found->second) == event.label);
    stated.erase(std::string(event.name));
  }
  CHECK(stated.empty());
}

TEST_CASE(
    "docs/labels.md states the label of every built-in value of the context, and what is declared has by itself") {
  std::set<std::string> built_in;
  for (const BuiltinContext& context : kPageContext) built_in.insert(std::string(context.name));
  std::set<std::string> listed;
  const Program program(playbook(R"("events": {"e": {}}, "traits": {"t": {"type": "int"}},
    "context": {"c": {"type": "int"}}, "signals": {"s": {"count": "search"}}, "segments": {"on": "s > 0"})"));
  const ProgramView& view = program.view;
  const auto label_of = [&view](Table kind, const std::string& name) {
    const std::uint32_t row = view.find_row(kind, name);
    REQUIRE(row != kNone);
    return view.label_of(kind, row) & purpose::kAll;
  };
  for (const auto& [names, label] : table("context of the page view")) {
    for (const std::string& name : names_in(names)) {
      INFO(name);
      CHECK(label_of(Table::kContext, name) == label_in(label));
      listed.insert(name);
    }
  }
  CHECK(listed == built_in);
  const std::map<std::string, std::pair<Table, std::string>> declared = {{"events", {Table::kEvent, "e"}},
                                                                         {"traits", {Table::kTrait, "t"}},
                                                                         {"context", {Table::kContext, "c"}},
                                                                         {"signals", {Table::kSignal, "s"}}};
  std::size_t rows = 0;
  for (const auto& [key, label] : table("declared")) {
    const auto& [kind, name] = declared.at(*names_in(key).begin());
    INFO(key);
    CHECK(label_of(kind, name) == label_in(label));
    ++rows;
  }
  CHECK(rows == declared.size());
}

TEST_CASE("docs/labels.md states what is kept and sent as the manifest does") {
  const Compiled compiled = compile(
      playbook(R"("signals": {"seen": {"recent": "view_item", "of": "item_id"}}, "campaigns": {"c": {"slot": "s",
    "variants": {"v": {"creative": {"type": "recommendations", "title": "t", "from": "recent", "signal": "seen"}}}}})"),
      CompileOptions{});
  REQUIRE(compiled.ok());
  std::map<std::string, std::uint8_t> kept;
  const Json manifest = Json::parse(compiled.manifest);
  for (const Json& other : manifest["kept"]["other"]) {
    std::uint8_t label = 0;
    for (const Json& name : other["purposes"]) {
      label = static_cast<std::uint8_t>(label | label_in("`" + name.get<std::string>() + "`"));
    }
    kept[other["what"].get<std::string>()] = label;
  }
  /// Of the table's rows and of the manifest's entries, which begin so.
  const std::map<std::string, std::pair<std::string, std::uint8_t>> same = {
      {"seed of variants and holdouts", {"random seed", 0}},
      {"stream id", {"random stream id", purpose::kMeasurement}},
      {"ids of orders", {"hashes of the transaction ids", purpose::kPersonalization}},
      {"session", {"start and latest activity of the session", purpose::kMeasurement}},
      {"queue of unsent events", {"unsent events", purpose::kMeasurement}},
      {"items seen on pages", {"items seen on pages", purpose::kPersonalization}}};
  std::size_t found = 0;
  for (const auto& [what, label] : table("what the engine keeps by itself")) {
    const auto entry = same.find(what);
    if (entry == same.end()) continue;
    INFO(what);
    ++found;
    const auto& [beginning, expected] = entry->second;
    const auto written = kept.lower_bound(beginning);
    REQUIRE(written != kept.end());
    CHECK(written->first.starts_with(beginning));
    CHECK(written->second == (expected | purpose::kStorage));
    if (what != "session") CHECK((label_in(label.substr(0, label.find(", and"))) & ~purpose::kStorage) == expected);
  }
  CHECK(found == same.size());
}

}  // namespace omo
