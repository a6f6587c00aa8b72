// SPDX-License-Identifier: Apache-2.0
#include "catalog/recommend.h"

namespace omo {
namespace {

constexpr std::uint8_t kInStockOnly = 1;

/// Takes the next segment off a path; false where there is none.
bool next_segment(std::string_view& path, std::string_view& segment) {
  while (!path.empty()) {
    std::size_t end = 0;
    while (end < path.size() && path[end] != '>' && path[end] != '/') ++end;
    segment = path.substr(0, end);
    path.remove_prefix(end < path.size() ? end + 1 : end);
    while (!segment.empty() && segment.front() == ' ') segment.remove_prefix(1);
    while (!segment.empty() && segment.back() == ' ') segment.remove_suffix(1);
    if (!segment.empty()) return true;
  }
  return false;
}

/// Zero for what is no weight.
double weight_of(double weight) { return weight > 0 && weight <= 1e300 ? weight : 0; }

/// How well a text's language suits, 0 to 3.
int suits(std::string_view has, bool in_every, std::string_view wanted) {
  if (in_every) return 1;
  if (same_text(has, wanted)) return 3;
  std::size_t base = 0;
  while (base < wanted.size() && wanted[base] != '-') ++base;
  return same_text(has, wanted.substr(0, base)) ? 2 : 0;
}

void put_string(ByteWriter& writer, std::string_view key, std::string_view text) {
  writer.text(key);
  writer.u8(static_cast<std::uint8_t>(ValueTag::kString));
  writer.text(text);
}

}  // namespace

double category_match(std::string_view taste, std::string_view path) {
  std::string_view rest = taste;
  std::string_view segment;
  std::string_view behind = path;
  std::string_view other;
  double segments = 0;
  double common = 0;
  while (next_segment(rest, segment)) {
    if (segments == common && next_segment(behind, other) && same_text(segment, other)) ++common;
    ++segments;
  }
  if (segments == 0) return 0;
  if (segments > 1 || common > 0) return common / segments;
  // The loop has left the only segment of the taste behind.
  while (next_segment(path, other)) {
    std::string_view alone = taste;
    if (next_segment(alone, segment) && same_text(segment, other)) return 1;
  }
  return 0;
}

std::size_t Recommender::memory_needed(const CatalogView& catalog) {
  return (std::size_t{catalog.items().size()} + catalog.categories().size()) * sizeof(double) + catalog.items().size();
}

void Recommender::open(const CatalogView& catalog, std::uint8_t* memory) {
  catalog_ = catalog;
  scores_ = reinterpret_cast<double*>(memory);
  category_scores_ = scores_ + catalog.items().size();
  left_out_ = reinterpret_cast<std::uint8_t*>(category_scores_ + catalog.categories().size());
  count_ = 0;
}

Status Recommender::query(Bytes record) {
  count_ = 0;
  ByteReader reader(record);
  const auto kind = static_cast<RecommendationKind>(reader.u8());
  in_stock_only_ = (reader.u8() & kInStockOnly) != 0;
  wanted_ = reader.u8();
  const std::uint32_t values = reader.varint();
  if (values > kMaxTastes || wanted_ > kMaxRecommendations) return Status::kBadRecord;
  // What is left out stands behind the values: they are read a second time.
  ByteReader first_value = reader;
  for (std::uint32_t i = 0; i < values; ++i) {
    (void)reader.text();
    (void)reader.f64();
  }
  const std::uint32_t items = catalog_.items().size();
  if (items != 0) std::memset(left_out_, 0, items);
  const std::uint32_t excluded = reader.varint();
  if (excluded > kMaxTastes) return Status::kBadRecord;
  for (std::uint32_t i = 0; i < excluded; ++i) {
    const std::uint32_t row = catalog_.find(reader.text());
    if (row != kNone) left_out_[row] = 1;
  }
  if (!reader.is_done()) return Status::kBadRecord;
  switch (kind) {
    case RecommendationKind::kRecent:
      for (std::uint32_t i = 0; i < values; ++i) {
        const std::uint32_t row = catalog_.find(first_value.text());
        (void)first_value.f64();
        if (row != kNone) take(row);
      }
      return Status::kOk;
    case RecommendationKind::kAffinity:
      score_affinity(first_value, values);
      break;
    case RecommendationKind::kRelated:
      score_related(first_value, values);
      break;
    default:
      return Status::kBadRecord;
  }
  rank();
  return Status::kOk;
}

/// Appends an item that may be shown and is not there yet.
void Recommender::take(std::uint32_t row) {
  if (count_ == wanted_ || left_out_[row] != 0) return;
  if (in_stock_only_ && (catalog_.items()[row].flags & kCatalogInStock) == 0) return;
  left_out_[row] = 1;
  found_[count_++] = row;
}

void Recommender::score_affinity(ByteReader& values, std::uint32_t count) {
  const Rows<std::uint32_t> categories = catalog_.categories();
  for (std::uint32_t c = 0; c < categories.size(); ++c) category_scores_[c] = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view taste = values.text();
    const double weight = weight_of(values.f64());
    if (weight == 0) continue;
    for (std::uint32_t c = 0; c < categories.size(); ++c)
      category_scores_[c] += weight * category_match(taste, catalog_.string(categories[c]));
  }
  for (std::uint32_t row = 0; row < catalog_.items().size(); ++row) {
    const std::uint32_t category = catalog_.items()[row].category;
    scores_[row] = category == kNone ? 0 : category_scores_[category];
  }
}

