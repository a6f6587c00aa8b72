// SPDX-License-Identifier: Apache-2.0
// Slots and campaigns: what may be shown where, to whom, when and how often.
#include <algorithm>

#include "compiler/creative.h"
#include "compiler/read.h"
#include "compiler/schedule.h"

namespace omo::compiler {
namespace {

constexpr std::int64_t kMaxWeight = 1'000'000;

bool is_css_length(std::string_view text) {
  const std::size_t unit = text.find_first_not_of("0123456789.");
  if (unit == 0 || unit == std::string_view::npos || text[0] == '.') return false;
  for (std::string_view known : {"px", "rem", "em", "vh", "vw", "svh", "dvh"}) {
    if (text.substr(unit) == known) return true;
  }
  return false;
}

std::uint32_t add_slot(Playbook& playbook, const std::string& name) {
  const auto [entry, fresh] = playbook.slot_numbers.emplace(name, static_cast<std::uint32_t>(playbook.slots.size()));
  if (fresh) playbook.slots.push_back({name, {}, false});
  return entry->second;
}

class CampaignReader {
 public:
  CampaignReader(Compilation& compilation, const Member& member)
      : compilation_(compilation), node_(member.value), what_("campaign " + in_quotes(member.key)) {
    campaign_.name = member.key;
    campaign_.offset = member.key_offset;
  }

  Campaign read() {
    if (!expect_object(compilation_, node_, kCampaignKeys, what_)) return std::move(campaign_);
    read_slot();
    campaign_.audience_text = get(compilation_, node_, "audience", Node::Kind::kString, "audience of " + what_);
    if (const Member* priority = node_.find("priority")) read_priority(priority->value);
    if (const Node* group = get(compilation_, node_, "group", Node::Kind::kString, "group of " + what_)) {
      check_name(compilation_, group->text, group->offset, "a group");
      campaign_.group = group->text;
    }
    if (const Member* schedule = node_.find("schedule")) read_schedule(schedule->value);
    if (const Member* cap = node_.find("cap")) read_cap(cap->value);
    if (const Node* holdout = get(compilation_, node_, "holdout", Node::Kind::kDouble, "holdout of " + what_)) {
      campaign_.holdout = read_share(compilation_, *holdout, "holdout of " + what_);
    }
    if (const Node* goal = get(compilation_, node_, "goal", Node::Kind::kString, "goal of " + what_)) read_goal(*goal);
    if (const Member* purposes = node_.find("purposes")) {
      campaign_.stated_label = read_purposes(compilation_, purposes->value, "purposes of " + what_);
      campaign_.purposes_offset = purposes->value.offset;
    }
    read_variants();
    return std::move(campaign_);
  }

 private:
  void read_slot() {
    Playbook& playbook = compilation_.playbook;
    if (node_.find("slot") == nullptr) {
      compilation_.error(node_.offset, what_ + " needs a slot: the place on the page where it is shown");
      return;
    }
    const Node* slot = get(compilation_, node_, "slot", Node::Kind::kString, "slot of " + what_);
    if (slot == nullptr || !check_name(compilation_, slot->text, slot->offset, "a slot")) return;
    if (playbook.slots_declared && playbook.slot_numbers.count(slot->text) == 0) {
      compilation_.error(slot->offset, "no slot named " + in_quotes(slot->text) + " under slots" +
                                           did_you_mean(slot->text, keys_of(playbook.slot_numbers)));
      return;
    }
    campaign_.slot = add_slot(playbook, slot->text);
  }

  void read_priority(const Node& priority) {
    const std::string what = "priority of " + what_;
    if (priority.kind != Node::Kind::kObject) {
      campaign_.priority =
          static_cast<std::int32_t>(read_integer(compilation_, priority, -1'000'000, 1'000'000, what).value_or(0));
      return;
    }
    if (!expect_object(compilation_, priority, kPriorityKeys, what)) return;
    if (priority.find("score") == nullptr) compilation_.error(priority.offset, what + " needs \"score\"");
    const Node* score = get(compilation_, priority, "score", Node::Kind::kString, "score of the " + what);
    if (score == nullptr) return;
    const Playbook& playbook = compilation_.playbook;
    std::vector<std::string_view> names;
    for (const Score& one : playbook.scores) names.push_back(one.name);
    const auto found = std::find(names.begin(), names.end(), score->text);
    if (found == names.end()) {
      compilation_.error(score->offset, "no score named " + in_quotes(score->text) + did_you_mean(score->text, names));
    } else {
      campaign_.score = static_cast<std::uint32_t>(found - names.begin());
    }
  }

  double read_moment(const Node& schedule, std::string_view key, const Timezone& zone, bool day_after) {
    const Node* node = get(compilation_, schedule, key, Node::Kind::kString, std::string(key) + " of " + what_);
    if (node == nullptr) return 0;
    const Moment moment = parse_moment(node->text, zone, day_after);
    if (!moment.error.empty())
      compilation_.error(node->offset, std::string(key) + " of " + what_ + ": " + moment.error);
    return moment.ms;
  }

  void read_schedule(const Node& schedule) {
    if (!expect_object(compilation_, schedule, kScheduleKeys, "schedule of " + what_)) return;
    const Timezone* zone = find_timezone("UTC");
    if (const Node* name = get(compilation_, schedule, "timezone", Node::Kind::kString, "timezone of " + what_)) {
      zone = find_timezone(name->text);
      if (zone == nullptr) {
        std::vector<std::string_view> names;
        for (const Timezone& candidate : kTimezones) names.push_back(candidate.name);
        compilation_.error(name->offset,
                           "no time zone named " + in_quotes(name->text) + did_you_mean(name->text, names));
        return;
      }
    }
    campaign_.from_ms = read_moment(schedule, "from", *zone, false);
    campaign_.until_ms = read_moment(schedule, "to", *zone, true);
    if (campaign_.from_ms != 0 && campaign_.until_ms != 0 && campaign_.from_ms >= campaign_.until_ms) {
      compilation_.error(schedule.offset, "schedule of " + what_ + " ends before it begins");
    }
  }

