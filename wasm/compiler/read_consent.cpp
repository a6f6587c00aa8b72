// SPDX-License-Identifier: Apache-2.0
// Who speaks of consent besides the site's own calls, how long they are waited for, and what their numbers are.
#include <algorithm>
#include <iterator>

#include "compiler/read.h"
#include "compiler/strings.h"

namespace omo::compiler {
namespace {

std::vector<std::string_view> source_names() { return {std::begin(kConsentSources), std::end(kConsentSources)}; }

void read_sources(Compilation& compilation, const Node& sources) {
  Consent& consent = compilation.playbook.consent;
  consent.state(0);
  for (const Node& item : sources.items) {
    if (!expect(compilation, item, Node::Kind::kString, "a source of consent")) continue;
    const auto* found = std::find(std::begin(kConsentSources), std::end(kConsentSources), item.text);
    if (found == std::end(kConsentSources)) {
      compilation.error(item.offset,
                        "no source of consent named " + in_quotes(item.text) + did_you_mean(item.text, source_names()));
      continue;
    }
    const unsigned bit = 1U << (found - kConsentSources);
    if ((consent.sources & bit) != 0) compilation.error(item.offset, in_quotes(item.text) + " is listed twice");
    consent.sources |= bit;
  }
}

void read_vendors(Compilation& compilation, const Node& vendors) {
  Consent& consent = compilation.playbook.consent;
  if (!check_count(compilation, vendors, vendors.items.size(), kMaxVendors, "max_vendors")) return;
  for (const Node& item : vendors.items) {
    const auto vendor = read_integer(compilation, item, 1, 65'535, "a vendor of tcf (its number in the vendor list)");
    if (!vendor) continue;
    const auto number = static_cast<std::uint32_t>(*vendor);
    if (std::find(consent.vendors.begin(), consent.vendors.end(), number) != consent.vendors.end())
      compilation.error(item.offset, "vendor " + std::to_string(number) + " is listed twice");
    consent.vendors.push_back(number);
  }
}

void read_tcf(Compilation& compilation, const Node& tcf) {
  if (!expect_object(compilation, tcf, kTcfKeys, "tcf of consent")) return;
  if (const Node* vendors = get(compilation, tcf, "vendors", Node::Kind::kArray, "vendors of tcf"))
    read_vendors(compilation, *vendors);
  const Member* custom = tcf.find("custom_purposes");
  if (custom == nullptr || !expect_object(compilation, custom->value, kTcfCustomPurposesKeys, "custom_purposes of tcf"))
    return;
  if (const Member* functional = custom->value.find("functional")) {
    compilation.playbook.consent.functional_purpose = static_cast<std::uint32_t>(
        read_integer(compilation, functional->value, 1, 63, "functional of custom_purposes").value_or(0));
  }
}

/// What a signal of the browser denies: {"KEY": [purposes]}.
void read_denied(Compilation& compilation, const Node& node, const KeyTable& keys, const std::string& what,
                 std::uint8_t& to) {
  if (!expect_object(compilation, node, keys, what)) return;
  const std::string key(keys.keys[0]);
  const Member* member = node.find(key);
  if (member == nullptr) return;
  to = read_purposes(compilation, member->value, key + " of " + what).value_or(0);
}

}  // namespace

void read_consent(Compilation& compilation, const Node& root) {
  const Member* member = root.find("consent");
  if (member == nullptr || !expect_object(compilation, member->value, kConsentKeys, "consent")) return;
  Consent& consent = compilation.playbook.consent;
  const Node& node = member->value;
  if (const Node* sources = get(compilation, node, "sources", Node::Kind::kArray, "sources of consent"))
    read_sources(compilation, *sources);
  if (const Member* wait = node.find("wait")) {
    consent.wait_ms = read_duration(compilation, wait->value, "wait of consent").value_or(kConsentWaitMs);
    if (consent.wait_ms > kMaxConsentWaitMs)
      compilation.error(wait->value.offset, "wait of consent: the limit max_consent_wait_ms is " +
                                                std::to_string(kMaxConsentWaitMs) + " ms");
  }
  if (const Member* tcf = node.find("tcf")) read_tcf(compilation, tcf->value);
  if (const Member* gpc = node.find("gpc"))
    read_denied(compilation, gpc->value, kGpcKeys, "gpc of consent", consent.gpc_also);
  if (const Member* dnt = node.find("dnt"))
    read_denied(compilation, dnt->value, kDntKeys, "dnt of consent", consent.dnt);
  const auto needs = [&](std::string_view key, unsigned source, std::string_view name) {
    const Member* stated = node.find(key);
    if (stated == nullptr || (consent.sources & source) != 0) return;
    compilation.error(stated->key_offset, std::string(key) + " has no meaning without " + std::string(name));
  };
  needs("tcf", kConsentTcf, "the source \"tcf\": add it to sources");
  needs("dnt", kConsentDnt, "the source \"dnt\": add it to sources");
  needs("wait", kConsentAwaited, "a source that is waited for: tcf, gpp or consent_mode");
}

std::vector<ConsentSetting> consent_settings(const Playbook& playbook) {
  const Consent& consent = playbook.consent;
  std::vector<ConsentSetting> settings;
  if (playbook.sync_exempt) settings.push_back({"exempt", purpose::kMeasurement});
  if (consent.gpc_also != 0) settings.push_back({"gpc", consent.gpc_also});
  if (!consent.sources_stated) return settings;
  settings.push_back({"wait " + std::to_string(static_cast<std::uint32_t>(consent.wait_ms)), 0});
  for (std::size_t i = 0; i < std::size(kConsentSources); ++i) {
    const unsigned bit = 1U << i;
    if ((consent.sources & bit) == 0 || bit == kConsentGpc) continue;
    ConsentSetting setting{std::string(kConsentSources[i]), bit == kConsentDnt ? consent.dnt : std::uint8_t{0}};
    if (bit == kConsentTcf) {
      setting.text += ' ' + std::to_string(consent.functional_purpose);
      for (const std::uint32_t vendor : consent.vendors) setting.text += ' ' + std::to_string(vendor);
    }
    settings.push_back(setting);
  }
  return settings;
}

std::vector<ConsentRow> consent_rows(const Playbook& playbook, const StringTable& strings) {
  std::vector<ConsentRow> rows;
  for (const ConsentSetting& setting : consent_settings(playbook))
    rows.push_back({strings.number(setting.text), setting.label, {}});
  return rows;
}

}  // namespace omo::compiler
