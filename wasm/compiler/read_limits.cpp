// SPDX-License-Identifier: Apache-2.0
// Limits over all campaigns: the visitor's budget of impressions, quiet after a dismissal, the holdout of all.
#include "compiler/read.h"

namespace omo::compiler {
namespace {

void read_exempt(Compilation& compilation, const Node& exempt) {
  Playbook& playbook = compilation.playbook;
  for (const Node& item : exempt.items) {
    if (!expect(compilation, item, Node::Kind::kString, "a campaign in exempt of fatigue")) continue;
    const auto found = playbook.campaign_numbers.find(item.text);
    if (found == playbook.campaign_numbers.end()) {
      compilation.error(item.offset, "no campaign named " + in_quotes(item.text) +
                                         did_you_mean(item.text, keys_of(playbook.campaign_numbers)));
    } else {
      playbook.campaigns[found->second].exempt = true;
    }
  }
}

void read_fatigue(Compilation& compilation, const Node& fatigue) {
  Decision& decision = compilation.playbook.decision;
  if (!expect_object(compilation, fatigue, kFatigueKeys, "fatigue")) return;
  const Member* impressions = fatigue.find("impressions");
  if (impressions != nullptr) {
    decision.impressions =
        static_cast<std::uint32_t>(read_integer(compilation, impressions->value, 1, kMaxCapImpressions,
                                                "impressions of fatigue (limit max_cap_impressions)")
                                       .value_or(0));
  }
  if (const Member* within = fatigue.find("within")) {
    decision.within_ms = read_duration(compilation, within->value, "within of fatigue").value_or(0);
    if (impressions == nullptr) {
      compilation.error(within->key_offset, "within has no meaning without \"impressions\" in fatigue");
    }
  }
  if (const Member* quiet = fatigue.find("quiet_after_dismiss")) {
    decision.quiet_ms = read_duration(compilation, quiet->value, "quiet_after_dismiss of fatigue").value_or(0);
  }
  if (const Node* exempt = get(compilation, fatigue, "exempt", Node::Kind::kArray, "exempt of fatigue")) {
    read_exempt(compilation, *exempt);
  }
}

}  // namespace

void read_limits(Compilation& compilation, const Node& root) {
  if (const Member* fatigue = root.find("fatigue")) read_fatigue(compilation, fatigue->value);
  if (const Node* holdout = get(compilation, root, "holdout", Node::Kind::kDouble, "holdout")) {
    compilation.playbook.decision.holdout = read_share(compilation, *holdout, "holdout");
  }
}

}  // namespace omo::compiler
