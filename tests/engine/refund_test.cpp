// SPDX-License-Identifier: Apache-2.0
// Refunds at their edges; what they do to every operation is in signals_test.cpp and the replay fixture `refunds`.
#include <catch2/catch.hpp>

#include "support/device.h"

namespace refund_test {

using namespace omo;
using namespace omo::test;

namespace {

TestProgram signals(const std::string& declared) { return TestProgram(playbook("\"signals\": {" + declared + "}")); }

Record purchase(double time, const std::string& id, double value) {
  return event(time, "purchase", {{"transaction_id", id}, {"value", value}});
}
Record refund(double time, const Pairs& params, const std::vector<Pairs>& items = {}) {
  return event(time, "refund", params, items);
}
bool saturated(const Device& device, std::string_view name) {
  return device.engine.saturated(device.program().row(Table::kSignal, name));
}

}  // namespace

TEST_CASE("a refund finds the latest purchases, and those that a sum has merged stay in it") {
  const auto program =
      signals(R"("total": { "sum": "purchase", "of": "value" }, "n": { "count": "purchase", "keep": 3 })");
  Device device(program);
  for (int i = 0; i < 18; ++i) device.take(purchase(kStart, "t" + std::to_string(i), 1));
  CHECK(device.signal("total") == "18");
  CHECK(device.signal("n") == "3");
  device.take(refund(kStart, {{"transaction_id", "t0"}}));  // merged
  CHECK(device.signal("total") == "18");
  for (const char* id : {"t17", "t16", "t3"}) device.take(refund(kStart, {{"transaction_id", id}}));
  CHECK(device.signal("total") == "15");
  CHECK(device.signal("n") == "1");
  CHECK(saturated(device, "n"));
}

TEST_CASE("a refund that makes no sense takes nothing") {
  const auto program = signals(
      R"("total": { "sum": "purchase", "of": "value" }, "items": { "count": "purchase", "where": "item_id == 'a'" })");
  Device device(program);
  device.take(
      event(kStart, "purchase", {{"transaction_id", "t"}, {"value", 10.0}}, {{{"item_id", "a"}, {"quantity", 2.0}}}));
  device.take(refund(kStart, {}));
  device.take(refund(kStart, {{"transaction_id", "t"}, {"value", -5.0}}));
  device.take(refund(kStart, {{"transaction_id", "t"}, {"value", 0.0}}));
  device.take(refund(kStart, {{"transaction_id", "t"}}, {{{"item_id", "a"}, {"quantity", -3.0}}, {{"quantity", 9.0}}}));
  device.take(refund(kStart, {{"transaction_id", "t"}}, {{{"item_id", "b"}}}));
  device.take(event(kStart, "refund", {{"transaction_id", 5.0}}));
  CHECK(device.signal("total") == "10");
  CHECK(device.signal("items") == "1");
  device.take(refund(kStart, {{"transaction_id", "t"}, {"value", 1e300}}));
  CHECK(device.signal("total") == "0");
  CHECK(device.signal("items") == "0");
}

TEST_CASE("a refund of one item takes its quantity from the lines of the purchase, the last one first, and no more") {
  const auto program = signals(R"json("lines": { "count": "purchase", "where": "item_id == 'a'" },
    "pieces": { "sum": "purchase", "of": "quantity" }, "most": { "max": "purchase", "of": "quantity" },
    "orders": { "count": "purchase" })json");
  Device device(program);
  const auto item = [](double quantity) { return Pairs{{"item_id", "a"}, {"quantity", quantity}}; };
  device.take(event(kStart, "purchase", {{"transaction_id", "t"}, {"value", 10.0}}, {item(2), item(3)}));
  device.take(refund(kStart, {{"transaction_id", "t"}}, {item(4)}));
  CHECK(device.signal("lines") == "1");
  CHECK(device.signal("pieces") == "1");
  CHECK(device.signal("most") == "1");
  CHECK(device.signal("orders") == "1");
}

TEST_CASE("of lines of one id each signal takes a refund from those that it has counted") {
  const auto program = signals(R"json("kinds": { "distinct": "purchase", "of": "item_category", "keep": 8 },
    "pieces": { "sum": "purchase", "of": "quantity" },
    "roses": { "sum": "purchase", "of": "quantity", "where": "item_category == 'rose'" })json");
  Device device(program);
  const auto line = [](double quantity, const char* category) {
    return Pairs{{"item_id", "a"}, {"quantity", quantity}, {"item_category", category}};
  };
  device.take(event(kStart, "purchase", {{"transaction_id", "t"}},
                    {line(3, "rose"), line(1, "lily"), {{"item_id", "a"}, {"quantity", 1.0}}}));
  CHECK(device.signal("kinds") == "2");
  CHECK(device.signal("pieces") == "5");
  // One piece: the last line of all, of those with a category the lily, of roses the rose.
  device.take(refund(kStart, {{"transaction_id", "t"}}, {{{"item_id", "a"}, {"quantity", 1.0}}}));
  CHECK(device.signal("kinds") == "1");
  CHECK(device.signal("pieces") == "4");
  CHECK(device.signal("roses") == "2");
}

}  // namespace refund_test
