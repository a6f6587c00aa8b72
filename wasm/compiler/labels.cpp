// SPDX-License-Identifier: Apache-2.0
// Information flow: what a segment or campaign states may not omit a purpose of anything it reads, whether or not the
// condition needs it in the end (requirements: the decentralised label model).
#include <algorithm>

#include "compiler/playbook.h"
#include "wire/vocabulary_tables.h"

namespace omo::compiler {
namespace {

using Visited = std::vector<const Reads*>;

/// The way of one purpose from the fact that brings it to what reads it: "trait 'rank' -> segment 'vip'"; empty where
/// it comes from nowhere but from what was visited already.
std::string path_of(const Playbook& playbook, const Reads* reads, std::uint8_t bit, Visited& visited) {
  std::string path;
  const auto before = [&path](std::string_view kind, const std::string& name) {
    path = std::string(kind) + " " + in_quotes(name) + (path.empty() ? "" : " -> ") + path;
  };
  const Reads* last = nullptr;
  for (; reads != nullptr;) {
    last = reads;
    for (std::uint32_t i : reads->signals) {
      if ((playbook.signals[i].label & bit) != 0) return before("signal", playbook.signals[i].name), path;
    }
    for (std::uint32_t i : reads->traits) {
      if ((playbook.traits[i].label & bit) != 0) return before("trait", playbook.traits[i].name), path;
    }
    for (std::uint32_t i : reads->contexts) {
      if ((playbook.contexts[i].label & bit) != 0) return before("context value", playbook.contexts[i].name), path;
    }
    for (std::uint32_t i : reads->events) {
      if ((playbook.events[i].label & bit) != 0) return before("event", playbook.events[i].name), path;
    }
    const Reads* next = nullptr;
    for (std::uint32_t i : reads->segments) {
      if ((playbook.segments[i].reads.label & bit) == 0) continue;
      before("segment", playbook.segments[i].name);
      next = &playbook.segments[i].reads;
      break;
    }
    for (std::uint32_t i : reads->scores) {
      if (next != nullptr || (playbook.scores[i].reads.label & bit) == 0) continue;
      before("score", playbook.scores[i].name);
      next = &playbook.scores[i].reads;
    }
    reads = next;
  }
  // Journeys and their campaigns share one label, so some of them may have it from each other only.
  if (std::find(visited.begin(), visited.end(), last) != visited.end()) return path;
  visited.push_back(last);
  const auto through = [&](std::string_view kind, const auto& part) {
    const bool stated = part.stated_label && (*part.stated_label & bit) != 0;
    const std::string way = path_of(playbook, &part.reads, bit, visited);
    if (way.empty() && !stated) return false;
    before(kind, part.name);
    if (!way.empty()) path = way + " -> " + path;
    return true;
  };
  for (std::uint32_t i : last->journeys) {
    if (through("journey", playbook.journeys[i])) return path;
  }
  for (std::uint32_t i : last->campaigns) {
    if (through("campaign", playbook.campaigns[i])) return path;
  }
  return path;
}

void check(Compilation& compilation, const std::string& sink, const Reads& reads, std::uint8_t stated,
           std::uint32_t offset) {
  for (std::size_t i = 0; i < kPurposeNames.size(); ++i) {
    const auto bit = static_cast<std::uint8_t>(1u << i);
    if ((reads.label & bit) == 0 || (stated & bit) != 0) continue;
    Visited visited;
    compilation.error(offset, sink + " does not state the purpose '" + std::string(kPurposeNames[i]) +
                                  "' of what it reads: " + path_of(compilation.playbook, &reads, bit, visited) +
                                  " -> " + sink);
  }
}

}  // namespace

void check_labels(Compilation& compilation) {
  for (const Segment& segment : compilation.playbook.segments) {
    if (!segment.stated_label) continue;
    check(compilation, "segment " + in_quotes(segment.name), segment.reads, *segment.stated_label,
          segment.purposes_offset);
  }
  for (const Score& score : compilation.playbook.scores) {
    if (!score.stated_label) continue;
    check(compilation, "score " + in_quotes(score.name), score.reads, *score.stated_label, score.purposes_offset);
  }
  for (const Campaign& campaign : compilation.playbook.campaigns) {
    if (!campaign.stated_label) continue;
    check(compilation, "campaign " + in_quotes(campaign.name), campaign.reads, *campaign.stated_label,
          campaign.purposes_offset);
  }
  for (const Journey& journey : compilation.playbook.journeys) {
    if (!journey.stated_label) continue;
    check(compilation, "journey " + in_quotes(journey.name), journey.reads, *journey.stated_label,
          journey.purposes_offset);
  }
}

}  // namespace omo::compiler
