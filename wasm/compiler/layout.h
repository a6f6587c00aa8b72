// SPDX-License-Identifier: Apache-2.0
// The shared network as the program's tables: sources with sorted atoms, literals, gates and their parents.
#pragma once
#include <map>
#include <vector>

#include "compiler/network.h"
#include "compiler/strings.h"

namespace omo::compiler {

struct NetworkLayout {
  std::vector<SourceRow> sources;
  std::vector<ThresholdRow> thresholds;
  std::vector<MatchRow> matches;
  std::vector<std::uint32_t> node_parents;
  std::vector<std::uint32_t> parents;
  std::vector<GateRow> gates;
  std::uint32_t literal_count = 0;
  std::uint32_t first_segment_node = 0;  ///< each segment has a node of its own, in their order

  /// Row of a source, or kNone where no condition looks at it.
  [[nodiscard]] std::uint32_t source_row(SourceKind kind, std::uint32_t ref) const;
  /// Node of a condition: a number, kNone (never) or kAlways.
  [[nodiscard]] std::uint32_t node(Network::Id id) const;

  std::map<Source, std::uint32_t> source_rows;
  std::vector<std::uint32_t> node_numbers;  ///< by Network::Id
};

/// Lays out what is marked. `labels` gives the label of each source, `segments` the conditions of the segments.
[[nodiscard]] NetworkLayout lay_out(const Network& network, const StringTable& strings,
                                    const std::map<Source, std::uint8_t>& labels,
                                    const std::vector<Network::Id>& segments);

}  // namespace omo::compiler
