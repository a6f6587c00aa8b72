// SPDX-License-Identifier: Apache-2.0
// The map: texts and positions of expressions and of their parts, by the nodes of the program.
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "wire/program.h"

namespace map_test {

using namespace omo;

namespace {

// Columns count code points: of the wide character one.
constexpr const char* kPlaybook = R"json({ "omotenashi": 1, "site": "map",
  "traits": { "rank": { "type": "string" }, "member": { "type": "bool" } },
  "signals": { "views": { "count": "view_item", "where": "price > 10.5", "within": "1h" },
               "likes": { "count": "share" } },
  "scores": { "heat": { "value": "double(views) * 2.0", "grades": { "cold": 1, "hot": 9 } } },
  "segments": { "keen": "views >= 3 && !(rank == 'gold')", "wide": "rank == '花' || (keen && member)",
    "choice": { "when": "(views > 1 ? likes : 4) == 4" },
    "escaped": "rank == \"a\\u0062c\" && likes > 0", "graded": "heat.grade == 'hot'", "sure": "true" },
  "campaigns": { "c": { "slot": "s", "audience": "keen || member",
     "variants": { "v": { "creative": { "type": "banner", "title": "t" } } } } },
  "journeys": { "j": { "start": "keen", "goal": "member", "steps": [
     { "name": "wait", "until": "likes >= 7" }, { "wait": "1h" } ] } }
})json";

Compiled compiled(bool map = true) {
  CompileOptions options;
  options.file = "shop/playbook.json";
  options.map = map;
  Compiled result = compile(kPlaybook, options);
  for (const Diagnostic& diagnostic : result.diagnostics) {
    INFO(diagnostic.line << ": " << diagnostic.message);
    CHECK(diagnostic.severity != Severity::kError);
  }
  return result;
}

nlohmann::json map() { return nlohmann::json::parse(compiled().map); }

/// The text at a place of the source.
std::string source_at(const nlohmann::json& place, std::size_t bytes) {
  std::string_view rest = kPlaybook;
  for (auto line = place.at("line").get<unsigned>(); line > 1; --line) rest.remove_prefix(rest.find('\n') + 1);
  for (auto column = place.at("column").get<unsigned>(); column > 1; --column) {
    do rest.remove_prefix(1);
    while ((static_cast<unsigned char>(rest[0]) & 0xC0) == 0x80);
  }
  return std::string(rest.substr(0, bytes));
}

std::vector<std::string> texts_of(const nlohmann::json& expression) {
  std::vector<std::string> texts;
  for (const nlohmann::json& part : expression.at("parts")) texts.push_back(part.at("text"));
  return texts;
}

}  // namespace

TEST_CASE("the map is made where it is asked for, names its program and its file, and costs the program nothing") {
  const Compiled with = compiled();
  const Compiled without = compiled(false);
  CHECK(without.map.empty());
  CHECK(with.program == without.program);
  const nlohmann::json made = nlohmann::json::parse(with.map);
  CHECK(made["version"] == 1);
  CHECK(made["file"] == "shop/playbook.json");
  std::uint64_t hash = 0;
  std::memcpy(&hash, with.program.data() + offsetof(ProgramHeader, hash), sizeof hash);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  CHECK(made["program"] == text);
}

TEST_CASE("every signal, score, segment, campaign and journey has its text and its place") {
  const nlohmann::json made = map();
  CHECK(made["segments"]["keen"]["text"] == "views >= 3 && !(rank == 'gold')");
  CHECK(made["segments"]["choice"]["text"] == "(views > 1 ? likes : 4) == 4");
  CHECK(made["scores"]["heat"]["text"] == "double(views) * 2.0");
  CHECK(made["signals"]["views"]["where"]["text"] == "price > 10.5");
  CHECK_FALSE(made["signals"]["likes"].contains("where"));
  CHECK(made["campaigns"]["c"]["audience"]["text"] == "keen || member");
  CHECK(made["journeys"]["j"]["start"]["text"] == "keen");
  CHECK(made["journeys"]["j"]["goal"]["text"] == "member");
  CHECK(made["journeys"]["j"]["steps"]["wait"]["until"]["text"] == "likes >= 7");
  CHECK(source_at(made["signals"]["likes"], 7) == "\"likes\"");
  CHECK(source_at(made["campaigns"]["c"], 3) == "\"c\"");
  CHECK(source_at(made["journeys"]["j"], 3) == "\"j\"");
  CHECK(source_at(made["signals"]["views"]["where"], 12) == "price > 10.5");
  CHECK(source_at(made["segments"]["wide"], 7) == "rank ==");
}

