// SPDX-License-Identifier: Apache-2.0
// Deletion compliance: the state after revoking P equals, byte for byte, a replay without P's facts and without the
// feedback of campaigns labelled P. Sequence counters, seed and stream id are the stated exception.
#include <catch2/catch.hpp>
#include <optional>
#include <set>

#include "support/device.h"
#include "support/history.h"

namespace deletion_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr std::uint8_t kRevocable[] = {purpose::kMarketing,
                                       purpose::kPersonalization,
                                       purpose::kMeasurement,
                                       purpose::kFunctional,
                                       purpose::kSharing,
                                       purpose::kMarketing | purpose::kMeasurement,
                                       purpose::kFunctional | purpose::kPersonalization};

/// What an event record needs, as the playbook says: its own label and that of the campaign that it tells of.
std::uint8_t label_of(const Record& record) {
  ByteReader reader(Bytes(record).subspan(kInputHeaderBytes));
  const ProgramView& view = history_program().view();
  const std::uint32_t row = view.find_row(Table::kEvent, reader.text());
  std::uint32_t label = view.label_of(Table::kEvent, row);
  for (std::uint32_t n = reader.varint(); n > 0; --n) {
    const std::string_view name = reader.text();
    const Value value = read_value(reader);
    if (name == "promotion_id") label |= view.label_of(Table::kCampaign, view.find_row(Table::kCampaign, value.text));
  }
  return static_cast<std::uint8_t>(label & purpose::kAll);
}

/// The traits of a record that do not need `revoked`, with the rest of it as it was; nothing where none is left.
std::optional<Record> without_traits(const Record& record, std::uint8_t revoked) {
  ByteReader reader(record);
  reader.u8();
  const double time = reader.u48();
  Pairs kept;
  const std::uint32_t count = reader.varint();
  for (std::uint32_t n = count; n > 0; --n) {
    const std::string name(reader.text());
    const Value value = read_value(reader);
    const ProgramView& view = history_program().view();
    if ((view.label_of(Table::kTrait, view.find_row(Table::kTrait, name)) & revoked) != 0) continue;
    const Datum datum = value.is_null()                  ? Datum(nullptr)
                        : value.tag == ValueTag::kString ? Datum(std::string(value.text))
                        : value.tag == ValueTag::kNumber ? Datum(value.number)
                                                         : Datum(value.number != 0);
    kept.push_back({name, datum});
  }
  if (kept.empty() && count > 0) return std::nullopt;
  return identify(time, kept);
}

/// The record without what `revoked` labels; nothing where nothing is left.
std::optional<Record> without(const Record& record, std::uint8_t revoked) {
  const auto kind = static_cast<InputKind>(record[0]);
  if (kind == InputKind::kIdentify) return without_traits(record, revoked);
  if (kind != InputKind::kEvent || (label_of(record) & revoked) == 0) return record;
  return std::nullopt;
}

/// That time has passed is no fact of a purpose that was granted then.
void catch_up(Device& device, const Device& to) {
  if (device.outcome().time != to.outcome().time) device.take(tick(to.outcome().time));
}

/// The history without the second telling of an order. The ids of orders are remembered for personalization only, so a
/// visitor without it sends a reloaded receipt again, and it is the collector that drops it.
std::vector<Record> each_order_once(const std::vector<Record>& history) {
  std::set<std::string> seen;
  std::vector<Record> kept;
  for (const Record& record : history) {
    const std::string_view text = as_text(record);
    const std::size_t at = text.find("order-");
    const bool purchase = record[0] == static_cast<std::uint8_t>(InputKind::kEvent) && at != std::string_view::npos &&
                          text.find("purchase") != std::string_view::npos;
    if (!purchase || seen.insert(std::string(text.substr(at, 7))).second) kept.push_back(record);
  }
  return kept;
}

}  // namespace

