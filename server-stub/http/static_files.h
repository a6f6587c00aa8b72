// SPDX-License-Identifier: Apache-2.0
// Files for pages: the site, dist/ and the dashboard. GET and HEAD, no listings, nothing outside the given folders.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace omo::collector {

/// A folder and the path under which it is served, which begins and ends with a slash.
struct StaticFolder {
  std::filesystem::path folder;
  std::string prefix;
};

/// Headers that every answer carries.
void add_security_headers(Response& response);

/// `body` under `etag` (quoted), or 304 where the request has it already.
[[nodiscard]] Response answer_with_etag(const Request& request, std::string etag, std::string content_type,
                                        std::string body);

class StaticFiles {
 public:
  /// Throws std::runtime_error where a folder does not exist or a prefix is not between slashes.
  explicit StaticFiles(std::vector<StaticFolder> folders);

  /// `path` comes from decode_path().
  [[nodiscard]] Response answer(const Request& request, const std::string& path) const;

 private:
  /// The file that a path means, symbolic links resolved, if it lies in its folder; empty = none.
  [[nodiscard]] std::filesystem::path find(const std::string& path) const;
  std::vector<StaticFolder> folders_;  ///< longest prefix first; folders are canonical
};

}  // namespace omo::collector
