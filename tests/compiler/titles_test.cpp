// SPDX-License-Identifier: Apache-2.0
// Titles: what things are called where a visitor reads of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/compiler.h"
#include "support/device.h"

namespace titles_test {

using namespace omo;
using namespace omo::test;

namespace {

using Notes = std::map<std::string, std::map<std::string, std::string>>;

/// The notes of a program in a language, as the shell reads them: from the last variant on, while names begin with a
/// dot.
Notes notes_in(const TestProgram& compiled, std::string_view language) {
  Notes notes;
  Device device(compiled);
  const ProgramView& program = compiled.view();
  std::vector<std::uint8_t> bytes(kTransferBytes);
  for (std::uint32_t row = program.variants().size(); row-- > 0;) {
    const std::string_view note = program.symbol(program.variants()[row].name);
    if (!note.starts_with('.')) break;
    const std::size_t size = device.engine.creative(row, language, bytes);
    REQUIRE(size > 0);
    ByteReader reader({bytes.data(), size});
    for (std::uint32_t left = reader.u8(); left > 0; --left) {
      const std::string name(reader.text());
      REQUIRE(reader.u8() == static_cast<std::uint8_t>(ValueTag::kString));
      notes[std::string(note.substr(0, note.find_first_of("0123456789")))][name] = reader.text();
    }
    CHECK(reader.is_done());
  }
  return notes;
}

}  // namespace

TEST_CASE("titles are answered in the visitor's language, beside campaigns and without them") {
  const std::string campaigns = GENERATE(
      "", R"(, "campaigns": {"c": {"slot": "s", "variants": {"v": {"creative": {"type": "banner", "title": "t"}}}}})");
  const TestProgram program(omo::test::playbook(R"json(
    "traits": { "rank": { "type": "string" } }, "context": { "weather": { "type": "string" } },
    "signals": { "views": { "count": "view_item" }, "since": { "recency": "purchase" },
                 "read": { "sum": "user_engagement", "of": "engagement_time_msec" } },
    "segments": { "keen": "views >= 2 && since == null && read > 9.0 && rank == 'a' && context.weather == 'b'" },
    "titles": { "views": { "ja": "閲覧数", "en": "Views" }, "rank": "Rank", "context.weather": "Weather",
                "keen": { "ja": "ご関心" } } )json" +
                                                campaigns));
  const Notes japanese = notes_in(program, "ja-JP");
  CHECK(japanese.at(".titles") ==
        std::map<std::string, std::string>{
            {"views", "閲覧数"}, {"rank", "Rank"}, {"context.weather", "Weather"}, {"keen", "ご関心"}});
  CHECK(notes_in(program, "en").at(".titles").at("views") == "Views");
  CHECK(japanese.at(".durations") == std::map<std::string, std::string>{{"since", "ms"}, {"read", "ms"}});
}

TEST_CASE("as many titles as there are names are answered, whatever their length") {
  std::string traits;
  std::string titles;
  for (int i = 0; i < 250; ++i) {
    const std::string name = "trait_" + std::to_string(i);
    traits += (i ? ", \"" : "\"") + name + R"(": {"type": "string"})";
    titles += (i ? ", \"" : "\"") + name + "\": \"" + std::string(200, static_cast<char>('a' + i % 26)) + '"';
  }
  const TestProgram program(omo::test::playbook("\"traits\": {" + traits + "}, \"titles\": {" + titles + '}'));
  const Notes notes = notes_in(program, "ja");
  CHECK(program.view().variants().size() == 3);
  REQUIRE(notes.at(".titles").size() == 250);
  CHECK(notes.at(".titles").at("trait_249") == std::string(200, static_cast<char>('a' + 249 % 26)));
}

TEST_CASE("a title names what there is, in 1 to 200 bytes") {
  const std::string head =
      R"("context": {"weather": {"type": "string"}}, "signals": {"views": {"count": "view_item"}}, )";
  const auto [titles, message] = GENERATE(table<std::string, std::string>(
      {{R"({"veiws": "x"})", "no signal, trait, segment or score named 'veiws'; did you mean 'views'?"},
       {R"({"weather": "x"})", "no signal, trait, segment or score named 'weather'; did you mean 'context.weather'?"},
       {R"({"views": ""})", "the title of 'views' must have 1 to 200 bytes, not 0"},
       {R"({"views": {"ja": 7}})", "the title of 'views' must be a string, not an integer"},
       {R"({"views": {}})", "the title of 'views' must be a string or an object of strings by language"},
       {"{\"views\": \"" + std::string(201, 'x') + "\"}", "the title of 'views' must have 1 to 200 bytes, not 201"}}));
  const Compiled compiled = compile(omo::test::playbook(head + "\"titles\": " + titles));
  const auto error = std::find_if(compiled.diagnostics.begin(), compiled.diagnostics.end(),
                                  [](const Diagnostic& one) { return one.severity == Severity::kError; });
  REQUIRE(error != compiled.diagnostics.end());
  CHECK(error->message.substr(0, message.size()) == message);
}

TEST_CASE("the manifest tells the titles") {
  const Compiled compiled =
      compile(omo::test::playbook(R"("traits": {"rank": {"type": "string"}, "city": {"type": "string"}},
                          "titles": {"rank": {"ja": "ランク", "en": "Rank"}, "city": "City"})"));
  CHECK(nlohmann::json::parse(compiled.manifest)["titles"] ==
        nlohmann::json::parse(R"({"rank": {"ja": "ランク", "en": "Rank"}, "city": {"": "City"}})"));
}

}  // namespace titles_test
