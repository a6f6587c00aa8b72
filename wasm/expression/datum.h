// SPDX-License-Identifier: Apache-2.0
// What an expression works on: one value of CEL, an error, or an unknown. Borrows its text.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/bytes.h"

namespace omo {

struct Datum {
  enum class Kind : std::uint8_t {
    kUnknown,
    kError,
    kNull,
    kBool,
    kInt,
    kDouble,
    kString,
    kTimestamp,
    kDuration,
    kList
  };
  Kind kind = Kind::kError;
  /// List: elements. Timestamp and duration: nanoseconds of the second, always counting forwards.
  std::uint32_t size = 0;
  union {
    std::int64_t integer = 0;  ///< bool (0, 1), int; timestamp (since 1970) and duration: whole seconds, rounded down
    double number;             ///< double
    const void* members;       ///< list that the host holds; null for a list of literals
  };
  std::string_view text{nullptr, 0};  ///< string; list of literals: their code
};

inline constexpr std::int64_t kNanosPerSecond = 1000000000;

[[nodiscard]] inline Datum datum(Datum::Kind kind, std::int64_t integer = 0, std::uint32_t size = 0) {
  Datum result;
  result.kind = kind;
  result.size = size;
  result.integer = integer;
  return result;
}
[[nodiscard]] inline Datum double_datum(double number) {
  Datum result;
  result.kind = Datum::Kind::kDouble;
  result.number = number;
  return result;
}
[[nodiscard]] inline Datum text_datum(std::string_view text) {
  Datum result;
  result.kind = Datum::Kind::kString;
  result.text = text;
  return result;
}

/// Part of a text, which must be in it: std::string_view::substr() would bring the whole of a library's abort().
[[nodiscard]] OMO_INLINE inline std::string_view part_of_text(std::string_view text, std::size_t at, std::size_t size) {
  return {text.data() + at, size};
}

/// Text that an evaluation makes. What does not fit makes the result an error.
class TextRoom {
 public:
  static constexpr std::size_t kBytes = 512;
  TextRoom() = default;
  TextRoom(const TextRoom&) = delete;
  TextRoom& operator=(const TextRoom&) = delete;

  void put(std::string_view text) {
    for (char c : text) put(c);
  }
  void put(char c) {
    if (used_ < kBytes) {
      bytes_[used_++] = c;
    } else {
      full_ = true;
    }
  }
  /// A whole number with at least so many digits.
  void put_number(std::uint64_t number, std::uint32_t least_digits = 1);
  /// What was put since the last take(), as a string; an error where it did not fit.
  [[nodiscard]] Datum take();

 private:
  char bytes_[kBytes];
  std::size_t used_ = 0;
  std::size_t taken_ = 0;
  bool full_ = false;
};

}  // namespace omo
