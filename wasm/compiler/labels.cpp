// SPDX-License-Identifier: Apache-2.0
// Information flow: what a segment or campaign states may not omit a purpose of anything it reads, whether or not the
// condition needs it in the end (requirements: the decentralised label model).
#include "compiler/playbook.h"
#include "wire/vocabulary_tables.h"

namespace omo::compiler {
namespace {

/// The way of one purpose from the fact that brings it to what reads it: "trait 'rank' -> segment 'vip'".
std::string path_of(const Playbook& playbook, const Reads* reads, std::uint8_t bit) {
  std::string path;
  const auto before = [&path](std::string_view kind, const std::string& name) {
    path = std::string(kind) + " " + in_quotes(name) + (path.empty() ? "" : " -> ") + path;
  };
  while (reads != nullptr) {
    for (std::uint32_t i : reads->signals) {
      if ((playbook.signals[i].label & bit) != 0) return before("signal", playbook.signals[i].name), path;
    }
    for (std::uint32_t i : reads->traits) {
      if ((playbook.traits[i].label & bit) != 0) return before("trait", playbook.traits[i].name), path;
    }
    for (std::uint32_t i : reads->contexts) {
      if ((playbook.contexts[i].label & bit) != 0) return before("context value", playbook.contexts[i].name), path;
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
  return path;
}

void check(Compilation& compilation, const std::string& sink, const Reads& reads, std::uint8_t stated,
           std::uint32_t offset) {
  for (std::size_t i = 0; i < kPurposeNames.size(); ++i) {
    const auto bit = static_cast<std::uint8_t>(1u << i);
    if ((reads.label & bit) == 0 || (stated & bit) != 0) continue;
    compilation.error(offset, sink + " does not state the purpose '" + std::string(kPurposeNames[i]) +
                                  "' of what it reads: " + path_of(compilation.playbook, &reads, bit) + " -> " + sink);
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
}

}  // namespace omo::compiler
