// SPDX-License-Identifier: Apache-2.0
// Coupons of kind "open": a public code that is attached to the creatives of a campaign.
#include "compiler/creative.h"
#include "compiler/read.h"

namespace omo::compiler {
namespace {

void attach_code(Compilation& compilation, const Node& coupon, const std::string& code, Campaign& campaign) {
  bool shown = false;
  for (Variant& variant : campaign.variants) {
    if (!creative_allows(variant.type, "code")) continue;
    shown = true;
    for (const Field& field : variant.fields) {
      if (field.key != "code") continue;
      compilation.error(coupon.offset, "variant " + in_quotes(variant.name) + " of campaign " +
                                           in_quotes(campaign.name) + " has a code already: state it in one place");
      return;
    }
    variant.fields.push_back({"code", {}, code});
  }
  if (!shown) {
    compilation.error(coupon.offset,
                      "campaign " + in_quotes(campaign.name) + " has no creative of type coupon to show the code");
  }
}

void read_coupon(Compilation& compilation, const Member& member) {
  Playbook& playbook = compilation.playbook;
  const std::string what = "coupon " + in_quotes(member.key);
  const Node& coupon = member.value;
  if (!check_name(compilation, member.key, member.key_offset, "a coupon")) return;
  if (const Node* kind =
          coupon.kind == Node::Kind::kObject && coupon.find("kind") ? &coupon.find("kind")->value : nullptr) {
    if (kind->kind == Node::Kind::kString && kind->text == "pool") {
      compilation.error(kind->offset, "coupons of kind 'pool' are not supported by this version yet");
      return;
    }
  }
  if (!expect_object(compilation, coupon, kCouponKeys, what)) return;
  for (std::string_view key : kCouponKeys.keys) {
    if (coupon.find(key) == nullptr) compilation.error(coupon.offset, what + " needs \"" + std::string(key) + "\"");
  }
  const Node* kind = get(compilation, coupon, "kind", Node::Kind::kString, "kind of " + what);
  if (kind != nullptr && kind->text != "open") {
    compilation.error(kind->offset,
                      "no coupon of kind " + in_quotes(kind->text) + ": \"open\"" + did_you_mean(kind->text, {"open"}));
  }
  const Node* code = get(compilation, coupon, "code", Node::Kind::kString, "code of " + what);
  if (code != nullptr && code->text.empty()) compilation.error(code->offset, "code of " + what + " is empty");
  const Node* campaign = get(compilation, coupon, "campaign", Node::Kind::kString, "campaign of " + what);
  if (campaign == nullptr) return;
  const auto found = playbook.campaign_numbers.find(campaign->text);
  if (found == playbook.campaign_numbers.end()) {
    compilation.error(campaign->offset, "no campaign named " + in_quotes(campaign->text) +
                                            did_you_mean(campaign->text, keys_of(playbook.campaign_numbers)));
    return;
  }
  if (code != nullptr && !code->text.empty())
    attach_code(compilation, coupon, code->text, playbook.campaigns[found->second]);
}

}  // namespace

void read_coupons(Compilation& compilation, const Node& root) {
  const Node* coupons = get(compilation, root, "coupons", Node::Kind::kObject, "coupons");
  if (coupons == nullptr) return;
  for (const Member& member : coupons->members) read_coupon(compilation, member);
}

}  // namespace omo::compiler
