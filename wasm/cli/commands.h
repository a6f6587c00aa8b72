// SPDX-License-Identifier: Apache-2.0
// The verbs of omo. Each answers the exit code: 0 = done, 1 = the input has errors, 2 = it could not be read or
// written.
#pragma once
#include <string>
#include <vector>

#include "cli/backtest.h"
#include "cli/manifest_page.h"

namespace omo::cli {

int check(const std::string& playbook, bool json);
/// With `map`, OUTPUT.map too, where the output is a file.
int compile_file(const std::string& playbook, const std::string& output, bool map);
/// @param shape "json", "page" or "external-transmission"
int write_manifest(const std::string& playbook, const std::string& output, const std::string& shape,
                   const Publisher& publisher);
/// Evaluates one expression; each binding is NAME=VALUE. 0 = a value or unknown was printed, 1 = an error.
int eval(const std::string& expression, const std::vector<std::string>& bindings);
int replay_file(const std::string& playbook, const std::string& events);
/// Lines of many visitors become one recording.
int record(const std::vector<std::string>& inputs, const std::string& output);
/// Bits of purposes by their names, which are known.
[[nodiscard]] std::uint8_t purposes_named(const std::vector<std::string>& names);
/// One playbook, or two beside each other, over a recording or a folder of them.
int backtest_files(const std::vector<std::string>& playbooks, const std::string& folder, BacktestOptions options,
                   bool json);
/// Replays the events, up to and with `at` (a time as in the events; empty = all), and tells why `names` (empty = all)
/// are as they are.
int explain_file(const std::string& playbook, const std::string& events, const std::vector<std::string>& names,
                 const std::string& at, const std::string& language, bool json);
/// `related` is a CSV file, or empty.
int compile_catalog(const std::string& feed, const std::string& related, const std::string& output);

}  // namespace omo::cli
