// SPDX-License-Identifier: Apache-2.0
// A set of event sequence numbers as disjoint intervals: what a stream has already delivered.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace omo::collector {

/// Sequence numbers from `first` to `last`, both inclusive.
struct Interval {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool operator==(const Interval&) const = default;
};

/// Intervals are sorted, disjoint and never adjacent, so equal sets have equal bytes.
class IntervalSet {
 public:
  IntervalSet() = default;
  /// The set of these numbers, which must ascend strictly.
  [[nodiscard]] static IntervalSet of_sorted(std::span<const std::uint32_t> numbers);

  /// Adds an interval (first <= last) and answers the part of it that was not there before.
  IntervalSet add(Interval added);
  /// Adds all of `other` and answers the part of it that was not there before.
  IntervalSet add_all(const IntervalSet& other);

  [[nodiscard]] bool contains(std::uint32_t number) const;
  [[nodiscard]] bool empty() const { return intervals_.empty(); }
  [[nodiscard]] std::uint64_t size() const;  ///< numbers in the set
  [[nodiscard]] const std::vector<Interval>& intervals() const { return intervals_; }

  /// As stored: varint n, then n times (varint gap to the previous interval's end, varint length - 1).
  [[nodiscard]] std::vector<std::uint8_t> encode() const;
  /// nullopt where the bytes are not what encode() writes.
  [[nodiscard]] static std::optional<IntervalSet> decode(std::span<const std::uint8_t> bytes);

  bool operator==(const IntervalSet&) const = default;

 private:
  std::vector<Interval> intervals_;
};

}  // namespace omo::collector
