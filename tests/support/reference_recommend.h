// SPDX-License-Identifier: Apache-2.0
// Recommendations as wasm/wire/catalog.md says, written plainly: no code is shared with the recommender.
#pragma once
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace omo::test {

struct PlainItem {
  std::string id;
  std::string category;
  bool in_stock = true;
  std::map<std::string, double> related;
};

inline std::vector<std::string> plain_segments(const std::string& path) {
  std::vector<std::string> segments(1);
  for (char c : path) {
    if (c == '>' || c == '/') {
      segments.emplace_back();
    } else {
      segments.back() += c;
    }
  }
  std::vector<std::string> kept;
  for (const std::string& segment : segments) {
    const std::size_t begin = segment.find_first_not_of(' ');
    if (begin != std::string::npos) kept.push_back(segment.substr(begin, segment.find_last_not_of(' ') - begin + 1));
  }
  return kept;
}

inline double plain_match(const std::string& taste, const std::string& path) {
  const std::vector<std::string> wanted = plain_segments(taste);
  const std::vector<std::string> present = plain_segments(path);
  if (wanted.empty()) return 0;
  if (wanted.size() == 1) return std::count(present.begin(), present.end(), wanted[0]) > 0 ? 1 : 0;
  std::size_t common = 0;
  while (common < wanted.size() && common < present.size() && wanted[common] == present[common]) ++common;
  return static_cast<double>(common) / static_cast<double>(wanted.size());
}

/// Ids of the answer, joined by blanks. `kind` is "recent", "affinity" or "related".
inline std::string plain_recommend(const std::vector<PlainItem>& items, const std::string& kind,
                                   const std::vector<std::pair<std::string, double>>& values,
                                   const std::vector<std::string>& excluded, bool in_stock_only, std::size_t count) {
  std::vector<std::pair<double, const PlainItem*>> ranked;
  const auto named = [&items](const std::string& id) {
    return std::find_if(items.begin(), items.end(), [&id](const PlainItem& item) { return item.id == id; });
  };
  const auto weight = [](double value) { return std::isfinite(value) && value > 0 ? value : 0; };
  if (kind == "recent") {
    std::set<std::string> seen;
    for (const auto& [id, ignored] : values) {
      if (named(id) != items.end() && seen.insert(id).second) ranked.emplace_back(1, &*named(id));
    }
  } else {
    for (const PlainItem& item : items) {
      double score = 0;
      for (const auto& [value, raw] : values) {
        if (kind == "affinity") {
          score += weight(raw) * plain_match(value, item.category);
        } else if (named(value) != items.end() && named(value)->related.count(item.id) != 0) {
          score += weight(raw) * named(value)->related.at(item.id);
        }
      }
      const bool given = kind == "related" && std::any_of(values.begin(), values.end(), [&item](const auto& value) {
                           return value.first == item.id;
                         });
      if (score > 0 && !given) ranked.emplace_back(score, &item);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  }
  std::string ids;
  std::size_t taken = 0;
  for (const auto& [score, item] : ranked) {
    if (taken == count) break;
    if ((in_stock_only && !item->in_stock) || std::count(excluded.begin(), excluded.end(), item->id) > 0) continue;
    ids += (ids.empty() ? "" : " ") + item->id;
    ++taken;
  }
  return ids;
}

}  // namespace omo::test
