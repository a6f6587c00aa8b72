// SPDX-License-Identifier: Apache-2.0
// The verbs of omo. Each answers the exit code: 0 = done, 1 = the input has errors, 2 = it could not be read or
// written.
#pragma once
#include <string>
#include <vector>

namespace omo::cli {

int check(const std::string& playbook, bool json);
int compile_file(const std::string& playbook, const std::string& output);
int write_manifest(const std::string& playbook, const std::string& output);
/// Evaluates one expression; each binding is NAME=VALUE. 0 = a value or unknown was printed, 1 = an error.
int eval(const std::string& expression, const std::vector<std::string>& bindings);
int replay_file(const std::string& playbook, const std::string& events);

}  // namespace omo::cli
