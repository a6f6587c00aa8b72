// SPDX-License-Identifier: Apache-2.0
#include "compiler/read.h"

#include <cmath>

#include <algorithm>

#include "wire/vocabulary_tables.h"

namespace omo::compiler {
namespace {

struct TypeName {
  std::string_view name;
  Type type;
};
constexpr TypeName kTypeNames[] = {{"string", Type::kString},
                                   {"int", Type::kInt},
                                   {"double", Type::kDouble},
                                   {"bool", Type::kBool},
                                   {"date", Type::kDate}};

}  // namespace

const Param* Event::find(std::string_view param) const {
  for (const Param& candidate : params) {
    if (candidate.name == param) return &candidate;
  }
  return nullptr;
}

std::string purposes_text(std::uint8_t label) {
  std::string text;
  for (std::size_t bit = 0; bit < kPurposeNames.size(); ++bit) {
    if ((label >> bit & 1) == 0) continue;
    if (!text.empty()) text += " and ";
    text += kPurposeNames[bit];
  }
  return text.empty() ? "none" : text;
}

std::string_view wire_type_name(Type type) {
  for (const TypeName& candidate : kTypeNames) {
    if (candidate.type == type) return candidate.name;
  }
  return type == Type::kDuration ? "duration" : "list";
}

bool expect(Compilation& compilation, const Node& node, Node::Kind kind, std::string_view what) {
  if (node.kind == kind) return true;
  if (kind == Node::Kind::kDouble && node.kind == Node::Kind::kInt) return true;
  compilation.error(node.offset, std::string(what) + " must be " + std::string(kind_name(kind)) + ", not " +
                                     std::string(kind_name(node.kind)));
  return false;
}

const Node* get(Compilation& compilation, const Node& object, std::string_view key, Node::Kind kind,
                std::string_view what) {
  const Member* member = object.find(key);
  return member != nullptr && expect(compilation, member->value, kind, what) ? &member->value : nullptr;
}

bool expect_object(Compilation& compilation, const Node& node, const KeyTable& keys, std::string_view what) {
  if (!expect(compilation, node, Node::Kind::kObject, what)) return false;
  for (const Member& member : node.members) {
    if (std::find(keys.keys.begin(), keys.keys.end(), member.key) != keys.keys.end()) continue;
    compilation.error(member.key_offset,
                      std::string(what) + " has no key " + in_quotes(member.key) + did_you_mean(member.key, keys.keys));
  }
  return true;
}

std::optional<std::int64_t> read_integer(Compilation& compilation, const Node& node, std::int64_t low,
                                         std::int64_t high, std::string_view what) {
  if (!expect(compilation, node, Node::Kind::kInt, what)) return std::nullopt;
  if (node.integer >= low && node.integer <= high) return node.integer;
  compilation.error(node.offset,
                    std::string(what) + " must be between " + std::to_string(low) + " and " + std::to_string(high));
  return std::nullopt;
}

std::optional<double> read_duration(Compilation& compilation, const Node& node, std::string_view what) {
  if (!expect(compilation, node, Node::Kind::kString, what)) return std::nullopt;
  constexpr double kLongestMs = 3650 * 86'400'000.0;
  const std::string& text = node.text;
  const double unit = text.empty()         ? 0
                      : text.back() == 's' ? 1000
                      : text.back() == 'm' ? 60'000
                      : text.back() == 'h' ? 3'600'000
                      : text.back() == 'd' ? 86'400'000
                      : text.back() == 'w' ? 604'800'000
                                           : 0;
  double amount = 0;
  bool valid = unit != 0 && text.size() > 1 && text.size() <= 10;
  for (std::size_t i = 0; valid && i + 1 < text.size(); ++i) {
    valid = text[i] >= '0' && text[i] <= '9';
    amount = amount * 10 + (text[i] - '0');
  }
  if (!valid) {
    compilation.error(node.offset,
                      std::string(what) + " must be a whole number and a unit (s, m, h, d or w), such as \"7d\"");
    return std::nullopt;
  }
  if (amount <= 0 || amount * unit > kLongestMs) {
    compilation.error(node.offset, std::string(what) + " must be longer than 0 and at most 3650d");
    return std::nullopt;
  }
  return amount * unit;
}

std::uint32_t read_share(Compilation& compilation, const Node& node, std::string_view what) {
  constexpr double kWhole = 4294967296.0;
  if (node.number < 0 || node.number > 1) {
    compilation.error(node.offset,
                      std::string(what) + " must be between 0 and 1: the share of visitors that never see it");
    return 0;
  }
  const double share = std::floor(node.number * kWhole + 0.5);
  return share >= kWhole ? 0xFFFFFFFF : static_cast<std::uint32_t>(share);
}

std::optional<std::uint8_t> read_purposes(Compilation& compilation, const Node& node, std::string_view what) {
  if (!expect(compilation, node, Node::Kind::kArray, what)) return std::nullopt;
  std::uint8_t label = 0;
  for (const Node& item : node.items) {
    if (!expect(compilation, item, Node::Kind::kString, "a purpose")) continue;
    const auto found = std::find(kPurposeNames.begin(), kPurposeNames.end(), item.text);
    if (found == kPurposeNames.end()) {
      compilation.error(item.offset,
                        "no purpose named " + in_quotes(item.text) + did_you_mean(item.text, kPurposeNames));
      continue;
    }
    label = static_cast<std::uint8_t>(label | 1u << (found - kPurposeNames.begin()));
  }
  return label;
}

std::optional<Type> read_type(Compilation& compilation, const Node& node, std::string_view what) {
  if (!expect(compilation, node, Node::Kind::kString, what)) return std::nullopt;
  std::vector<std::string_view> names;
  for (const TypeName& candidate : kTypeNames) {
    if (candidate.name == node.text) return candidate.type;
    names.push_back(candidate.name);
  }
  compilation.error(node.offset, "no type named " + in_quotes(node.text) + ": string, int, double, bool or date" +
                                     did_you_mean(node.text, names));
  return std::nullopt;
}

bool check_name(Compilation& compilation, const std::string& name, std::uint32_t offset, std::string_view what) {
  if (name.empty()) {
    compilation.error(offset, std::string(what) + " needs a name");
    return false;
  }
  if (name.size() > kMaxStringBytes) {
    compilation.error(offset, "the name of " + std::string(what) + " is too long: the limit max_string_bytes is " +
                                  std::to_string(kMaxStringBytes));
    return false;
  }
  for (char c : name) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) continue;
    compilation.error(offset, "the name of " + std::string(what) + " has a control character");
    return false;
  }
  return true;
}

