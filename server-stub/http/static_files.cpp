// SPDX-License-Identifier: Apache-2.0
#include "http/static_files.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "http/json.h"
#include "wire/bytes.h"

namespace omo::collector {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

constexpr std::pair<std::string_view, std::string_view> kContentTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".wasm", "application/wasm"},
    {".omo", "application/octet-stream"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".gif", "image/gif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".webmanifest", "application/manifest+json"},
    {".xml", "application/xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
};

std::string content_type(const fs::path& file) {
  const std::string extension = file.extension().string();
  for (const auto& [known, type] : kContentTypes) {
    if (equal_ignoring_case(known, extension)) return std::string(type);
  }
  return "application/octet-stream";
}

bool is_inside(const fs::path& file, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first == folder.end();
}

}  // namespace

void add_security_headers(Response& response) {
  response.with("X-Content-Type-Options", "nosniff")
      .with("Referrer-Policy", "strict-origin-when-cross-origin")
      .with("X-Frame-Options", "DENY")
      .with("Cross-Origin-Opener-Policy", "same-origin");
}

Response answer_with_etag(const Request& request, std::string etag, std::string type, std::string body) {
  Response response;
  response.with("ETag", etag).with("Cache-Control", "no-cache");
  const std::string* known = request.header("If-None-Match");
  if (known != nullptr && (*known == "*" || known->find(etag) != std::string::npos)) {
    response.status = 304;
    return response;
  }
  if (type.starts_with("text/html")) response.with("Content-Security-Policy", std::string(kContentSecurityPolicy));
  response.with("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

StaticFiles::StaticFiles(std::vector<StaticFolder> folders) : folders_(std::move(folders)) {
  for (StaticFolder& one : folders_) {
    if (one.prefix.empty() || one.prefix.front() != '/' || one.prefix.back() != '/') {
      throw std::runtime_error("the URL prefix \"" + one.prefix + "\" must begin and end with a slash");
    }
    std::error_code error;
    const fs::path canonical = fs::canonical(one.folder, error);
    if (error || !fs::is_directory(canonical)) {
      throw std::runtime_error("there is no folder " + one.folder.string());
    }
    one.folder = canonical;
  }
  std::sort(folders_.begin(), folders_.end(),
            [](const StaticFolder& a, const StaticFolder& b) { return a.prefix.size() > b.prefix.size(); });
}

fs::path StaticFiles::find(const std::string& path) const {
  for (const StaticFolder& one : folders_) {
    if (!path.starts_with(one.prefix)) continue;
    std::error_code error;
    fs::path file = fs::canonical(one.folder / path.substr(one.prefix.size()), error);
    if (!error && path.back() == '/') file = fs::canonical(file / "index.html", error);
    if (!error && fs::is_regular_file(file, error) && !error && is_inside(file, one.folder)) return file;
    // A longer prefix hides what a shorter one has under the same path.
    return {};
  }
  return {};
}

Response StaticFiles::answer(const Request& request, const std::string& path) const {
  const fs::path file = find(path);
  if (file.empty()) {
    // A folder without its slash: relative addresses on its page would be wrong.
    if (path.back() != '/' && !find(path + "/").empty()) {
      const std::string raw = request.target.substr(0, request.target.find_first_of("?#"));
      return Response{308, {}, {}}.with("Location", raw + "/");
    }
    return error_response(404, "not_found", "there is nothing at this address");
  }
  std::ifstream stream(file, std::ios::binary);
  std::string body{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return error_response(500, "unreadable", "this file cannot be read");
  char etag[19];
  std::snprintf(etag, sizeof etag, "\"%016llx\"", static_cast<unsigned long long>(fnv64(as_bytes(body))));
  return answer_with_etag(request, etag, content_type(file), std::move(body));
}

}  // namespace omo::collector
