// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <utility>
#include <vector>

namespace omo::collector {

/// A sorted vector as a map: most visitors have few pages, and there are many visitors.
template <class Key, class Value>
class FlatMap {
 public:
  Value& operator[](const Key& key) {
    const auto at = position(key);
    if (at != entries_.end() && at->first == key) return at->second;
    return entries_.insert(at, {key, Value{}})->second;
  }
  [[nodiscard]] bool contains(const Key& key) {
    const auto at = position(key);
    return at != entries_.end() && at->first == key;
  }
  void erase(const Key& key) {
    const auto at = position(key);
    if (at != entries_.end() && at->first == key) entries_.erase(at);
  }
  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }

 private:
  auto position(const Key& key) {
    return std::lower_bound(entries_.begin(), entries_.end(), key,
                            [](const auto& entry, const Key& wanted) { return entry.first < wanted; });
  }
  std::vector<std::pair<Key, Value>> entries_;
};

}  // namespace omo::collector
