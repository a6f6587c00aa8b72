// SPDX-License-Identifier: Apache-2.0
// What the rows of one program mean to the stats, resolved once a program instead of once an event.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/batch_decode.h"
#include "wire/program.h"

namespace omo::collector {

enum class Fact : std::uint8_t {
  kNone,
  kPageView,
  kEngagement,
  kSessionStart,
  kSearch,
  kImpression,
  kClick,
  kDismissal
};

class ProgramNames {
 public:
  /// The program must outlive the names.
  explicit ProgramNames(const ProgramView& program);

  struct EventNames {
    Fact fact = Fact::kNone;
    std::uint32_t page_path = kNone;  ///< rows of ProgramView::params(); kNone = the event does not have it
    std::uint32_t page_type = kNone;
    std::uint32_t session[4] = {kNone, kNone, kNone, kNone};  ///< source, medium, campaign, referrer
    std::uint32_t engagement = kNone;
    std::uint32_t promotion = kNone;
    std::uint32_t creative = kNone;
    std::uint32_t transaction = kNone;
    std::vector<std::string_view> goal_of;  ///< campaigns that have this event as their goal
  };
  [[nodiscard]] const EventNames& event(std::uint32_t row) const { return events_[row]; }
  [[nodiscard]] std::string_view segment(std::uint32_t row) const {
    return program_.symbol(program_.segments()[row].name);
  }
  /// Does the playbook have this variant of this campaign? Sites send promotions of their own under the same event
  /// names.
  [[nodiscard]] bool has_variant(std::string_view campaign, std::string_view variant) const;

 private:
  const ProgramView& program_;
  std::vector<EventNames> events_;
};

/// The event's own parameter of this row; nullptr = absent.
[[nodiscard]] const DecodedParam* find_param(const DecodedEvent& event, std::uint32_t row);
/// Its text, or nothing.
[[nodiscard]] std::string_view text_of(const DecodedEvent& event, std::uint32_t row);

}  // namespace omo::collector
