// SPDX-License-Identifier: Apache-2.0
// The collector's addresses: which exist, who may use them, and what they answer.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/access.h"
#include "http/ingest.h"
#include "http/message.h"
#include "http/metrics.h"
#include "http/static_files.h"
#include "stats/stats.h"
#include "store/program_library.h"
#include "store/store.h"

namespace omo::collector {

enum class Route { kEvents, kStreams, kStats, kProgram, kHealth, kReady, kMetrics, kStatic, kUnknown };

/// Names for the log and the metrics: never a path, which may name a stream.
[[nodiscard]] std::string_view route_name(Route route);

struct ApiOptions {
  OriginPolicy origins;
  AdminToken admin;
  std::uint64_t min_visitors = 10;  ///< rows about fewer are hidden
};

class Api {
 public:
  using Done =
      std::function<void(Response)>;  ///< may be called from a thread of the store, also before handle() returns

  /// All must outlive it.
  Api(ApiOptions options, Ingest& ingest, Store& store, const Stats& stats, const ProgramLibrary& library,
      const StaticFiles& files, Metrics& metrics);

  /// Looks at the head of a request, before its body is read; an answer means that the body is not wanted.
  [[nodiscard]] std::optional<Response> check(const Request& request) const;
  /// Answers a request that check() let through.
  void handle(const Request& request, Done done);
  /// Adds the headers that belong to every answer, counts and logs it. Call it once for each answer, refusals of the
  /// HTTP parser included.
  void finish(const Request& request, Response& response);

 private:
  struct Target {
    Route route = Route::kUnknown;
    std::string path;
  };
  [[nodiscard]] static Target resolve(const Request& request);
  [[nodiscard]] Response preflight(const Request& request, Route route) const;
  [[nodiscard]] Response stats(const Request& request, const std::string& path) const;
  void log_refusal(const Request& request, Route route, const Response& response);

  ApiOptions options_;
  Ingest& ingest_;
  Store& store_;
  const Stats& stats_;
  const ProgramLibrary& library_;
  const StaticFiles& files_;
  Metrics& metrics_;
  std::string program_etag_;
  std::int64_t log_second_ = 0;
  unsigned logged_this_second_ = 0;
};

}  // namespace omo::collector
