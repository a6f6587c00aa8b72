// SPDX-License-Identifier: Apache-2.0
// The compiled product feed. catalog.md draws the bytes; this header mirrors it. Every table is an array of the structs
// below, little-endian, and is used in place, once what is stored as differences has been summed up.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/bytes.h"
#include "wire/program.h"
#include "wire/vocabulary.h"

namespace omo {

inline constexpr std::uint32_t kCatalogMagic = 0x434F4D4F;  ///< "OMOC"
inline constexpr std::size_t kCatalogChecked = 16;          ///< the checksum covers everything from this byte on

/// The tables follow in the order of their counts, each right behind the one before.
struct CatalogHeader {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t flags;     ///< 0; readers refuse flags that they do not know
  std::uint32_t bytes;     ///< of the whole file
  std::uint32_t checksum;  ///< FNV-1a 32
  std::uint32_t item_count;
  std::uint32_t text_count;
  std::uint32_t related_count;
  std::uint32_t category_count;
  std::uint32_t string_count;
  std::uint32_t string_bytes;
  std::uint32_t reserved[2];  ///< 0
};

/// In the order of the feed. Strings are numbers of the string table.
struct CatalogItem {
  double price;  ///< 0 or more
  std::uint32_t id;
  std::uint32_t currency;  ///< ISO 4217
  std::uint32_t image;     ///< an address; kNone
  std::uint32_t category;  ///< row of the categories; kNone
  std::uint32_t first_text;
  std::uint32_t first_related;
  std::uint16_t text_count;
  std::uint16_t related_count;
  std::uint32_t flags;  ///< kCatalogInStock
};
inline constexpr std::uint32_t kCatalogInStock = 1;

/// What a text of an item is.
enum class CatalogText : std::uint32_t { kTitle, kLink, kCount };

struct CatalogTextRow {
  CatalogText key;
  std::uint32_t language;  ///< a string; kNone = every language
  std::uint32_t text;      ///< a string
};

struct CatalogRelated {
  std::uint32_t item;  ///< row of the items
  float weight;        ///< above 0
};

static_assert(sizeof(CatalogHeader) == 48 && sizeof(CatalogItem) == 40 && sizeof(CatalogTextRow) == 12 &&
              sizeof(CatalogRelated) == 8);

/// Columns that grow by about the same from row to row are stored as the difference to the row before (modulo 2^32),
/// which compresses to next to nothing: calls `column` with (rows, member) for each.
template <class Items, class Texts, class Words, class Column>
void for_catalog_differences(Items items, Texts texts, Words by_id, Words offsets, Column column) {
  const auto itself = [](auto& row) -> auto& { return row; };
  column(
      items, [](auto& item) -> auto& { return item.id; });
  column(
      items, [](auto& item) -> auto& { return item.image; });
  column(
      items, [](auto& item) -> auto& { return item.first_text; });
  column(
      items, [](auto& item) -> auto& { return item.first_related; });
  column(
      texts, [](auto& text) -> auto& { return text.text; });
  column(by_id, itself);
  column(offsets, itself);
}

/// A catalog that has been checked: every index, offset and count inside is in range. Borrows the bytes.
class CatalogView {
 public:
  /// Checks magic, version, length, checksum and every cross reference; on anything else than kOk the view stays empty.
  /// `bytes` must be 8-byte aligned and outlive the view. They are changed: columns stored as differences are summed
  /// up, so they cannot be opened again.
  [[nodiscard]] Status open(MutableBytes bytes);

  [[nodiscard]] Rows<CatalogItem> items() const { return {items_, header_.item_count}; }
  [[nodiscard]] Rows<CatalogTextRow> texts() const { return {texts_, header_.text_count}; }
  [[nodiscard]] Rows<CatalogTextRow> texts_of(const CatalogItem& item) const {
    return texts().subspan(item.first_text, item.text_count);
  }
  [[nodiscard]] Rows<CatalogRelated> related_of(const CatalogItem& item) const {
    return Rows<CatalogRelated>(related_, header_.related_count).subspan(item.first_related, item.related_count);
  }
  /// Strings of the category paths.
  [[nodiscard]] Rows<std::uint32_t> categories() const { return {categories_, header_.category_count}; }
  [[nodiscard]] std::string_view string(std::uint32_t number) const {
    return as_text(Bytes(strings_ + offsets_[number], offsets_[number + 1] - offsets_[number]));
  }
  /// Row of the item with this id, or kNone.
  [[nodiscard]] std::uint32_t find(std::string_view id) const;

 private:
  [[nodiscard]] bool check() const;
  [[nodiscard]] bool check_items() const;

  CatalogHeader header_ = {};
  const CatalogItem* items_ = nullptr;
  const CatalogTextRow* texts_ = nullptr;
  const CatalogRelated* related_ = nullptr;
  const std::uint32_t* by_id_ = nullptr;  ///< rows of the items, sorted by the bytes of their ids
  const std::uint32_t* categories_ = nullptr;
  const std::uint32_t* offsets_ = nullptr;  ///< string_count + 1
  const std::uint8_t* strings_ = nullptr;
};

}  // namespace omo
