// SPDX-License-Identifier: Apache-2.0
// The result of a backtest for people (a table with small charts) and for programs (JSON).
#pragma once
#include <string>
#include <vector>

#include "cli/backtest.h"

namespace omo::cli {

struct NamedResult {
  std::string playbook;  ///< its file
  BacktestResult result;
};

/// One table for one playbook; for two, each row shows both, and how the second differs from the first.
[[nodiscard]] std::string report_text(const std::vector<NamedResult>& results);
/// {"playbooks": [{"playbook", "visitors", "inputs", "segments": [{"name", "visitors", "entries", "periods": [...]}],
/// "campaigns": [{"name", "reached", "shown", "held_back", "periods": [...]}], ...}]}
[[nodiscard]] std::string report_json(const std::vector<NamedResult>& results);

}  // namespace omo::cli
