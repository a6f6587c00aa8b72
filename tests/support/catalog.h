// SPDX-License-Identifier: Apache-2.0
// Catalogs and queries for tests: through the compiler, as sites make them.
#pragma once
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "catalog/recommend.h"
#include "compiler/feed.h"
#include "support/program.h"

namespace omo::test {

/// The diagnostics as "line:column: severity: message" lines.
inline std::string feed_findings(const std::string& feed, const std::string& related = {}) {
  std::string text;
  for (const Diagnostic& diagnostic : compile_feed(feed, {"feed", related, "related"}).diagnostics) {
    text += diagnostic.file + ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) +
            (diagnostic.severity == Severity::kError ? ": error: " : ": warning: ") + diagnostic.message + "\n";
  }
  return text;
}

/// A weighed id or taste.
using Weighed = std::pair<std::string, double>;

struct Query {
  RecommendationKind kind = RecommendationKind::kRecent;
  std::vector<Weighed> values;
  std::vector<std::string> excluded;
  bool in_stock_only = false;
  std::uint8_t count = 4;

  [[nodiscard]] std::vector<std::uint8_t> record() const {
    std::vector<std::uint8_t> bytes(1 << 20);
    ByteWriter writer(bytes);
    writer.u8(static_cast<std::uint8_t>(kind));
    writer.u8(in_stock_only ? 1 : 0);
    writer.u8(count);
    writer.varint(static_cast<std::uint32_t>(values.size()));
    for (const auto& [text, weight] : values) {
      writer.text(text);
      writer.f64(weight);
    }
    writer.varint(static_cast<std::uint32_t>(excluded.size()));
    for (const std::string& id : excluded) writer.text(id);
    REQUIRE(writer.ok());
    bytes.resize(writer.position());
    return bytes;
  }
};

/// A catalog that compiled, with its memory.
class Shelf {
 public:
  explicit Shelf(const std::string& feed, const std::string& related = {}) {
    const CompiledCatalog compiled = compile_feed(feed, {"feed", related, "related"});
    INFO(feed_findings(feed, related));
    REQUIRE(compiled.ok());
    file_ = compiled.catalog;
    bytes_ = AlignedBytes(Bytes(file_));
    REQUIRE(view.open(bytes_.mutable_bytes()) == Status::kOk);
    memory_ = AlignedBytes(Recommender::memory_needed(view));
    recommender.open(view, memory_.mutable_bytes().data());
  }
  /// As it came: what was opened has changed.
  [[nodiscard]] Bytes bytes() const { return file_; }

  /// Ids that the query finds, joined by blanks.
  std::string find(const Query& query) {
    REQUIRE(recommender.query(query.record()) == Status::kOk);
    std::string ids;
    for (std::uint32_t row : recommender.found()) {
      ids += (ids.empty() ? "" : " ") + std::string(view.string(view.items()[row].id));
    }
    return ids;
  }
  /// The pairs of an item as "key=value" joined by blanks.
  std::string describe(std::string_view id, std::string_view language) {
    std::vector<std::uint8_t> out(kTransferBytes);
    const std::size_t bytes = recommender.describe(view.find(id), language, out);
    ByteReader reader(Bytes(out).first(bytes));
    std::string text;
    for (std::uint8_t pairs = reader.u8(); pairs > 0; --pairs) {
      text += (text.empty() ? "" : " ") + std::string(reader.text()) + "=";
      switch (static_cast<ValueTag>(reader.u8())) {
        case ValueTag::kString:
          text += reader.text();
          break;
        case ValueTag::kNumber:
          text += std::to_string(reader.f64());
          break;
        case ValueTag::kTrue:
          text += "true";
          break;
        default:
          text += "false";
      }
    }
    REQUIRE(reader.is_done());
    return text;
  }

  CatalogView view;
  Recommender recommender;

 private:
  std::vector<std::uint8_t> file_;
  AlignedBytes bytes_;
  AlignedBytes memory_;
};

}  // namespace omo::test
