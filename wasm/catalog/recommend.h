// SPDX-License-Identifier: Apache-2.0
// Recommendations out of a catalog: a pure function of (catalog, query). It knows nothing of the visitor but what the
// query says. No clock, no randomness, no exceptions, and no memory but what it is given once.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/bytes.h"
#include "wire/catalog.h"

namespace omo {

class Recommender {
 public:
  /// Bytes of memory that open() needs for a catalog that CatalogView::open() accepts.
  [[nodiscard]] static std::size_t memory_needed(const CatalogView& catalog);

  /// Takes the catalog and its memory (8-byte aligned, memory_needed() bytes); both must outlive the recommender.
  void open(const CatalogView& catalog, std::uint8_t* memory);

  /// Answers a query (wire/catalog.md). On anything else than kOk nothing is recommended: kBadRecord for a query that
  /// is cut off, has something appended, an unknown kind, or counts beyond max_recommendations or max_tastes.
  [[nodiscard]] Status query(Bytes record);
  /// Rows of the catalog that the last query found, the best first.
  [[nodiscard]] ByteSpan<const std::uint32_t> found() const { return {found_, count_}; }

  /// Writes pairs (key, value) of an item: id, title, link, image, price, currency, in_stock. A text is in the
  /// language, else in its base language (`en` of `en-GB`), else in none, else the first. Answers the bytes; 0 = no
  /// such item, or it does not fit.
  [[nodiscard]] std::size_t describe(std::uint32_t row, std::string_view language, MutableBytes out) const;

 private:
  void take(std::uint32_t row);
  void score_affinity(ByteReader& values, std::uint32_t count);
  void score_related(ByteReader& values, std::uint32_t count);
  void rank();

  CatalogView catalog_;
  double* scores_ = nullptr;           ///< of each item
  double* category_scores_ = nullptr;  ///< of each category
  std::uint8_t* left_out_ = nullptr;   ///< of each item: excluded, or found already
  bool in_stock_only_ = false;
  std::uint32_t wanted_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t found_[kMaxRecommendations] = {};
};

/// How well a category path matches a taste, 0 to 1 (wire/catalog.md).
[[nodiscard]] double category_match(std::string_view taste, std::string_view path);

}  // namespace omo
