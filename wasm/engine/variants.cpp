// SPDX-License-Identifier: Apache-2.0
#include "engine/variants.h"

#include <bit>

namespace omo {
namespace {

/// FNV-1a 32 of a name, as the symbol table holds it.
std::uint32_t hash_of(const State& state, std::uint32_t symbol) { return state.program.symbols()[symbol].hash; }

/// A number that depends on the visitor's seed, which must be there, and two hashes, evenly spread over 32 bits.
std::uint32_t draw(const State& state, std::uint32_t campaign, std::uint32_t variant) {
  const std::uint32_t names[] = {campaign, variant};
  std::uint64_t hash =
      fnv64({reinterpret_cast<const std::uint8_t*>(names), sizeof names}, fnv64({state.own->seed.entries, kIdBytes}));
  // FNV spreads its last bytes poorly: the finaliser of MurmurHash3 (Appleby) does the rest.
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDull;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53ull;
  return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace

std::uint64_t surprise(std::uint64_t u) {
  const auto zeros = static_cast<unsigned>(std::countl_zero(u));
  std::uint64_t mantissa = u << zeros >> 32;  // from 1 to 2, in 1 / 2^31
  std::uint64_t log = 63 - zeros;
  for (int digit = 0; digit < 32; ++digit) {
    mantissa = mantissa * mantissa >> 31;
    const std::uint64_t carry = mantissa >> 32;
    mantissa >>= carry;
    log = log << 1 | carry;
  }
  return (std::uint64_t{32} << 32) - log;
}

bool is_held_out(const State& state, std::uint32_t campaign, std::uint32_t share) {
  return share > 0 && state.own->seed.size > 0 &&
         draw(state, campaign == kNone ? 0 : hash_of(state, campaign), 0) < share;
}

double variant_hash(const State& state, std::uint32_t variant) {
  return hash_of(state, state.program.variants()[variant].name);
}

std::uint32_t find_variant(const State& state, const CampaignRow& row, double hash) {
  for (std::uint32_t variant = row.first_variant; variant < row.first_variant + row.variant_count; ++variant) {
    if (variant_hash(state, variant) == hash) return variant;
  }
  return kNone;
}

std::uint32_t choose_variant(const State& state, std::uint32_t campaign) {
  const CampaignRow& row = state.program.campaigns()[campaign];
  const Item& item = state.campaigns[campaign];
  if (item.size > 0) {
    if (const std::uint32_t seen = find_variant(state, row, entry_of(item, 0).number); seen != kNone) return seen;
  }
  const Rows<VariantRow> variants = state.program.variants();
  std::uint32_t chosen = row.first_variant;
  std::uint64_t least = 0;
  std::uint64_t weight = 0;  // of the chosen one; 0 = none is chosen yet
  for (std::uint32_t i = 0; row.variant_count > 1 && i < row.variant_count; ++i) {
    const std::uint32_t variant = row.first_variant + i;
    const std::uint64_t other = variants[variant].weight;
    if (other == 0) continue;
    const std::uint32_t drawn = draw(state, hash_of(state, row.name), hash_of(state, variants[variant].name));
    const std::uint64_t number = surprise(std::uint64_t{drawn} + 1);
    // A quotient is compared by products: both are below 2^38 * 2^20.
    if (weight != 0 && number * weight >= least * other) continue;
    chosen = variant;
    least = number;
    weight = other;
  }
  return chosen;
}

}  // namespace omo
