// SPDX-License-Identifier: Apache-2.0
#include "http/api.h"

#include <spdlog/spdlog.h>

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <memory>
#include <utility>

#include "http/clock.h"
#include "http/json.h"
#include "http/retention.h"
#include "http/target.h"
#include "wire/vocabulary.h"

namespace omo::collector {
namespace {

constexpr std::string_view kStreamsPrefix = "/v1/streams/";
constexpr std::string_view kStatsPrefix = "/v1/stats/";
constexpr std::size_t kDefaultRows = 1000;
constexpr std::size_t kMaxRows = 10'000;
constexpr unsigned kRefusalsLoggedASecond = 20;

bool is_collecting(Route route) { return route == Route::kEvents || route == Route::kStreams; }

/// Methods of a route, as the Allow header states them.
std::string_view methods_of(Route route) {
  switch (route) {
    case Route::kEvents:
      return "POST, OPTIONS";
    case Route::kStreams:
      return "DELETE, OPTIONS";
    default:
      return "GET, HEAD";
  }
}

bool has_method(std::string_view methods, std::string_view wanted) {
  while (!methods.empty()) {
    const std::string_view method = methods.substr(0, methods.find(','));
    if (method == wanted) return true;
    methods.remove_prefix(std::min(methods.size(), method.size() + 2));
  }
  return false;
}

/// A stream id: the 8 bytes of the batch header in their order, as 16 hex digits.
std::optional<std::uint64_t> parse_stream(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  std::uint64_t stream = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    unsigned byte = 0;
    const char* begin = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, byte, 16);
    if (error != std::errc{} || end != begin + 2) return std::nullopt;
    stream |= std::uint64_t{byte} << (8 * i);
  }
  return stream;
}

/// Now, as RFC 9110 writes it.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

