// SPDX-License-Identifier: Apache-2.0
// The JSON that the collector writes. It reads none.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.h"
#include "stats/stats.h"

namespace omo::collector {

/// {"error": {"status": ..., "message": ...}}
[[nodiscard]] Response error_response(unsigned status, std::string_view name, std::string_view message);

/// {"rows": [...], "hidden": n, "bots": n, "truncated": n}: at most `limit` rows, and how many more there are. Names
/// come from visitors: bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string to_json(const Report<PageRow>& report, std::size_t limit, By by);
[[nodiscard]] std::string to_json(const Report<PathRow>& report, std::size_t limit);
[[nodiscard]] std::string to_json(const Report<SourceRow>& report, std::size_t limit);
[[nodiscard]] std::string to_json(const Report<SegmentStatsRow>& report, std::size_t limit);
[[nodiscard]] std::string to_json(const Report<CampaignStatsRow>& report, std::size_t limit);
[[nodiscard]] std::string to_json(const Report<HourRow>& report, std::size_t limit);

}  // namespace omo::collector