bool check_identifier(Compilation& compilation, const std::string& name, std::uint32_t offset, std::string_view what) {
  if (!check_name(compilation, name, offset, what)) return false;
  if (is_identifier(name)) return true;
  compilation.error(offset, in_quotes(name) + " cannot name " + std::string(what) +
                                (is_reserved_word(name) ? ": it is a reserved word of the expression language"
                                                        : ": use letters, digits and _, and no digit first"));
  return false;
}

bool add_name(Compilation& compilation, const std::string& name, std::uint32_t offset, Playbook::NameKind kind,
              std::uint32_t index) {
  static constexpr std::string_view kKinds[] = {"signal", "trait", "segment", "score"};
  if (name == "context") {
    compilation.error(offset, "'context' is the name of the context in expressions: choose another");
    return false;
  }
  if (name == "now") {
    compilation.error(offset, "'now' is the present time in expressions: choose another");
    return false;
  }
  const auto [entry, fresh] = compilation.playbook.names.emplace(name, Playbook::Name{kind, index, offset});
  if (fresh) return true;
  compilation.error(offset, in_quotes(name) + " is already a " +
                                std::string(kKinds[static_cast<std::size_t>(entry->second.kind)]) + " (line " +
                                std::to_string(compilation.reporter.line_of(entry->second.offset)) +
                                "): in expressions a name means one thing");
  return false;
}

bool check_count(Compilation& compilation, const Node& node, std::size_t count, std::size_t limit,
                 std::string_view limit_name) {
  if (count <= limit) return true;
  compilation.error(node.offset, "there are " + std::to_string(count) + ": the limit " + std::string(limit_name) +
                                     " is " + std::to_string(limit));
  return false;
}

}  // namespace omo::compiler
