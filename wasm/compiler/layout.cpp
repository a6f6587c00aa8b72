// SPDX-License-Identifier: Apache-2.0
#include "compiler/layout.h"

#include <algorithm>

namespace omo::compiler {
namespace {

/// The atoms of one source, each with the nodes of the atom and of its negation.
struct Atoms {
  struct Pair {
    Network::Id on = Network::kFalse;
    Network::Id off = Network::kFalse;
  };
  std::map<std::pair<double, bool>, Pair> thresholds;
  std::map<std::uint32_t, Pair> matches;
  Network::Id null = Network::kFalse;
  Network::Id present = Network::kFalse;
};

class Layout {
 public:
  Layout(const Network& network, const StringTable& strings, const std::map<Source, std::uint8_t>& labels)
      : network_(network), strings_(strings), labels_(labels) {}

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
          Atoms::Pair& pair = atoms.matches[strings_.number(literal.symbol)];
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
      row.match_count = static_cast<std::uint32_t>(atoms.matches.size());
      for (const auto& [atom, pair] : atoms.thresholds) {
        const std::uint32_t on = literal(pair.on);
        result_.thresholds.push_back({atom.first, atom.second ? 1u : 0u, on, literal(pair.off), 0});
      }
      for (const auto& [symbol, pair] : atoms.matches) {
        const std::uint32_t on = literal(pair.on);
        result_.matches.push_back({symbol, on, literal(pair.off)});
      }
      row.null_literal = literal(atoms.null);
      row.present_literal = literal(atoms.present);
      result_.sources.push_back(row);
    }
  }

  void number_gates() {
    std::vector<std::vector<std::uint32_t>> parents(result_.literal_count);
    for (std::size_t i = 0; i < network_.nodes().size(); ++i) {
      const Network::Node& node = network_.nodes()[i];
      const bool all = node.kind == Network::Node::Kind::kAll;
      if ((!all && node.kind != Network::Node::Kind::kAny) || !network_.is_marked(static_cast<Network::Id>(i)))
        continue;
      // Children come before their gates in the network, so they have numbers already.
      const auto gate = static_cast<std::uint32_t>(result_.gates.size());
      for (Network::Id child : node.children) parents[result_.node_numbers[child]].push_back(gate);
      result_.gates.push_back({all ? static_cast<std::uint32_t>(node.children.size()) : 1});
      result_.node_numbers[i] = result_.literal_count + gate;
      parents.emplace_back();
    }
    for (const std::vector<std::uint32_t>& of_node : parents) {
      result_.node_parents.push_back(static_cast<std::uint32_t>(result_.parents.size()));
      result_.parents.insert(result_.parents.end(), of_node.begin(), of_node.end());
    }
    result_.node_parents.push_back(static_cast<std::uint32_t>(result_.parents.size()));
  }

  const Network& network_;
  const StringTable& strings_;
  const std::map<Source, std::uint8_t>& labels_;
  NetworkLayout result_;
};

}  // namespace

std::uint32_t NetworkLayout::source_row(SourceKind kind, std::uint32_t ref) const {
  const auto found = source_rows.find({kind, ref});
  return found == source_rows.end() ? kNone : found->second;
}

std::uint32_t NetworkLayout::node(Network::Id id) const { return node_numbers[id]; }

NetworkLayout lay_out(const Network& network, const StringTable& strings,
                      const std::map<Source, std::uint8_t>& labels) {
  return Layout(network, strings, labels).run();
}

}  // namespace omo::compiler
