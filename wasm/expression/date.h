// SPDX-License-Identifier: Apache-2.0
// Calendar days without a library: days since 1970-01-01 and back (Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms").
#pragma once
#include <cstdint>
#include <string_view>

namespace omo {

struct CivilDay {
  std::int32_t year;
  std::uint32_t month;  ///< 1 to 12
  std::uint32_t day;    ///< 1 to 31
};

[[nodiscard]] inline std::int32_t days_from_civil(std::int32_t year, std::uint32_t month, std::uint32_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int32_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<std::uint32_t>(year - era * 400);
  const std::uint32_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int32_t>(day_of_era) - 719468;
}

[[nodiscard]] inline CivilDay civil_from_days(std::int32_t days) {
  days += 719468;
  const std::int32_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<std::uint32_t>(days - era * 146097);
  const std::uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint32_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::uint32_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::uint32_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {static_cast<std::int32_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

[[nodiscard]] inline bool is_leap(std::int32_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/// Month and day of "2024-02-29" or "--02-29" (ISO 8601 without a year) as month * 32 + day; 0 = no such day.
[[nodiscard]] inline std::uint32_t parse_anniversary(std::string_view text) {
  const auto digits = [&](std::size_t at, std::size_t count) -> std::uint32_t {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
      if (i >= text.size() || text[i] < '0' || text[i] > '9') return 99999;
      value = value * 10 + static_cast<std::uint32_t>(text[i] - '0');
    }
    return value;
  };
  const bool yearless = text.substr(0, 2) == "--";
  const std::size_t at = yearless ? 2 : 5;
  if (text.size() != at + 5 || text[at - 1] != '-' || text[at + 2] != '-') return 0;
  const std::uint32_t year = yearless ? 4 : digits(0, 4);
  const std::uint32_t month = digits(at, 2);
  const std::uint32_t day = digits(at + 3, 2);
  if (year > 9999 || month < 1 || month > 12 || day < 1) return 0;
  const std::uint32_t thirty = month == 4 || month == 6 || month == 9 || month == 11 ? 30u : 31u;
  const std::uint32_t longest = month != 2 ? thirty : is_leap(static_cast<std::int32_t>(year)) ? 29u : 28u;
  return day <= longest ? month * 32 + day : 0;
}

/// Days from `today` to the next anniversary, 0 on the day itself; 29 February falls on 28 in a common year.
[[nodiscard]] inline std::int32_t days_until(std::uint32_t anniversary, std::int32_t today) {
  const std::uint32_t month = anniversary / 32;
  const std::uint32_t day = anniversary % 32;
  const auto in_year = [&](std::int32_t year) {
    return days_from_civil(year, month, month == 2 && day == 29 && !is_leap(year) ? 28 : day);
  };
  const std::int32_t year = civil_from_days(today).year;
  const std::int32_t next = in_year(year);
  return (next >= today ? next : in_year(year + 1)) - today;
}

}  // namespace omo
