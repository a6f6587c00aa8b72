// SPDX-License-Identifier: Apache-2.0
// Where visitors went, step by step, over one naming of pages: by path, or by type. A session ends a path.
#pragma once
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "stats/flat_map.h"
#include "stats/name_table.h"
#include "stats/rows.h"

namespace omo::collector {

inline constexpr std::size_t kMaxPages = 100'000;
/// Steps of one stream that are remembered, so that late ones find their place; what older ones added stays counted.
inline constexpr std::size_t kMaxSteps = 4096;

class Walks {
 public:
  Walks();

  struct Step {
    std::uint32_t sequence, place;
  };
  struct Share {
    std::uint64_t views = 0, engaged_ms = 0;
    void operator-=(const Share& other) {
      views -= other.views;
      engaged_ms -= other.engaged_ms;
    }
  };
  using Edge = std::pair<std::uint32_t, std::uint32_t>;  ///< places: from, to
  /// What one stream added.
  struct Trace {
    std::vector<Step> steps;  ///< by ascending sequence
    FlatMap<std::uint32_t, Share> places;
    FlatMap<Edge, std::uint64_t> edges;
  };

  void add_view(Trace& trace, std::uint32_t sequence, std::string_view page);
  /// A step that is no view of a page.
  void add_step(Trace& trace, std::uint32_t sequence, std::string_view place);
  /// The path ends here, and another one begins.
  void break_path(Trace& trace, std::uint32_t sequence);
  void add_engagement(Trace& trace, std::string_view page, std::uint64_t engaged_ms);
  /// Takes away what the stream added.
  void erase(const Trace& trace);

  /// Sequence number of the stream's latest view of a page before `sequence`; `sequence` itself if there is none.
  [[nodiscard]] std::uint32_t latest_view(const Trace& trace, std::uint32_t sequence, std::string_view page);
  /// Page that was viewed with this sequence number, or kNotSet.
  [[nodiscard]] std::string_view viewed_at(const Trace& trace, std::uint32_t sequence) const;

  [[nodiscard]] Report<PageRow> pages(std::uint64_t min_visitors) const;
  [[nodiscard]] Report<PathRow> paths(std::uint64_t min_visitors) const;

 private:
  void insert(Trace& trace, Step step);
  void add_share(Trace& trace, std::uint32_t place, Share share);
  void count_edge(Trace& trace, std::uint32_t from, std::uint32_t to, bool more);
  [[nodiscard]] std::uint64_t count_of(Edge edge) const;

  NameTable names_{kMaxPages};
  std::unordered_map<std::uint32_t, Total<Share>> places_;
  std::map<Edge, Total<std::uint64_t>> edges_;
};

}  // namespace omo::collector
