// SPDX-License-Identifier: Apache-2.0
// Recorded inputs of many visitors: the file that `omo record` writes and `omo backtest` reads. recording.md draws the
// bytes. Events name things by their place in the recording's own table of names, so a recording outlives every
// playbook, and what a name means to a program is looked up once a run.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wire/bytes.h"

namespace omo {

inline constexpr std::uint32_t kRecordingMagic = 0x524F4D4F;  ///< "OMOR"
inline constexpr std::uint16_t kRecordingVersion = 2;
inline constexpr std::size_t kRecordingHeaderBytes = 48;
inline constexpr std::size_t kVisitorHeaderBytes = 20;

/// Inputs of one visitor in the order of time: frames of a u16 length and an input record (wire/input.md). Events are
/// named events, whose symbols are places in Recording::names().
struct VisitorBlock {
  std::uint64_t visitor = 0;
  std::uint64_t checksum = 0;  ///< frames_checksum()
  Bytes frames;
};

/// FNV-1a 64 over words of 8 bytes, the last one filled up with zeros, from the number of bytes on: one changed byte
/// always changes the result, at an eighth of the steps of fnv64().
[[nodiscard]] std::uint64_t frames_checksum(Bytes frames);

/// Collects lines `{"visitor": ..., "time": ..., "type": ...}` and writes them visitor by visitor.
class RecordingWriter {
 public:
  /// One line, a JSON object; "visitor" is a string or a number. Throws std::invalid_argument with what is wrong.
  void add_line(std::string_view line);
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] std::size_t visitors() const { return visitors_.size(); }
  /// The whole file. Inputs of one time stay in the order in which they were added.
  [[nodiscard]] std::string finish() const;

 private:
  struct Input {
    std::uint64_t time_ms;
    std::vector<std::uint8_t> record;
  };
  [[nodiscard]] std::uint32_t number_of_name(std::string_view name);
  [[nodiscard]] std::vector<std::uint8_t> with_numbers(Bytes event);
  void copy_pairs(ByteReader& from, ByteWriter& to);

  std::map<std::uint64_t, std::vector<Input>> visitors_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> names_;  ///< keys of numbers_, by number
  std::uint64_t events_ = 0;
};

/// A recording that is read in place. Borrows the bytes.
class Recording {
 public:
  /// Checks the header, the names, and that the blocks fill the file. Throws std::invalid_argument with what is wrong.
  explicit Recording(Bytes file);

  [[nodiscard]] const std::vector<VisitorBlock>& visitors() const { return visitors_; }
  /// Of events and of their parameters.
  [[nodiscard]] const std::vector<std::string_view>& names() const { return names_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] double from_ms() const { return from_ms_; }    ///< time of the first input
  [[nodiscard]] double until_ms() const { return until_ms_; }  ///< time of the last one

 private:
  void read_names(ByteReader& reader, std::uint32_t count);

  std::vector<std::string_view> names_;
  std::vector<VisitorBlock> visitors_;
  std::uint64_t events_ = 0;
  double from_ms_ = 0;
  double until_ms_ = 0;
};

/// Number of a visitor from what a line calls it (FNV-1a 64 of the text).
[[nodiscard]] std::uint64_t visitor_number(std::string_view name);

}  // namespace omo
