// SPDX-License-Identifier: Apache-2.0
// The short ways in: direct setters, events by row, names by symbol. Each does what its record does, and nothing else.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "support/device.h"
#include "support/history.h"
#include "support/random.h"

namespace direct_test {

using namespace omo;
using namespace omo::test;

namespace {

const TestProgram& program() {
  static const TestProgram made(playbook(R"json(
    "events": { "ping": { "params": {}, "purposes": [] }, "pong": { "params": { "x": "int" } } },
    "traits": { "rank": { "type": "string" } },
    "context": { "load": { "type": "double" }, "weather": { "type": "string" }, "secret": { "type": "int", "purposes": ["marketing"] } },
    "signals": { "pings": { "count": "ping", "within": "10s" }, "since_pong": { "recency": "pong" } },
    "segments": { "hot": "context.load > 3.5", "cool": "!(context.load >= 1.0)", "never": "false", "always": "true",
                  "wet": "context.weather in ['rain', 'storm', 'snow']", "dry": "!(context.weather in ['rain', 'storm'])",
                  "rainy": "context.weather == 'rain' || context.weather in ['storm', 'rain']",
                  "busy": "pings >= 3 && !dry", "quiet": "since_pong == null || since_pong > duration('5s')",
                  "told": "context.secret >= 2" }
    )json"));
  return made;
}

/// Everything that a host can see of an engine.
std::vector<std::uint8_t> seen(const Device& device) {
  std::vector<std::uint8_t> bytes(sizeof(Outcome) + 65536);
  std::memcpy(bytes.data(), &device.engine.outcome(), sizeof(Outcome));
  const std::size_t saved = device.engine.save_snapshot(MutableBytes(bytes).subspan(sizeof(Outcome)));
  bytes.resize(sizeof(Outcome) + saved);
  bytes.insert(bytes.end(), device.journal.begin(), device.journal.end());
  const std::uint32_t segments = device.engine.program().segments().size();
  for (std::uint32_t i = 0; i < segments; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(device.engine.segment(i)));
    // The array of states says the same as the question.
    REQUIRE(device.engine.segments()[i] == (device.engine.segment(i) == Truth::kOn ? 1 : 0));
  }
  return bytes;
}

/// The same event, its names as symbols of the program.
Record by_symbols(const ProgramView& view, const Record& record) {
  RecordBuilder builder(InputKind::kNamedEvent, 0);
  Record result = builder.take();
  std::memcpy(result.data() + 1, record.data() + 1, kInputHeaderBytes - 1);
  ByteReader reader(Bytes(record).subspan(kInputHeaderBytes));
  const auto put = [&](std::uint64_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i) result.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  const auto copy_since = [&](std::size_t from) {
    const auto begin = record.begin() + kInputHeaderBytes;
    result.insert(result.end(), begin + static_cast<std::ptrdiff_t>(from),
                  begin + static_cast<std::ptrdiff_t>(reader.position()));
  };
  const auto count = [&] {
    const std::size_t from = reader.position();
    const std::uint32_t value = reader.varint();
    copy_since(from);
    return value;
  };
  const auto pairs = [&] {
    for (std::uint32_t n = count(); n > 0; --n) {
      put(view.find_symbol(reader.text()), 4);
      const std::size_t from = reader.position();
      (void)read_value(reader);
      copy_since(from);
    }
  };
  put(view.find_symbol(reader.text()), 4);
  pairs();
  for (std::uint32_t items = count(); items > 0; --items) pairs();
  return result;
}

}  // namespace

TEST_CASE("direct setters and events by row do what their records do, byte for byte") {
  const std::uint32_t first_seed = 20261122;
  for (std::uint32_t round = 0; round < 60; ++round) {
    INFO("seed " << first_seed + round);
    Random random(first_seed + round);
    const std::uint8_t granted = random.below(3) == 0 ? purpose::kPersonalization : purpose::kAll;
    Device records(program(), granted);
    Device direct(program(), granted);
    double now = kStart;
    for (int i = 0; i < 60; ++i) {
      now += static_cast<double>(random.below(4000));
      const std::uint32_t what = random.below(6);
      if (what < 2) {
        const double value = what == 0 ? random.below(20) / 4.0 : std::numeric_limits<double>::quiet_NaN();
        (void)records.apply(context(now, {{"load", value}}));
        (void)direct.engine.set_context(program().row(Table::kContext, "load"), now, number_value(value));
      } else if (what == 2) {
        const std::string value = std::vector<std::string>{"rain", "storm", "snow", "sun", ""}[random.below(5)];
        (void)records.apply(context(now, {{"weather", value}}));
        (void)direct.engine.set_context(program().row(Table::kContext, "weather"), now, text_value(value));
      } else if (what == 3) {
        // Denied or granted, and of the wrong type.
        const double value = random.below(2) == 0 ? 2 : 2.5;
        (void)records.apply(context(now, {{"secret", value}}));
        (void)direct.engine.set_context(program().row(Table::kContext, "secret"), now, number_value(value));
      } else {
        const char* name = what == 4 ? "ping" : "pong";
        (void)records.apply(event(now, name));
        (void)direct.engine.take_event(program().row(Table::kEvent, name), now);
        const Bytes frames = direct.engine.journal();
        direct.journal.insert(direct.journal.end(), frames.begin(), frames.end());
      }
      // A record says what it could not take in outcome().detail, a setter in its status.
      records.take(tick(now));
      REQUIRE(direct.engine.take_event(kNone, now) == Status::kOk);
      REQUIRE(seen(records) == seen(direct));
    }
  }
}

TEST_CASE("an event by symbols does what the event by names does, byte for byte") {
  const std::uint32_t first_seed = 1122;
  for (std::uint32_t round = 0; round < 40; ++round) {
    INFO("seed " << first_seed + round);
    Random random(first_seed + round);
    Device names(history_program());
    Device symbols(history_program());
    for (const Record& record : random_history(random, 40)) {
      const bool is_event = record[0] == static_cast<std::uint8_t>(InputKind::kEvent);
      const Status status = names.apply(record);
      REQUIRE(symbols.apply(is_event ? by_symbols(history_program().view(), record) : record) == status);
      REQUIRE(seen(names) == seen(symbols));
    }
  }
}

TEST_CASE("no journal brings in names as symbols: they are of a program that may be another one") {
  Device device(history_program());
  const Record record = by_symbols(history_program().view(), event(kStart, "view_item"));
  std::vector<std::uint8_t> frames(kJournalHeaderBytes + kFrameHeaderBytes + record.size());
  ByteWriter writer(frames);
  write_journal_header(writer, history_program().view().hash());
  write_frame(writer, 0, record);
  CHECK(device.engine.apply_journal(frames) == 0);
}

TEST_CASE("a direct time that no record could hold is refused and changes nothing") {
  Device device(program());
  device.take(context(kStart, {{"load", 5.0}}));
  const std::vector<std::uint8_t> before = seen(device);
  for (const double time : {-1.0, 281474976710656.0, std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(device.engine.set_context(program().row(Table::kContext, "load"), time, number_value(0)) ==
          Status::kBadRecord);
    CHECK(device.engine.take_event(program().row(Table::kEvent, "ping"), time) == Status::kBadRecord);
    CHECK(device.engine.outcome().time == kStart);
    CHECK(device.on("hot"));
  }
  CHECK(device.engine.set_context(kNone, kStart, number_value(0)) == Status::kUnknownName);
  CHECK(device.engine.take_event(4711, kStart) == Status::kUnknownEvent);
  device.take(tick(kStart));
  CHECK(seen(device).size() == before.size());
}

TEST_CASE("a fraction of a millisecond is cut off, as in a record") {
  Device device(program());
  REQUIRE(device.engine.set_context(program().row(Table::kContext, "load"), kStart + 7.9, number_value(4)) ==
          Status::kOk);
  CHECK(device.engine.outcome().time == kStart + 7);
  CHECK(device.on("hot"));
}

}  // namespace direct_test