Response text_response(std::string text) {
  Response response{200, {}, std::move(text)};
  response.with("Content-Type", "text/plain; charset=utf-8").with("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::string_view route_name(Route route) {
  switch (route) {
    case Route::kEvents:
      return "events";
    case Route::kStreams:
      return "streams";
    case Route::kStats:
      return "stats";
    case Route::kProgram:
      return "program";
    case Route::kHealth:
      return "healthz";
    case Route::kReady:
      return "readyz";
    case Route::kMetrics:
      return "metrics";
    case Route::kStatic:
      return "static";
    case Route::kUnknown:
      break;
  }
  return "unknown";
}

Api::Api(ApiOptions options, Ingest& ingest, Store& store, const Stats& stats, const ProgramLibrary& library,
         const StaticFiles& files, Metrics& metrics)
    : options_(std::move(options)),
      ingest_(ingest),
      store_(store),
      stats_(stats),
      library_(library),
      files_(files),
      metrics_(metrics) {
  const Bytes bytes = library.served().bytes();
  // Of the whole file, not the program's hash: signing it again changes the bytes only.
  program_etag_ = "\"" + library.served().hash_text() + "-" + std::to_string(fnv32(bytes)) + "\"";
}

Api::Target Api::resolve(const Request& request) {
  std::optional<std::string> decoded = decode_path(request.target);
  if (!decoded) return {};
  std::string& path = *decoded;
  Route route = Route::kStatic;
  if (path == "/v1/events") {
    route = Route::kEvents;
  } else if (path.starts_with(kStreamsPrefix)) {
    route = Route::kStreams;
  } else if (path.starts_with(kStatsPrefix)) {
    route = Route::kStats;
  } else if (path == "/playbook.omo") {
    route = Route::kProgram;
  } else if (path == "/healthz") {
    route = Route::kHealth;
  } else if (path == "/readyz") {
    route = Route::kReady;
  } else if (path == "/metrics") {
    route = Route::kMetrics;
  }
  return {route, std::move(path)};
}

std::optional<Response> Api::check(const Request& request) const {
  const auto [route, path] = resolve(request);
  if (route == Route::kUnknown) return error_response(400, "bad_target", "the request target is not a plain path");
  if (!has_method(methods_of(route), request.method)) {
    return error_response(405, "wrong_method", "this address does not take this method")
        .with("Allow", std::string(methods_of(route)));
  }
  // Said before the origin is looked at: operators' scripts read it, and a page of another origin could not anyway.
  if (is_collecting(route) && !options_.origins.allows(request)) {
    return error_response(403, "wrong_origin", "pages of this origin may not send here: list it with --origins");
  }
  if (request.method == "OPTIONS") return std::nullopt;
  if (route == Route::kEvents) {
    const std::string* encoding = request.header("Content-Encoding");
    if (encoding != nullptr && !equal_ignoring_case(*encoding, "identity")) {
      return error_response(415, "content_encoding", "batches are sent without a content encoding");
    }
  }
  if (route == Route::kStreams && !parse_stream(std::string_view(path).substr(kStreamsPrefix.size()))) {
    return error_response(400, "bad_stream", "a stream id has 16 hex digits");
  }
  if (route == Route::kStats && !options_.admin.admits(request)) {
    return error_response(401, "unauthorized", "operators authenticate with Authorization: Bearer TOKEN")
        .with("WWW-Authenticate", "Bearer realm=\"omo-collector\"");
  }
  return std::nullopt;
}

void Api::handle(const Request& request, Done done) {
  const auto [route, path] = resolve(request);
  if (request.method == "OPTIONS") return done(preflight(request, route));
  switch (route) {
    case Route::kEvents:
      return ingest_.accept(request.body, std::move(done));
    case Route::kStreams:
      return ingest_.erase(parse_stream(std::string_view(path).substr(kStreamsPrefix.size())).value(), std::move(done));
    case Route::kStats:
      return done(stats(request, path));
    case Route::kProgram:
      return done(answer_with_etag(request, program_etag_, "application/octet-stream",
                                   std::string(as_text(library_.served().bytes()))));
    case Route::kHealth:
      return done(text_response("ok\n"));
    case Route::kMetrics: {
      Response response{200, {}, metrics_.text()};
      return done(response.with("Content-Type", "text/plain; version=0.0.4; charset=utf-8"));
    }
    case Route::kReady: {
      const auto unavailable = [] { return error_response(503, "store_unwritable", "the store takes no writes now"); };
      const auto shared_done = std::make_shared<Done>(std::move(done));
      const bool taken = store_.check_writable([shared_done, unavailable](bool durable) {
        (*shared_done)(durable ? text_response("ok\n") : unavailable());
      });
      if (!taken) (*shared_done)(unavailable());
      return;
    }
    default:
      return done(files_.answer(request, path));
  }
}

Response Api::preflight(const Request&, Route route) const {
  Response response{204, {}, {}};
  return response.with("Access-Control-Allow-Methods", route == Route::kEvents ? "POST" : "DELETE")
      .with("Access-Control-Allow-Headers", "Content-Type")
      .with("Access-Control-Max-Age", "7200");
}

Response Api::stats(const Request& request, const std::string& path) const {
  std::size_t limit = kDefaultRows;
  if (const auto text = query_value(request.target, "limit"); text) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
    if (error != std::errc{} || end != text->data() + text->size() || limit == 0 || limit > kMaxRows) {
      return error_response(400, "bad_limit", "limit is a number from 1 to 10000");
    }
  }
  By by = By::kPath;
  if (const auto text = query_value(request.target, "by"); text) {
    if (*text != "path" && *text != "page_type") return error_response(400, "bad_by", "by is path or page_type");
    if (*text == "page_type") by = By::kPageType;
  }
  std::uint64_t since_ms = 0;
  if (const auto text = query_value(request.target, "seen_days"); text) {
    std::uint64_t days = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), days);
    if (error != std::errc{} || end != text->data() + text->size() || days == 0 || days > kMaxKeepDays) {
      return error_response(400, "bad_seen_days", "seen_days is a number from 1 to " + std::to_string(kMaxKeepDays));
    }
    since_ms = system_time_ms() - days * kDayMs;
  }
  const std::string_view bots = query_value(request.target, "bots").value_or("0");
  if (bots != "0" && bots != "1") return error_response(400, "bad_bots", "bots is 1 to count bots too, or 0");
  const bool with_bots = bots == "1";
  const std::string_view report = std::string_view(path).substr(kStatsPrefix.size());
  const std::uint64_t least = options_.min_visitors;
  Response response;
  if (report == "pages") {
    response.body = to_json(stats_.pages(least, with_bots, by), limit, by);
  } else if (report == "paths") {
    response.body = to_json(stats_.paths(least, with_bots, by), limit);
  } else if (report == "sources") {
    response.body = to_json(stats_.sources(least, with_bots), limit);
  } else if (report == "segments") {
    response.body = to_json(stats_.segments(least, with_bots, since_ms), limit);
  } else if (report == "campaigns") {
    response.body = to_json(stats_.campaigns(least, with_bots), limit);
  } else if (report == "hours") {
    response.body = to_json(stats_.hours(least, with_bots), limit);
  } else {
    return error_response(404, "not_found", "there are pages, paths, sources, segments, campaigns and hours");
  }
  return response.with("Content-Type", "application/json").with("Cache-Control", "no-store");
}

void Api::finish(const Request& request, Response& response) {
  const Route route = resolve(request).route;
  add_security_headers(response);
  // By it the runtime corrects the device's clock.
  response.with("Date", http_date());
  // The program and the runtime's files may be used by the listed sites too; the operators' numbers by none.
  if (route != Route::kStats) options_.origins.add_headers(request, response);
  metrics_.request(route_name(route), response.status);
  if (response.status >= 400) log_refusal(request, route, response);
}

void Api::log_refusal(const Request& request, Route route, const Response& response) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const std::int64_t second = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  if (second != log_second_) {
    if (logged_this_second_ > kRefusalsLoggedASecond) {
      spdlog::info("refused {} more", logged_this_second_ - kRefusalsLoggedASecond);
    }
    log_second_ = second;
    logged_this_second_ = 0;
  }
  if (++logged_this_second_ > kRefusalsLoggedASecond) return;
  // A method is the client's own text: only known ones are written.
  const bool known = has_method("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", request.method);
  spdlog::info("refused {} {}: {} {}", known ? std::string_view(request.method) : "?", route_name(route),
               response.status, response.body);
}

}  // namespace omo::collector
