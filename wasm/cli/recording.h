// SPDX-License-Identifier: Apache-2.0
// Recorded inputs of many visitors: the file that `omo record` writes and `omo backtest` reads. recording.md draws the
// bytes. Records name things by their names, so a recording outlives every playbook.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wire/bytes.h"

namespace omo {

inline constexpr std::uint32_t kRecordingMagic = 0x524F4D4F;  ///< "OMOR"
inline constexpr std::uint16_t kRecordingVersion = 1;
inline constexpr std::size_t kRecordingHeaderBytes = 40;
inline constexpr std::size_t kVisitorHeaderBytes = 16;

/// Inputs of one visitor in the order of time: frames of a u16 length and an input record (wire/input.md).
struct VisitorBlock {
  std::uint64_t visitor = 0;
  std::uint32_t checksum = 0;  ///< FNV-1a 32 of the frames
  Bytes frames;
};

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
  std::map<std::uint64_t, std::vector<Input>> visitors_;
  std::uint64_t events_ = 0;
};

/// A recording that is read in place. Borrows the bytes.
class Recording {
 public:
  /// Checks the header and that the blocks fill the file. Throws std::invalid_argument with what is wrong.
  explicit Recording(Bytes file);

  [[nodiscard]] const std::vector<VisitorBlock>& visitors() const { return visitors_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] double from_ms() const { return from_ms_; }    ///< time of the first input
  [[nodiscard]] double until_ms() const { return until_ms_; }  ///< time of the last one

 private:
  std::vector<VisitorBlock> visitors_;
  std::uint64_t events_ = 0;
  double from_ms_ = 0;
  double until_ms_ = 0;
};

/// Number of a visitor from what a line calls it (FNV-1a 64 of the text).
[[nodiscard]] std::uint64_t visitor_number(std::string_view name);

}  // namespace omo
