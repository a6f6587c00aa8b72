// SPDX-License-Identifier: Apache-2.0
#include "engine/refund.h"

#include "engine/aggregates.h"
#include "engine/occurrence.h"

namespace omo {
namespace {

/// Less than half of the smallest unit of any currency is nothing: 100 - 33.3 - 33.3 - 33.4 is not exactly 0.
constexpr double kNothingLeft = 0.0005;

/// Hash of the text, never 0; 0 where it is no text.
std::uint32_t id_hash(const Value& id) {
  if (id.tag != ValueTag::kString) return 0;
  const std::uint32_t hash = fnv32(as_bytes(id.text));
  return hash != 0 ? hash : 1;
}

struct Refund {
  std::uint32_t transaction;
  std::uint32_t item;  ///< 0 = the refund as a whole
  bool whole;          ///< neither a value nor items: all of the purchase
  Value value;
  double quantity;  ///< of the item; negative = all that is left
};

/// Takes `much` from a number of the entry; false where nothing is left of it.
bool leave(double& left, double much) {
  left -= much;
  return left >= kNothingLeft;
}

/// What the refund leaves of one entry; false where that is nothing.
bool reduce(const State& state, const SignalRow& row, const Item& item, std::uint32_t index, Refund& refund) {
  if (refund.whole) return false;
  Tail& tail = tail_of(item, index);
  const bool is_number = base_bytes(item) == 2 * sizeof(double) && row.op != SignalOp::kDistinct;
  double much = 0;
  if (refund.item != 0) {
    if (row.per_item == 0 || tail.item != refund.item) return true;
    if (refund.quantity < 0) return false;
    const double taken = refund.quantity < tail.quantity ? refund.quantity : tail.quantity;
    refund.quantity -= taken;
    if (!leave(tail.quantity, taken)) return false;
    if (row.of == state.known.quantity) much = taken;
  } else {
    if (!refund.value.is_null() && refund.value.number >= 0 && !leave(tail.amount, refund.value.number)) return false;
    // What the refund says of the parameter itself: its value, or its tax where the playbook gives refunds one.
    if (row.per_item == 0) much = find_param(state, row.of).number;
  }
  // Only so much less: what is negative takes nothing.
  if (is_number && much > 0) entry_of(item, index).number = add(entry_of(item, index).number, -much);
  return true;
}

}  // namespace

Tail refundable_tail(const State& state, bool per_item) {
  const std::uint32_t transaction = id_hash(find_param(state, state.known.transaction_id));
  if (transaction == 0) return kPlainTail;
  Tail tail = {find_param(state, state.known.value).number, transaction, 0, 0};
  if (per_item) {
    const double quantity = find_param(state, state.known.quantity).number;
    tail.item = id_hash(find_param(state, state.known.item_id));
    tail.quantity = quantity > 0 ? quantity : 1;
  }
  return tail;
}

void take_back(State& state, bool of_item) {
  const Value item_id = find_param(state, state.known.item_id);
  const Value quantity = find_param(state, state.known.quantity);
  const bool has_items = state.occurrence.item_count > 0 || item_id.tag == ValueTag::kString;
  const Value value = find_param(state, state.known.value);
  const Refund refund = {id_hash(find_param(state, state.known.transaction_id)), of_item ? id_hash(item_id) : 0,
                         !of_item && value.is_null() && !has_items, value, quantity.is_null() ? -1 : quantity.number};
  const std::uint32_t purchase = state.program.find_event(state.known.purchase);
  if (refund.transaction == 0 || purchase == kNone || (of_item && refund.item == 0)) return;
  // A quantity below zero gives nothing back.
  if (of_item && !quantity.is_null() && quantity.number < 0) return;
  const Rows<SignalRow> rows = state.program.signals();
  for (std::uint32_t index = state.first_signal[purchase]; index < rows.size(); index = state.next_signal[index]) {
    const SignalRow& row = rows[index];
    Item& item = state.signals[index];
    if ((row.flags & kSignalRefundable) == 0 || !accepts(state, row)) continue;
    Refund rest = refund;
    for (std::uint32_t i = 0; i < item.size;) {
      if (tail_of(item, i).transaction != refund.transaction) {
        ++i;
        continue;
      }
      item.touched = 1;
      if (reduce(state, row, item, i, rest)) {
        ++i;
      } else {
        remove(item, i);
      }
    }
  }
}

}  // namespace omo
