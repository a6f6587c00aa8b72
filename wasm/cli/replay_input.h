// SPDX-License-Identifier: Apache-2.0
// One line of recorded input as an input record (wire/input.md).
#pragma once
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "wire/bytes.h"

namespace omo {

/// Sixteen bytes from {"seed": ...}: up to 32 hexadecimal digits (zeros follow where there are fewer), or a whole
/// number (little-endian, once for the choice of variants and once for the stream id). Throws std::invalid_argument.
[[nodiscard]] std::array<std::uint8_t, 16> read_seed(const nlohmann::json& seed);

/// The record of the seed. It carries no time of its own.
[[nodiscard]] std::vector<std::uint8_t> seed_record(const std::array<std::uint8_t, 16>& seed);

/// The record of a line. Throws std::invalid_argument with what is wrong.
[[nodiscard]] std::vector<std::uint8_t> input_record(const nlohmann::json& line);

}  // namespace omo
