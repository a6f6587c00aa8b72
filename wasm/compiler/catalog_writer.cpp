// SPDX-License-Identifier: Apache-2.0
#include "compiler/catalog_writer.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace omo::compiler {
namespace {

class Strings {
 public:
  std::uint32_t number(const std::string& text) {
    const auto [entry, fresh] = numbers_.emplace(text, static_cast<std::uint32_t>(offsets.size() - 1));
    if (fresh) {
      pool += text;
      offsets.push_back(static_cast<std::uint32_t>(pool.size()));
    }
    return entry->second;
  }
  std::uint32_t number_or_none(const std::string& text) { return text.empty() ? kNone : number(text); }

  std::string pool;
  std::vector<std::uint32_t> offsets{0};

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

template <class Row>
void append(std::vector<std::uint8_t>& bytes, const std::vector<Row>& rows) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(rows.data());
  bytes.insert(bytes.end(), begin, begin + rows.size() * sizeof(Row));
}

std::vector<std::uint32_t> sorted_by_id(const std::vector<CatalogEntry>& entries) {
  std::vector<std::uint32_t> rows(entries.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
  std::sort(rows.begin(), rows.end(),
            [&entries](std::uint32_t a, std::uint32_t b) { return entries[a].id < entries[b].id; });
  return rows;
}

}  // namespace

std::vector<std::uint8_t> write_catalog(const std::vector<CatalogEntry>& entries) {
  Strings strings;
  std::unordered_map<std::string, std::uint32_t> category_rows;
  std::vector<std::uint32_t> categories;
  std::vector<CatalogItem> items;
  std::vector<CatalogTextRow> texts;
  std::vector<CatalogRelated> related;
  for (const CatalogEntry& entry : entries) {
    CatalogItem item = {};
    item.price = entry.price;
    item.id = strings.number(entry.id);
    item.currency = strings.number(entry.currency);
    item.image = strings.number_or_none(entry.image);
    item.category = kNone;
    if (!entry.category.empty()) {
      const auto [row, fresh] = category_rows.emplace(entry.category, static_cast<std::uint32_t>(categories.size()));
      if (fresh) categories.push_back(strings.number(entry.category));
      item.category = row->second;
    }
    item.first_text = static_cast<std::uint32_t>(texts.size());
    item.first_related = static_cast<std::uint32_t>(related.size());
    item.text_count = static_cast<std::uint16_t>(entry.texts.size());
    item.related_count = static_cast<std::uint16_t>(entry.related.size());
    item.flags = entry.in_stock ? kCatalogInStock : 0;
    for (const CatalogTextValue& text : entry.texts)
      texts.push_back({text.key, strings.number_or_none(text.language), strings.number(text.text)});
    for (const auto& [row, weight] : entry.related) related.push_back({row, weight});
    items.push_back(item);
  }
  std::vector<std::uint32_t> by_id = sorted_by_id(entries);
  for_catalog_differences(ByteSpan(items.data(), items.size()), ByteSpan(texts.data(), texts.size()),
                          ByteSpan(by_id.data(), by_id.size()),
                          ByteSpan(strings.offsets.data(), strings.offsets.size()), [](auto rows, auto member) {
                            for (std::size_t i = rows.size(); i-- > 1;) member(rows[i]) -= member(rows[i - 1]);
                          });
  std::vector<std::uint8_t> bytes(sizeof(CatalogHeader));
  append(bytes, items);
  append(bytes, texts);
  append(bytes, related);
  append(bytes, by_id);
  append(bytes, categories);
  append(bytes, strings.offsets);
  bytes.insert(bytes.end(), strings.pool.begin(), strings.pool.end());
  const auto count = [](const auto& rows) { return static_cast<std::uint32_t>(rows.size()); };
  CatalogHeader header = {kCatalogMagic,
                          kCatalogVersion,
                          0,
                          count(bytes),
                          0,
                          count(items),
                          count(texts),
                          count(related),
                          count(categories),
                          count(strings.offsets) - 1,
                          count(strings.pool),
                          {0, 0}};
  std::memcpy(bytes.data(), &header, sizeof header);
  header.checksum = fnv32(Bytes(bytes).subspan(kCatalogChecked));
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace omo::compiler
