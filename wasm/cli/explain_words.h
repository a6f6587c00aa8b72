// SPDX-License-Identifier: Apache-2.0
// What `omo explain` says, in each of its languages.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace omo::cli {

/// {0} and {1} stand for values.
struct Words {
  std::string_view then;   ///< between two statements of one line
  std::string_view comma;  ///< within one
  std::string_view on, off, unknown, runs, runs_not, default_content;
  std::string_view all, any, more, start, goal, step, none;
  std::string_view count, value, never, denied, error, oldest, begins, ends;
  std::string_view not_granted, has_consent, lacks_consent;
  std::string_view opens, closes, over, is_open;
  std::string_view quiet, not_quiet, used, unlimited, held_out, not_held_out, no_seed, in_journey, not_in_journey;
  std::string_view group_free, group_taken, slot_free, slot_own, slot_taken, priority, holds;
  std::string_view since, leads_on, waits_for, ended, never_again, again_later;
  std::string_view days, hours, minutes, seconds, milliseconds;
  /// By Table: segment, slot, campaign, score, journey, signal, trait, context; empty for others.
  std::vector<std::string_view> tables;
  std::vector<std::string_view> journey_ends;  ///< how a journey ended, by JourneyEnd
  std::vector<std::string_view> verdicts;      ///< what a campaign needs, by Verdict
};

/// `language` is "en" or "ja".
[[nodiscard]] const Words& words_of(std::string_view language);

/// The text with its values in place.
[[nodiscard]] std::string fill(std::string_view text, std::string_view first, std::string_view second = {});

/// A span of time in its two largest units.
[[nodiscard]] std::string span_text(const Words& words, double ms);

}  // namespace omo::cli
