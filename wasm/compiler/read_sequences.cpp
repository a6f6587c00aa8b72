// SPDX-License-Identifier: Apache-2.0
// The parts of signals that only some operations have: steps of sequences, edges of grades.
#include "compiler/predicate.h"
#include "compiler/read_signals.h"

namespace omo::compiler {
namespace {

/// "purchase", or {"event": "purchase", "where": "value > 100.0"}.
void read_step(Compilation& compilation, const Node& node, const std::string& what, std::uint16_t number,
               Signal& signal) {
  const Node* name = &node;
  const Node* where = nullptr;
  if (node.kind == Node::Kind::kObject) {
    if (!expect_object(compilation, node, kSequenceStepKeys, what)) return;
    name = get(compilation, node, "event", Node::Kind::kString, "event of " + what);
    where = get(compilation, node, "where", Node::Kind::kString, "where of " + what);
    if (name == nullptr) {
      if (node.find("event") == nullptr) compilation.error(node.offset, what + " needs \"event\"");
      return;
    }
  } else if (node.kind != Node::Kind::kString) {
    compilation.error(node.offset, what + " must be the name of an event, or {\"event\": ..., \"where\": ...}, not " +
                                       std::string(kind_name(node.kind)));
    return;
  }
  const std::optional<std::uint32_t> event = find_event(compilation, *name);
  if (!event) return;
  SequenceStep step;
  step.event = *event;
  step.number = number;
  if (where != nullptr) {
    Signal condition;
    compile_predicate(compilation, *where, compilation.playbook.events[*event], condition);
    step.has_where = condition.has_where;
    step.where = std::move(condition.where);
    step.per_item = condition.per_item;
  }
  const std::uint8_t label = compilation.playbook.events[*event].label;
  signal.label = static_cast<std::uint8_t>(signal.label | label);
  signal.steps.push_back(std::move(step));
}

}  // namespace

std::optional<std::uint32_t> find_event(Compilation& compilation, const Node& name) {
  Playbook& playbook = compilation.playbook;
  const auto found = playbook.event_numbers.find(name.text);
  if (found == playbook.event_numbers.end()) {
    compilation.error(name.offset, "no event named " + in_quotes(name.text) +
                                       did_you_mean(name.text, keys_of(playbook.event_numbers)));
    return std::nullopt;
  }
  playbook.events[found->second].used = true;
  return found->second;
}

void read_sequence(Compilation& compilation, const Node& node, const std::string& what, Signal& signal) {
  for (const std::string_view key : {"of", "where"}) {
    if (const Member* member = node.find(key)) {
      compilation.error(member->key_offset,
                        what + " is a sequence: " + in_quotes(key) + " has its place in a step only");
    }
  }
  const Node* steps = get(compilation, node, "sequence", Node::Kind::kArray, "sequence of " + what);
  if (steps == nullptr) return;
  if (steps->items.empty()) compilation.error(steps->offset, "sequence of " + what + " has no steps");
  if (!check_count(compilation, *steps, steps->items.size(), kMaxSteps, "max_steps")) return;
  for (std::size_t i = 0; i < steps->items.size(); ++i) {
    read_step(compilation, steps->items[i], "step " + std::to_string(i + 1) + " of " + what,
              static_cast<std::uint16_t>(i), signal);
  }
  if (!signal.steps.empty()) signal.event = signal.steps[0].event;
  signal.capacity = static_cast<std::uint32_t>(steps->items.size());
  const Member* without = node.find("without");
  if (without == nullptr) return;
  const std::string name = "without of " + what;
  if (without->value.kind == Node::Kind::kArray) {
    for (const Node& item : without->value.items) read_step(compilation, item, name, kWithoutStep, signal);
  } else {
    read_step(compilation, without->value, name, kWithoutStep, signal);
  }
}

void read_edges(Compilation& compilation, const Node& node, const std::string& what, Signal& signal) {
  static constexpr std::string_view kGrades[] = {"recency", "frequency", "monetary"};
  for (std::size_t which = 0; which < 3; ++which) {
    const std::string key(kGrades[which]);
    const std::string name = key + " of " + what;
    const Member* member = node.find(key);
    if (member == nullptr) {
      compilation.error(node.offset, what + " needs " + in_quotes(key) + ": the edges between its grades");
      continue;
    }
    const Node& edges = member->value;
    if (!expect(compilation, edges, Node::Kind::kArray, name)) continue;
    if (edges.items.empty()) compilation.error(edges.offset, name + " has no edges");
    if (!check_count(compilation, edges, edges.items.size(), kMaxEdges, "max_edges")) continue;
    for (const Node& edge : edges.items) {
      std::optional<double> value;
      if (which == 0) {
        value = read_duration(compilation, edge, "an edge of " + name);
      } else if (which == 1) {
        value = read_integer(compilation, edge, 1, kMaxKeep, "an edge of " + name + " (limit max_keep)");
      } else if (expect(compilation, edge, Node::Kind::kDouble, "an edge of " + name)) {
        value = edge.number;
      }
      if (!value) continue;
      if (!signal.edges[which].empty() && *value <= signal.edges[which].back()) {
        compilation.error(edge.offset, "the edges of " + name + " must ascend");
      }
      signal.edges[which].push_back(*value);
    }
  }
}

}  // namespace omo::compiler
