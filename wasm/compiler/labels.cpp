// SPDX-License-Identifier: Apache-2.0
// Information flow: what a segment or campaign states may not omit a purpose of anything it reads, whether or not the
// condition needs it in the end (requirements: the decentralised label model).
#include <algorithm>

#include "compiler/playbook.h"
#include "wire/vocabulary_tables.h"

namespace omo::compiler {
namespace {

using Visited = std::vector<const Reads*>;

/// Where a path begins: "trait 'rank' (personalization)".
std::string fact(std::string_view kind, const std::string& name, std::uint8_t label) {
  return std::string(kind) + " " + in_quotes(name) + " (" + purposes_text(label) + ")";
}

/// The fact that brings a purpose to a signal; empty where that is the signal's own.
std::string fact_of(const Playbook& playbook, const Signal& signal, std::uint8_t bit) {
  std::vector<std::uint32_t> events{signal.event};
  for (const SequenceStep& step : signal.steps) events.push_back(step.event);
  if ((signal.flags & kSignalRefundable) != 0) events.push_back(playbook.event_numbers.at("refund"));
  if ((signal.flags & kSignalSession) != 0) events.push_back(playbook.event_numbers.at("session_start"));
  for (const std::uint32_t index : events) {
    const Event& event = playbook.events[index];
    if ((event.label & bit) != 0) return fact("event", event.name, event.label);
  }
  if (signal.restore == kNone || (playbook.traits[signal.restore].label & bit) == 0) return "";
  return fact("trait", playbook.traits[signal.restore].name, playbook.traits[signal.restore].label);
}

/// The way of one purpose from the fact that brings it to what reads it: "trait 'rank' -> segment 'vip'"; empty where
/// it comes from nowhere but from what was visited already.
std::string path_of(const Playbook& playbook, const Reads* reads, std::uint8_t bit, Visited& visited) {
  std::string path;
  const auto put = [&path](const std::string& part) { path = part + (path.empty() ? "" : " -> ") + path; };
  const auto before = [&put](std::string_view kind, const std::string& name) {
    put(std::string(kind) + " " + in_quotes(name));
  };
  const auto begin = [&](std::string_view kind, const auto& part) { put(fact(kind, part.name, part.label)); };
  const Reads* last = nullptr;
  for (; reads != nullptr;) {
    last = reads;
    for (std::uint32_t i : reads->signals) {
      const Signal& signal = playbook.signals[i];
      if ((signal.label & bit) == 0) continue;
      const std::string from = fact_of(playbook, signal, bit);
      if (from.empty()) return begin("signal", signal), path;
      before("signal", signal.name);
      return put(from), path;
    }
    for (std::uint32_t i : reads->traits) {
      if ((playbook.traits[i].label & bit) != 0) return begin("trait", playbook.traits[i]), path;
    }
    for (std::uint32_t i : reads->contexts) {
      if ((playbook.contexts[i].label & bit) != 0) return begin("context value", playbook.contexts[i]), path;
    }
    for (std::uint32_t i : reads->events) {
      if ((playbook.events[i].label & bit) != 0) return begin("event", playbook.events[i]), path;
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

/// Calls `path(bit)` for each purpose of `label` that `stated` leaves out, and reports it.
template <class Path>
void check(Compilation& compilation, const std::string& part, std::uint8_t label, std::uint8_t stated,
           std::uint32_t offset, const Path& path) {
  for (std::size_t i = 0; i < kPurposeNames.size(); ++i) {
    const auto bit = static_cast<std::uint8_t>(1u << i);
    if ((label & ~stated & bit) == 0) continue;
    const std::string purpose(kPurposeNames[i]);
    compilation.error(offset, part + " does not state the purpose '" + purpose + "' of what it reads: " + path(bit) +
                                  " -> " + part + ", which states only [" + (stated == 0 ? "" : purposes_text(stated)) +
                                  "]: add \"" + purpose + "\"");
  }
}

void check(Compilation& compilation, const std::string& part, const Reads& reads, std::uint8_t stated,
           std::uint32_t offset) {
  check(compilation, part, reads.label, stated, offset, [&](std::uint8_t bit) {
    Visited visited;
    return path_of(compilation.playbook, &reads, bit, visited);
  });
}

}  // namespace

void check_labels(Compilation& compilation) {
  for (const Signal& signal : compilation.playbook.signals) {
    if (!signal.stated_label) continue;
    check(compilation, "signal " + in_quotes(signal.name), signal.label, *signal.stated_label, signal.purposes_offset,
          [&](std::uint8_t bit) { return fact_of(compilation.playbook, signal, bit); });
  }
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
