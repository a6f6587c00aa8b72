// SPDX-License-Identifier: Apache-2.0
// The stack machine of `where` conditions.
#include "engine/occurrence.h"

namespace omo {
namespace {

/// An operand is a Value; a missing parameter is CEL's error "no such field", which this tag stands for.
constexpr auto kError = ValueTag::kList;

ValueTag truth(bool on) { return on ? ValueTag::kTrue : ValueTag::kFalse; }

bool equal(const Value& a, const Value& b) {
  // The two booleans have a tag of their own each.
  return a.tag == b.tag && a.number == b.number && same_text(a.text, b.text);
}

bool same_kind(const Value& a, const Value& b) { return a.tag == b.tag || (a.is_bool() && b.is_bool()); }

/// Strings compare with == and != only: the compiler sees to it, and an order of them is an error here.
ValueTag compare(Op op, const Value& a, const Value& b) {
  if (a.tag == kError || b.tag == kError) return kError;
  if (op == Op::kEqual || op == Op::kNotEqual) return truth(equal(a, b) == (op == Op::kEqual));
  if (!same_kind(a, b) || a.is_null() || a.tag == ValueTag::kString) return kError;
  const bool swapped = op == Op::kGreater || op == Op::kLessEqual;
  const bool less = swapped ? b.number < a.number : a.number < b.number;
  return truth(less == (op == Op::kLess || op == Op::kGreater));
}

/// Operands that an operation takes from the stack (kIn says it itself).
std::uint32_t operands_of(Op op) { return op == Op::kNot ? 1 : op >= Op::kEqual && op <= Op::kOr ? 2 : 0; }

/// && with `decisive` false, || with `decisive` true: the decisive operand wins over an error.
ValueTag combine(const Value& a, const Value& b, bool decisive) {
  const ValueTag wins = truth(decisive);
  if (a.tag == wins || b.tag == wins) return wins;
  return a.is_bool() && b.is_bool() ? truth(!decisive) : kError;
}

}  // namespace

bool matches_where(const State& state, std::uint32_t where, std::uint32_t bytes) {
  if (where == kNone) return true;
  const ProgramView& program = state.program;
  // Only what was pushed is read: initialising all of it would be work for nothing.
  alignas(Value) std::uint8_t memory[(kPredicateStack + 1) * sizeof(Value)];
  auto* const bottom = reinterpret_cast<Value*>(memory);
  Value* top = bottom;  // one past the operand on top
  ByteReader reader(program.predicates().subspan(where, bytes).span());
  while (!reader.at_end() && reader.ok()) {
    const auto op = static_cast<Op>(reader.u8());
    const auto size = static_cast<std::uint32_t>(top - bottom);
    if (size == kPredicateStack || size < operands_of(op)) return false;
    Value result;
    result.tag = kError;
    switch (op) {
      case Op::kParam:
        result = find_param(state, reader.u32());
        if (result.is_null()) result.tag = kError;
        break;
      case Op::kHas:
        result.tag = truth(!find_param(state, reader.u32()).is_null());
        break;
      case Op::kNumber:
        result.tag = ValueTag::kNumber;
        result.number = reader.f64();
        break;
      case Op::kString:
        result.tag = ValueTag::kString;
        result.text = program.symbol(reader.u32());
        break;
      case Op::kTrue:
      case Op::kFalse:
        result.tag = truth(op == Op::kTrue);
        break;
      case Op::kNull:
        result.tag = ValueTag::kNull;
        break;
      case Op::kNot:
        --top;
        if (top->is_bool()) result.tag = truth(top->tag == ValueTag::kFalse);
        break;
      case Op::kAnd:
      case Op::kOr:
        top -= 2;
        result.tag = combine(top[0], top[1], op == Op::kOr);
        break;
      case Op::kIn: {
        const std::uint32_t count = reader.u8();
        if (count >= size) return false;
        top -= count + 1;
        bool found = false;
        for (std::uint32_t i = 1; i <= count; ++i) found = found || equal(top[0], top[i]);
        if (top->tag != kError) result.tag = truth(found);
        break;
      }
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessEqual:
      case Op::kGreater:
      case Op::kGreaterEqual:
        top -= 2;
        result.tag = compare(op, top[0], top[1]);
        break;
      default:
        return false;
    }
    if (result.tag == ValueTag::kTrue) result.number = 1;
    *top++ = result;
  }
  return reader.ok() && top == bottom + 1 && bottom->tag == ValueTag::kTrue;
}

}  // namespace omo
