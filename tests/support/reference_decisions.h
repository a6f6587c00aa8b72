// SPDX-License-Identifier: Apache-2.0
// Decisions, written plainly: everything is worked out from the whole history each time. Shares no code with the
// engine.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace omo::test {

struct PlainVariant {
  std::string name;
  double weight;
};

struct PlainCampaign {
  std::string name, slot, group;
  int priority = 0;
  int trait = -1;  ///< number of the bool trait that is its audience; -1 = everyone
  double from = 0, until = 0, cap_within = 0, quiet = 0, holdout = 0;
  std::uint32_t cap = 0;
  bool exempt = false;
  bool marketing = false;  ///< needs this purpose
  std::vector<PlainVariant> variants;
};

struct PlainLimits {
  std::uint32_t impressions = 0;
  double within = 0, quiet = 0, holdout = 0;
};

struct PlainVisit {
  double now = 0;
  std::uint64_t seed = 0;
  bool marketing = true;
  std::map<int, bool> traits;
  struct Seen {
    double time;
    std::size_t campaign;
    std::string variant;
  };
  std::vector<Seen> impressions;
  std::map<std::size_t, double> dismissals;
  std::map<std::string, std::size_t> held;   ///< by slot
  std::map<std::string, std::size_t> shown;  ///< by slot
};

/// Names of reasons; empty = it is shown.
using PlainReasons = std::set<std::string>;

inline std::uint32_t plain_name_hash(const std::string& name) {
  std::uint32_t hash = 0x811c9dc5u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193u;
  return name.empty() ? 0 : hash;
}

/// Over the seed, and the hashes of both names; an empty name has 0.
inline std::uint32_t plain_draw(std::uint64_t seed, const std::string& campaign, const std::string& variant) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto eat = [&](std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) hash = (hash ^ (number >> (8 * i) & 255)) * 0x100000001b3u;
  };
  eat(seed, 8);
  eat(plain_name_hash(campaign), 4);
  eat(plain_name_hash(variant), 4);
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdu;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53u;
  return static_cast<std::uint32_t>(hash >> 32);
}

inline bool plain_held_out(std::uint64_t seed, const std::string& name, double share) {
  return plain_draw(seed, name, "") < std::floor(share * 4294967296.0 + 0.5);
}

inline std::string plain_variant(const PlainCampaign& campaign, std::uint64_t seed) {
  std::string best;
  long double least = 0;
  for (const PlainVariant& variant : campaign.variants) {
    if (variant.weight == 0) continue;
    const long double u = (plain_draw(seed, campaign.name, variant.name) + 1.0L) / 4294967296.0L;
    const long double score = -std::log(u) / static_cast<long double>(variant.weight);
    if (best.empty() || score < least) {
      best = variant.name;
      least = score;
    }
  }
  return best.empty() ? campaign.variants.front().name : best;
}

class PlainDecisions {
 public:
  PlainDecisions(std::vector<PlainCampaign> campaigns, PlainLimits limits)
      : campaigns_(std::move(campaigns)), limits_(limits) {}

  /// Decides for the visit's present time; answers every campaign's reasons.
  std::vector<PlainReasons> decide(PlainVisit& visit) const {
    std::vector<PlainReasons> reasons;
    for (std::size_t i = 0; i < campaigns_.size(); ++i) reasons.push_back(against(visit, i));
    for (auto held = visit.held.begin(); held != visit.held.end();) {
      const PlainReasons& why = reasons[held->second];
      const bool goes = why.count("consent") + why.count("audience") + why.count("schedule") + why.count("quiet") > 0;
      held = goes ? visit.held.erase(held) : std::next(held);
    }
    visit.shown = visit.held;
    std::size_t used = 0;
    double dismissed = -1e300;
    for (const PlainVisit::Seen& seen : visit.impressions) {
      if (campaigns_[seen.campaign].exempt) continue;
      if (limits_.within == 0 || visit.now - seen.time < limits_.within) ++used;
    }
    for (const auto& [campaign, time] : visit.dismissals) {
      if (!campaigns_[campaign].exempt) dismissed = std::max(dismissed, time);
    }
    const bool quiet = limits_.quiet > 0 && visit.now - dismissed < limits_.quiet;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < campaigns_.size(); ++i) order.push_back(i);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return campaigns_[a].priority > campaigns_[b].priority; });
    for (const std::size_t i : order) {
      const PlainCampaign& campaign = campaigns_[i];
      const auto there = visit.shown.find(campaign.slot);
      if (there != visit.shown.end() && there->second == i) {
        reasons[i].clear();
        continue;
      }
      for (const auto& [slot, other] : visit.shown) {
        if (!campaign.group.empty() && campaigns_[other].group == campaign.group) reasons[i].insert("group");
      }
      if (!campaign.exempt && (quiet || (limits_.impressions > 0 && used >= limits_.impressions))) {
        reasons[i].insert("fatigue");
      }
      if (reasons[i].empty() && there != visit.shown.end()) reasons[i].insert("eligible");
      if (!reasons[i].empty()) continue;
      visit.shown[campaign.slot] = i;
      if (!campaign.exempt) ++used;
    }
    return reasons;
  }

  [[nodiscard]] std::string variant_of(const PlainVisit& visit, std::size_t index) const {
    const PlainCampaign& campaign = campaigns_[index];
    const bool keeps = campaign.cap > 0 || campaign.variants.size() > 1;
    for (auto seen = visit.impressions.rbegin(); keeps && seen != visit.impressions.rend(); ++seen) {
      if (seen->campaign == index) return seen->variant;
    }
    return plain_variant(campaign, visit.seed);
  }

  [[nodiscard]] const std::vector<PlainCampaign>& campaigns() const { return campaigns_; }

 private:
  [[nodiscard]] PlainReasons against(const PlainVisit& visit, std::size_t index) const {
    const PlainCampaign& campaign = campaigns_[index];
    PlainReasons reasons;
    if (campaign.marketing && !visit.marketing) reasons.insert("consent");
    const auto trait = visit.traits.find(campaign.trait);
    if (campaign.trait >= 0 && (trait == visit.traits.end() || !trait->second)) reasons.insert("audience");
    if (visit.now < campaign.from || (campaign.until > 0 && visit.now >= campaign.until)) reasons.insert("schedule");
    std::uint32_t count = 0;
    for (const PlainVisit::Seen& seen : visit.impressions) {
      if (seen.campaign != index) continue;
      if (campaign.cap_within == 0 || visit.now - seen.time < campaign.cap_within) ++count;
    }
    if (campaign.cap > 0 && count >= campaign.cap) reasons.insert("cap");
    const auto dismissed = visit.dismissals.find(index);
    if (dismissed != visit.dismissals.end() && campaign.quiet > 0 && visit.now - dismissed->second < campaign.quiet) {
      reasons.insert("quiet");
    }
    if (campaign.holdout > 0 && plain_held_out(visit.seed, campaign.name, campaign.holdout)) reasons.insert("holdout");
    if (limits_.holdout > 0 && plain_held_out(visit.seed, "", limits_.holdout)) reasons.insert("global_holdout");
    return reasons;
  }

  std::vector<PlainCampaign> campaigns_;
  PlainLimits limits_;
};

}  // namespace omo::test
