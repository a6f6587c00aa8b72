// SPDX-License-Identifier: Apache-2.0
// What a playbook says of audience measurement that needs no consent.
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/support.h"
#include "wire/vocabulary_tables.h"

namespace omo::exempt_test {

TEST_CASE("exempt measurement is a source of consent of its own, beside the site") {
  const Program program(playbook(R"("sync": {"exempt": true})"));
  std::set<std::string> rows;
  for (std::uint32_t row = 0; row < program.view.count_of(Table::kConsent); ++row)
    rows.emplace(program.view.name_of(Table::kConsent, row));
  CHECK(rows == std::set<std::string>{"exempt", "wait 2000", "site"});
  CHECK(program.view.meta().sync_events == (kSyncEvents | kSyncExempt));
  const Program plain(playbook(R"("sync": {"exempt": false})"));
  CHECK(plain.view.count_of(Table::kConsent) == 0);
  CHECK(plain.view.meta().sync_events == kSyncEvents);
}

TEST_CASE("privacy 14: the manifest says what is sent without consent: the use of pages, and nothing else") {
  const Compiled compiled = compile(playbook(R"("sync": {"exempt": true}, "segments": {"all": "true"})"));
  REQUIRE(compiled.ok());
  const auto sent = nlohmann::json::parse(compiled.manifest)["sent"];
  std::set<std::string> exempt;
  for (const auto& event : sent["events"]) {
    const bool without = event.contains("without_consent");
    if (without) exempt.insert(event["name"]);
    const auto needs = without ? nlohmann::json{"measurement"} : nlohmann::json{"storage", "measurement"};
    CHECK(event["purposes"] == needs);
  }
  std::set<std::string> audience;
  for (const BuiltinEvent& event : kBuiltinEvents)
    if (event.audience) audience.emplace(event.name);
  CHECK(exempt == audience);
  CHECK(sent["segment_memberships"][0]["purposes"] == nlohmann::json{"storage", "measurement"});
}

TEST_CASE("privacy 14: nothing acts on what is measured without consent, and nothing of it is told") {
  struct Row {
    std::string keys, message;
  };
  const std::string alone =
      " needs measurement alone, which \"exempt\" of sync grants without consent, for statistics only: state a further "
      "purpose";
  const std::string seen = R"("signals": {"seen": {"count": "page_view", "purposes": ["measurement"]}}, )";
  const std::string sync = R"("sync": {"exempt": true}, )";
  const std::vector<Row> table = {
      {sync + seen +
           R"("campaigns": {«"ad": {"slot": "hero", "audience": "seen > 1", "variants": {"a": {"creative": {"type": "banner", "title": "A"}}}}})",
       "campaign 'ad'" + alone},
      {sync + seen + R"("segments": {«"fan": "seen > 1"}, "expose": ["fan"])", "exposed segment 'fan'" + alone},
      {sync + seen + R"("scores": {«"heat": "seen * 2"}, "expose": ["heat"])", "exposed score 'heat'" + alone},
      {R"("sync": {"exempt": «true}, "expose": ["session_start"])", "exposed event 'session_start'" + alone},
      {R"("sync": {"exempt": «true, "mode": "off"})",
       "exempt has no meaning where nothing is sent: leave it or the mode out"},
      {R"("sync": {"exempt": «true}, "consent": {"sources": ["site", "tcf"]})",
       "exempt does not go with tcf, gpp or consent_mode in sources: until they speak, all is denied"},
      {sync + R"("events": {«"page_view": {"params": {"user": "string"}}})",
       "event 'page_view' tells how a page is used, and may travel without consent (\"exempt\" of sync): give further "
       "parameters to an event of your own"},
      {R"("sync": {"exempt": «"yes"})", "exempt of sync must be a boolean, not a string"}};
  for (const auto& [keys, message] : table) {
    std::string source = playbook(keys);
    const std::vector<std::string> places = take_marks(source);
    INFO(source);
    CHECK(errors_of(source) == places.at(0) + ": error: " + message + "\n");
  }
}

}  // namespace omo::exempt_test
