// SPDX-License-Identifier: Apache-2.0
// Product feed in, catalog (wire/catalog.md) out.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compiler.h"

namespace omo {

struct FeedOptions {
  std::string file;          ///< copied to the diagnostics
  std::string_view related;  ///< CSV of item_id, related_id and weight; empty = none
  std::string related_file;  ///< copied to the diagnostics of the related table
};

struct CompiledCatalog {
  std::vector<Diagnostic> diagnostics;  ///< of the feed, then of the related table; each sorted by position
  std::vector<std::uint8_t> catalog;    ///< a catalog that CatalogView::open() accepts; empty unless ok()
  std::size_t items = 0;
  [[nodiscard]] bool ok() const;
};

/// Compiles a product feed: JSON (an array, {"items": []} or {"@graph": []}) or, where the first character is neither [
/// nor {, CSV with a header (RFC 4180; tabs where the header has some). Attributes are named as in Google Merchant
/// Center, GA4 or schema.org (docs/recommendations.md). Deterministic; never fails otherwise than by diagnostics.
[[nodiscard]] CompiledCatalog compile_feed(std::string_view source, const FeedOptions& options = {});

}  // namespace omo