  void read_cap(const Node& cap) {
    if (!expect_object(compilation_, cap, kCapKeys, "cap of " + what_)) return;
    if (const Member* impressions = cap.find("impressions")) {
      campaign_.cap =
          static_cast<std::uint32_t>(read_integer(compilation_, impressions->value, 1, kMaxCapImpressions,
                                                  "impressions of " + what_ + " (limit max_cap_impressions)")
                                         .value_or(0));
    }
    if (const Member* within = cap.find("within")) {
      campaign_.cap_within_ms = read_duration(compilation_, within->value, "within of the cap of " + what_).value_or(0);
      if (cap.find("impressions") == nullptr) {
        compilation_.error(within->key_offset, "within has no meaning without \"impressions\" in the cap of " + what_);
      }
    }
    if (const Member* quiet = cap.find("quiet_after_dismiss")) {
      campaign_.quiet_ms = read_duration(compilation_, quiet->value, "quiet_after_dismiss of " + what_).value_or(0);
    }
  }

  void read_goal(const Node& goal) {
    Playbook& playbook = compilation_.playbook;
    const auto found = playbook.event_numbers.find(goal.text);
    if (found == playbook.event_numbers.end()) {
      compilation_.error(goal.offset, "no event named " + in_quotes(goal.text) +
                                          did_you_mean(goal.text, keys_of(playbook.event_numbers)));
      return;
    }
    campaign_.goal = goal.text;
    Event& event = playbook.events[found->second];
    event.used = event.conversion = true;
  }

  void read_variants() {
    const Node* variants = get(compilation_, node_, "variants", Node::Kind::kObject, "variants of " + what_);
    if (variants == nullptr || variants->members.empty()) {
      if (variants != nullptr || node_.find("variants") == nullptr) {
        compilation_.error(variants != nullptr ? variants->offset : node_.offset,
                           what_ + " needs at least one variant");
      }
      return;
    }
    if (!check_count(compilation_, *variants, variants->members.size(), kMaxVariants, "max_variants")) return;
    std::uint64_t weights = 0;
    for (const Member& member : variants->members) weights += read_variant(member);
    if (weights == 0)
      compilation_.error(variants->offset, "all variants of " + what_ + " have weight 0: none could be shown");
  }

  std::uint32_t read_variant(const Member& member) {
    const std::string what = "variant " + in_quotes(member.key) + " of " + what_;
    Variant variant;
    variant.name = member.key;
    check_name(compilation_, member.key, member.key_offset, "a variant");
    if (!expect_object(compilation_, member.value, kVariantKeys, what)) return 1;
    if (const Member* weight = member.value.find("weight")) {
      variant.weight = static_cast<std::uint32_t>(
          read_integer(compilation_, weight->value, 0, kMaxWeight, "weight of " + what).value_or(1));
    }
    if (const Member* creative = member.value.find("creative")) {
      read_creative(compilation_, creative->value, "creative of " + what, variant);
    } else {
      compilation_.error(member.value.offset, what + " needs a creative: what it shows");
    }
    campaign_.variants.push_back(std::move(variant));
    return campaign_.variants.back().weight;
  }

  Compilation& compilation_;
  const Node& node_;
  std::string what_;
  Campaign campaign_;
};

}  // namespace

void read_slots(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* slots = get(compilation, root, "slots", Node::Kind::kObject, "slots");
  if (slots == nullptr || slots->members.empty()) return;
  playbook.slots_declared = true;
  for (const Member& member : slots->members) {
    const std::string what = "slot " + in_quotes(member.key);
    check_name(compilation, member.key, member.key_offset, "a slot");
    Slot& slot = playbook.slots[add_slot(playbook, member.key)];
    if (!expect_object(compilation, member.value, kSlotKeys, what)) continue;
    const Node* height = get(compilation, member.value, "height", Node::Kind::kString, "height of " + what);
    if (height == nullptr) continue;
    slot.height = height->text;
    if (!is_css_length(height->text)) {
      compilation.error(height->offset, "height of " + what + " must be a CSS length such as \"320px\"");
    }
  }
}

void read_campaigns(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* campaigns = get(compilation, root, "campaigns", Node::Kind::kObject, "campaigns");
  if (campaigns == nullptr ||
      !check_count(compilation, *campaigns, campaigns->members.size(), kMaxCampaigns, "max_campaigns"))
    return;
  for (const Member& member : campaigns->members) {
    check_name(compilation, member.key, member.key_offset, "a campaign");
    Campaign campaign = CampaignReader(compilation, member).read();
    if (playbook.campaign_numbers.emplace(member.key, static_cast<std::uint32_t>(playbook.campaigns.size())).second) {
      playbook.campaigns.push_back(std::move(campaign));
    }
  }
  check_count(compilation, *campaigns, playbook.slots.size(), kMaxSlots, "max_slots");
  // The engine learns impressions and dismissals from these events, whether or not any of them is sent.
  if (playbook.campaigns.empty()) return;
  for (const char* feedback : {"view_promotion", "select_promotion", "dismiss_promotion"}) {
    playbook.events[playbook.event_numbers.at(feedback)].used = true;
  }
}

}  // namespace omo::compiler
