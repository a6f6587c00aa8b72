// SPDX-License-Identifier: Apache-2.0
#include "compiler/document.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "wire/vocabulary.h"

namespace omo::compiler {
namespace {

/// Tells how far the parser has read: the position after the last byte that it took.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* position, const char** latest) : position_(position), latest_(latest) {}
  reference operator*() const { return *position_; }
  CountingIterator& operator++() {
    *latest_ = ++position_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return position_ == other.position_; }
  bool operator!=(const CountingIterator& other) const { return position_ != other.position_; }

 private:
  const char* position_;
  const char** latest_;
};

bool in_number(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

/// Builds the tree. Open containers are on a stack of pointers: a container grows only while none of its children is
/// open, so the pointers stay valid.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(Reporter& reporter, Node& root, const char** latest) : reporter_(reporter), root_(root), latest_(latest) {}

  bool null() override { return value(Node::Kind::kNull) != nullptr; }
  bool boolean(bool on) override {
    value(Node::Kind::kBool)->boolean = on;
    return true;
  }
  bool number_integer(number_integer_t number) override {
    Node* node = value(Node::Kind::kInt);
    node->integer = number;
    node->number = static_cast<double>(number);
    return true;
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (number <= static_cast<number_unsigned_t>(INT64_MAX)) return number_integer(static_cast<std::int64_t>(number));
    value(Node::Kind::kDouble)->number = static_cast<double>(number);
    return true;
  }
  bool number_float(number_float_t number, const string_t&) override {
    value(Node::Kind::kDouble)->number = number;
    return true;
  }
  bool string(string_t& text) override {
    value(Node::Kind::kString)->text = std::move(text);
    return true;
  }
  bool binary(binary_t&) override { return false; }  // not in JSON text

  bool start_object(std::size_t) override { return open(Node::Kind::kObject); }
  bool start_array(std::size_t) override { return open(Node::Kind::kArray); }
  bool key(string_t& name) override {
    const std::uint32_t offset = token_start();
    token_end();
    open_.back()->members.push_back({std::move(name), offset, {}});
    return true;
  }
  bool end_object() override {
    report_duplicates(*open_.back());
    return close();
  }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& problem) override {
    std::string_view what = problem.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 3: REASON; last read: '...'"
    const std::size_t reason = what.find(": ");
    if (reason != std::string_view::npos) what.remove_prefix(reason + 2);
    std::string message = "this is not JSON: " + std::string(what.substr(0, what.find("; last read:")));
    for (std::size_t i = message.find(" - "); i != std::string::npos; i = message.find(" - "))
      message.replace(i, 3, ": ");
    const bool whole_token =
        message.find("unexpected") != std::string::npos || message.find("invalid literal") != std::string::npos;
    const auto at = static_cast<std::uint32_t>(whole_token || position == 0 ? token_start() : position - 1);
    reporter_.error(std::min(at, static_cast<std::uint32_t>(reporter_.source().size())), std::move(message));
    return false;
  }

 private:
  /// The next token begins after the last one and what separates them.
  [[nodiscard]] std::uint32_t token_start() const {
    const std::string_view source = reporter_.source();
    std::size_t at = cursor_;
    if (at == 0 && source.substr(0, 3) == "\xEF\xBB\xBF") at = 3;
    while (at < source.size() && std::string_view(" \t\r\n,:").find(source[at]) != std::string_view::npos) ++at;
    return static_cast<std::uint32_t>(at);
  }

  void token_end() { cursor_ = static_cast<std::size_t>(*latest_ - reporter_.source().data()); }

  Node* value(Node::Kind kind) {
    Node* node = &root_;
    const std::uint32_t offset = token_start();
    if (!open_.empty()) {
      Node& parent = *open_.back();
      if (parent.kind == Node::Kind::kArray) {
        node = &parent.items.emplace_back();
      } else {
        node = &parent.members.back().value;
      }
    }
    node->kind = kind;
    node->offset = offset;
    token_end();
    if (kind == Node::Kind::kInt || kind == Node::Kind::kDouble) {
      // The parser reads one byte past a number to see that it ends.
      while (cursor_ > offset + 1 && !in_number(reporter_.source()[cursor_ - 1])) --cursor_;
    }
    return node;
  }

  bool open(Node::Kind kind) {
    Node* node = value(kind);
    if (open_.size() >= kMaxDepth) {
      reporter_.error(node->offset, "nested too deep: the limit max_depth is " + std::to_string(kMaxDepth));
      return false;
    }
    open_.push_back(node);
    return true;
  }

  bool close() {
    token_end();
    open_.pop_back();
    return true;
  }

  void report_duplicates(Node& object) {
    if (object.members.size() < 2) return;
    std::unordered_map<std::string, std::uint32_t> seen;
    seen.reserve(object.members.size());
    std::vector<Member> firsts;
    for (const Member& member : object.members) {
      const auto [first, fresh] = seen.emplace(member.key, member.key_offset);
      if (fresh) continue;
      reporter_.error(member.key_offset, "duplicate key " + in_quotes(member.key) + ": line " +
                                             std::to_string(reporter_.line_of(first->second)) + " has it already");
    }
    if (seen.size() == object.members.size()) return;
    for (Member& member : object.members) {
      const auto first = seen.find(member.key);
      if (first->second == member.key_offset) firsts.push_back(std::move(member));
    }
    object.members = std::move(firsts);
  }

  Reporter& reporter_;
  Node& root_;
  const char** latest_;
  std::size_t cursor_ = 0;  ///< end of the last token
  std::vector<Node*> open_;
};

std::size_t utf8_length(std::uint32_t code_point) {
  return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

std::uint32_t hex4(std::string_view source, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4 && i < source.size(); ++i) {
    const char c = source[i];
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value << 4 | static_cast<std::uint32_t>(digit & 0xF);
  }
  return value;
}

}  // namespace

const Member* Node::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull:
      return "null";
    case Node::Kind::kBool:
      return "a boolean";
    case Node::Kind::kInt:
      return "an integer";
    case Node::Kind::kDouble:
      return "a number";
    case Node::Kind::kString:
      return "a string";
    case Node::Kind::kArray:
      return "an array";
    case Node::Kind::kObject:
      return "an object";
  }
  return "a value";
}

bool parse_document(Reporter& reporter, Node& root, const DocumentLimit& limit) {
  const std::string_view source = reporter.source();
  if (source.size() > limit.bytes) {
    reporter.error(0, "the " + std::string(limit.what) + " has " + std::to_string(source.size()) +
                          " bytes: the limit " + std::string(limit.name) + " is " + std::to_string(limit.bytes));
    return false;
  }
  const char* latest = source.data();
  Builder builder(reporter, root, &latest);
  return nlohmann::json::sax_parse(CountingIterator(source.data(), &latest),
                                   CountingIterator(source.data() + source.size(), &latest), &builder);
}

std::uint32_t offset_in_string(std::string_view source, std::uint32_t string_offset, std::size_t index) {
  std::size_t at = string_offset + 1;
  for (std::size_t decoded = 0; decoded < index && at < source.size();) {
    if (source[at] != '\\') {
      ++at;
      ++decoded;
    } else if (at + 1 < source.size() && source[at + 1] == 'u') {
      const std::uint32_t unit = hex4(source, at + 2);
      const bool pair = unit >= 0xD800 && unit < 0xDC00;
      at += pair ? 12 : 6;
      decoded += pair ? 4 : utf8_length(unit);
    } else {
      at += 2;
      ++decoded;
    }
  }
  return static_cast<std::uint32_t>(std::min(at, source.size()));
}

}  // namespace omo::compiler
