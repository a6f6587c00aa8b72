// SPDX-License-Identifier: Apache-2.0
// A binary range coder with adaptive probabilities: LZMA's arithmetic (32-bit range, carry propagation), with an
// adaption that starts fast, because a batch has tens of symbols and not thousands.
#pragma once
#include <cstdint>

#include "wire/bytes.h"

namespace omo {

/// Probabilities are of the next bit being 0, in 12 bits, and never certain.
inline constexpr std::int32_t kProbabilityOne = 4096;
inline constexpr std::int32_t kEvenOdds = kProbabilityOne / 2;
inline constexpr std::int32_t kProbabilityFloor = 24;  // no bit costs more than 7.4 bits or less than 0.0085
[[nodiscard]] OMO_INLINE inline std::int32_t bounded(std::int32_t probability) {
  if (probability < kProbabilityFloor) return kProbabilityFloor;
  return probability > kProbabilityOne - kProbabilityFloor ? kProbabilityOne - kProbabilityFloor : probability;
}

/// A learned probability: 12 bits above 4 bits of count. The n-th observation, from 0, moves it by 20 / (20 n + 27) of
/// the difference, from the 16th on always as the 16th.
class BitModel {
 public:
  [[nodiscard]] std::int32_t probability() const { return (packed_ ^ kEven) >> 4; }
  void learn(bool bit) {
    const std::int32_t count = packed_ & 15;
    const std::int32_t before = probability();
    const std::int32_t after = bounded(before + ((bit ? 0 : kProbabilityOne) - before) * 20 / (20 * count + 27));
    packed_ = static_cast<std::uint16_t>((after << 4 | (count < 15 ? count + 1 : 15)) ^ kEven);
  }

 private:
  static constexpr std::int32_t kEven = 2048 << 4;
  std::uint16_t packed_ = 0;  // kept xor kEven, so that zeroed memory is a fresh model
};

/// Zeros that an encoder may cut off the end: as many bytes as a decoder is ahead of what it has decoded.
inline constexpr int kCutBytes = 4;

class RangeEncoder {
 public:
  static constexpr bool kEncodes = true;
  explicit RangeEncoder(ByteWriter& out) : out_(out) {}
  [[nodiscard]] bool ok() const { return out_.ok(); }

  // What was coded is what was given: said inline, so that a caller's checks of it cost nothing.
  OMO_INLINE bool bit(BitModel& model, bool value) {
    encode(model.probability(), value);
    model.learn(value);
    return value;
  }
  OMO_INLINE bool bit(std::int32_t probability, bool value) {
    encode(probability, value);
    return value;
  }

  /// Ends the stream with the value of [low, low + range) that has the most trailing zeros, and cuts those off.
  void finish() {
    for (unsigned shift = 32; shift-- > 0;) {
      const std::uint64_t step = std::uint64_t{1} << shift;
      const std::uint64_t rounded = (low_ + step - 1) & ~(step - 1);
      if (rounded < low_ + range_) {
        low_ = rounded;
        break;
      }
    }
    for (int i = 0; i < 5; ++i) shift_low();
    std::size_t end = out_.position();
    const Bytes written = out_.written();
    for (int i = 0; i < kCutBytes && end > start_ && written[end - 1] == 0; ++i) --end;
    if (out_.ok()) out_.rewind(end);
  }

 private:
  [[gnu::noinline]] void encode(std::int32_t probability, bool value) {
    const std::uint32_t bound = (range_ >> 12) * static_cast<std::uint32_t>(probability);
    if (value) {
      low_ += bound;
      range_ -= bound;
    } else {
      range_ = bound;
    }
    normalize();
  }
  [[gnu::noinline]] void normalize() {
    while (range_ < 1u << 24) {
      range_ <<= 8;
      shift_low();
    }
  }
  // A byte waits in cache_ (with runs of 0xFF behind it) until it is known that no carry can reach it.
  void shift_low() {
    if (low_ < 0xFF000000u || low_ > 0xFFFFFFFFu) {
      const auto carry = static_cast<std::uint8_t>(low_ >> 32);
      if (!first_) out_.u8(static_cast<std::uint8_t>(cache_ + carry));
      first_ = false;  // the first byte of LZMA's coder is always 0: not written
      for (; pending_ > 0; --pending_) out_.u8(static_cast<std::uint8_t>(0xFF + carry));
      cache_ = static_cast<std::uint8_t>(low_ >> 24);
    } else {
      ++pending_;
    }
    low_ = (low_ & 0x00FFFFFFu) << 8;
  }

  ByteWriter& out_;
  std::size_t start_ = out_.position();
  std::uint64_t low_ = 0;
  std::uint32_t range_ = 0xFFFFFFFFu;
  std::uint32_t pending_ = 0;
  std::uint8_t cache_ = 0;
  bool first_ = true;
};

class RangeDecoder {
 public:
  static constexpr bool kEncodes = false;
  explicit RangeDecoder(Bytes bytes) : bytes_(bytes) {
    for (int i = 0; i < 4; ++i) code_ = code_ << 8 | next();
  }
  /// False once it read more than the zeros that an encoder may have cut off.
  [[nodiscard]] bool ok() const { return position_ <= bytes_.size() + kCutBytes; }
  /// Gives up: ok() is false from now on.
  void spoil() { position_ = bytes_.size() + kCutBytes + 1; }
  /// All bytes were used: nothing was appended.
  [[nodiscard]] bool at_end() const { return position_ >= bytes_.size(); }

  bool bit(BitModel& model, bool = false) {
    const bool value = bit(model.probability());
    model.learn(value);
    return value;
  }
  bool bit(std::int32_t probability, bool = false) {
    const std::uint32_t bound = (range_ >> 12) * static_cast<std::uint32_t>(probability);
    const bool value = code_ >= bound;
    if (value) {
      code_ -= bound;
      range_ -= bound;
    } else {
      range_ = bound;
    }
    normalize();
    return value;
  }

 private:
  void normalize() {
    while (range_ < 1u << 24) {
      range_ <<= 8;
      code_ = code_ << 8 | next();
    }
  }
  std::uint8_t next() {
    const std::size_t at = position_++;
    return at < bytes_.size() ? bytes_[at] : std::uint8_t{0};
  }

  Bytes bytes_;
  std::size_t position_ = 0;
  std::uint32_t range_ = 0xFFFFFFFFu;
  std::uint32_t code_ = 0;
};

}  // namespace omo
