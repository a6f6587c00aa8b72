// SPDX-License-Identifier: Apache-2.0
// Strings of a batch, byte by byte (batch.md): each bit is predicted from several contexts, and the predictions are
// mixed by weights that are learned too (logistic mixing, as in M. Mahoney, "Adaptive weighing of context models for
// lossless data compression", 2005). In integers only, so that every platform computes the same.
#pragma once
#include <bit>
#include <cstdint>
#include <string_view>

#include "wire/range_coder.h"

namespace omo {

/// Ends a string: a byte that UTF-8 never has.
inline constexpr std::uint8_t kTextEnd = 0xFF;

/// What strings of a site are likely to hold: read by both ends before a batch begins. Words end at `|`.
inline constexpr char kLikelyText[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ|item-0123456789|SKU-01859462|/category/|/products/|/items/|カート|ご注文手続き|商品|"
    "の花束|/cart|Cart|/checkout|Checkout|search|external|social|internal|JPY|";

/// log2 in 1/256, taken as straight between powers of two. `x` is positive.
[[nodiscard]] inline std::int32_t log2_fixed(std::int32_t x) {
  const unsigned whole = 31u - static_cast<unsigned>(std::countl_zero(static_cast<std::uint32_t>(x)));
  return static_cast<std::int32_t>(whole * 256 + ((static_cast<std::uint32_t>(x) << 8 >> (whole & 31)) & 255));
}

/// log2 of the odds of a probability, in 1/256.
[[nodiscard]] inline std::int32_t stretch(std::int32_t probability) {
  return log2_fixed(probability) - log2_fixed(kProbabilityOne - probability);
}

/// The inverse of stretch().
[[nodiscard]] inline std::int32_t squash(std::int32_t log_odds) {
  constexpr std::int32_t kMost = 8 * 256 - 1;  // beyond what a bounded probability has
  if (log_odds > kMost) log_odds = kMost;
  if (log_odds < -kMost) log_odds = -kMost;
  const auto shifted = static_cast<std::uint32_t>(log_odds + kMost + 1);
  const std::uint64_t odds = std::uint64_t{256 + (shifted & 255)} << (shifted >> 8);  // times 65536
  return bounded(static_cast<std::int32_t>(kProbabilityOne * odds / (65536 + odds)));
}

/// Kinds of bytes, which tell much of what comes behind them, or stands in their place in the next string.
[[nodiscard]] inline std::uint32_t byte_class(std::uint32_t byte) {
  if (byte >= 0x80) return byte == kTextEnd ? 7 : byte >= 0xC0 ? 6 : 5;
  if (byte >= 'a' && byte <= 'z') return 1;
  if (byte >= 'A' && byte <= 'Z') return 2;
  if (byte >= '0' && byte <= '9') return 3;
  return byte == 0 ? 0 : 4;
}

/// Zeroed memory is a fresh model.
struct TextModel {
  static constexpr std::uint32_t kContexts = 6;
  static constexpr std::uint32_t kGuess = kContexts - 1;  ///< the context that says whether the guess is right
  static constexpr unsigned kModelBits = 15;
  static constexpr std::int32_t kFirstWeight = 20000;  ///< of 65536, for each context
  static constexpr unsigned kLearningShift = 10;

  BitModel models[1u << kModelBits];   ///< found by a hash: contexts that meet cost bits, never correctness
  std::int32_t weights[6][kContexts];  ///< less kFirstWeight; a row without a guess, then by how long it has been right

  /// Codes the byte behind `before`; without a coder the byte is only learned. `guess` is what the whole string may be,
  /// `right` how many of its bytes in a row, up to here, were right.
  template <class Coder>
  std::uint8_t code(Coder* coder, std::string_view before, std::string_view guess, std::uint32_t right,
                    std::uint8_t value) {
    const std::size_t at = before.size();
    const auto back = [&](std::size_t n) {
      return at >= n ? static_cast<std::uint8_t>(before[at - n]) : std::uint32_t{0};
    };
    const std::uint32_t last = back(1);
    const std::uint32_t last_two = last | back(2) << 8;
    std::uint32_t expected = 0;
    if (!guess.empty() && at <= guess.size())
      expected = at < guess.size() ? static_cast<std::uint8_t>(guess[at]) : std::uint32_t{kTextEnd};
    const std::uint32_t place = byte_class(expected);
    const std::uint32_t contexts[kContexts] = {byte_class(last),         last,  last_two,
                                               last_two | back(3) << 16, place, place | (right < 15 ? right : 15) << 4};
    std::int32_t* const row = weights[expected == 0 ? 0 : 1 + (right < 4 ? right : 4)];
    std::uint32_t node = 1;
    for (unsigned i = 8; i-- > 0;) {
      const bool guesses = expected != 0 && (expected | 256) >> (i + 1) == node;
      const bool guessed = (expected >> i & 1) != 0;
      BitModel* used[kContexts];
      std::int32_t log_odds[kContexts];
      std::int64_t sum = 0;
      for (std::uint32_t k = 0; k < kContexts; ++k) {
        std::uint32_t hash = (contexts[k] << 3 | k) * 0x9E3779B1u ^ (k == kGuess ? 1u : node) * 0x85EBCA6Bu;
        hash = (hash ^ hash >> 15) * 0x2C1B3C6Du;
        used[k] = &models[hash >> (32 - kModelBits)];
        log_odds[k] = stretch(used[k]->probability());
        if (k == kGuess) log_odds[k] = !guesses ? 0 : guessed ? -log_odds[k] : log_odds[k];
        sum += std::int64_t{kFirstWeight + row[k]} * log_odds[k];
      }
      const std::int32_t probability = squash(static_cast<std::int32_t>(sum >> 16));
      bool bit = (value >> i & 1) != 0;
      if (coder != nullptr) bit = coder->bit(probability, bit);
      const std::int32_t error = (bit ? 0 : kProbabilityOne) - probability;
      for (std::uint32_t k = 0; k < kContexts; ++k) {
        row[k] += log_odds[k] * error >> kLearningShift;
        if (k != kGuess) used[k]->learn(bit);
        if (k == kGuess && guesses) used[k]->learn(bit != guessed);
      }
      node = node << 1 | (bit ? 1u : 0u);
    }
    return static_cast<std::uint8_t>(node);
  }

  /// Learns kLikelyText.
  template <class Coder>
  void prime() {
    const char* word = kLikelyText;
    for (const char* at = word; *at != 0; ++at) {
      const bool ends = *at == '|';
      code<Coder>(nullptr, {word, static_cast<std::size_t>(at - word)}, {}, 0,
                  ends ? kTextEnd : static_cast<std::uint8_t>(*at));
      if (ends) word = at + 1;
    }
  }
};

}  // namespace omo
