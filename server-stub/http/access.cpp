// SPDX-License-Identifier: Apache-2.0
#include "http/access.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace omo::collector {
namespace {

/// The part behind `://`, or nothing.
std::string_view host_of(std::string_view origin) {
  const std::size_t at = origin.find("://");
  return at == std::string_view::npos ? std::string_view{} : origin.substr(at + 3);
}

bool is_own_page(const Request& request, std::string_view origin) {
  // Behind a proxy that ends TLS the scheme differs, so hosts decide. Browsers let no page choose either header.
  const std::string* host = request.header("Host");
  return host != nullptr && !host->empty() && equal_ignoring_case(host_of(origin), *host);
}

std::array<unsigned char, SHA256_DIGEST_LENGTH> digest(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> bytes{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data());
  return bytes;
}

}  // namespace

bool OriginPolicy::is_origin(std::string_view text) {
  if (text.substr(0, 8) != "https://" && text.substr(0, 7) != "http://") return false;
  const std::string_view host = host_of(text);
  return !host.empty() && host.find_first_of("/?#@ *\\") == std::string_view::npos;
}

bool OriginPolicy::is_listed(std::string_view origin) const {
  return std::any_of(origins_.begin(), origins_.end(),
                     [&](const std::string& listed) { return equal_ignoring_case(listed, origin); });
}

bool OriginPolicy::allows(const Request& request) const {
  if (const std::string* origin = request.header("Origin"); origin != nullptr) {
    return is_listed(*origin) || is_own_page(request, *origin);
  }
  const std::string* site = request.header("Sec-Fetch-Site");
  return site == nullptr || *site == "same-origin";
}

void OriginPolicy::add_headers(const Request& request, Response& response) const {
  response.with("Vary", "Origin");
  const std::string* origin = request.header("Origin");
  if (origin == nullptr || !is_listed(*origin)) return;
  response.with("Access-Control-Allow-Origin", *origin);
  response.with("Access-Control-Expose-Headers", "Date, Retry-After");
}

bool AdminToken::admits(const Request& request) const {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string* authorization = request.header("Authorization");
  if (token_.empty() || authorization == nullptr || authorization->size() <= kScheme.size()) return false;
  if (!equal_ignoring_case(std::string_view(*authorization).substr(0, kScheme.size()), kScheme)) return false;
  const auto given = digest(std::string_view(*authorization).substr(kScheme.size()));
  const auto wanted = digest(token_);
  return CRYPTO_memcmp(given.data(), wanted.data(), given.size()) == 0;
}

}  // namespace omo::collector
