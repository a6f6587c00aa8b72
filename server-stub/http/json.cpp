// SPDX-License-Identifier: Apache-2.0
#include "http/json.h"

#include <nlohmann/json.hpp>

namespace omo::collector {
namespace {

using Json = nlohmann::ordered_json;

Json row_json(const PageRow& row, By by) {
  return {{by == By::kPath ? "path" : "page_type", row.path}, {"views", row.views},     {"visitors", row.visitors},
          {"engaged_ms_total", row.engaged_ms_total},         {"entries", row.entries}, {"exits", row.exits}};
}
Json row_json(const PathRow& row) {
  return {{"from", row.from}, {"to", row.to}, {"count", row.count}, {"visitors", row.visitors}};
}
Json row_json(const SourceRow& row) {
  return {{"source", row.source},     {"medium", row.medium},     {"campaign", row.campaign},
          {"referrer", row.referrer}, {"sessions", row.sessions}, {"visitors", row.visitors}};
}
Json row_json(const SegmentStatsRow& row) { return {{"segment", row.segment}, {"visitors", row.visitors}}; }
Json row_json(const CampaignStatsRow& row) {
  return {{"campaign", row.campaign}, {"variant", row.variant},       {"impressions", row.impressions},
          {"clicks", row.clicks},     {"dismissals", row.dismissals}, {"conversions", row.conversions},
          {"visitors", row.visitors}};
}
Json row_json(const HourRow& row) {
  return {{"time_ms", row.time_ms},
          {"views", row.views},
          {"visitors", row.visitors},
          {"engaged_ms_total", row.engaged_ms_total}};
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

template <class Row, class... By>
std::string report_json(const Report<Row>& report, std::size_t limit, By... by) {
  Json rows = Json::array();
  const std::size_t shown = std::min(limit, report.rows.size());
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(row_json(report.rows[i], by...));
  return dump({{"rows", std::move(rows)},
               {"hidden", report.hidden},
               {"bots", report.bots},
               {"truncated", report.rows.size() - shown}});
}

}  // namespace

Response error_response(unsigned status, std::string_view name, std::string_view message) {
  Response response{status, {}, dump({{"error", {{"status", name}, {"message", message}}}})};
  response.with("Content-Type", "application/json").with("Cache-Control", "no-store");
  return response;
}

std::string to_json(const Report<PageRow>& report, std::size_t limit, By by) { return report_json(report, limit, by); }
std::string to_json(const Report<SourceRow>& report, std::size_t limit) { return report_json(report, limit); }
std::string to_json(const Report<PathRow>& report, std::size_t limit) { return report_json(report, limit); }
std::string to_json(const Report<SegmentStatsRow>& report, std::size_t limit) { return report_json(report, limit); }
std::string to_json(const Report<CampaignStatsRow>& report, std::size_t limit) { return report_json(report, limit); }
std::string to_json(const Report<HourRow>& report, std::size_t limit) { return report_json(report, limit); }

}  // namespace omo::collector
