// SPDX-License-Identifier: Apache-2.0
// How much of each signal is kept: no more than the conditions can tell apart, and no more than fits the snapshot.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

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

bool is_refundable(const Signal& signal) { return (signal.flags & kSignalRefundable) != 0; }

/// One entry holds all that the signal can say, as long as no refund takes anything back.
bool is_single(const Signal& signal) {
  switch (signal.op) {
    case SignalOp::kRecency:
    case SignalOp::kLast:
      return true;
    case SignalOp::kSum:
    case SignalOp::kMin:
    case SignalOp::kMax:
    case SignalOp::kAverage:
    case SignalOp::kFirst:
    case SignalOp::kRfm:
      return signal.within_ms == 0;
    default:
      return false;
  }
}

/// Counts, of which a comparison with a constant says how far they must go.
bool is_counted(const Signal& signal) { return signal.op == SignalOp::kCount || signal.op == SignalOp::kDistinct; }

/// How many entries there are where the author does not say it. `least` is what the conditions need.
std::uint32_t default_capacity(const Signal& signal, std::uint32_t least, bool consumed) {
  std::uint32_t capacity = kDefaultKeep;
  if (is_single(signal)) {
    capacity = is_refundable(signal) ? kDefaultRefundKeep : 1;
  } else if (signal.op == SignalOp::kRecent) {
    capacity = kDefaultRecentKeep;
  } else if (is_counted(signal) && consumed) {
    // A refund may take away any of those that are compared: more are remembered.
    capacity = is_refundable(signal) ? kDefaultRefundKeep : 1;
  }
  return std::max(capacity, least);
}

void infer(Compilation& compilation, Signal& signal, double needed, bool consumed) {
  if (signal.op == SignalOp::kSequence) return;
  const std::string what = "signal " + in_quotes(signal.name);
  if (needed > kMaxKeep) {
    compilation.error(signal.offset, "the conditions need the last " +
                                         std::to_string(static_cast<std::uint64_t>(needed)) + " occurrences of " +
                                         what + ": the limit max_keep is " + std::to_string(kMaxKeep));
    needed = kMaxKeep;
  }
  const auto least = static_cast<std::uint32_t>(std::max(1.0, needed));
  if (signal.keep == 0) {
    signal.capacity = default_capacity(signal, least, consumed);
    return;
  }
  signal.capacity = signal.keep;
  if (signal.keep < least) {
    compilation.error(signal.keep_offset, "keep of " + what + " is " + std::to_string(signal.keep) +
                                              ", but the conditions need the last " + std::to_string(least));
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
    double least = consumed && (list || is_counted(signal)) ? found->second : 0;
    // In a window a grade tells apart as many as its last edge.
    if (signal.op == SignalOp::kRfm && signal.within_ms > 0 && !signal.edges[1].empty()) least = signal.edges[1].back();
    // Of what a formula reads, no constant says how much of it matters.
    infer(compilation, signal, least, consumed && !signal.in_formula);
    if (!signal.read) {
      compilation.reporter.warning(signal.offset, "no segment, score, audience or journey reads signal " +
                                                      in_quotes(signal.name) +
                                                      ": it is kept for export and explanation only");
    }
  }
}

void check_lifetimes(Compilation& compilation) {
  for (const Signal& signal : compilation.playbook.signals) {
    if (signal.broken || signal.restore != kNone || (signal.flags & (kSignalSession | kSignalPage)) != 0) continue;
    if (signal.within_ms > 0 && signal.within_ms <= kScriptStorageMs) continue;
    compilation.reporter.warning(
        signal.offset, "signal " + in_quotes(signal.name) +
                           " looks back further than the 7 days after which Safari deletes what a site has stored: "
                           "name a trait that brings it back (\"restore\"), or state a \"within\" of at most 7d");
  }
}

std::size_t state_bytes(const Signal& signal) {
  if ((signal.flags & kSignalPage) != 0) return 0;
  const std::size_t entry = kEntryBytes + signal.name.size();
  if (signal.op <= SignalOp::kSum && signal.within_ms == 0 && !is_refundable(signal)) return entry;
  std::size_t bytes = kTimeBytes;
  bool tail = is_refundable(signal);
  switch (signal.op) {
    case SignalOp::kCount:
    case SignalOp::kRecency:
    case SignalOp::kSequence:
      break;
    case SignalOp::kAverage:
    case SignalOp::kRfm:
      tail = true;
      [[fallthrough]];
    case SignalOp::kSum:
    case SignalOp::kMin:
    case SignalOp::kMax:
    case SignalOp::kDistinct:
      bytes += kTimeBytes;
      break;
    case SignalOp::kTop:
      tail = true;
      [[fallthrough]];
    case SignalOp::kLast:
    case SignalOp::kFirst:
    case SignalOp::kRecent:
      bytes += value_bytes(signal.type);
  }
  // An amount; and, for a refund to find it, a transaction, an item and a quantity. Where there are none: zeros.
  if (tail) bytes += kTimeBytes + (!is_refundable(signal) ? 2 : signal.per_item ? 6 + 6 + kTimeBytes : 6 + 2);
  return entry + bytes * signal.capacity;
}

std::size_t state_bytes(const NamedValue& trait) { return kEntryBytes + trait.name.size() + value_bytes(trait.type); }

std::size_t state_bytes(const Campaign& campaign) {
  return kEntryBytes + campaign.name.size() + 2 * kTimeBytes * kept_impressions(campaign);
}

std::size_t state_bytes(const Journey& journey) { return kEntryBytes + journey.name.size() + 2 * kTimeBytes; }

std::size_t state_bytes(const Decision& decision) { return kEntryBytes + kTimeBytes * decision.impressions; }

std::vector<std::uint8_t> fatigue_labels(const Playbook& playbook) {
  std::set<std::uint8_t> labels;
  for (const Campaign& campaign : playbook.campaigns) {
    if (!campaign.exempt) labels.insert(campaign.reads.label);
  }
  if (playbook.decision.impressions == 0 && playbook.decision.quiet_ms == 0) labels.clear();
  return {labels.begin(), labels.end()};
}

std::uint32_t kept_impressions(const Campaign& campaign) {
  return campaign.cap > 0 ? campaign.cap : campaign.variants.size() > 1 ? 1 : 0;
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
  for (const Journey& journey : playbook.journeys) add(journey.reads.label, state_bytes(journey));
  for (const std::uint8_t label : fatigue_labels(playbook)) add(label, state_bytes(playbook.decision));
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
