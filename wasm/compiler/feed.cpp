// SPDX-License-Identifier: Apache-2.0
// What the attributes of a product feed mean. Names, formats and values are those of Google Merchant Center, GA4 and
// schema.org; what is not named here is ignored, since feeds have hundreds of attributes.
#include "compiler/feed.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "compiler/catalog_writer.h"
#include "compiler/creative.h"
#include "compiler/feed_rows.h"

namespace omo {
namespace compiler {
namespace {

using Names = std::vector<std::string_view>;

// The first name that a row has counts.
const Names kId = {"id", "item_id", "sku", "productid"};
const Names kTitle = {"title", "name", "item_name"};
const Names kLink = {"link", "url", "offers.url"};
const Names kImage = {"image_link", "image", "image.url", "image.contenturl", "image_url"};
const Names kPrice = {"sale_price",      "sale_price.value", "price", "price.value", "offers.price",
                      "offers.lowprice", "offers.sale_price"};
const Names kCurrency = {"sale_price.currency", "price.currency", "pricecurrency", "currency", "offers.pricecurrency"};
const Names kAvailability = {"availability", "offers.availability", "in_stock"};
const Names kCategory = {"product_type", "category", "item_category"};
const Names kRelated = {"related", "related_items", "related_item_ids"};

struct Availability {
  std::string_view name;
  bool in_stock;
};
/// Google's and schema.org's values; what cannot be had today is not in stock.
constexpr Availability kAvailabilities[] = {
    {"in_stock", true},      {"instock", true},       {"limitedavailability", true},
    {"onlineonly", true},    {"instoreonly", true},   {"true", true},
    {"madetoorder", true},   {"out_of_stock", false}, {"outofstock", false},
    {"false", false},        {"soldout", false},      {"sold_out", false},
    {"discontinued", false}, {"preorder", false},     {"presale", false},
    {"backorder", false},    {"reserved", false}};

const Attribute* find(const FeedRow& row, const Names& names) {
  for (std::string_view name : names) {
    for (const Attribute& attribute : row.attributes) {
      if (attribute.name == name) return &attribute;
    }
  }
  return nullptr;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// "4980" or "12.50", exact to the nearest double: both parts of the quotient are. Not a number otherwise.
double parse_amount(std::string_view text) {
  constexpr std::size_t kMostDigits = 15;
  double digits = 0;
  double scale = 1;
  bool fraction = false;
  std::size_t count = 0;
  for (char c : text) {
    if (c == '.' && !fraction && count > 0) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9' || ++count > kMostDigits) return std::nan("");
    digits = digits * 10 + (c - '0');
    if (fraction) scale *= 10;
  }
  return count == 0 || text.back() == '.' ? std::nan("") : digits / scale;
}

class FeedReader {
 public:
  explicit FeedReader(Reporter& reporter) : reporter_(reporter) {}

  void read(const std::vector<FeedRow>& rows) {
    for (const FeedRow& row : rows) {
      if (entries.size() == kMaxCatalogItems) {
        reporter_.error(row.offset, "row " + std::to_string(row.number) + ": the feed has more items than the limit " +
                                        "max_catalog_items, " + std::to_string(kMaxCatalogItems));
        break;
      }
      read_row(row);
    }
    // Only now every id is known.
    for (const FeedRow& row : rows) read_related(row);
  }

  /// Takes the related table: rows of item_id, related_id, weight.
  void read_table(Reporter& reporter) {
    std::vector<std::string> columns;
    const std::vector<FeedRow> rows = read_csv_rows(reporter, columns);
    for (std::string_view needed : {"item_id", "related_id"}) {
      if (std::find(columns.begin(), columns.end(), needed) != columns.end()) continue;
      const std::vector<std::string_view> present(columns.begin(), columns.end());
      reporter.error(0, "row 1: the related table needs the column " + in_quotes(needed) +
                            " (item_id, related_id and, where it is not 1, weight)" + did_you_mean(needed, present));
      return;
    }
    for (const FeedRow& row : rows) {
      const Attribute* item = find(row, {"item_id"});
      const Attribute* related = find(row, {"related_id"});
      const Attribute* weight = find(row, {"weight"});
      if (item == nullptr || related == nullptr) {
        reporter.error(row.offset, "row " + std::to_string(row.number) + ": item_id and related_id are both needed");
        continue;
      }
      const auto found = rows_.find(item->text);
      if (found == rows_.end()) {
        reporter.warning(item->offset, place(row, "item_id") + "no item has the id " + in_quotes(item->text) +
                                           ": the row is left out");
        continue;
      }
      relate(reporter, row, found->second, *related, weight);
    }
  }

  std::vector<CatalogEntry> entries;

 private:
  [[nodiscard]] static std::string place(const FeedRow& row, std::string_view column) {
    const Attribute* id = find(row, kId);
    return "row " + std::to_string(row.number) + (id == nullptr ? "" : " (" + in_quotes(id->text) + ")") + ", " +
           std::string(column) + ": ";
  }
  void error(const FeedRow& row, const Attribute& attribute, const std::string& message) {
    reporter_.error(attribute.offset, place(row, attribute.name) + message);
  }
  void missing(const FeedRow& row, std::string_view what, const Names& names) {
    std::vector<std::string_view> present;
    for (const Attribute& attribute : row.attributes) present.push_back(attribute.name);
    reporter_.error(row.offset, place(row, what) + "every item needs one" + did_you_mean(*names.begin(), present));
  }
  /// Is the text within the limit?
  bool fits(const FeedRow& row, const Attribute& attribute) {
    if (attribute.text.size() <= kMaxCatalogStringBytes) return true;
    error(row, attribute,
          "it has " + std::to_string(attribute.text.size()) + " bytes: the limit max_catalog_string_bytes is " +
              std::to_string(kMaxCatalogStringBytes));
    return false;
  }

  void read_row(const FeedRow& row) {
    CatalogEntry entry;
    read_texts(row, entry, CatalogText::kTitle, "title", kTitle);
    read_texts(row, entry, CatalogText::kLink, "link", kLink);
    if (const Attribute* image = find(row, kImage)) {
      if (is_address(row, *image)) entry.image = image->text;
    }
    read_price(row, entry);
    read_availability(row, entry);
    read_category(row, entry);
    const Attribute* id = find(row, kId);
    if (id == nullptr) return missing(row, "id", kId);
    if (!fits(row, *id)) return;
    entry.id = id->text;
    const auto [known, fresh] = rows_.emplace(entry.id, static_cast<std::uint32_t>(entries.size()));
    if (!fresh) {
      error(row, *id, "the item of row " + std::to_string(numbers_[known->second]) + " has this id already");
      return;
    }
    numbers_.push_back(row.number);
    entries.push_back(std::move(entry));
  }

  bool is_address(const FeedRow& row, const Attribute& attribute) {
    if (!fits(row, attribute)) return false;
    const std::string problem = address_problem(attribute.text);
    if (problem.empty()) return true;
    error(row, attribute, problem);
    return false;
  }

  /// A text in one language, or in several: `title.ja`.
  void read_texts(const FeedRow& row, CatalogEntry& entry, CatalogText key, std::string_view what, const Names& names) {
    for (std::string_view name : names) {
      const std::size_t before = entry.texts.size();
      for (const Attribute& attribute : row.attributes) {
        const bool is_same = attribute.name == name;
        const bool is_translated = attribute.name.size() > name.size() + 1 &&
                                   attribute.name.compare(0, name.size(), name) == 0 &&
                                   attribute.name[name.size()] == '.';
        if (!is_same && !is_translated) continue;
        const bool is_good = key == CatalogText::kLink ? is_address(row, attribute) : fits(row, attribute);
        // Something was there: what is wrong with it has been said.
        const std::string language = is_translated ? language_of(attribute.name.substr(name.size() + 1)) : "";
        if (is_same && entry.texts.size() > before) continue;
        entry.texts.push_back({key, language, is_good ? attribute.text : ""});
      }
      if (entry.texts.size() > before) return;
    }
    missing(row, what, names);
  }

  /// As names were normalised: `zh_hant` is `zh-Hant` on a page.
  static std::string language_of(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    const std::size_t region = name.find('-');
    if (region != std::string::npos && name.size() - region == 3) {
      for (std::size_t i = region + 1; i < name.size(); ++i) name[i] = static_cast<char>(name[i] & ~0x20);
    }
    return name;
  }

  void read_price(const FeedRow& row, CatalogEntry& entry) {
    const Attribute* price = find(row, kPrice);
    if (price == nullptr) return missing(row, "price", {"price"});
    std::string_view amount = price->text;
    const std::size_t blank = amount.find(' ');
    if (blank != std::string_view::npos) {
      entry.currency = std::string(amount.substr(blank + 1));
      amount = amount.substr(0, blank);
    }
    entry.price = price->number ? *price->number : parse_amount(amount);
    if (!(entry.price >= 0 && entry.price <= 1e15) || (!entry.currency.empty() && !is_currency(entry.currency))) {
      error(row, *price,
            in_quotes(price->text) + " is no price: a number and a currency (ISO 4217), such as \"4980 JPY\"");
      return;
    }
    if (!entry.currency.empty()) return;
    const Attribute* currency = find(row, kCurrency);
    if (currency == nullptr) {
      error(row, *price, "the price has no currency: say \"" + price->text + " JPY\", or state priceCurrency");
    } else if (!is_currency(currency->text)) {
      error(row, *currency, in_quotes(currency->text) + " is no currency (ISO 4217), such as JPY");
    } else {
      entry.currency = currency->text;
    }
  }

  void read_availability(const FeedRow& row, CatalogEntry& entry) {
    const Attribute* availability = find(row, kAvailability);
    if (availability == nullptr) return;
    std::string text = normalised(availability->text);
    for (std::string_view prefix : {"https://schema.org/", "http://schema.org/", "schema:"}) {
      if (text.compare(0, prefix.size(), prefix) == 0) text.erase(0, prefix.size());
    }
    std::vector<std::string_view> names;
    for (const Availability& known : kAvailabilities) {
      if (known.name == text) {
        entry.in_stock = known.in_stock;
        return;
      }
      names.push_back(known.name);
    }
    error(row, *availability,
          "no availability named " + in_quotes(availability->text) +
              ": in_stock, out_of_stock, preorder, backorder, or schema.org's" + did_you_mean(text, names));
  }

  /// A path such as "Flowers > Bouquets"; GA4's levels item_category to item_category5 are joined.
  void read_category(const FeedRow& row, CatalogEntry& entry) {
    const Attribute* category = find(row, kCategory);
    if (category == nullptr || !fits(row, *category)) return;
    entry.category = category->text;
    if (category->name != "item_category") return;
    for (std::string_view level : {"item_category2", "item_category3", "item_category4", "item_category5"}) {
      const Attribute* next = find(row, {level});
      if (next == nullptr || entry.category.size() + next->text.size() + 3 > kMaxCatalogStringBytes) return;
      entry.category += " > " + next->text;
    }
  }

  /// `related`: ids, in CSV joined by commas or bars; or objects of id and weight.
  void read_related(const FeedRow& row) {
    const Attribute* id = find(row, kId);
    const auto self = id == nullptr ? rows_.end() : rows_.find(id->text);
    if (self == rows_.end() || numbers_[self->second] != row.number) return;
    for (std::size_t i = 0; i < row.attributes.size(); ++i) {
      const Attribute& attribute = row.attributes[i];
      if (attribute.name == "related.id") {
        const bool is_weighed = i + 1 < row.attributes.size() && row.attributes[i + 1].name == "related.weight";
        relate(reporter_, row, self->second, attribute, is_weighed ? &row.attributes[i + 1] : nullptr);
      }
      if (std::find(kRelated.begin(), kRelated.end(), attribute.name) == kRelated.end()) continue;
      for (std::size_t begin = 0; begin <= attribute.text.size();) {
        const std::size_t end = std::min(attribute.text.find_first_of(",|", begin), attribute.text.size());
        Attribute one = attribute;
        one.text = attribute.text.substr(begin, end - begin);
        one.text.erase(0, one.text.find_first_not_of(' '));
        one.text.erase(one.text.find_last_not_of(' ') + 1);
        if (!one.text.empty()) relate(reporter_, row, self->second, one, nullptr);
        begin = end + 1;
      }
    }
  }

  /// @param weight null = 1
  void relate(Reporter& reporter, const FeedRow& row, std::uint32_t item, const Attribute& related,
              const Attribute* weight) {
    double value = 1;
    if (weight != nullptr) {
      value = weight->number ? *weight->number : parse_amount(weight->text);
      // Stored in single precision, where it must not become 0.
      if (!(value >= 1e-30 && value <= 1e30)) {
        reporter.error(weight->offset, place(row, "weight") + in_quotes(weight->text) + " is no weight above 0");
        return;
      }
    }
    const auto found = rows_.find(related.text);
    if (found == rows_.end() || found->second == item) {
      reporter.warning(related.offset, place(row, related.name) +
                                           (found == rows_.end() ? "no item has the id " + in_quotes(related.text)
                                                                 : "an item is not related to itself") +
                                           ": it is left out");
      return;
    }
    auto& list = entries[item].related;
    const auto same =
        std::find_if(list.begin(), list.end(), [&](const auto& other) { return other.first == found->second; });
    if (same != list.end()) {
      same->second += static_cast<float>(value);
    } else if (list.size() == kMaxRelated) {
      reporter.error(related.offset, place(row, related.name) + "there are more related items than the limit " +
                                         "max_related, " + std::to_string(kMaxRelated));
    } else {
      list.emplace_back(found->second, static_cast<float>(value));
    }
  }

  Reporter& reporter_;
  std::unordered_map<std::string, std::uint32_t> rows_;  ///< entry of each id
  std::vector<std::size_t> numbers_;                     ///< row of each entry
};

void append(std::vector<Diagnostic>& all, std::vector<Diagnostic> more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace
}  // namespace compiler

bool CompiledCatalog::ok() const {
  return std::none_of(diagnostics.begin(), diagnostics.end(),
                      [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::kError; });
}

CompiledCatalog compile_feed(std::string_view source, const FeedOptions& options) {
  using namespace compiler;
  CompiledCatalog compiled;
  Reporter reporter(source);
  Reporter related_reporter(options.related);
  FeedReader reader(reporter);
  const std::size_t first = source.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  std::vector<std::string> columns;
  const bool is_json = first != std::string_view::npos && (source[first] == '[' || source[first] == '{');
  reader.read(is_json ? read_json_rows(reporter) : read_csv_rows(reporter, columns));
  if (!options.related.empty()) reader.read_table(related_reporter);
  if (reporter.error_count() + related_reporter.error_count() == 0) {
    compiled.catalog = write_catalog(reader.entries);
    compiled.items = reader.entries.size();
    if (compiled.catalog.size() > kMaxCatalogBytes)
      reporter.error(0, "the catalog has " + std::to_string(compiled.catalog.size()) +
                            " bytes: the limit max_catalog_bytes is " + std::to_string(kMaxCatalogBytes));
  }
  append(compiled.diagnostics, reporter.diagnostics(options.file));
  append(compiled.diagnostics, related_reporter.diagnostics(options.related_file));
  if (!compiled.ok()) compiled.catalog.clear();
  return compiled;
}

}  // namespace omo