TEST_CASE("revoking a purpose leaves the state of a visitor who never gave its facts, byte for byte") {
  for (std::uint32_t seed_value = 1; seed_value <= 400; ++seed_value) {
    Random random(seed_value);
    const std::uint8_t revoked = random.pick(kRevocable);
    INFO("seed " << seed_value << ", revoked " << int{revoked});
    const auto history = each_order_once(random_history(random, 80, HistoryOptions{.consent = false}));
    // The one grants everything and revokes; the other never granted what is revoked.
    Device revoking(history_program());
    Device never(history_program());
    never.take(consent(kStart, revoked, 0));
    for (const Record& record : history) {
      (void)revoking.apply(record);
      (void)never.apply(record);
      catch_up(never, revoking);
    }
    revoking.take(consent(revoking.outcome().time, revoked, 0));
    REQUIRE(revoking.snapshot() == never.snapshot());
    REQUIRE(revoking.outcome().queue_events == never.outcome().queue_events);
    for (std::uint32_t i = 0; i < history_program().view().segments().size(); ++i) {
      REQUIRE(revoking.engine.segment(i) == never.engine.segment(i));
    }
    for (std::uint32_t i = 0; i < history_program().view().journeys().size(); ++i) {
      REQUIRE(revoking.engine.journey(i).since == never.engine.journey(i).since);
    }
    // What a page view holds because it was seen is let go by the withdrawal alone (docs/labels.md): it is not
    // compared.
  }
}

TEST_CASE("revoking a purpose leaves what a replay without its facts gives, byte for byte") {
  for (std::uint32_t seed_value = 1000; seed_value <= 1400; ++seed_value) {
    Random random(seed_value);
    const std::uint8_t revoked = purpose::kMarketing;
    INFO("seed " << seed_value);
    const auto history = random_history(random, 80, HistoryOptions{.consent = false});
    Device revoking(history_program());
    Device replayed(history_program());
    for (const Record& record : history) {
      (void)revoking.apply(record);
      if (const std::optional<Record> rest = without(record, revoked)) (void)replayed.apply(*rest);
      catch_up(replayed, revoking);
    }
    for (Device* device : {&revoking, &replayed}) device->take(consent(revoking.outcome().time, revoked, 0));
    REQUIRE(revoking.snapshot() == replayed.snapshot());
  }
}

TEST_CASE("the journal that is kept after a revocation gives the state without the revoked facts") {
  for (std::uint32_t seed_value = 1; seed_value <= 100; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    Device revoking(history_program());
    for (const Record& record : random_history(random, 80, HistoryOptions{.consent = false})) {
      (void)revoking.apply(record);
    }
    revoking.take(consent(revoking.outcome().time, purpose::kMarketing, 0));
    Device restored(history_program(), purpose::kAll & ~purpose::kMarketing);
    (void)restored.engine.apply_journal(revoking.journal);
    restored.take(tick(revoking.outcome().time));
    REQUIRE(restored.snapshot() == revoking.snapshot());
  }
}

TEST_CASE("two visitors who differ only in denied facts send the same bytes") {
  for (std::uint32_t seed_value = 1; seed_value <= 200; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    constexpr std::uint8_t kGranted = purpose::kAll & ~purpose::kMarketing;
    Device one(history_program(), kGranted);
    Device other(history_program(), kGranted);
    for (const Record& record : random_history(random, 60, HistoryOptions{.consent = false})) {
      const bool ok = one.apply(record) == Status::kOk;
      if (const std::optional<Record> rest = without(record, purpose::kMarketing)) (void)other.apply(*rest);
      REQUIRE(one.outcome().time == other.outcome().time);
      REQUIRE(one.outcome().wake_at == other.outcome().wake_at);
      for (std::uint32_t slot = 0; slot < history_program().view().slots().size(); ++slot) {
        REQUIRE(one.engine.decision(slot) == other.engine.decision(slot));
      }
      if (ok && random.one_in(10)) REQUIRE(one.batch() == other.batch());
    }
    REQUIRE(one.batch() == other.batch());
    REQUIRE(one.journal == other.journal);
  }
}

}  // namespace deletion_test
