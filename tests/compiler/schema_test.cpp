// SPDX-License-Identifier: Apache-2.0
// The JSON Schema for editors says what the compiler says.
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/support.h"
#include "wire/vocabulary_tables.h"

namespace omo::schema_test {

TEST_CASE("the schema has the keys that the compiler reads, for every kind of object") {
  const auto schema = nlohmann::json::parse(read_text("wasm/compiler/playbook.schema.json"));
  REQUIRE(key_tables().size() == 28);
  for (const KeyTable* table : key_tables()) {
    INFO(table->name);
    nlohmann::json object = table->name == "playbook" ? schema : schema["$defs"][std::string(table->name)];
    if (object.contains("oneOf") && !object.contains("properties"))
      object = object["oneOf"][1];  // the long form of a segment or step
    std::set<std::string> in_schema;
    for (const auto& [key, value] : object["properties"].items()) in_schema.insert(key);
    CHECK(in_schema == std::set<std::string>(table->keys.begin(), table->keys.end()));
    CHECK(object["additionalProperties"] == false);
  }
}

TEST_CASE("the schema's limits and purposes are those of the vocabulary") {
  const auto definitions = nlohmann::json::parse(read_text("wasm/compiler/playbook.schema.json"))["$defs"];
  CHECK(definitions["signal"]["properties"]["keep"]["maximum"] == kMaxKeep);
  const auto& signal = definitions["signal"]["properties"];
  CHECK(signal["sequence"]["maxItems"] == kMaxSteps);
  CHECK(signal["recency"]["oneOf"][1]["maxItems"] == kMaxEdges);
  CHECK(signal["frequency"]["maxItems"] == kMaxEdges);
  CHECK(signal["frequency"]["items"]["maximum"] == kMaxKeep);
  CHECK(signal["monetary"]["maxItems"] == kMaxEdges);
  CHECK(definitions["cap"]["properties"]["impressions"]["maximum"] == kMaxCapImpressions);
  CHECK(definitions["campaign"]["properties"]["variants"]["maxProperties"] == kMaxVariants);
  CHECK(definitions["fatigue"]["properties"]["impressions"]["maximum"] == kMaxCapImpressions);
  CHECK(definitions["tcf"]["properties"]["vendors"]["maxItems"] == kMaxVendors);
  CHECK(definitions["name"]["maxLength"] == kMaxStringBytes);
  CHECK(definitions["purposes"]["items"]["enum"].get<std::vector<std::string>>() ==
        std::vector<std::string>(kPurposeNames.begin(), kPurposeNames.end()));
}

}  // namespace omo::schema_test
