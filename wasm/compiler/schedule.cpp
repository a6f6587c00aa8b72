// SPDX-License-Identifier: Apache-2.0
#include "compiler/schedule.h"

#include <algorithm>
#include <limits>

namespace omo::compiler {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

/// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

unsigned days_in_month(unsigned year, unsigned month) {
  constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

/// Reads `digits` digits at the front; -1 where there are fewer.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || (text[0] | 0x20) != (expected | 0x20)) return false;
  text.remove_prefix(1);
  return true;
}

struct Day {
  int year;
  std::int64_t number;  ///< since 1970-01-01
};

std::optional<Day> take_date(std::string_view& text) {
  const int year = take_number(text, 4);
  if (year < 1970 || !take(text, '-')) return std::nullopt;
  const int month = take_number(text, 2);
  if (month < 1 || month > 12 || !take(text, '-')) return std::nullopt;
  const int day = take_number(text, 2);
  if (day < 1 || day > static_cast<int>(days_in_month(static_cast<unsigned>(year), static_cast<unsigned>(month))))
    return std::nullopt;
  return Day{year, days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day))};
}

/// First moment of the local time `local_s` (seconds since 1970-01-01 as if the zone were UTC). Where clocks were put
/// forward over it, the moment at which that happened; where it comes twice, the earlier one.
std::int64_t to_utc(const Timezone& zone, std::int64_t local_s) {
  for (std::size_t i = 0; i < zone.count; ++i) {
    const TimezoneSpan& span = kTimezoneSpans[zone.first + i];
    const std::int64_t start = i == 0 ? std::numeric_limits<std::int64_t>::min() : span.from_s;
    const std::int64_t end =
        i + 1 < zone.count ? kTimezoneSpans[zone.first + i + 1].from_s : std::numeric_limits<std::int64_t>::max();
    const std::int64_t utc = local_s - std::int64_t{span.offset_min} * 60;
    if (utc < end) return std::max(utc, start);
  }
  return local_s;
}

}  // namespace

const Timezone* find_timezone(std::string_view name) {
  const Timezone* end = kTimezones + kTimezoneCount;
  const Timezone* found = std::lower_bound(
      kTimezones, end, name, [](const Timezone& zone, std::string_view text) { return zone.name < text; });
  return found != end && found->name == name ? found : nullptr;
}

std::optional<double> parse_timestamp(std::string_view text) {
  const std::optional<Day> day = take_date(text);
  if (!day || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59 || !take(text, ':')) return std::nullopt;
  const int second = take_number(text, 2);
  if (second < 0 || second > 60) return std::nullopt;
  double fraction_ms = 0;
  if (take(text, '.')) {
    double digit_ms = 100;
    if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), digit_ms /= 10) {
      if (digit_ms >= 1) fraction_ms += digit_ms * (text[0] - '0');
    }
  }
  int offset_min = 0;
  if (!take(text, 'Z')) {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const int sign = text[0] == '-' ? -1 : 1;
    text.remove_prefix(1);
    const int hours = take_number(text, 2);
    if (hours < 0 || hours > 23 || !take(text, ':')) return std::nullopt;
    const int minutes = take_number(text, 2);
    if (minutes < 0 || minutes > 59) return std::nullopt;
    offset_min = sign * (hours * 60 + minutes);
  }
  if (!text.empty()) return std::nullopt;
  const std::int64_t seconds = day->number * kDaySeconds + hour * 3600 + minute * 60 + second - offset_min * 60;
  const double ms = static_cast<double>(seconds) * 1000 + fraction_ms;
  return ms >= 0 ? std::optional<double>(ms) : std::nullopt;
}

Moment parse_moment(std::string_view text, const Timezone& zone, bool day_after) {
  std::string_view rest = text;
  const std::optional<Day> day = take_date(rest);
  if (!day || !rest.empty()) {
    if (const std::optional<double> ms = parse_timestamp(text)) return {*ms, {}};
    return {0, "write a date such as \"2026-11-01\" or a time with its offset such as \"2026-11-01T09:00:00+09:00\""};
  }
  if (zone.name != "UTC" && (day->year < kTimezoneFirstYear || day->year > kTimezoneLastYear)) {
    return {0, "the time zone table covers the years " + std::to_string(kTimezoneFirstYear) + " to " +
                   std::to_string(kTimezoneLastYear) + ": write a time with its offset instead"};
  }
  const std::int64_t local_s = (day->number + (day_after ? 1 : 0)) * kDaySeconds;
  return {static_cast<double>(std::max<std::int64_t>(0, to_utc(zone, local_s))) * 1000, {}};
}

}  // namespace omo::compiler
