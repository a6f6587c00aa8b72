// SPDX-License-Identifier: Apache-2.0
#include "compiler/layout.h"

#include <algorithm>
#include <tuple>

namespace omo::compiler {
namespace {

/// The atoms of one source, each with the nodes of the atom and of its negation.
struct Atoms {
  struct Pair {
    Network::Id on = Network::kFalse;
    Network::Id off = Network::kFalse;
  };
  std::map<std::pair<double, bool>, Pair> thresholds;
  std::map<std::vector<std::uint32_t>, Pair> matches;
  Network::Id null = Network::kFalse;
  Network::Id present = Network::kFalse;
};

class Layout {
 public:
  Layout(const Network& network, const StringTable& strings, const std::map<Source, std::uint8_t>& labels,
         const std::vector<Network::Id>& segments)
      : network_(network), strings_(strings), labels_(labels), segments_(segments) {}

  NetworkLayout run() {
    result_.node_numbers.assign(network_.nodes().size(), kNone);
    result_.node_numbers[Network::kTrue] = kAlways;
    number_literals();
    number_gates();
    return std::move(result_);
  }

 private:
  std::map<Source, Atoms> collect() const {
    std::map<Source, Atoms> sources;
    for (std::size_t i = 0; i < network_.nodes().size(); ++i) {
      const auto id = static_cast<Network::Id>(i);
      if (network_.nodes()[i].kind != Network::Node::Kind::kLiteral || !network_.is_marked(id)) continue;
      const Literal& literal = network_.literals()[network_.nodes()[i].literal];
      Atoms& atoms = sources[network_.sources()[literal.source]];
      switch (literal.atom) {
        case Literal::Atom::kThreshold: {
          Atoms::Pair& pair = atoms.thresholds[{literal.value, literal.strict}];
          (literal.negated ? pair.off : pair.on) = id;
          break;
        }
        case Literal::Atom::kMatch: {
          std::vector<std::uint32_t> symbols;
          for (const std::string& symbol : literal.symbols) symbols.push_back(strings_.number(symbol));
          std::sort(symbols.begin(), symbols.end());
          Atoms::Pair& pair = atoms.matches[std::move(symbols)];
          (literal.negated ? pair.off : pair.on) = id;
          break;
        }
        case Literal::Atom::kNull:
          atoms.null = id;
          break;
        case Literal::Atom::kPresent:
          atoms.present = id;
          break;
      }
    }
    return sources;
  }

  /// Gives the literal of a node the next number; kNone where there is none.
  std::uint32_t literal(Network::Id id) {
    if (id == Network::kFalse) return kNone;
    return result_.node_numbers[id] = result_.literal_count++;
  }

  /// Literals are numbered source by source in the order of their atoms, so that a change touches neighbours.
  void number_literals() {
    for (const auto& [source, atoms] : collect()) {
      result_.source_rows.emplace(source, static_cast<std::uint32_t>(result_.sources.size()));
      SourceRow row{};
      row.kind = source.kind;
      row.label = labels_.at(source);
      row.ref = source.ref;
      row.first_threshold = static_cast<std::uint32_t>(result_.thresholds.size());
      row.threshold_count = static_cast<std::uint32_t>(atoms.thresholds.size());
      row.first_match = static_cast<std::uint32_t>(result_.matches.size());
      for (const auto& [atom, pair] : atoms.thresholds) {
        const std::uint32_t on = literal(pair.on);
        result_.thresholds.push_back({atom.first, atom.second ? 1u : 0u, on, literal(pair.off), 0});
      }
      for (const auto& [symbols, pair] : atoms.matches) {
        const std::uint32_t on = literal(pair.on);
        const std::uint32_t off = literal(pair.off);
        for (const std::uint32_t symbol : symbols) result_.matches.push_back({symbol, on, off});
      }
      std::sort(result_.matches.begin() + static_cast<std::ptrdiff_t>(row.first_match), result_.matches.end(),
                [](const MatchRow& a, const MatchRow& b) {
                  return std::tie(a.symbol, a.literal, a.negation) < std::tie(b.symbol, b.literal, b.negation);
                });
      row.match_count = static_cast<std::uint32_t>(result_.matches.size()) - row.first_match;
      row.null_literal = literal(atoms.null);
      row.present_literal = literal(atoms.present);
      result_.sources.push_back(row);
    }
  }

