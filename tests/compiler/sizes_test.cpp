// SPDX-License-Identifier: Apache-2.0
// Limits of a playbook as a whole: the error stands at the part that goes past one.
#include "compiler/support.h"

namespace omo::sizes_test {
namespace {

/// The error's place, and the text that follows there.
struct Found {
  std::string error;
  std::string at;
};

Found find_error(const std::string& source) {
  const std::vector<Diagnostic> diagnostics = compile(source).diagnostics;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Severity::kError) continue;
    CHECK(diagnostic.line == 1);
    return {diagnostic.message, source.substr(diagnostic.column - 1, 24)};
  }
  return {};
}

}  // namespace

TEST_CASE("one formula too many is pointed at where it stands, whatever the order in which they are made") {
  std::string segments;
  for (std::size_t i = 0; i < kMaxFormulas; ++i) {
    segments +=
        (i == 0 ? "" : ",") + ("\"s" + std::to_string(i)) + "\":\"n % " + std::to_string(100000 + i) + " == 1\"";
  }
  const auto with = [&](const std::string& more) {
    return playbook(R"("signals":{"n":{"count":"page_view"}},"segments":{)" + segments + more + "}");
  };
  const Found found = find_error(with(R"(,"late":"n % 7 == 2","later":"n % 8 == 3")"));
  CHECK(found.error ==
        "the playbook has 65538 formulas: the limit max_formulas is 65536, and this is the first beyond it");
  CHECK(found.at.substr(0, 10) == "n % 7 == 2");
}

TEST_CASE("the first name or string beyond the limit is pointed at, in a condition too") {
  std::string list;
  for (std::size_t i = 0; i < kMaxSymbols; ++i) list += (i == 0 ? "'" : ",'") + std::to_string(i) + "'";
  const std::string head = R"("traits":{"rank":{"type":"string"}},"segments":{"a":"rank in [)";
  const Found found = find_error(playbook(head + list + R"(]","b":"rank == 'x'"})"));
  CHECK(found.error.find("names and strings: the limit max_symbols is 262144, and this is the first beyond it") !=
        std::string::npos);
  // A little of the room is the built-in events'.
  REQUIRE(found.at[0] == '\'');
  const unsigned long number = std::stoul(found.at.substr(1));
  CHECK(number < kMaxSymbols);
  CHECK(number > kMaxSymbols - 300);
}

TEST_CASE("of a program that is too large, most of the playbook is pointed at and named") {
  std::string segments;
  for (std::size_t i = 0; i < 120'000; ++i) {
    const std::string number = std::to_string(i);
    segments += (i == 0 ? "\"s" : ",\"s") + number + "\":\"n>=" + number + ".0||m>=" + number + ".0\"";
  }
  const Found found = find_error(
      playbook(R"("signals":{"n":{"sum":"purchase","of":"value"},"m":{"sum":"purchase","of":"tax"}},"segments":{)" +
               segments + "}"));
  CHECK(found.error.find(" bytes: the limit max_program_bytes is 8388608; most of the playbook is 'segments'") !=
        std::string::npos);
  CHECK(found.at.substr(0, 12) == R"("segments":{)");
}

}  // namespace omo::sizes_test
