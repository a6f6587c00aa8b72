// SPDX-License-Identifier: Apache-2.0
// What a playbook says of consent: the rows that the shell reads, and what is wrong, at its place.
#include <nlohmann/json.hpp>

#include "compiler/support.h"
#include "wire/vocabulary_tables.h"

namespace omo::consent_test {
namespace {

/// Text and label of each row, in the order of the program.
std::vector<std::pair<std::string, unsigned>> rows_of(const std::string& keys) {
  const Program program(playbook(keys));
  std::vector<std::pair<std::string, unsigned>> rows;
  for (std::uint32_t row = 0; row < program.view.count_of(Table::kConsent); ++row) {
    rows.emplace_back(program.view.name_of(Table::kConsent, row), program.view.label_of(Table::kConsent, row));
  }
  return rows;
}
using Settings = std::vector<std::pair<std::string, unsigned>>;

nlohmann::json consent_of(const std::string& keys) {
  const Compiled compiled = compile(playbook(keys));
  REQUIRE(compiled.ok());
  return nlohmann::json::parse(compiled.manifest)["consent"];
}

}  // namespace

TEST_CASE(
    "a playbook that says nothing of consent has no rows of it: the site and Consent Mode count, nobody is awaited") {
  CHECK(rows_of(R"("segments": {})").empty());
  CHECK(rows_of(R"("consent": {})").empty());
  CHECK(consent_of(R"("segments": {})") == nlohmann::json::parse(R"({"sources": ["site", "consent_mode", "gpc"],
    "gpc_denies": ["marketing", "sharing"]})"));
}

TEST_CASE("sources are rows, with the wait, the numbers of TCF and what the browser's signals deny") {
  CHECK(rows_of(R"("consent": {"sources": ["gpp"]})") == Settings{{"wait 2000", 0}, {"gpp", 0}});
  CHECK(rows_of(R"("consent": {"sources": []})") == Settings{{"wait 2000", 0}});
  CHECK(rows_of(R"("consent": {"gpc": {"also_denies": ["personalization"]}})") ==
        Settings{{"gpc", purpose::kPersonalization}});
  CHECK(rows_of(R"("consent": {"sources": ["gpc", "dnt", "tcf"]})") ==
        Settings{{"wait 2000", 0}, {"tcf 0", 0}, {"dnt", 60}});
  const std::string all = R"("consent": {"sources": ["site", "tcf", "gpp", "consent_mode", "gpc", "dnt"], "wait": "5s",
    "tcf": {"custom_purposes": {"functional": 3}, "vendors": [755, 28]},
    "gpc": {"also_denies": ["personalization"]}, "dnt": {"denies": ["marketing"]}})";
  CHECK(rows_of(all) == Settings{{"gpc", purpose::kPersonalization},
                                 {"wait 5000", 0},
                                 {"site", 0},
                                 {"tcf 3 755 28", 0},
                                 {"gpp", 0},
                                 {"consent_mode", 0},
                                 {"dnt", purpose::kMarketing}});
  CHECK(consent_of(all) == nlohmann::json::parse(R"({"sources": ["site", "tcf", "gpp", "consent_mode", "dnt", "gpc"],
    "wait_ms": 5000, "tcf_vendors": [755, 28], "tcf_functional_purpose": 3,
    "gpc_denies": ["personalization", "marketing", "sharing"], "dnt_denies": ["marketing"]})"));
}

TEST_CASE("what is wrong with consent is reported at its place, with the nearest name") {
  std::string vendors = "1";
  for (std::uint32_t i = 2; i <= kMaxVendors + 1; ++i) vendors += ", " + std::to_string(i);
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"("consent": «[])", "consent must be an object, not an array"},
      {R"("consent": {«"source": []})", "consent has no key 'source'; did you mean 'sources'?"},
      {R"("consent": {"sources": «"tcf"})", "sources of consent must be an array, not a string"},
      {R"("consent": {"sources": [«1]})", "a source of consent must be a string, not an integer"},
      {R"("consent": {"sources": [«"consent_mod"]})",
       "no source of consent named 'consent_mod'; did you mean 'consent_mode'?"},
      {R"("consent": {"sources": ["site", «"site"]})", "'site' is listed twice"},
      {R"("consent": {"sources": ["gpp"], "wait": «"2"})",
       "wait of consent must be a whole number and a unit (s, m, h, d or w), such as \"7d\""},
      {R"("consent": {"sources": ["gpp"], "wait": «"2m"})",
       "wait of consent: the limit max_consent_wait_ms is 60000 ms"},
      {R"("consent": {"sources": ["site"], «"wait": "3s"})",
       "wait has no meaning without a source that is waited for: tcf, gpp or consent_mode"},
      {R"("consent": {"sources": ["gpp"], «"tcf": {}})",
       "tcf has no meaning without the source \"tcf\": add it to sources"},
      {R"("consent": {«"dnt": {}})", "dnt has no meaning without the source \"dnt\": add it to sources"},
      {R"("consent": {"sources": ["tcf"], "tcf": {«"vendor": 3}})",
       "tcf of consent has no key 'vendor'; did you mean 'vendors'?"},
      {R"("consent": {"sources": ["tcf"], "tcf": {"vendors": [«0]}})",
       "a vendor of tcf (its number in the vendor list) must be between 1 and 65535"},
      {R"("consent": {"sources": ["tcf"], "tcf": {"vendors": [7, «7]}})", "vendor 7 is listed twice"},
      {R"("consent": {"sources": ["tcf"], "tcf": {"vendors": «[)" + vendors + "]}}",
       "there are 33: the limit max_vendors is 32"},
      {R"("consent": {"sources": ["tcf"], "tcf": {"custom_purposes": {«"function": 1}}})",
       "custom_purposes of tcf has no key 'function'; did you mean 'functional'?"},
      {R"("consent": {"sources": ["tcf"], "tcf": {"custom_purposes": {"functional": «64}}})",
       "functional of custom_purposes must be between 1 and 63"},
      {R"("consent": {"gpc": {"also_denies": [«"personalisation"]}})",
       "no purpose named 'personalisation'; did you mean 'personalization'?"},
      {R"("consent": {"gpc": {«"also_deny": []}})",
       "gpc of consent has no key 'also_deny'; did you mean 'also_denies'?"},
      {R"("consent": {"sources": ["dnt"], "dnt": «true})", "dnt of consent must be an object, not a boolean"}};
  for (const auto& [keys, message] : table) {
    std::string source = playbook(keys);
    const std::vector<std::string> places = take_marks(source);
    INFO(source);
    CHECK(errors_of(source) == places.at(0) + ": error: " + message + "\n");
  }
}

TEST_CASE("all errors of consent are reported at once") {
  std::string source =
      playbook(R"("consent": {"sources": [«"tfc", "site"], «"wait": "1s", "gpc": {"also_denies": [«"ads"]}})");
  const std::vector<std::string> places = take_marks(source);
  const std::string errors = errors_of(source);
  for (const std::string& place : places) CHECK(errors.find(place + ": error: ") != std::string::npos);
}

}  // namespace omo::consent_test
