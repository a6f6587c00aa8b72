// SPDX-License-Identifier: Apache-2.0
// Whatever the source is, the compiler answers: a program that loads, or errors.
#include <random>

#include "compiler/support.h"

namespace omo::mutation_test {
namespace {

void compile_any(const std::string& source) {
  const Compiled compiled = compile(source);
  if (compiled.ok()) {
    ProgramView view;
    REQUIRE(view.open(compiled.program) == Status::kOk);
    REQUIRE(!compiled.manifest.empty());
  } else {
    REQUIRE(compiled.program.empty());
    REQUIRE(compiled.manifest.empty());
    for (const Diagnostic& diagnostic : compiled.diagnostics) REQUIRE(diagnostic.line > 0);
  }
}

}  // namespace

TEST_CASE("a mutated playbook gives a program that loads, or errors") {
  const std::string original = read_text("tests/fixtures/playbooks/hanaichi.json");
  const std::string alphabet = "{}[]\":,'()!&|<>=.\\ abz019-\n\xE8\x8A\xB1\xFF";
  std::mt19937 random(20261122);  // fixed: a failure can be repeated
  const auto below = [&random](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  for (int round = 0; round < 1500; ++round) {
    std::string source = original;
    for (std::size_t changes = 1 + below(4); changes > 0 && !source.empty(); --changes) {
      const std::size_t at = below(source.size());
      switch (below(5)) {
        case 0:
          source[at] = alphabet[below(alphabet.size())];
          break;
        case 1:
          source.erase(at, 1 + below(20));
          break;
        case 2:
          source.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        case 3: {
          const std::size_t from = below(source.size());
          source.insert(at, source.substr(from, 1 + below(60)));
          break;
        }
        default:
          source.resize(at + 1);
      }
    }
    INFO("round " << round);
    compile_any(source);
  }
}

}  // namespace omo::mutation_test