void Recommender::score_related(ByteReader& values, std::uint32_t count) {
  for (std::uint32_t row = 0; row < catalog_.items().size(); ++row) scores_[row] = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t row = catalog_.find(values.text());
    const double weight = weight_of(values.f64());
    if (row == kNone) continue;
    left_out_[row] = 1;
    for (const CatalogRelated& related : catalog_.related_of(catalog_.items()[row]))
      scores_[related.item] += weight * static_cast<double>(related.weight);
  }
}

/// The best of the scored items; equals keep the order of the catalog, since later ones are put behind.
void Recommender::rank() {
  for (std::uint32_t row = 0; row < catalog_.items().size(); ++row) {
    const double score = scores_[row];
    if (!(score > 0) || left_out_[row] != 0) continue;
    if (in_stock_only_ && (catalog_.items()[row].flags & kCatalogInStock) == 0) continue;
    std::uint32_t place = count_;
    while (place > 0 && scores_[found_[place - 1]] < score) --place;
    if (place == wanted_) continue;
    if (count_ < wanted_) ++count_;
    for (std::uint32_t i = count_ - 1; i > place; --i) found_[i] = found_[i - 1];
    found_[place] = row;
  }
}

std::size_t Recommender::describe(std::uint32_t row, std::string_view language, MutableBytes out) const {
  static constexpr std::string_view kTextKeys[] = {"title", "link"};
  if (row >= catalog_.items().size()) return 0;
  const CatalogItem& item = catalog_.items()[row];
  std::string_view texts[2];
  int best[2] = {-1, -1};
  for (const CatalogTextRow& text : catalog_.texts_of(item)) {
    const auto key = static_cast<std::size_t>(text.key);
    const bool in_every = text.language == kNone;
    const int fit = suits(in_every ? std::string_view{} : catalog_.string(text.language), in_every, language);
    if (fit <= best[key]) continue;
    best[key] = fit;
    texts[key] = catalog_.string(text.text);
  }
  ByteWriter writer(out);
  writer.u8(0);
  std::uint8_t pairs = 4;
  put_string(writer, "id", catalog_.string(item.id));
  for (std::size_t key = 0; key < 2; ++key) {
    if (best[key] < 0) continue;
    put_string(writer, kTextKeys[key], texts[key]);
    ++pairs;
  }
  if (item.image != kNone) {
    put_string(writer, "image", catalog_.string(item.image));
    ++pairs;
  }
  writer.text("price");
  writer.u8(static_cast<std::uint8_t>(ValueTag::kNumber));
  writer.f64(item.price);
  put_string(writer, "currency", catalog_.string(item.currency));
  writer.text("in_stock");
  writer.u8(static_cast<std::uint8_t>((item.flags & kCatalogInStock) != 0 ? ValueTag::kTrue : ValueTag::kFalse));
  if (!writer.ok()) return 0;
  out[0] = pairs;
  return writer.position();
}

}  // namespace omo
