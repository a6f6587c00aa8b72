// SPDX-License-Identifier: Apache-2.0
#include "compiler/network.h"

#include <algorithm>
#include <cstring>

namespace omo::compiler {
namespace {

template <class Number>
void append(std::string& key, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  key.append(bytes, sizeof number);
}

}  // namespace

Network::Network() : nodes_{{Node::Kind::kFalse, 0, {}}, {Node::Kind::kTrue, 0, {}}} {}

Network::Id Network::intern(std::string key, Node node) {
  const auto [entry, fresh] = known_.emplace(std::move(key), static_cast<Id>(nodes_.size()));
  if (fresh) nodes_.push_back(std::move(node));
  return entry->second;
}

Network::Id Network::literal(const Source& source, Literal literal) {
  const auto [number, fresh] = source_numbers_.emplace(source, static_cast<std::uint32_t>(sources_.size()));
  if (fresh) sources_.push_back(source);
  literal.source = number->second;
  if (literal.value == 0) literal.value = 0;  // one zero
  std::string key = "l";
  append(key, literal.source);
  append(key, literal.atom);
  append(key, literal.strict);
  append(key, literal.negated);
  append(key, literal.value);
  for (const std::string& symbol : literal.symbols) {
    append(key, symbol.size());
    key += symbol;
  }
  const auto index = static_cast<std::uint32_t>(literals_.size());
  const Id id = intern(std::move(key), {Node::Kind::kLiteral, index, {}});
  if (nodes_[id].literal == index) literals_.push_back(std::move(literal));
  return id;
}

Network::Id Network::threshold(const Source& source, double value, bool strict, bool negated) {
  return literal(source, {0, Literal::Atom::kThreshold, strict, negated, value, {}});
}
Network::Id Network::match(const Source& source, std::vector<std::string> symbols, bool negated) {
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  return literal(source, {0, Literal::Atom::kMatch, false, negated, 0, std::move(symbols)});
}
Network::Id Network::null(const Source& source) {
  return literal(source, {0, Literal::Atom::kNull, false, false, 0, {}});
}
Network::Id Network::present(const Source& source) {
  return literal(source, {0, Literal::Atom::kPresent, false, false, 0, {}});
}

Network::Id Network::all(std::vector<Id> children) { return gate(Node::Kind::kAll, std::move(children)); }
Network::Id Network::any(std::vector<Id> children) { return gate(Node::Kind::kAny, std::move(children)); }

Network::Id Network::gate(Node::Kind kind, std::vector<Id> children) {
  const Id neutral = kind == Node::Kind::kAll ? kTrue : kFalse;
  const Id absorbing = kind == Node::Kind::kAll ? kFalse : kTrue;
  std::vector<Id> flat;
  for (Id child : children) {
    if (child == absorbing) return absorbing;
    if (child == neutral) continue;
    if (nodes_[child].kind == kind) {
      flat.insert(flat.end(), nodes_[child].children.begin(), nodes_[child].children.end());
    } else {
      flat.push_back(child);
    }
  }
  std::sort(flat.begin(), flat.end());
  flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
  if (flat.empty()) return neutral;
  if (flat.size() == 1) return flat[0];
  std::string key = kind == Node::Kind::kAll ? "a" : "o";
  for (Id child : flat) append(key, child);
  return intern(std::move(key), {kind, 0, std::move(flat)});
}

void Network::mark(const std::vector<Id>& roots) {
  marked_.assign(nodes_.size(), false);
  for (Id root : roots) marked_[root] = true;
  // Children have smaller numbers than their gates, so one pass downwards reaches everything.
  for (std::size_t id = nodes_.size(); id-- > 0;) {
    if (!marked_[id]) continue;
    for (Id child : nodes_[id].children) marked_[child] = true;
  }
}

}  // namespace omo::compiler
