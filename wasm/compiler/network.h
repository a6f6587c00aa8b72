// SPDX-License-Identifier: Apache-2.0
// The conditions of all segments and audiences as one shared graph in negation normal form (wire/program.md, "The
// network"). Equal parts get equal numbers (hash-consing), so a part that many segments share exists once.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wire/vocabulary.h"

namespace omo::compiler {

/// A value that conditions look at: `ref` is a row of the signals, the traits or the contexts.
struct Source {
  SourceKind kind;
  std::uint32_t ref;
  bool operator<(const Source& other) const { return kind != other.kind ? kind < other.kind : ref < other.ref; }
};

struct Literal {
  enum class Atom : std::uint8_t { kThreshold, kMatch, kNull, kPresent };
  std::uint32_t source = 0;  ///< index in Network::sources()
  Atom atom = Atom::kNull;
  bool strict = false;               ///< kThreshold: > instead of >=
  bool negated = false;              ///< on while the atom is false
  double value = 0;                  ///< kThreshold
  std::vector<std::string> symbols;  ///< kMatch: the value is one of these; ascending
};

/// A condition and its negation, each true exactly where CEL says that it is definitely true.
struct Condition {
  std::uint32_t positive;
  std::uint32_t negative;
};

class Network {
 public:
  using Id = std::uint32_t;
  static constexpr Id kFalse = 0;
  static constexpr Id kTrue = 1;

  struct Node {
    enum class Kind : std::uint8_t { kFalse, kTrue, kLiteral, kAll, kAny };
    Kind kind;
    std::uint32_t literal = 0;  ///< index in literals()
    std::vector<Id> children;   ///< ascending; always smaller than the node's own number
  };

  Network();
  Id threshold(const Source& source, double value, bool strict, bool negated);
  /// Is the value one of the symbols? One atom however many there are: a change inside the set flips nothing.
  Id match(const Source& source, std::vector<std::string> symbols, bool negated);
  Id null(const Source& source);
  Id present(const Source& source);
  Id all(std::vector<Id> children);
  Id any(std::vector<Id> children);

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] const std::vector<Literal>& literals() const { return literals_; }
  [[nodiscard]] const std::vector<Source>& sources() const { return sources_; }

  /// Marks what the given nodes depend on.
  void mark(const std::vector<Id>& roots);
  [[nodiscard]] bool is_marked(Id id) const { return marked_[id]; }

 private:
  Id literal(const Source& source, Literal literal);
  Id gate(Node::Kind kind, std::vector<Id> children);
  Id intern(std::string key, Node node);

  std::vector<Node> nodes_;
  std::vector<Literal> literals_;
  std::vector<Source> sources_;
  std::map<Source, std::uint32_t> source_numbers_;
  std::unordered_map<std::string, Id> known_;
  std::vector<bool> marked_;
};

}  // namespace omo::compiler
