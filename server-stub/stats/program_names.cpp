// SPDX-License-Identifier: Apache-2.0
#include "stats/program_names.h"

namespace omo::collector {
namespace {

Fact fact_of(std::string_view event) {
  if (event == "page_view") return Fact::kPageView;
  if (event == "user_engagement") return Fact::kEngagement;
  if (event == "session_start") return Fact::kSessionStart;
  if (event == "search" || event == "view_search_results") return Fact::kSearch;
  if (event == "view_promotion") return Fact::kImpression;
  if (event == "select_promotion") return Fact::kClick;
  if (event == "dismiss_promotion") return Fact::kDismissal;
  return Fact::kNone;
}

std::uint32_t param_row(const ProgramView& program, const EventRow& event, std::string_view name) {
  for (std::uint32_t row = event.first_param; row < event.first_param + event.param_count; ++row) {
    if (program.params()[row].item == 0 && program.symbol(program.params()[row].name) == name) return row;
  }
  return kNone;
}

}  // namespace

ProgramNames::ProgramNames(const ProgramView& program) : program_(program) {
  for (const EventRow& row : program.events()) {
    EventNames names;
    names.fact = fact_of(program.symbol(row.name));
    names.page_path = param_row(program, row, "page_path");
    names.page_type = param_row(program, row, "page_type");
    std::uint32_t* session = names.session;
    for (const char* fact : {"session_source", "session_medium", "session_campaign", "session_referrer"}) {
      *session++ = param_row(program, row, fact);
    }
    names.engagement = param_row(program, row, "engagement_time_msec");
    names.promotion = param_row(program, row, "promotion_id");
    names.creative = param_row(program, row, "creative_name");
    names.transaction = param_row(program, row, "transaction_id");
    for (const CampaignRow& campaign : program.campaigns()) {
      if (campaign.goal == row.name) names.goal_of.push_back(program.symbol(campaign.name));
    }
    events_.push_back(std::move(names));
  }
}

bool ProgramNames::has_variant(std::string_view campaign, std::string_view variant) const {
  for (const CampaignRow& row : program_.campaigns()) {
    if (program_.symbol(row.name) != campaign) continue;
    for (const VariantRow& one : program_.variants().subspan(row.first_variant, row.variant_count)) {
      if (program_.symbol(one.name) == variant) return true;
    }
  }
  return false;
}

const DecodedParam* find_param(const DecodedEvent& event, std::uint32_t row) {
  if (row == kNone) return nullptr;
  for (const DecodedParam& param : event.params) {
    if (param.param == row && param.item == kNone) return &param;
  }
  return nullptr;
}

std::string_view text_of(const DecodedEvent& event, std::uint32_t row) {
  const DecodedParam* param = find_param(event, row);
  return param == nullptr ? std::string_view{} : std::string_view(param->text);
}

}  // namespace omo::collector
