// SPDX-License-Identifier: Apache-2.0
// Writes a catalog (wire/catalog.md).
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "wire/catalog.h"

namespace omo::compiler {

struct CatalogTextValue {
  CatalogText key;
  std::string language;  ///< empty = every language
  std::string text;
};

struct CatalogEntry {
  std::string id, currency, image, category;  ///< image and category may be empty
  double price = 0;
  bool in_stock = true;
  std::vector<CatalogTextValue> texts;
  std::vector<std::pair<std::uint32_t, float>> related;  ///< entry and weight
};

/// Ids must differ.
[[nodiscard]] std::vector<std::uint8_t> write_catalog(const std::vector<CatalogEntry>& entries);

}  // namespace omo::compiler
