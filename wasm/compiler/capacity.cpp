// SPDX-License-Identifier: Apache-2.0
// How much of each signal is kept: no more than the conditions can tell apart, and no more than fits the snapshot.
#include <algorithm>
#include <cmath>
#include <map>

#include "compiler/playbook.h"

namespace omo::compiler {
namespace {

// wire/snapshot.md: kind, length of the name, definition, bytes, number, size. A lone zero byte takes two.
constexpr std::size_t kEntryBytes = 1 + 1 + 4 + 4 + 8 + 2;
constexpr std::size_t kTimeBytes = 12;
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kSectionBytes = 6;
/// Seed, stream, session and the ids of the purchases seen (their number is a constant of the engine: 64).
constexpr std::size_t kFixedBytes = 4 * kEntryBytes + 12 + 12 + 2 * kTimeBytes + 64 * 6;

/// Of a value row behind its time: number, tag, length, text, the zeros after it.
std::size_t value_bytes(Type type) {
  const bool is_text = type == Type::kString || type == Type::kDate;
  return is_text ? 2 + 1 + 1 + kMaxStringBytes + 2 : 12 + 1 + 2;
}

/// For each source, the largest count that the marked conditions tell from one less.
std::map<Source, double> needed_counts(const Network& network) {
  std::map<Source, double> needed;
  for (std::size_t id = 0; id < network.nodes().size(); ++id) {
    const Network::Node& node = network.nodes()[id];
    if (node.kind != Network::Node::Kind::kLiteral || !network.is_marked(static_cast<Network::Id>(id))) continue;
    const Literal& literal = network.literals()[node.literal];
    if (literal.atom != Literal::Atom::kThreshold) continue;
    const double count = literal.strict ? std::floor(literal.value) + 1 : std::ceil(literal.value);
    double& largest = needed[network.sources()[literal.source]];
    largest = std::max(largest, count);
  }
  return needed;
}

void infer(Compilation& compilation, Signal& signal, double needed, bool consumed) {
  const bool counts = signal.op == SignalOp::kCount;
  const bool lists = signal.op == SignalOp::kRecent;
  const bool sums = signal.op == SignalOp::kSum && signal.within_ms > 0;
  if (!counts && !lists && !sums) {
    signal.capacity = 1;
    return;
  }
  const std::string what = "signal " + in_quotes(signal.name);
  if (needed > kMaxKeep) {
    compilation.error(signal.offset, "the conditions need the last " +
                                         std::to_string(static_cast<std::uint64_t>(needed)) + " occurrences of " +
                                         what + ": the limit max_keep is " + std::to_string(kMaxKeep));
    needed = kMaxKeep;
  }
  const auto least = static_cast<std::uint32_t>(std::max(1.0, needed));
  if (signal.keep != 0) {
    signal.capacity = signal.keep;
    if (signal.keep < least) {
      compilation.error(signal.keep_offset, "keep of " + what + " is " + std::to_string(signal.keep) +
                                                ", but the conditions need the last " + std::to_string(least));
    }
  } else if (lists) {
    signal.capacity = std::max(kDefaultRecentKeep, least);
  } else {
    // A formula sees the number itself: no constant says how much of it matters.
    signal.capacity = counts && consumed ? (signal.in_formula ? std::max(least, kDefaultKeep) : least) : kDefaultKeep;
  }
}

}  // namespace

void infer_capacities(Compilation& compilation) {
  Playbook& playbook = compilation.playbook;
  const std::map<Source, double> needed = needed_counts(compilation.network);
  for (std::uint32_t i = 0; i < playbook.signals.size(); ++i) {
    Signal& signal = playbook.signals[i];
    if (signal.broken) continue;
    const bool list = signal.op == SignalOp::kRecent;
    const auto found = needed.find({list ? SourceKind::kSize : SourceKind::kSignal, i});
    const bool consumed = found != needed.end();
    infer(compilation, signal, consumed && signal.op != SignalOp::kSum ? found->second : 0, consumed);
    if (!signal.read) {
      compilation.reporter.warning(signal.offset, "no segment, score or audience reads signal " +
                                                      in_quotes(signal.name) +
                                                      ": it is kept for export and explanation only");
    }
  }
}

void check_lifetimes(Compilation& compilation) {
  for (const Signal& signal : compilation.playbook.signals) {
    if (signal.broken || signal.restore != kNone) continue;
    if (signal.within_ms > 0 && signal.within_ms <= kScriptStorageMs) continue;
    compilation.reporter.warning(
        signal.offset, "signal " + in_quotes(signal.name) +
                           " looks back further than the 7 days after which Safari deletes what a site has stored: "
                           "name a trait that brings it back (\"restore\"), or state a \"within\" of at most 7d");
  }
}

std::size_t state_bytes(const Signal& signal) {
  const std::size_t entry = kEntryBytes + signal.name.size();
  switch (signal.op) {
    case SignalOp::kCount:
      return entry + (signal.within_ms > 0 ? kTimeBytes * signal.capacity : 0);
    case SignalOp::kSum:
      return entry + (signal.within_ms > 0 ? 2 * kTimeBytes * signal.capacity : 0);
    case SignalOp::kRecency:
      return entry + kTimeBytes;
    case SignalOp::kLast:
      return entry + kTimeBytes + value_bytes(signal.type);
    case SignalOp::kRecent:
      return entry + (kTimeBytes + value_bytes(signal.type)) * signal.capacity;
  }
  return entry;
}

std::size_t state_bytes(const NamedValue& trait) { return kEntryBytes + trait.name.size() + value_bytes(trait.type); }

std::size_t state_bytes(const Campaign& campaign) {
  return kEntryBytes + campaign.name.size() + kTimeBytes * campaign.cap;
}

/// Of the segments that were entered: four bytes each, of one label an item.
std::size_t told_bytes(const Playbook& playbook, std::uint8_t label) {
  std::size_t told = 0;
  for (const Segment& segment : playbook.segments) told += segment.reads.label == label ? 1 : 0;
  return kEntryBytes + 4 * std::min<std::size_t>(told, kMaxSegmentsTold);
}

std::size_t state_bytes(const Playbook& playbook) {
  std::size_t sections = 0;
  bool seen[256] = {};
  std::size_t bytes = kHeaderBytes + kFixedBytes;
  const auto add = [&](std::uint8_t label, std::size_t entry) {
    if (!seen[label]) ++sections;
    seen[label] = true;
    bytes += entry;
  };
  for (const Signal& signal : playbook.signals) add(signal.label, state_bytes(signal));
  for (const NamedValue& trait : playbook.traits) add(trait.label, state_bytes(trait));
  for (const Campaign& campaign : playbook.campaigns) add(campaign.reads.label, state_bytes(campaign));
  bool told[256] = {};
  for (const Segment& segment : playbook.segments) {
    const std::uint8_t label = segment.reads.label;
    if (!told[label] && has_segment_events(playbook)) add(label, told_bytes(playbook, label));
    told[label] = true;
  }
  return bytes + (sections + 2) * kSectionBytes;
}

void check_state_size(Compilation& compilation) {
  const Playbook& playbook = compilation.playbook;
  const std::size_t bytes = state_bytes(playbook);
  if (bytes <= kMaxStateBytes) return;
  std::vector<const Signal*> largest;
  for (const Signal& signal : playbook.signals) largest.push_back(&signal);
  std::stable_sort(largest.begin(), largest.end(),
                   [](const Signal* a, const Signal* b) { return state_bytes(*a) > state_bytes(*b); });
  if (largest.size() > 3) largest.resize(3);
  std::string names;
  for (const Signal* signal : largest) {
    names += (names.empty() ? "" : ", ") + signal->name + " (" + std::to_string(state_bytes(*signal)) + ")";
  }
  compilation.error(largest.empty() ? 0 : largest[0]->offset,
                    "what the playbook keeps may take " + std::to_string(bytes) +
                        " bytes: the limit max_state_bytes is " + std::to_string(kMaxStateBytes) +
                        (names.empty() ? "" : "; the largest signals are " + names));
}

}  // namespace omo::compiler
