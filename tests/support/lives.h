// SPDX-License-Identifier: Apache-2.0
// Random lives by seed: those of every test run, or as many more as script/prove asks for.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace omo::test {

/// Seeds of lives: `first` to `last`, or those of OMO_LIVES, written "1-25000".
inline std::vector<std::uint32_t> lives(std::uint32_t first, std::uint32_t last) {
  if (const char* const asked = std::getenv("OMO_LIVES")) {
    char* end = nullptr;
    first = static_cast<std::uint32_t>(std::strtoul(asked, &end, 10));
    if (*end != '-') throw std::runtime_error("OMO_LIVES is FIRST-LAST");
    last = static_cast<std::uint32_t>(std::strtoul(end + 1, &end, 10));
    if (*end != '\0' || last < first) throw std::runtime_error("OMO_LIVES is FIRST-LAST");
  }
  std::vector<std::uint32_t> seeds(last - first + 1);
  std::iota(seeds.begin(), seeds.end(), first);
  return seeds;
}

}  // namespace omo::test
