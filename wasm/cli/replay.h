// SPDX-License-Identifier: Apache-2.0
// Runs recorded inputs through the engine. The library behind `omo replay`; the tests run the fixtures through it too.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/engine.h"

namespace omo {

struct ReplayResult {
  bool ok = true;
  std::size_t line = 0;  ///< 1-based line of the input that could not be understood; 0 = the program did not load
  std::string message;   ///< empty where ok
};

struct ReplayOutput {
  /// One line of JSON without a line end, for every input that changed something:
  /// {"time": ms, "segments": {name: boolean}, "scores": {name: number | null}, "decisions": {slot: {"campaign",
  /// "variant"} | null}}, changed keys only. Before the first input every segment is off, every score null and every
  /// slot shows its default.
  std::function<void(const std::string& line)> changed;
  /// What the engine did not take, and why; the replay goes on, as a page does.
  std::function<void(std::size_t line, const std::string& why)> ignored;
  /// At the end, where everything could be understood.
  std::function<void(const Engine& engine)> done;
  /// Inputs from this time on, ms since 1970, are left out, and time goes on to the ms before it; 0 = none.
  double until_ms = 0;
};

/// `inputs` is newline-delimited JSON: {"time", "type", "name", "params"}. `time` is ms since 1970-01-01 UTC or RFC
/// 3339; `type` is event, identify, context, consent, tick, page, edge, section or reset. The first line may be
/// {"seed": hex or number}; without one the seed is all zeros. Blank lines are skipped. Stops at the first line that
/// cannot be understood.
[[nodiscard]] ReplayResult replay(Bytes program, std::string_view inputs, const ReplayOutput& output);

}  // namespace omo
