// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest_report.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace omo::cli {
namespace {

/// Widest chart of a terminal's line; more periods are drawn several to a bar.
constexpr std::size_t kBars = 40;

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

std::string chart(const std::vector<std::int64_t>& periods) {
  static constexpr const char* kLevels[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t bars = std::min(kBars, periods.size());
  std::vector<std::int64_t> heights;
  for (std::size_t i = 0; i < bars; ++i) {
    const auto begin = periods.begin() + static_cast<std::ptrdiff_t>(i * periods.size() / bars);
    const auto end = periods.begin() + static_cast<std::ptrdiff_t>((i + 1) * periods.size() / bars);
    heights.push_back(*std::max_element(begin, end));
  }
  std::int64_t highest = 1;
  for (const std::int64_t height : heights) highest = std::max(highest, height);
  std::string line;
  for (const std::int64_t height : heights) line += height <= 0 ? " " : kLevels[(height * 8 - 1) / highest];
  return line;
}

using Row = std::vector<std::string>;

/// Characters on the screen: continuation bytes of UTF-8 are none.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

/// Columns: the first and the last to the left, numbers to the right.
std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - width_of(row[i]), ' ');
      const bool left = i == 0 || i + 1 == row.size();
      line += " " + (left ? row[i] + space : space + row[i]) + " ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string change(std::uint64_t before, std::uint64_t after) {
  if (before == after) return "same";
  const std::string sign = after > before ? "+" : "-";
  const std::uint64_t difference = after > before ? after - before : before - after;
  std::string text = sign + grouped(difference);
  if (before > 0) text += " (" + sign + percent(static_cast<double>(difference) / static_cast<double>(before)) + ")";
  return text;
}

std::uint64_t last_of(const Series& series) {
  return series.periods.empty() ? 0 : static_cast<std::uint64_t>(std::max<std::int64_t>(0, series.periods.back()));
}

const Series* find(const std::vector<Series>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Series& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

/// Rows of every name that any of the results has, in the order of the first.
template <class Cells>
std::string compared(const std::vector<NamedResult>& results, std::vector<Series> BacktestResult::*which, Row head,
                     const Cells& cells) {
  std::vector<std::string> names;
  for (const NamedResult& one : results) {
    for (const Series& series : one.result.*which) {
      if (std::find(names.begin(), names.end(), series.name) == names.end()) names.push_back(series.name);
    }
  }
  if (names.empty()) return "  none\n";
  std::vector<Row> rows{std::move(head)};
  for (const std::string& name : names) {
    const Series* first = nullptr;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const Series* series = find(results[i].result.*which, name);
      Row row{i == 0 || first == nullptr ? name : ""};
      if (series == nullptr) {
        row.resize(rows.front().size());
        row.back() = "not in this playbook";
      } else {
        cells(row, *series, first, results[i].result);
        if (first == nullptr) first = series;
      }
      rows.push_back(std::move(row));
    }
  }
  return table(rows);
}

nlohmann::ordered_json json_of(const std::vector<Series>& all, bool segments) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Series& series : all) {
    nlohmann::ordered_json row;
    row["name"] = series.name;
    row[segments ? "visitors" : "reached"] = series.visitors;
    row[segments ? "entries" : "shown"] = series.times;
    if (!segments) row["held_back"] = series.held_back;
    row["periods"] = series.periods;
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace

std::string report_text(const std::vector<NamedResult>& results) {
  const BacktestResult& first = results.front().result;
  std::string text =
      grouped(first.visitors) + " visitors, " + grouped(first.inputs) + " inputs, " +
      std::to_string(first.segments.empty() && first.campaigns.empty()
                         ? std::size_t{0}
                         : (first.segments.empty() ? first.campaigns : first.segments)[0].periods.size()) +
      " periods\n";
  for (const NamedResult& one : results) {
    if (one.result.damaged > 0) {
      text += "  " + grouped(one.result.damaged) + " visitors left out: their inputs do not match their checksum\n";
    }
    text += "  " + one.playbook + ": " + grouped(one.result.refused) + " inputs not taken";
    char speed[96];
    std::snprintf(speed, sizeof speed, "; %.2f million inputs a second on %u core%s\n",
                  static_cast<double>(one.result.inputs) / std::max(one.result.seconds, 1e-9) / 1e6, one.result.threads,
                  one.result.threads == 1 ? "" : "s");
    text += speed;
  }
  const auto share = [](std::uint64_t part, const BacktestResult& result) {
    return percent(static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, result.visitors)));
  };
  text += "\nSegments: visitors ever in it, and in it at the end of each period\n";
  text += compared(results, &BacktestResult::segments, {"segment", "ever", "share", "entries", "at the end", "", ""},
                   [&](Row& row, const Series& series, const Series* before, const BacktestResult& result) {
                     row.insert(row.end(), {grouped(series.visitors), share(series.visitors, result),
                                            grouped(series.times), grouped(last_of(series)),
                                            before == nullptr ? "" : change(before->visitors, series.visitors),
                                            chart(series.periods)});
                   });
  text +=
      "\nCampaigns: visitors reached, views that showed it, visitors from whom a cap, a quiet period or their budget "
      "kept it\n";
  text += compared(results, &BacktestResult::campaigns, {"campaign", "reached", "share", "shown", "held back", "", ""},
                   [&](Row& row, const Series& series, const Series* before, const BacktestResult& result) {
                     row.insert(row.end(), {grouped(series.visitors), share(series.visitors, result),
                                            grouped(series.times), grouped(series.held_back),
                                            before == nullptr ? "" : change(before->visitors, series.visitors),
                                            chart(series.periods)});
                   });
  return text;
}

std::string report_json(const std::vector<NamedResult>& results) {
  nlohmann::ordered_json playbooks = nlohmann::ordered_json::array();
  for (const NamedResult& one : results) {
    nlohmann::ordered_json row;
    row["playbook"] = one.playbook;
    row["visitors"] = one.result.visitors;
    row["inputs"] = one.result.inputs;
    row["refused"] = one.result.refused;
    row["damaged"] = one.result.damaged;
    row["from_ms"] = static_cast<std::uint64_t>(one.result.from_ms);
    row["period_ms"] = static_cast<std::uint64_t>(one.result.period_ms);
    row["segments"] = json_of(one.result.segments, true);
    row["campaigns"] = json_of(one.result.campaigns, false);
    playbooks.push_back(std::move(row));
  }
  nlohmann::ordered_json whole;
  whole["playbooks"] = std::move(playbooks);
  return whole.dump(1) + "\n";
}

}  // namespace omo::cli
