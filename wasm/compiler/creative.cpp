// SPDX-License-Identifier: Apache-2.0
#include "compiler/creative.h"

#include "compiler/read.h"
#include "compiler/recommendations.h"

namespace omo::compiler {
namespace {

/// The types of creatives: one place. The keys of each are its allowed fields.
struct CreativeType {
  std::string_view name;
  const KeyTable& keys;
  std::vector<std::string_view> required;
};

const std::vector<CreativeType>& creative_types() {
  static const std::vector<CreativeType> types = {{"banner", kBannerKeys, {"title"}},
                                                  {"coupon", kCouponCreativeKeys, {"title"}},
                                                  {"recommendations", kRecommendationsKeys, {"title"}}};
  return types;
}

bool is_address(std::string_view field) { return field == "href" || field == "image"; }

class CreativeReader {
 public:
  CreativeReader(Compilation& compilation, const Node& node, const std::string& what, Variant& variant)
      : compilation_(compilation), node_(node), what_(what), variant_(variant) {}

  void read() {
    const CreativeType* type = read_type();
    if (type == nullptr || !expect_object(compilation_, node_, type->keys, what_)) return;
    const bool is_list = type->name == "recommendations";
    for (const Member& member : node_.members) {
      if (creative_allows(type->name, member.key) && !(is_list && is_recommendation_key(member.key)))
        read_field(member);
    }
    if (is_list) read_recommendations(compilation_, node_, what_, variant_);
    for (std::string_view required : type->required) {
      if (node_.find(required) != nullptr) continue;
      compilation_.error(node_.offset, what_ + " needs \"" + std::string(required) + "\": every " +
                                           std::string(type->name) + " has one");
    }
    std::size_t bytes = 0;
    for (const Field& field : variant_.fields) bytes += field.key.size() + field.text.size() + 8;
    if (bytes > kTransferBytes) {
      compilation_.error(node_.offset, what_ + " has " + std::to_string(bytes) +
                                           " bytes: the limit transfer_bytes is " + std::to_string(kTransferBytes));
    }
  }

 private:
  const CreativeType* read_type() {
    const Member* type = node_.find("type");
    if (type == nullptr) {
      compilation_.error(node_.offset, what_ + " needs a type: \"banner\", \"coupon\" or \"recommendations\"");
      return nullptr;
    }
    if (!expect(compilation_, type->value, Node::Kind::kString, "type of " + what_)) return nullptr;
    variant_.type = type->value.text;
    std::vector<std::string_view> names;
    for (const CreativeType& candidate : creative_types()) {
      if (candidate.name == type->value.text) return &candidate;
      names.push_back(candidate.name);
    }
    compilation_.error(type->value.offset, "no creative of type " + in_quotes(type->value.text) +
                                               ": \"banner\", \"coupon\" or \"recommendations\"" +
                                               did_you_mean(type->value.text, names));
    return nullptr;
  }

  void read_field(const Member& member) {
    if (member.value.kind == Node::Kind::kString) {
      add(member.key, {}, member.value);
      return;
    }
    if (member.key == "type") return;
    if (member.value.kind != Node::Kind::kObject || member.value.members.empty()) {
      compilation_.error(
          member.value.offset,
          member.key + " of " + what_ +
              " must be a string or an object of strings by language, such as {\"ja\": ..., \"en\": ...}");
      return;
    }
    for (const Member& language : member.value.members) {
      const bool known = check_language(compilation_, language.key, language.key_offset);
      if (expect(compilation_, language.value, Node::Kind::kString, member.key + " of " + what_) && known) {
        add(member.key, language.key, language.value);
      }
    }
  }

  void add(const std::string& key, const std::string& language, const Node& value) {
    if (is_address(key)) {
      const std::string problem = address_problem(value.text);
      if (!problem.empty()) {
        compilation_.error(value.offset, key + " of " + what_ + ": " + problem);
        return;
      }
    }
    if (value.text.empty() && key != "alt") {
      compilation_.error(value.offset, key + " of " + what_ + " is empty: leave it out instead");
      return;
    }
    variant_.fields.push_back({key, language, value.text});
  }

  Compilation& compilation_;
  const Node& node_;
  const std::string& what_;
  Variant& variant_;
};

}  // namespace

std::string address_problem(std::string_view text) {
  for (char c : text) {
    // Browsers drop tabs and line ends inside an address, so "java\tscript:" would pass a check of its scheme.
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\') {
      return "an address has no spaces, control characters or backslashes";
    }
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find_first_of("/?#") < colon) return {};
  std::string scheme(text.substr(0, colon));
  for (char& c : scheme) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  if (scheme == "http" || scheme == "https") return {};
  return "the scheme " + in_quotes(scheme) + " is not allowed: an address is http, https or relative";
}

bool creative_allows(std::string_view type, std::string_view field) {
  for (const CreativeType& candidate : creative_types()) {
    if (candidate.name != type) continue;
    return std::find(candidate.keys.keys.begin(), candidate.keys.keys.end(), field) != candidate.keys.keys.end();
  }
  return false;
}

void read_creative(Compilation& compilation, const Node& node, const std::string& what, Variant& variant) {
  if (expect(compilation, node, Node::Kind::kObject, what)) CreativeReader(compilation, node, what, variant).read();
}

}  // namespace omo::compiler
