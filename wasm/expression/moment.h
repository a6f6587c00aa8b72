// SPDX-License-Identifier: Apache-2.0
// Timestamps and durations of CEL, exact to the nanosecond.
#pragma once
#include "expression/datum.h"

namespace omo {

/// What the get... methods of timestamps and durations ask for.
enum class Part : std::uint8_t {
  kFullYear,
  kMonth,       ///< 0 to 11
  kDate,        ///< 1 to 31
  kDayOfMonth,  ///< 0 to 30
  kDayOfWeek,   ///< 0 = Sunday
  kDayOfYear,   ///< 0 to 365
  kHours,       ///< from here on durations have them too: the whole duration in that unit,
  kMinutes,
  kSeconds,
  kMilliseconds,  ///< but of the second, as CEL has it
};

/// A timestamp or duration of so many seconds and nanoseconds (any number of them); an error beyond CEL's range: years
/// 1 to 9999; 2^63 nanoseconds, some 292 years.
[[nodiscard]] Datum moment(Datum::Kind kind, std::int64_t seconds, std::int64_t nanos);

/// RFC 3339, "2026-11-22T09:00:00.5+09:00"; an error where it is none.
[[nodiscard]] Datum parse_timestamp(std::string_view text);
/// A calendar day, "2026-11-22", as its beginning in UTC; an error where it is none, or has no year.
[[nodiscard]] Datum parse_day(std::string_view text);
/// "1h30m", "-1.5s", "500ms"; an error where it is none.
[[nodiscard]] Datum parse_duration(std::string_view text);
/// A timestamp as RFC 3339 in UTC, a duration as seconds: "3600s".
void put_moment(TextRoom& room, const Datum& moment);

/// "UTC" or an offset, "+09:00", in seconds; false for anything else.
[[nodiscard]] bool parse_zone(std::string_view text, std::int64_t& seconds);
/// Part of a timestamp, `zone` seconds east of UTC, or of a duration; an error of anything else.
[[nodiscard]] Datum part_of(Part part, const Datum& moment, std::int64_t zone);

}  // namespace omo
