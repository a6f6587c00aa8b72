// SPDX-License-Identifier: Apache-2.0
// The verbs of omo. Each answers the exit code: 0 = done, 1 = the input has errors, 2 = it could not be read or
// written.
#pragma once
#include <string>

namespace omo::cli {

int check(const std::string& playbook, bool json);
int compile_file(const std::string& playbook, const std::string& output);
int write_manifest(const std::string& playbook, const std::string& output);
int replay_file(const std::string& playbook, const std::string& events);
/// `related` is a CSV file, or empty.
int compile_catalog(const std::string& feed, const std::string& related, const std::string& output);

}  // namespace omo::cli
