// SPDX-License-Identifier: Apache-2.0
// How the command line shows a finding.
#include "cli/files.h"
#include "compiler/support.h"

namespace omo::report_test {

TEST_CASE("a finding shows file, line, column, the line and a caret under the place") {
  const std::string source = "{\n  \"omotenashi\": 1, \"site\": \"t\",\n  \"segments\": {\"a\": \"views > 1\"}\n}\n";
  CompileOptions options;
  options.file = "p.json";
  CHECK(cli::render(compile(source, options).diagnostics, source) ==
        "p.json:3:22: error: no signal, trait, segment or score named 'views'\n"
        "  \"segments\": {\"a\": \"views > 1\"}\n"
        "                     ^\n");
}

TEST_CASE("the caret stands under wide characters, tabs and carriage returns alike") {
  const std::string source = "\t{\"花市\": 1}\r\n";
  const std::string shown = cli::render({{"f", 1, 7, Severity::kWarning, "here"}}, source);
  CHECK(shown == "f:1:7: warning: here\n\t{\"花市\": 1}\n\t       ^\n");
}

TEST_CASE("findings as JSON keep file, place, severity and message") {
  CHECK(diagnostics_json({{"a\"b", 2, 3, Severity::kError, "x\ty"}}) ==
        "[\n  {\n    \"file\": \"a\\\"b\",\n    \"line\": 2,\n    \"column\": 3,\n    \"severity\": \"error\",\n"
        "    \"message\": \"x\\u0009y\"\n  }\n]\n");
  CHECK(diagnostics_json({}) == "[]\n");
}

}  // namespace omo::report_test
