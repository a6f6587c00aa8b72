// SPDX-License-Identifier: Apache-2.0
// Helpers that read one JSON value and report what is wrong with it. `what` names the value in the message, for example
// "within of signal 'views'".
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/keys.h"
#include "compiler/playbook.h"

namespace omo::compiler {

/// Reports where the value is of another kind.
bool expect(Compilation& compilation, const Node& node, Node::Kind kind, std::string_view what);
/// The value of a key of the right kind, or null (absent, or reported).
const Node* get(Compilation& compilation, const Node& object, std::string_view key, Node::Kind kind,
                std::string_view what);
/// Checks that it is an object and has no keys but those of the table.
bool expect_object(Compilation& compilation, const Node& node, const KeyTable& keys, std::string_view what);

/// An integer within the range, inclusive.
std::optional<std::int64_t> read_integer(Compilation& compilation, const Node& node, std::int64_t low,
                                         std::int64_t high, std::string_view what);
/// "90s", "30m", "12h", "7d", "1w": a positive duration in ms.
std::optional<double> read_duration(Compilation& compilation, const Node& node, std::string_view what);
/// A share from 0 to 1, as that many 1 / 2^32.
std::uint32_t read_share(Compilation& compilation, const Node& node, std::string_view what);
/// A list of purposes as a label.
std::optional<std::uint8_t> read_purposes(Compilation& compilation, const Node& node, std::string_view what);
/// A type by its name.
std::optional<Type> read_type(Compilation& compilation, const Node& node, std::string_view what);

/// Checks a name that expressions use: an identifier of CEL.
bool check_identifier(Compilation& compilation, const std::string& name, std::uint32_t offset, std::string_view what);
/// Checks a name that only pages and statistics use: any text of at most max_string_bytes.
bool check_name(Compilation& compilation, const std::string& name, std::uint32_t offset, std::string_view what);
/// Checks a language tag (BCP 47, loosely).
bool check_language(Compilation& compilation, const std::string& text, std::uint32_t offset);
/// Adds a name to the one namespace of expressions; reports where it is taken.
bool add_name(Compilation& compilation, const std::string& name, std::uint32_t offset, Playbook::NameKind kind,
              std::uint32_t index);
/// Reports where a table is fuller than its limit allows.
bool check_count(Compilation& compilation, const Node& node, std::size_t count, std::size_t limit,
                 std::string_view limit_name);

/// Keys of a map, as candidates for did_you_mean().
template <class Map>
[[nodiscard]] std::vector<std::string_view> keys_of(const Map& map) {
  std::vector<std::string_view> keys;
  keys.reserve(map.size());
  for (const auto& entry : map) keys.push_back(entry.first);
  std::sort(keys.begin(), keys.end());  // the order of a hash map is not the same everywhere
  return keys;
}

}  // namespace omo::compiler
