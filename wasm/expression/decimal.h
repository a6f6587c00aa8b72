// SPDX-License-Identifier: Apache-2.0
// Doubles as text and back, exact on every platform and without a library: whole-number arithmetic of 1,792 bits.
#pragma once
#include "expression/datum.h"

namespace omo {

/// The fewest digits that read back as the same double (Steele and White 1990, "How to Print Floating-Point Numbers
/// Accurately"), in the form of Go's %g, which CEL's string() has: 0.0001, 123456, 1e+06, NaN, +Inf.
void put_double(TextRoom& room, double number);

/// "-12.5e3" as the nearest double, ties to even. False for what is no number, for one of more than 120 digits, and for
/// one too large for a double.
[[nodiscard]] bool parse_double(std::string_view text, double& number);

/// "-12" as an integer; false for what is none or does not fit.
[[nodiscard]] bool parse_int(std::string_view text, std::int64_t& number);

}  // namespace omo
