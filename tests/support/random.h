// SPDX-License-Identifier: Apache-2.0
// Seeded pseudo-random numbers that are the same on every platform (std distributions are not).
#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "wire/bytes.h"

namespace omo::test {

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  /// 0 to `below` - 1.
  std::uint32_t below(std::uint32_t below) { return static_cast<std::uint32_t>(engine_() % below); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  std::uint64_t bits() { return std::uint64_t{engine_()} << 32 | engine_(); }
  template <class Container>
  const auto& pick(const Container& from) {
    return from[below(static_cast<std::uint32_t>(std::size(from)))];
  }

 private:
  std::mt19937 engine_;
};

/// Words of several scripts; some are longer than the engine keeps.
inline std::string random_text(Random& random) {
  static constexpr std::string_view kParts[] = {"a",    "Z", "7", "/category/", "bouquet", "花束", "ひまわり",
                                                "バラ", "é", "🌸", "?q=",        "-",       " ",    "母の日のギフト"};
  std::string text;
  const std::uint32_t parts = random.one_in(20) ? 40 : random.below(6);
  for (std::uint32_t i = 0; i < parts; ++i) text += random.pick(kParts);
  return text;
}

/// Changes one to four bytes: a flip of a bit, a small step, an extreme, or a copy of four bytes from elsewhere.
inline void mutate(Random& random, MutableBytes bytes) {
  if (bytes.empty()) return;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  for (std::uint32_t n = 1 + random.below(4); n > 0; --n) {
    std::uint8_t& byte = bytes[random.below(size)];
    switch (random.below(5)) {
      case 0:
        byte = static_cast<std::uint8_t>(byte ^ 1u << random.below(8));
        break;
      case 1:
        byte = static_cast<std::uint8_t>(byte + (random.one_in(2) ? 1 : -1));
        break;
      case 2:
        byte = random.one_in(2) ? std::uint8_t{0xFF} : std::uint8_t{0};
        break;
      case 3:
        byte = static_cast<std::uint8_t>(random.below(256));
        break;
      default:
        if (size >= 8) {
          const std::uint32_t to = random.below(size / 4) * 4;
          const std::uint32_t from = random.below(size / 4) * 4;
          for (std::uint32_t i = 0; i < 4; ++i) bytes[to + i] = bytes[from + i];
        }
    }
  }
}

}  // namespace omo::test