  [[nodiscard]] bool is_gate(Network::Id id) const {
    const Network::Node::Kind kind = network_.nodes()[id].kind;
    return kind == Network::Node::Kind::kAll || kind == Network::Node::Kind::kAny;
  }

  /// Gives the next gate to the children of a node of the network. They come before it, so they have numbers already.
  std::uint32_t add_gate(std::size_t need, const std::vector<Network::Id>& children) {
    const auto gate = static_cast<std::uint32_t>(result_.gates.size());
    for (Network::Id child : children) parents_[result_.node_numbers[child]].push_back(gate);
    result_.gates.push_back({static_cast<std::uint32_t>(need)});
    parents_.emplace_back();
    return result_.literal_count + gate;
  }
  std::uint32_t add_gate_of(Network::Id id) {
    const Network::Node& node = network_.nodes()[id];
    return add_gate(node.kind == Network::Node::Kind::kAll ? node.children.size() : 1, node.children);
  }

  /// Inner gates, then one gate a segment, in the order of the segments, so that their states lie side by side. These
  /// have no parents: a condition that others use too is an inner gate, and the segment's gate its only parent there.
  void number_gates() {
    parents_.resize(result_.literal_count);
    std::vector<bool> is_inner(network_.nodes().size());
    std::vector<bool> is_segment(network_.nodes().size());
    for (std::size_t id = 0; id < network_.nodes().size(); ++id) {
      if (!network_.is_marked(static_cast<Network::Id>(id))) continue;
      for (Network::Id child : network_.nodes()[id].children) is_inner[child] = true;
    }
    for (Network::Id root : segments_) {
      if (is_segment[root]) is_inner[root] = true;
      is_segment[root] = true;
    }
    for (std::size_t i = 0; i < network_.nodes().size(); ++i) {
      const auto id = static_cast<Network::Id>(i);
      if (!is_gate(id) || !network_.is_marked(id) || (is_segment[i] && !is_inner[i])) continue;
      result_.node_numbers[i] = add_gate_of(id);
    }
    result_.first_segment_node = result_.literal_count + static_cast<std::uint32_t>(result_.gates.size());
    for (Network::Id root : segments_) {
      if (is_gate(root) && !is_inner[root]) {
        result_.node_numbers[root] = add_gate_of(root);
      } else if (root == Network::kTrue) {
        add_gate(0, {});
      } else {
        add_gate(1, root == Network::kFalse ? std::vector<Network::Id>{} : std::vector<Network::Id>{root});
      }
    }
    for (const std::vector<std::uint32_t>& of_node : parents_) {
      result_.node_parents.push_back(static_cast<std::uint32_t>(result_.parents.size()));
      result_.parents.insert(result_.parents.end(), of_node.begin(), of_node.end());
    }
    result_.node_parents.push_back(static_cast<std::uint32_t>(result_.parents.size()));
  }

  const Network& network_;
  const StringTable& strings_;
  const std::map<Source, std::uint8_t>& labels_;
  const std::vector<Network::Id>& segments_;
  std::vector<std::vector<std::uint32_t>> parents_;  ///< by node number
  NetworkLayout result_;
};

}  // namespace

std::uint32_t NetworkLayout::source_row(SourceKind kind, std::uint32_t ref) const {
  const auto found = source_rows.find({kind, ref});
  return found == source_rows.end() ? kNone : found->second;
}

std::uint32_t NetworkLayout::node(Network::Id id) const { return node_numbers[id]; }

NetworkLayout lay_out(const Network& network, const StringTable& strings, const std::map<Source, std::uint8_t>& labels,
                      const std::vector<Network::Id>& segments) {
  return Layout(network, strings, labels, segments).run();
}

}  // namespace omo::compiler
