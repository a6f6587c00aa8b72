// SPDX-License-Identifier: Apache-2.0
// A product feed in JSON as rows.
#include "compiler/document.h"
#include "compiler/feed_rows.h"

namespace omo::compiler {
namespace {

constexpr int kMaxNesting = 4;  // deeper there is nothing that anybody names

void flatten(const Node& node, const std::string& name, int depth, FeedRow& row) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return;
    case Node::Kind::kString:
      if (!node.text.empty()) row.attributes.push_back({name, node.text, std::nullopt, node.offset});
      return;
    case Node::Kind::kBool:
      row.attributes.push_back({name, node.boolean ? "true" : "false", std::nullopt, node.offset});
      return;
    case Node::Kind::kInt:
      row.attributes.push_back({name, std::to_string(node.integer), node.number, node.offset});
      return;
    case Node::Kind::kDouble:
      row.attributes.push_back({name, std::to_string(node.number), node.number, node.offset});
      return;
    case Node::Kind::kArray:
      if (depth == kMaxNesting) return;
      for (const Node& item : node.items) flatten(item, name, depth + 1, row);
      return;
    case Node::Kind::kObject:
      if (depth == kMaxNesting) return;
      for (const Member& member : node.members)
        flatten(member.value, name + (name.empty() ? "" : ".") + normalised(member.key), depth + 1, row);
  }
}

/// The list of items in what a feed may be; null (reported) where there is none.
const Node* list_of(Reporter& reporter, const Node& root) {
  if (root.kind == Node::Kind::kArray) return &root;
  if (root.kind == Node::Kind::kObject) {
    for (std::string_view key : {"items", "@graph"}) {
      const Member* list = root.find(key);
      if (list != nullptr && list->value.kind == Node::Kind::kArray) return &list->value;
    }
  }
  reporter.error(root.offset, "a feed is an array of items, or an object with the array \"items\" or \"@graph\"");
  return nullptr;
}

/// In a graph of schema.org there are other things than products.
bool is_other_thing(const Node& item) {
  const Member* type = item.find("@type");
  if (type == nullptr || type->value.kind != Node::Kind::kString) return false;
  return type->value.text != "Product" && type->value.text != "https://schema.org/Product";
}

}  // namespace

std::vector<FeedRow> read_json_rows(Reporter& reporter) {
  std::vector<FeedRow> rows;
  Node root;
  if (!parse_document(reporter, root, {"feed", "max_feed_bytes", kMaxFeedBytes})) return rows;
  const Node* list = list_of(reporter, root);
  if (list == nullptr) return rows;
  std::size_t number = 0;
  for (const Node& item : list->items) {
    ++number;
    if (item.kind != Node::Kind::kObject) {
      reporter.error(item.offset, "row " + std::to_string(number) + ": an item must be an object, not " +
                                      std::string(kind_name(item.kind)));
      continue;
    }
    if (is_other_thing(item)) continue;
    FeedRow row;
    row.offset = item.offset;
    row.number = number;
    flatten(item, {}, 0, row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace omo::compiler
