// SPDX-License-Identifier: Apache-2.0
// Who may do what: origins of pages that may send, and the operators' token.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace omo::collector {

/// Which pages may send events. Browsers state a page's origin themselves, and some requests (`text/plain`, beacons of
/// raw bytes) come without a preflight, so every request is checked.
class OriginPolicy {
 public:
  /// `origins` as browsers write them, such as https://shop.example or http://localhost:8080.
  explicit OriginPolicy(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// Is this text an origin that a browser could send?
  [[nodiscard]] static bool is_origin(std::string_view text);

  /// True for a listed origin, for the collector's own pages, and for clients that are no browsers (neither `Origin`
  /// nor `Sec-Fetch-Site`).
  [[nodiscard]] bool allows(const Request& request) const;

  /// Lets the page read the answer, where its origin is listed.
  void add_headers(const Request& request, Response& response) const;

 private:
  [[nodiscard]] bool is_listed(std::string_view origin) const;
  std::vector<std::string> origins_;
};

class AdminToken {
 public:
  /// An empty token admits nobody.
  explicit AdminToken(std::string token) : token_(std::move(token)) {}
  /// Compares in a time that does not depend on where the tokens differ.
  [[nodiscard]] bool admits(const Request& request) const;
  [[nodiscard]] bool is_set() const { return !token_.empty(); }

 private:
  std::string token_;
};

}  // namespace omo::collector
