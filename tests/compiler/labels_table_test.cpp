// SPDX-License-Identifier: Apache-2.0
// docs/labels.md is checked: the labels that it states are those of the vocabulary and of programs that were compiled.
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/labels_document.h"
#include "support/device.h"
#include "wire/snapshot.h"

namespace omo::labels_table_test {
namespace {

using Json = nlohmann::json;

/// Kinds of entries of a snapshot by their row of the table, and the label of the section that each stands in below.
const std::map<std::string, std::pair<EntryKind, std::uint8_t>> kSections = {
    {"seed of variants and holdouts", {EntryKind::kSeed, 0}},
    {"stream id", {EntryKind::kStream, purpose::kMeasurement}},
    {"ids of orders", {EntryKind::kTransactions, purpose::kPersonalization | purpose::kFunctional}},
    {"session", {EntryKind::kSession, purpose::kMeasurement | purpose::kSharing}},
    {"queue of unsent events", {EntryKind::kQueue, purpose::kMeasurement}},
    {"segments that were told of", {EntryKind::kSegments, purpose::kMarketing}},
    {"visitor's budget of impressions", {EntryKind::kFatigue, purpose::kPersonalization | purpose::kMarketing}}};

/// Labels of the sections that hold an entry of this kind.
std::set<std::uint8_t> sections_with(Bytes snapshot, EntryKind kind) {
  std::set<std::uint8_t> labels;
  ByteReader reader(snapshot.subspan(kSnapshotHeaderBytes));
  while (!reader.at_end()) {
    const std::uint8_t label = reader.u8();
    reader.u8();
    ByteReader entries(reader.take(reader.u32()));
    REQUIRE(reader.ok());
    while (!entries.at_end()) {
      if (entries.u8() == static_cast<std::uint8_t>(kind)) labels.insert(label);
      (void)entries.text();
      entries.u32();
      (void)entries.take(entries.u32());
      REQUIRE(entries.ok());
    }
  }
  return labels;
}

}  // namespace

TEST_CASE("docs/labels.md states the label of every built-in event") {
  std::map<std::string, std::uint8_t> stated;
  for (const auto& [event, label] : labels_table("event")) {
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
  for (const auto& [names, label] : labels_table("context of the page view")) {
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
  for (const auto& [key, label] : labels_table("declared")) {
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
  for (const auto& [what, label] : labels_table("what the engine keeps by itself")) {
    const auto entry = same.find(what);
    INFO(what);
    if (entry == same.end()) {
      // Of these the manifest tells with what they are of; sections of a snapshot show them (below).
      CHECK(kSections.contains(what));
      continue;
    }
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

TEST_CASE("docs/labels.md states under which label a snapshot holds what the engine keeps by itself") {
  const test::TestProgram made(test::playbook(R"json("sync": {"mode": "events", "segments": true},
    "events": {"purchase": {"purposes": ["functional"]}, "session_start": {"purposes": ["sharing"]}},
    "signals": {"n": {"count": "search", "purposes": []}}, "fatigue": {"impressions": 9, "within": "6h"},
    "segments": {"s": {"when": "n > 0", "purposes": ["marketing"]}},
    "campaigns": {"c": {"slot": "x", "purposes": ["marketing", "personalization"],
      "variants": {"v": {"creative": {"type": "banner", "title": "t"}}}}})json"));
  test::Device device(made);
  device.take(test::page(test::kStart, "/"));
  device.take(test::event(test::kStart, "search"));
  device.take(test::event(test::kStart, "view_promotion", {{"promotion_id", "c"}}));
  device.take(test::event(test::kStart, "purchase", {{"transaction_id", "order-1"}}));
  const std::vector<std::uint8_t> snapshot = device.snapshot();
  for (const auto& [what, label] : labels_table("what the engine keeps by itself")) {
    INFO(what << ": " << label);
    // Those the shell keeps: tests/browser/sinks.spec.mjs.
    if (what == "items seen on pages") continue;
    const auto& [kind, expected] = kSections.at(what);
    CHECK(sections_with(snapshot, kind) == std::set<std::uint8_t>{expected});
  }
}

}  // namespace omo::labels_table_test
