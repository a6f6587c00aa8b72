// SPDX-License-Identifier: Apache-2.0
#include "expression/moment.h"

#include "expression/date.h"

namespace omo {
namespace {

constexpr std::int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z
constexpr std::int64_t kLongestSeconds = 9223372036;
constexpr std::int64_t kLongestNanos = 854775807;
constexpr std::int64_t kDaySeconds = 86400;

std::int64_t floor_divide(std::int64_t number, std::int64_t divisor) {
  return number / divisor - (number % divisor < 0 ? 1 : 0);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a text from the front; a number of fixed width that is none is negative.
struct Scanner {
  std::string_view rest;

  bool accept(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  std::int32_t number(std::size_t width) {
    std::int32_t value = 0;
    for (; width > 0; --width) {
      if (rest.empty() || !is_digit(rest[0])) return -1;
      value = value * 10 + (rest[0] - '0');
      rest.remove_prefix(1);
    }
    return value;
  }
  /// Digits behind a point, as far as nanoseconds go.
  bool fraction(std::int64_t& nanos) {
    std::int64_t unit = kNanosPerSecond;
    const std::size_t before = rest.size();
    for (; !rest.empty() && is_digit(rest[0]); rest.remove_prefix(1)) {
      unit /= 10;
      nanos += unit * (rest[0] - '0');
    }
    return rest.size() < before;
  }
  /// "09:00" in seconds.
  bool offset(std::int64_t& seconds) {
    const std::int32_t hours = number(2);
    const bool colon = accept(':');
    const std::int32_t minutes = number(2);
    seconds = hours * 3600 + minutes * 60;
    return colon && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
  }
  bool day(std::int64_t& days) {
    const std::int32_t year = number(4);
    const bool first = accept('-');
    const std::int32_t month = number(2);
    const bool second = accept('-');
    const std::int32_t date = number(2);
    if (!first || !second || year < 1 || month < 1 || month > 12 || date < 1) return false;
    days = days_from_civil(year, static_cast<std::uint32_t>(month), static_cast<std::uint32_t>(date));
    // A day that the month does not have is one of the next month.
    return civil_from_days(static_cast<std::int32_t>(days)).day == static_cast<std::uint32_t>(date);
  }
};

}  // namespace

Datum moment(Datum::Kind kind, std::int64_t seconds, std::int64_t nanos) {
  seconds += floor_divide(nanos, kNanosPerSecond);
  nanos -= floor_divide(nanos, kNanosPerSecond) * kNanosPerSecond;
  const bool in_range = kind == Datum::Kind::kTimestamp
                            ? seconds >= kFirstSecond && seconds <= kLastSecond
                            : seconds >= -kLongestSeconds - 1 &&
                                  (seconds < kLongestSeconds || (seconds == kLongestSeconds && nanos <= kLongestNanos));
  return in_range ? datum(kind, seconds, static_cast<std::uint32_t>(nanos)) : Datum{};
}

Datum parse_timestamp(std::string_view text) {
  Scanner scanner{text};
  std::int64_t days = 0;
  std::int64_t nanos = 0;
  std::int64_t offset = 0;
  if (!scanner.day(days) || !scanner.accept('T')) return {};
  const std::int32_t hours = scanner.number(2);
  const bool first = scanner.accept(':');
  const std::int32_t minutes = scanner.number(2);
  const bool second = scanner.accept(':');
  const std::int32_t seconds = scanner.number(2);
  if (!first || !second || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
    return {};
  }
  if (scanner.accept('.') && !scanner.fraction(nanos)) return {};
  if (!scanner.accept('Z')) {
    const bool west = scanner.accept('-');
    if ((!west && !scanner.accept('+')) || !scanner.offset(offset)) return {};
    if (west) offset = -offset;
  }
  if (!scanner.rest.empty()) return {};
  return moment(Datum::Kind::kTimestamp, days * kDaySeconds + hours * 3600 + minutes * 60 + seconds - offset, nanos);
}

Datum parse_day(std::string_view text) {
  Scanner scanner{text};
  std::int64_t days = 0;
  if (!scanner.day(days) || !scanner.rest.empty()) return {};
  return moment(Datum::Kind::kTimestamp, days * kDaySeconds, 0);
}

Datum parse_duration(std::string_view text) {
  struct Unit {
    char name[3];
    std::int64_t nanos;
  };
  static constexpr Unit kUnits[] = {{"ns", 1},
                                    {"us", 1000},
                                    {"ms", 1000000},
                                    {"s", kNanosPerSecond},
                                    {"m", 60 * kNanosPerSecond},
                                    {"h", 3600 * kNanosPerSecond}};
  constexpr std::int64_t kMost = 1000000000000000;
  Scanner scanner{text};
  const bool negative = scanner.accept('-');
  if (!negative) scanner.accept('+');
  if (same_text(scanner.rest, "0")) return datum(Datum::Kind::kDuration);
  if (scanner.rest.empty()) return {};
  Datum total = datum(Datum::Kind::kDuration);
  while (!scanner.rest.empty()) {
    std::int64_t whole = 0;
    std::int64_t fraction = 0;
    bool digits = false;
    for (; !scanner.rest.empty() && is_digit(scanner.rest[0]); digits = true) {
      if (whole > kMost) return {};
      whole = whole * 10 + scanner.number(1);
    }
    if (scanner.accept('.')) digits = scanner.fraction(fraction) || digits;
    const Unit* unit = nullptr;
    for (const Unit& each : kUnits) {
      const std::string_view name(each.name, each.name[1] == 0 ? 1 : 2);
      const bool fits =
          scanner.rest.size() >= name.size() && same_text(part_of_text(scanner.rest, 0, name.size()), name);
      if (unit == nullptr && fits) unit = &each;
    }
    if (!digits || unit == nullptr) return {};
    scanner.rest.remove_prefix(unit->name[1] == 0 ? 1 : 2);
    // The part behind the point has nine digits: times an hour it is below 2^63.
    const bool large = unit->nanos >= kNanosPerSecond;
    const std::int64_t scale = large ? unit->nanos / kNanosPerSecond : unit->nanos;
    const std::int64_t rest = large ? fraction * scale : fraction * scale / kNanosPerSecond;
    if (whole > kMost) return {};
    total = large ? moment(total.kind, total.integer + whole * scale, total.size + rest)
                  : moment(total.kind, total.integer + whole / (kNanosPerSecond / scale),
                           total.size + whole % (kNanosPerSecond / scale) * scale + rest);
    if (total.kind == Datum::Kind::kError) return {};
  }
  return negative ? moment(total.kind, -total.integer, -std::int64_t{total.size}) : total;
}

void put_moment(TextRoom& room, const Datum& value) {
  std::int64_t seconds = value.integer;
  auto nanos = std::int64_t{value.size};
  const bool is_duration = value.kind == Datum::Kind::kDuration;
  if (is_duration) {
    if (seconds < 0) {
      room.put('-');
      seconds = -seconds - (nanos > 0 ? 1 : 0);
      if (nanos > 0) nanos = kNanosPerSecond - nanos;
    }
    room.put_number(static_cast<std::uint64_t>(seconds));
  } else {
    constexpr char kAfter[] = "--T::";
    constexpr Part kParts[] = {Part::kFullYear, Part::kMonth,   Part::kDate,
                               Part::kHours,    Part::kMinutes, Part::kSeconds};
    for (std::uint32_t i = 0; i < 6; ++i) {
      const std::int64_t number = part_of(kParts[i], value, 0).integer + (kParts[i] == Part::kMonth ? 1 : 0);
      room.put_number(static_cast<std::uint64_t>(number), i == 0 ? 4 : 2);
      if (i < 5) room.put(kAfter[i]);
    }
  }
  if (nanos > 0) room.put('.');
  for (std::int64_t unit = kNanosPerSecond / 10; nanos > 0; unit /= 10) {
    room.put(static_cast<char>('0' + nanos / unit));
    nanos %= unit;
  }
  room.put(is_duration ? 's' : 'Z');
}

bool parse_zone(std::string_view text, std::int64_t& seconds) {
  seconds = 0;
  if (same_text(text, "UTC")) return true;
  Scanner scanner{text};
  const bool west = scanner.accept('-');
  if (!west) scanner.accept('+');
  if (!scanner.offset(seconds) || !scanner.rest.empty()) return false;
  if (west) seconds = -seconds;
  return true;
}

Datum part_of(Part part, const Datum& value, std::int64_t zone) {
  const bool is_duration = value.kind == Datum::Kind::kDuration;
  if (!is_duration && value.kind != Datum::Kind::kTimestamp) return {};
  std::int64_t seconds = value.integer + zone;
  auto nanos = std::int64_t{value.size};
  if (is_duration && seconds < 0 && nanos > 0) {  // durations are cut towards zero
    ++seconds;
    nanos -= kNanosPerSecond;
  }
  const std::int64_t days = floor_divide(seconds, kDaySeconds);
  const std::int64_t of_day = is_duration ? seconds : seconds - days * kDaySeconds;
  const CivilDay civil = civil_from_days(static_cast<std::int32_t>(days));
  std::int64_t result = 0;
  switch (part) {
    case Part::kHours:
      result = of_day / 3600;
      break;
    case Part::kMinutes:
      result = is_duration ? of_day / 60 : of_day / 60 % 60;
      break;
    case Part::kSeconds:
      result = is_duration ? of_day : of_day % 60;
      break;
    case Part::kMilliseconds:
      result = nanos / 1000000;
      break;
    default:
      if (is_duration) return {};
      result = part == Part::kFullYear    ? civil.year
               : part == Part::kMonth     ? civil.month - 1
               : part == Part::kDate      ? civil.day
               : part == Part::kDayOfWeek ? (days + 4) - floor_divide(days + 4, 7) * 7
               : part == Part::kDayOfYear ? days - days_from_civil(civil.year, 1, 1)
                                          : civil.day - 1;
  }
  return part <= Part::kMilliseconds ? datum(Datum::Kind::kInt, result) : Datum{};
}

}  // namespace omo
