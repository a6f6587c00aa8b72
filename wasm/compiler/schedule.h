// SPDX-License-Identifier: Apache-2.0
// Moments of schedules: dates in a time zone and RFC 3339 time stamps.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/timezones_generated.h"

namespace omo::compiler {

/// A zone of the embedded table by its name, or null. UTC is always known.
[[nodiscard]] const Timezone* find_timezone(std::string_view name);

struct Moment {
  double ms = 0;      ///< since 1970-01-01 UTC
  std::string error;  ///< why there is none; empty where there is one
};

/// "2026-11-01": the first moment of that day in the zone. With `day_after`, of the day after.
/// "2026-11-01T09:00:00+09:00": that moment; `day_after` has no meaning.
[[nodiscard]] Moment parse_moment(std::string_view text, const Timezone& zone, bool day_after);

/// Milliseconds since 1970-01-01 UTC of an RFC 3339 time stamp; nothing where it is none.
[[nodiscard]] std::optional<double> parse_timestamp(std::string_view text);

}  // namespace omo::compiler
