// SPDX-License-Identifier: Apache-2.0
// The replay fixtures, through the library that `omo replay` uses.
#include "cli/replay.h"

#include <filesystem>
#include <set>

#include "compiler/support.h"

namespace omo::replay_test {
namespace {

struct Ran {
  ReplayResult result;
  std::string output;
};

Ran run(const std::string& source, const std::string& inputs) {
  const Compiled compiled = compile(source);
  INFO(describe(compiled.diagnostics));
  REQUIRE(compiled.ok());
  Ran ran;
  ReplayOutput output;
  output.changed = [&](const std::string& line) { ran.output += line + "\n"; };
  output.ignored = [](std::size_t, const std::string&) {};
  ran.result = replay(compiled.program, inputs, output);
  return ran;
}

}  // namespace

TEST_CASE("every replay fixture changes what it should") {
  std::set<std::string> names;
  const std::string folder = "tests/fixtures/replay";
  for (const auto& entry : std::filesystem::directory_iterator(std::string(OMO_SOURCE_DIR) + "/" + folder)) {
    if (entry.is_directory()) names.insert(entry.path().filename().string());
  }
  REQUIRE(names.size() >= 12);
  for (const std::string& name : names) {
    INFO(name);
    const std::string path = folder + "/" + name + "/";
    const Ran ran = run(read_text(path + "playbook.json"), read_text(path + "events.ndjson"));
    CHECK(ran.result.ok);
    CHECK(ran.output == read_text(path + "expected.ndjson"));
  }
}

TEST_CASE("a line that cannot be understood ends the replay with its number") {
  const std::string source = playbook(R"("segments": {"on": "true"})");
  const std::vector<std::pair<std::string, std::string>> table = {
      {"{", "this is not JSON"},
      {"[]", "a line must be a JSON object"},
      {R"({"time": 1})", "\"type\" is missing"},
      {R"({"type": "tick"})", "\"time\" is missing"},
      {R"({"time": "noon", "type": "tick"})", "\"time\" must be ms since 1970"},
      {R"({"time": 1, "type": "tock"})", "no type named \"tock\""},
      {R"({"time": 1, "type": "event"})", "\"name\" of the event is missing"},
      {R"({"time": 1, "type": "consent", "params": {"storage": true}})",
       "\"storage\" must be \"granted\" or \"denied\""},
      {R"({"time": 1, "type": "consent", "params": {"all": "granted"}})", "no purpose named \"all\""},
      {R"({"time": 1, "type": "event", "name": "x", "params": {"items": 3}})", "\"items\" must be an array of objects"},
      {R"({"time": 1, "type": "identify", "params": {"x": []}})", "the value of \"x\" must be"},
      {R"({"seed": 5})", "\"seed\" can be in the first line only"}};
  for (const auto& [line, message] : table) {
    INFO(line);
    const Ran ran =
        run(source, "{\"time\": 1, \"type\": \"tick\"}\n\n" + line + "\n{\"time\": 2, \"type\": \"tick\"}\n");
    CHECK(!ran.result.ok);
    CHECK(ran.result.line == 3);
    CHECK(ran.result.message.find(message) == 0);
    CHECK(ran.output == "{\"time\":1,\"segments\":{\"on\":true},\"scores\":{},\"decisions\":{}}\n");
  }
}

TEST_CASE("a seed decides which variant a visitor sees, and always the same one") {
  const std::string source = playbook(R"j("campaigns": {"c": {"slot": "s", "variants": {
    "a": {"creative": {"type": "banner", "title": "A"}}, "b": {"creative": {"type": "banner", "title": "B"}}}}})j");
  std::set<std::string> seen;
  for (int seed = 0; seed < 32; ++seed) {
    const std::string inputs = "{\"seed\": " + std::to_string(seed) + "}\n{\"time\": 1, \"type\": \"tick\"}\n";
    const Ran ran = run(source, inputs);
    CHECK(ran.output == run(source, inputs).output);
    seen.insert(ran.output);
  }
  CHECK(seen.size() == 2);
}

}  // namespace omo::replay_test
