// SPDX-License-Identifier: Apache-2.0
// The stack machine of `where` conditions.
#include "engine/occurrence.h"

namespace omo {
namespace {

enum class Kind : std::uint8_t { kError, kNull, kBool, kNumber, kString };

/// Without initialisers: a stack of them must not be cleared for every occurrence.
struct Operand {
  Kind kind;
  double number;
  std::string_view text;
};

Operand error() { return {Kind::kError, 0, {}}; }
Operand boolean(bool on) { return {Kind::kBool, on ? 1.0 : 0.0, {}}; }

Operand operand_of(const Value& value) {
  switch (value.tag) {
    case ValueTag::kFalse:
    case ValueTag::kTrue:
      return boolean(value.number != 0);
    case ValueTag::kNumber:
      return {Kind::kNumber, value.number, {}};
    case ValueTag::kString:
      return {Kind::kString, 0, value.text};
    default:
      return {};  // a missing parameter is CEL's error "no such field"
  }
}

bool equal(const Operand& a, const Operand& b) {
  return a.kind == b.kind && (a.kind == Kind::kString ? a.text == b.text : a.number == b.number);
}

Operand compare(Op op, const Operand& a, const Operand& b) {
  if (a.kind == Kind::kError || b.kind == Kind::kError) return error();
  if (op == Op::kEqual) return boolean(equal(a, b));
  if (op == Op::kNotEqual) return boolean(!equal(a, b));
  if (a.kind != b.kind || a.kind == Kind::kNull) return error();
  const int text = a.kind == Kind::kString ? a.text.compare(b.text) : 0;
  const bool less = a.kind == Kind::kString ? text < 0 : a.number < b.number;
  const bool greater = a.kind == Kind::kString ? text > 0 : a.number > b.number;
  switch (op) {
    case Op::kLess:
      return boolean(less);
    case Op::kLessEqual:
      return boolean(!greater);
    case Op::kGreater:
      return boolean(greater);
    default:
      return boolean(!less);
  }
}

/// && with `decisive` false, || with `decisive` true: the decisive operand wins over an error.
Operand combine(const Operand& a, const Operand& b, bool decisive) {
  const auto is = [](const Operand& operand, bool on) {
    return operand.kind == Kind::kBool && (operand.number != 0) == on;
  };
  if (is(a, decisive) || is(b, decisive)) return boolean(decisive);
  return is(a, !decisive) && is(b, !decisive) ? boolean(!decisive) : error();
}

}  // namespace

bool matches_where(const ProgramView& program, const Occurrence& occurrence, Bytes code) {
  Operand stack[kPredicateStack];
  std::size_t size = 0;
  ByteReader reader(code);
  const auto pop = [&]() -> Operand { return size > 0 ? stack[--size] : error(); };
  while (!reader.at_end() && reader.ok()) {
    const auto op = static_cast<Op>(reader.u8());
    Operand result = error();
    switch (op) {
      case Op::kParam:
        result = operand_of(find_param(program, occurrence, reader.u32()));
        break;
      case Op::kHas:
        result = boolean(!find_param(program, occurrence, reader.u32()).is_null());
        break;
      case Op::kNumber:
        result = {Kind::kNumber, reader.f64(), {}};
        break;
      case Op::kString:
        result = {Kind::kString, 0, program.symbol(reader.u32())};
        break;
      case Op::kTrue:
      case Op::kFalse:
        result = boolean(op == Op::kTrue);
        break;
      case Op::kNull:
        result = {Kind::kNull, 0, {}};
        break;
      case Op::kNot: {
        const Operand operand = pop();
        if (operand.kind == Kind::kBool) result = boolean(operand.number == 0);
        break;
      }
      case Op::kAnd:
      case Op::kOr: {
        const Operand right = pop();
        result = combine(pop(), right, op == Op::kOr);
        break;
      }
      case Op::kIn: {
        const std::size_t count = reader.u8();
        if (count >= size) return false;
        const Operand& needle = stack[size - count - 1];
        bool found = false;
        for (std::size_t i = size - count; i < size; ++i) found = found || equal(needle, stack[i]);
        if (needle.kind != Kind::kError) result = boolean(found);
        size -= count + 1;
        break;
      }
      case Op::kEqual:
      case Op::kNotEqual:
      case Op::kLess:
      case Op::kLessEqual:
      case Op::kGreater:
      case Op::kGreaterEqual: {
        const Operand right = pop();
        result = compare(op, pop(), right);
        break;
      }
      default:
        return false;
    }
    if (size == kPredicateStack) return false;
    stack[size++] = result;
  }
  const Operand result = pop();
  return reader.ok() && size == 0 && result.kind == Kind::kBool && result.number != 0;
}

}  // namespace omo
