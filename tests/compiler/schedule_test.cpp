// SPDX-License-Identifier: Apache-2.0
// Schedules in time zones, against moments worked out by hand from the zones' published rules.
#include "compiler/schedule.h"

#include "compiler/support.h"

namespace omo::schedule_test {
namespace {

double moment(const char* zone, const char* text, bool day_after = false) {
  const compiler::Timezone* found = compiler::find_timezone(zone);
  REQUIRE(found != nullptr);
  const compiler::Moment result = compiler::parse_moment(text, *found, day_after);
  INFO(text << " " << result.error);
  REQUIRE(result.error.empty());
  return result.ms;
}

double utc(const char* text) {
  const std::optional<double> ms = compiler::parse_timestamp(text);
  REQUIRE(ms);
  return *ms;
}

std::string scheduled(const std::string& schedule) {
  return playbook(R"("campaigns": {"c": {"slot": "s", "variants": {"v": {"creative": {"type": "banner", "title": "T"}}},
    "schedule": )" +
                  schedule + "}}");
}

}  // namespace

TEST_CASE("time stamps are RFC 3339") {
  CHECK(utc("1970-01-01T00:00:00Z") == 0);
  CHECK(utc("2026-11-22T09:00:00Z") == 1795338000000.0);
  CHECK(utc("2026-11-22T18:00:00.250+09:00") == 1795338000250.0);
  CHECK(utc("2024-02-29t23:59:59-00:30") == 1709252999000.0);
  for (const char* text :
       {"2026-11-22", "2026-11-22T09:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T09:00Z", "2026-11-22T09:00:00Z ", "1969-12-31T23:59:59Z"}) {
    INFO(text);
    CHECK(!compiler::parse_timestamp(text));
  }
}

TEST_CASE("a date begins at local midnight, and a last day is included") {
  CHECK(moment("Asia/Tokyo", "2026-11-01") == utc("2026-10-31T15:00:00Z"));
  CHECK(moment("Asia/Tokyo", "2027-03-31", true) == utc("2027-03-31T15:00:00Z"));
  CHECK(moment("UTC", "2050-01-01") == utc("2050-01-01T00:00:00Z"));
  // New York: summer time ends on 2026-11-01 and begins on 2027-03-14, both at 02:00.
  CHECK(moment("America/New_York", "2026-11-01") == utc("2026-11-01T04:00:00Z"));
  CHECK(moment("America/New_York", "2026-11-01", true) == utc("2026-11-02T05:00:00Z"));
  CHECK(moment("America/New_York", "2027-03-14", true) == utc("2027-03-15T04:00:00Z"));
  CHECK(moment("America/New_York", "2031-12-31", true) == utc("2032-01-01T05:00:00Z"));
}

TEST_CASE("a midnight that clocks skip is the moment at which they do") {
  // Santiago puts clocks forward from 00:00 to 01:00 on 2027-09-05 (offset -04:00 to -03:00).
  CHECK(moment("America/Santiago", "2027-09-05") == utc("2027-09-05T04:00:00Z"));
  // Havana puts clocks back from 01:00 to 00:00 on 2026-11-01: midnight comes twice, the first one begins the day.
  CHECK(moment("America/Havana", "2026-11-01") == utc("2026-11-01T04:00:00Z"));
}

TEST_CASE("a schedule's moments are in the program") {
  const Program program(scheduled(R"({"from": "2026-11-01", "to": "2027-03-31", "timezone": "Asia/Tokyo"})"));
  CHECK(program.view.campaigns()[0].from_ms == utc("2026-10-31T15:00:00Z"));
  CHECK(program.view.campaigns()[0].until_ms == utc("2027-03-31T15:00:00Z"));
  const Program exact(scheduled(R"({"from": "2026-11-01T09:00:00+09:00", "to": "2026-11-01T10:00:00+09:00"})"));
  CHECK(exact.view.campaigns()[0].until_ms - exact.view.campaigns()[0].from_ms == 3600000);
}

TEST_CASE("what is wrong with a schedule is said") {
  const auto check = [](std::string source, const std::string& message) {
    source = scheduled(source);
    const std::vector<std::string> places = take_marks(source);
    CHECK(errors_of(source) == places[0] + ": error: " + message + "\n");
  };
  check(R"({"from": "2026-11-01", "timezone": «"Asia/Tokio"})",
        "no time zone named 'Asia/Tokio'; did you mean 'Asia/Tokyo'?");
  check(R"({"to": «"2032-01-01", "timezone": "Asia/Tokyo"})",
        "to of campaign 'c': the time zone table covers the years 2026 to 2031: write a time with its offset instead");
  check(R"(«{"from": "2026-11-02", "to": "2026-11-01"})", "schedule of campaign 'c' ends before it begins");
  check(R"({"from": «"1.11.2026"})",
        "from of campaign 'c': write a date such as \"2026-11-01\" or a time with its offset such as "
        "\"2026-11-01T09:00:00+09:00\"");
  CHECK(compile(scheduled(R"({"from": "2026-11-01", "to": "2026-11-01"})")).ok());
}

}  // namespace omo::schedule_test
