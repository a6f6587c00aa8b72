// SPDX-License-Identifier: Apache-2.0
// What outlives a page view, as a whole: making it, forgetting it, withdrawing purposes from it.
#pragma once
#include "engine/state.h"

namespace omo {

/// Purchases are recognised by their transaction_id for the sake of the signals.
inline constexpr std::uint8_t kTransactionLabel = purpose::kPersonalization;

void set_trait(State& state, std::uint32_t trait, const Value& value);
void set_context(State& state, std::uint32_t context, const Value& value);
/// Brings every days_until() up to the present local day.
void publish_days(State& state);
void remember_transaction(State& state, std::uint32_t id_hash);
/// Was this purchase seen before? Remembers it if not.
[[nodiscard]] bool is_repeated_purchase(State& state, std::string_view transaction_id);

/// Everything as if nothing had happened, under the present consent.
void clear_kept(State& state);
/// What came from a customer's account: the traits.
void clear_account(State& state);
/// Changes the granted purposes; what rests on a withdrawn one is forgotten.
void apply_consent(State& state, std::uint8_t present, std::uint8_t granted_bits);

/// After any change: due timers, decisions, the next wake-up.
void settle(State& state);

}  // namespace omo
