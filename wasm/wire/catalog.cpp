// SPDX-License-Identifier: Apache-2.0
#include "wire/catalog.h"

namespace omo {
namespace {

/// Three-way comparison by bytes.
int compare(std::string_view a, std::string_view b) {
  const std::size_t common = a.size() < b.size() ? a.size() : b.size();
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  return order != 0 ? order : a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

/// Neither NaN nor an infinity, and not below 0.
bool is_amount(double value) { return value >= 0 && value <= 1e300; }

bool is_within(std::uint32_t first, std::uint32_t count, std::uint32_t size) {
  return first <= size && count <= size - first;
}

}  // namespace

Status CatalogView::open(MutableBytes bytes) {
  header_ = {};
  CatalogHeader header = {};
  if (bytes.size() < sizeof header) return Status::kBadLength;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kCatalogMagic) return Status::kBadMagic;
  if (header.version != kCatalogVersion || header.flags != 0) return Status::kBadVersion;
  if (header.bytes != bytes.size()) return Status::kBadLength;
  if (header.checksum != fnv32(Bytes(bytes).subspan(kCatalogChecked))) return Status::kBadChecksum;
  // In 64 bits: counts that lie cannot make the sum come round.
  std::uint64_t end = sizeof header;
  const auto table = [&](std::uint64_t rows, std::uint64_t row_bytes) {
    const std::uint64_t begin = end;
    end += rows * row_bytes;
    return begin <= bytes.size() ? bytes.data() + begin : bytes.data();
  };
  auto* items = reinterpret_cast<CatalogItem*>(table(header.item_count, sizeof(CatalogItem)));
  auto* texts = reinterpret_cast<CatalogTextRow*>(table(header.text_count, sizeof(CatalogTextRow)));
  related_ = reinterpret_cast<const CatalogRelated*>(table(header.related_count, sizeof(CatalogRelated)));
  auto* by_id = reinterpret_cast<std::uint32_t*>(table(header.item_count, 4));
  categories_ = reinterpret_cast<const std::uint32_t*>(table(header.category_count, 4));
  auto* offsets = reinterpret_cast<std::uint32_t*>(table(std::uint64_t{header.string_count} + 1, 4));
  strings_ = table(header.string_bytes, 1);
  if (end != bytes.size() || bytes.size() > kMaxCatalogBytes || header.item_count > kMaxCatalogItems ||
      header.reserved[0] != 0 || header.reserved[1] != 0)
    return Status::kBadStructure;
  for_catalog_differences(ByteSpan(items, header.item_count), ByteSpan(texts, header.text_count),
                          ByteSpan(by_id, header.item_count), ByteSpan(offsets, std::size_t{header.string_count} + 1),
                          [](auto rows, auto member) {
                            for (std::size_t i = 1; i < rows.size(); ++i) member(rows[i]) += member(rows[i - 1]);
                          });
  items_ = items;
  texts_ = texts;
  by_id_ = by_id;
  offsets_ = offsets;
  header_ = header;
  if (check()) return Status::kOk;
  header_ = {};
  return Status::kBadStructure;
}

bool CatalogView::check() const {
  const std::uint32_t strings = header_.string_count;
  if (offsets_[0] != 0 || offsets_[strings] != header_.string_bytes) return false;
  for (std::uint32_t i = 0; i < strings; ++i) {
    if (offsets_[i] > offsets_[i + 1] || offsets_[i + 1] - offsets_[i] > kMaxCatalogStringBytes) return false;
  }
  for (const CatalogTextRow& row : texts()) {
    if (row.key >= CatalogText::kCount || row.text >= strings || (row.language != kNone && row.language >= strings))
      return false;
  }
  for (const CatalogRelated& row : Rows<CatalogRelated>(related_, header_.related_count)) {
    if (row.item >= header_.item_count || !(row.weight > 0) || !is_amount(static_cast<double>(row.weight)))
      return false;
  }
  for (std::uint32_t category : categories()) {
    if (category >= strings) return false;
  }
  return check_items();
}

bool CatalogView::check_items() const {
  const std::uint32_t strings = header_.string_count;
  for (const CatalogItem& item : items()) {
    if (!is_amount(item.price) || item.id >= strings || item.currency >= strings ||
        (item.image != kNone && item.image >= strings) ||
        (item.category != kNone && item.category >= header_.category_count) || item.related_count > kMaxRelated ||
        !is_within(item.first_text, item.text_count, header_.text_count) ||
        !is_within(item.first_related, item.related_count, header_.related_count) ||
        (item.flags & ~kCatalogInStock) != 0)
      return false;
  }
  // Ids that ascend strictly are different, so each item is there once.
  for (std::uint32_t i = 0; i < header_.item_count; ++i) {
    if (by_id_[i] >= header_.item_count) return false;
    if (i > 0 && compare(string(items_[by_id_[i - 1]].id), string(items_[by_id_[i]].id)) >= 0) return false;
  }
  return true;
}

std::uint32_t CatalogView::find(std::string_view id) const {
  std::uint32_t low = 0;
  std::uint32_t high = header_.item_count;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const int order = compare(string(items_[by_id_[middle]].id), id);
    if (order == 0) return by_id_[middle];
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return kNone;
}

}  // namespace omo
