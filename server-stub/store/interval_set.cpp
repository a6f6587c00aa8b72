// SPDX-License-Identifier: Apache-2.0
#include "store/interval_set.h"

#include <algorithm>

#include "wire/bytes.h"

namespace omo::collector {

IntervalSet IntervalSet::of_sorted(std::span<const std::uint32_t> numbers) {
  IntervalSet set;
  for (const std::uint32_t number : numbers) {
    if (!set.intervals_.empty() && std::uint64_t{set.intervals_.back().last} + 1 == number) {
      set.intervals_.back().last = number;
    } else {
      set.intervals_.push_back({number, number});
    }
  }
  return set;
}

IntervalSet IntervalSet::add(Interval added) {
  IntervalSet fresh;
  // The intervals that touch the added one, adjacent ones included, merge with it.
  const auto begin = std::partition_point(intervals_.begin(), intervals_.end(), [&](const Interval& interval) {
    return std::uint64_t{interval.last} + 1 < added.first;
  });
  auto end = begin;
  Interval merged = added;
  std::uint64_t uncovered = added.first;
  for (; end != intervals_.end() && end->first <= std::uint64_t{added.last} + 1; ++end) {
    if (end->first > uncovered) fresh.intervals_.push_back({static_cast<std::uint32_t>(uncovered), end->first - 1});
    uncovered = std::max(uncovered, std::uint64_t{end->last} + 1);
    merged.first = std::min(merged.first, end->first);
    merged.last = std::max(merged.last, end->last);
  }
  if (uncovered <= added.last) fresh.intervals_.push_back({static_cast<std::uint32_t>(uncovered), added.last});
  intervals_.insert(intervals_.erase(begin, end), merged);
  return fresh;
}

IntervalSet IntervalSet::add_all(const IntervalSet& other) {
  IntervalSet fresh;
  for (const Interval& interval : other.intervals_) {
    const IntervalSet part = add(interval);
    fresh.intervals_.insert(fresh.intervals_.end(), part.intervals_.begin(), part.intervals_.end());
  }
  return fresh;
}

bool IntervalSet::contains(std::uint32_t number) const {
  const auto at = std::partition_point(intervals_.begin(), intervals_.end(),
                                       [&](const Interval& interval) { return interval.last < number; });
  return at != intervals_.end() && at->first <= number;
}

std::uint64_t IntervalSet::size() const {
  std::uint64_t size = 0;
  for (const Interval& interval : intervals_) size += std::uint64_t{interval.last} - interval.first + 1;
  return size;
}

std::vector<std::uint8_t> IntervalSet::encode() const {
  std::vector<std::uint8_t> bytes(5 + intervals_.size() * 10);
  ByteWriter writer(bytes);
  writer.varint(static_cast<std::uint32_t>(intervals_.size()));
  std::uint32_t previous_end = 0;
  for (const Interval& interval : intervals_) {
    writer.varint(interval.first - previous_end);
    writer.varint(interval.last - interval.first);
    previous_end = interval.last;
  }
  bytes.resize(writer.position());
  return bytes;
}

std::optional<IntervalSet> IntervalSet::decode(std::span<const std::uint8_t> bytes) {
  ByteReader reader(bytes);
  IntervalSet set;
  const std::uint32_t count = reader.varint();
  std::uint64_t previous_end = 0;
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    const std::uint64_t gap = reader.varint();
    const std::uint64_t first = previous_end + gap;
    const std::uint64_t last = first + reader.varint();
    if (last > 0xFFFFFFFFu || (i > 0 && gap < 2)) return std::nullopt;
    set.intervals_.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)});
    previous_end = last;
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return set;
}

}  // namespace omo::collector
