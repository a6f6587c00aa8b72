// SPDX-License-Identifier: Apache-2.0
#include "stats/walks.h"

namespace omo::collector {
namespace {

/// Numbers of the places that are no pages, in the order in which the table gets them. The first one stands for all
/// pages beyond the limit.
enum Place : std::uint32_t { kOtherPlace, kEntryPlace, kExitPlace, kNotSetPlace, kBreakPlace };

bool is_outside(std::uint32_t place) { return place == kEntryPlace || place == kExitPlace; }

}  // namespace

Walks::Walks() {
  for (const std::string_view name : {kOther, kEntry, kExit, kNotSet, std::string_view("(break)")}) {
    static_cast<void>(names_.number(name));
  }
}

void Walks::add_view(Trace& trace, std::uint32_t sequence, std::string_view page) {
  const std::uint32_t place = page.empty() ? std::uint32_t{kNotSetPlace} : names_.number(page);
  add_share(trace, place, {1, 0});
  insert(trace, {sequence, place});
}

void Walks::add_step(Trace& trace, std::uint32_t sequence, std::string_view place) {
  insert(trace, {sequence, names_.number(place)});
}

void Walks::break_path(Trace& trace, std::uint32_t sequence) { insert(trace, {sequence, kBreakPlace}); }

void Walks::add_engagement(Trace& trace, std::string_view page, std::uint64_t engaged_ms) {
  add_share(trace, page.empty() ? std::uint32_t{kNotSetPlace} : names_.number(page), {0, engaged_ms});
}

/// Puts a step between its neighbours: the edge between them becomes one to it and one from it.
void Walks::insert(Trace& trace, Step step) {
  std::vector<Step>& steps = trace.steps;
  if (steps.size() == kMaxSteps) {
    if (step.sequence < steps.front().sequence) return;
    steps.erase(steps.begin());
  }
  const std::size_t at = insert_by_sequence(steps, step);
  const std::uint32_t before = at > 0 ? steps[at - 1].place : std::uint32_t{kEntryPlace};
  const std::uint32_t after = at + 1 < steps.size() ? steps[at + 1].place : std::uint32_t{kExitPlace};
  if (steps.size() > 1) count_edge(trace, before, after, false);
  count_edge(trace, before, step.place, true);
  count_edge(trace, step.place, after, true);
}

void Walks::add_share(Trace& trace, std::uint32_t place, Share share) {
  Total<Share>& total = places_[place];
  if (!trace.places.contains(place)) ++total.visitors;
  for (Share* sum : {&trace.places[place], &total.sum}) {
    sum->views += share.views;
    sum->engaged_ms += share.engaged_ms;
  }
}

void Walks::count_edge(Trace& trace, std::uint32_t from, std::uint32_t to, bool more) {
  if (from == kBreakPlace) from = kEntryPlace;
  if (to == kBreakPlace) to = kExitPlace;
  if (is_outside(from) && is_outside(to)) return;  // between two breaks is nothing
  const Edge edge{from, to};
  Total<std::uint64_t>& total = edges_[edge];
  if (more) {
    if (++trace.edges[edge] == 1) ++total.visitors;
    ++total.sum;
    return;
  }
  if (--trace.edges[edge] == 0) {
    trace.edges.erase(edge);
    --total.visitors;
  }
  if (--total.sum == 0) edges_.erase(edge);
}

void Walks::erase(const Trace& trace) {
  erase_shares(trace.places, places_);
  erase_shares(trace.edges, edges_);
}

std::uint32_t Walks::latest_view(const Trace& trace, std::uint32_t sequence, std::string_view page) {
  const std::uint32_t place = page.empty() ? std::uint32_t{kNotSetPlace} : names_.number(page);
  for (auto step = trace.steps.rbegin(); step != trace.steps.rend(); ++step) {
    if (step->sequence < sequence && step->place == place) return step->sequence;
  }
  return sequence;
}

std::string_view Walks::viewed_at(const Trace& trace, std::uint32_t sequence) const {
  const auto at = std::partition_point(trace.steps.begin(), trace.steps.end(),
                                       [&](const Step& step) { return step.sequence < sequence; });
  return at != trace.steps.end() && at->sequence == sequence ? std::string_view(names_.name(at->place)) : kNotSet;
}

std::uint64_t Walks::count_of(Edge edge) const {
  const auto at = edges_.find(edge);
  return at == edges_.end() ? 0 : at->second.sum;
}

Report<PageRow> Walks::pages(std::uint64_t min_visitors) const {
  Report<PageRow> report;
  for (const auto& [place, total] : places_) {
    report_row(report, min_visitors,
               {names_.name(place), total.sum.views, total.visitors, total.sum.engaged_ms,
                count_of({kEntryPlace, place}), count_of({place, kExitPlace})});
  }
  sort_rows(
      report.rows, [](const PageRow& row) { return row.views; }, [](const PageRow& row) { return row.path; });
  return report;
}

Report<PathRow> Walks::paths(std::uint64_t min_visitors) const {
  Report<PathRow> report;
  for (const auto& [edge, total] : edges_) {
    report_row(report, min_visitors, {names_.name(edge.first), names_.name(edge.second), total.sum, total.visitors});
  }
  sort_rows(
      report.rows, [](const PathRow& row) { return row.count; },
      [](const PathRow& row) { return std::pair(row.from, row.to); });
  return report;
}

}  // namespace omo::collector