TEST_CASE("every part has the text and the place of its own, with its parentheses where they belong to it") {
  const nlohmann::json made = map();
  CHECK(texts_of(made["segments"]["keen"]) == std::vector<std::string>{"views >= 3", "rank == 'gold'",
                                                                       "!(rank == 'gold')",
                                                                       "views >= 3 && !(rank == 'gold')"});
  CHECK(texts_of(made["segments"]["wide"]) == std::vector<std::string>{"rank == '花'", "keen", "member",
                                                                       "keen && member",
                                                                       "rank == '花' || (keen && member)"});
  for (const char* segment : {"keen", "wide", "choice", "graded"}) {
    for (const nlohmann::json& part : made["segments"][segment]["parts"]) {
      const auto text = part["text"].get<std::string>();
      CHECK(source_at(part, text.size()) == text);
    }
  }
  // What is escaped in the source is decoded in the text, and its place is that in the source.
  const nlohmann::json parts = made["segments"]["escaped"]["parts"];
  CHECK(parts[0]["text"] == "rank == \"a\\u0062c\"");
  CHECK(parts[1]["text"] == "likes > 0");
  CHECK(source_at(parts[1], 9) == "likes > 0");
}

TEST_CASE("nodes of the map are those of the program: the node is on while its text is true") {
  const Compiled made = compiled();
  const nlohmann::json parsed = nlohmann::json::parse(made.map);
  std::vector<std::uint64_t> aligned((made.program.size() + 7) / 8);
  std::memcpy(aligned.data(), made.program.data(), made.program.size());
  ProgramView program;
  REQUIRE(program.open({reinterpret_cast<const std::uint8_t*>(aligned.data()), made.program.size()}) == Status::kOk);
  std::size_t nodes = 0;
  const std::function<void(const nlohmann::json&)> walk = [&](const nlohmann::json& part) {
    for (const char* key : {"node", "negation"}) {
      if (!part.is_object() || !part.contains(key)) continue;
      CHECK(part[key].get<std::uint32_t>() < program.meta().node_count);
      ++nodes;
    }
    if (part.is_structured()) {
      for (const nlohmann::json& below : part) walk(below);
    }
  };
  walk(parsed);
  CHECK(nodes > 20);
  // views >= 3 is an atom of the signal's source with this threshold.
  const nlohmann::json first = parsed["segments"]["keen"]["parts"][0];
  bool found = false;
  for (const ThresholdRow& row : program.thresholds())
    found = found || (row.value == 3 && row.literal == first["node"]);
  CHECK(found);
  const nlohmann::json equals = parsed["segments"]["keen"]["parts"][1];
  CHECK_FALSE(equals.contains("node"));
  CHECK(equals["negation"] == parsed["segments"]["keen"]["parts"][2]["node"]);
}

TEST_CASE("no text of an expression is in the bytes of the program") {
  const Compiled made = compiled();
  const std::string bytes(made.program.begin(), made.program.end());
  for (const char* text :
       {"views >= 3", "rank ==", "double(", "price >", "likes ==", "'gold'", "keen ||", "playbook.json"}) {
    CHECK(bytes.find(text) == std::string::npos);
  }
}

TEST_CASE("a playbook with errors has no map") {
  CompileOptions options;
  options.map = true;
  CHECK(compile(R"({"omotenashi": 1, "site": "x", "segments": {"a": "nothing > 3"}})", options).map.empty());
}

}  // namespace map_test
