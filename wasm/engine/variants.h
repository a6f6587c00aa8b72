// SPDX-License-Identifier: Apache-2.0
// Draws from the visitor's seed: holdouts, and the choice of variants by weighted rendezvous hashing
// (docs/playbook.md).
#pragma once
#include "engine/state.h"

namespace omo {

/// -log2(u / 2^32) in 1 / 2^32, for u from 1 to 2^32. Digit by digit: squaring doubles a logarithm, so its next digit
/// shows in whether the square reaches 2 (J. C. Majithia and D. Levan, "A note on base-2 logarithm computations", Proc.
/// IEEE 61, 1973). In integers, so that every platform gives the same; the error is below 2^-28.
[[nodiscard]] std::uint64_t surprise(std::uint64_t u);

/// Is the visitor in a holdout of this share, of the campaign of this name (a symbol), or kNone: of the whole playbook?
/// Without a seed: no.
[[nodiscard]] bool is_held_out(const State& state, std::uint32_t campaign, std::uint32_t share);

/// Row of the campaign's variant whose name has this hash; kNone.
[[nodiscard]] std::uint32_t find_variant(const State& state, const CampaignRow& row, double hash);
[[nodiscard]] double variant_hash(const State& state, std::uint32_t variant);
/// The variant that was seen last, while the campaign has it; else the one with the least surprise(h + 1) / weight, the
/// first among equals, where h is a hash of the seed (which must be there) and both names. So a
/// new variant takes visitors from all others in proportion, and moves nobody between them.
[[nodiscard]] std::uint32_t choose_variant(const State& state, std::uint32_t campaign);

}  // namespace omo
