// SPDX-License-Identifier: Apache-2.0
// A JSON document with positions. nlohmann_json's own tree keeps none and drops duplicate keys silently, so
// document.cpp builds this one from its SAX events; it is the only file of the compiler that includes nlohmann_json.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/reporter.h"
#include "wire/vocabulary.h"

namespace omo::compiler {

struct Member;

/// A JSON value and the byte offset at which it begins in the source.
struct Node {
  enum class Kind : std::uint8_t { kNull, kBool, kInt, kDouble, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::uint32_t offset = 0;
  std::int64_t integer = 0;  ///< kInt
  double number = 0;         ///< kInt and kDouble
  std::string text;          ///< kString, decoded
  std::vector<Node> items;
  std::vector<Member> members;  ///< in the order of the source

  [[nodiscard]] const Member* find(std::string_view key) const;
};

struct Member {
  std::string key;
  std::uint32_t key_offset = 0;
  Node value;
};

/// "a string", "an object", ...
[[nodiscard]] std::string_view kind_name(Node::Kind kind);

/// What a document is called in messages, and how long it may be.
struct DocumentLimit {
  std::string_view what = "playbook";
  std::string_view name = "max_playbook_bytes";
  std::size_t bytes = kMaxPlaybookBytes;
};

/// Parses the whole source; answers false (with an error reported) where it is no JSON. Duplicate keys are reported,
/// and the first one counts.
[[nodiscard]] bool parse_document(Reporter& reporter, Node& root, const DocumentLimit& limit = {});

/// Source offset of byte `index` of the decoded text of a JSON string that begins (with its quote) at `string_offset`.
[[nodiscard]] std::uint32_t offset_in_string(std::string_view source, std::uint32_t string_offset, std::size_t index);

}  // namespace omo::compiler
