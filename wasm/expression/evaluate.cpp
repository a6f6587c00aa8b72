// SPDX-License-Identifier: Apache-2.0
#include "expression/evaluate.h"

#include "expression/decimal.h"
#include "expression/moment.h"

namespace omo {
namespace {

using Kind = Datum::Kind;

constexpr std::int64_t kLeastInt = INT64_MIN;

Datum truth(bool on) { return datum(Kind::kBool, on ? 1 : 0); }
bool is(const Datum& a, bool on) { return a.kind == Kind::kBool && (a.integer != 0) == on; }

/// A constant and what it is made of; an error for what is no constant.
Datum read_constant(Op op, ByteReader& code) {
  switch (op) {
    case Op::kNull:
      return datum(Kind::kNull);
    case Op::kFalse:
    case Op::kTrue:
      return truth(op == Op::kTrue);
    case Op::kInt:
      return datum(Kind::kInt, static_cast<std::int64_t>(code.u64()));
    case Op::kDouble:
      return double_datum(code.f64());
    case Op::kString:
      return text_datum(code.text());
    case Op::kTimestamp:
    case Op::kDuration: {
      const auto seconds = static_cast<std::int64_t>(code.u64());
      constexpr std::int64_t kFar = std::int64_t{1} << 60;
      if (seconds > kFar || seconds < -kFar) return {};
      return moment(op == Op::kTimestamp ? Kind::kTimestamp : Kind::kDuration, seconds, code.u32());
    }
    default:
      return {};
  }
}

/// -1, 0, 1; 2 where the two have no order: NaN, or not of one kind that has any.
int order(const Datum& a, const Datum& b) {
  if (a.kind != b.kind || a.kind < Kind::kBool || a.kind > Kind::kDuration) return 2;
  if (a.kind == Kind::kDouble) return a.number < b.number ? -1 : a.number > b.number ? 1 : a.number == b.number ? 0 : 2;
  if (a.kind == Kind::kString) {
    // Bytes of UTF-8 are in the order of the code points.
    const std::size_t shared = a.text.size() < b.text.size() ? a.text.size() : b.text.size();
    for (std::size_t i = 0; i < shared; ++i) {
      const auto left = static_cast<std::uint8_t>(a.text[i]);
      const auto right = static_cast<std::uint8_t>(b.text[i]);
      if (left != right) return left < right ? -1 : 1;
    }
    return a.text.size() < b.text.size() ? -1 : a.text.size() > shared ? 1 : 0;
  }
  if (a.integer != b.integer) return a.integer < b.integer ? -1 : 1;
  // Only moments have anything there.
  return a.size < b.size ? -1 : a.size > b.size ? 1 : 0;
}

/// Values of different kinds are not equal. Lists hold no lists.
bool equal(const Datum& a, const Datum& b, const Host& host) {
  if (a.kind == Kind::kNull || a.kind != b.kind) return a.kind == b.kind;
  if (a.kind != Kind::kList) return order(a, b) == 0;
  if (a.size != b.size) return false;
  Elements left(a, host);
  Elements right(b, host);
  Datum x;
  Datum y;
  bool same = true;
  while (left.next(x) && right.next(y))
    same = same && (x.kind == y.kind && (x.kind == Kind::kNull || order(x, y) == 0));
  return same;
}

bool matches_at(std::string_view text, std::string_view part, std::size_t at) {
  return at <= text.size() && part.size() <= text.size() - at && same_text(part_of_text(text, at, part.size()), part);
}

bool contains(std::string_view text, std::string_view part) {
  for (std::size_t at = 0; at + part.size() <= text.size(); ++at) {
    if (matches_at(text, part, at)) return true;
  }
  return false;
}

Datum integer_arithmetic(Op op, std::int64_t a, std::int64_t b) {
  const auto x = static_cast<std::uint64_t>(a);
  const auto y = static_cast<std::uint64_t>(b);
  std::int64_t result = 0;
  if (op == Op::kAdd) {
    result = static_cast<std::int64_t>(x + y);
    if ((result < a) != (b < 0)) return {};
  } else if (op == Op::kSubtract) {
    result = static_cast<std::int64_t>(x - y);
    if ((result > a) != (b < 0)) return {};
  } else if (op == Op::kMultiply) {
    result = static_cast<std::int64_t>(x * y);
    if (a != 0 && ((a == -1 && b == kLeastInt) || result / a != b)) return {};
  } else {
    if (b == 0 || (a == kLeastInt && b == -1)) return {};
    result = op == Op::kDivide ? a / b : a % b;
  }
  return datum(Kind::kInt, result);
}

Datum double_arithmetic(Op op, double a, double b) {
  return op == Op::kAdd        ? double_datum(a + b)
         : op == Op::kSubtract ? double_datum(a - b)
         : op == Op::kMultiply ? double_datum(a * b)
         : op == Op::kDivide   ? double_datum(a / b)
                               : Datum{};
}

/// Timestamps and durations: one more time than is subtracted is a time.
Datum moment_arithmetic(Op op, const Datum& a, const Datum& b) {
  const std::int64_t sign = op == Op::kAdd ? 1 : -1;
  const std::int64_t times = (a.kind == Kind::kTimestamp ? 1 : 0) + (b.kind == Kind::kTimestamp ? sign : 0);
  if (op > Op::kSubtract || times < 0 || times > 1) return {};
  return moment(times == 1 ? Kind::kTimestamp : Kind::kDuration, a.integer + sign * b.integer,
                std::int64_t{a.size} + sign * std::int64_t{b.size});
}

bool is_moment(const Datum& a) { return a.kind == Kind::kTimestamp || a.kind == Kind::kDuration; }

Datum arithmetic(Op op, const Datum& a, const Datum& b, TextRoom& room) {
  if (is_moment(a) && is_moment(b)) return moment_arithmetic(op, a, b);
  if (a.kind != b.kind) return {};
  if (a.kind == Kind::kInt) return integer_arithmetic(op, a.integer, b.integer);
  if (a.kind == Kind::kDouble) return double_arithmetic(op, a.number, b.number);
  if (a.kind != Kind::kString || op != Op::kAdd) return {};
  room.put(a.text);
  room.put(b.text);
  return room.take();
}

Datum to_text(const Datum& a, TextRoom& room) {
  if (a.kind == Kind::kString) return a;
  if (a.kind == Kind::kBool) {
    room.put(a.integer != 0 ? "true" : "false");
  } else if (a.kind == Kind::kInt) {
    if (a.integer < 0) room.put('-');
    const auto magnitude = static_cast<std::uint64_t>(a.integer);
    room.put_number(a.integer < 0 ? ~magnitude + 1 : magnitude);
  } else if (a.kind == Kind::kDouble) {
    put_double(room, a.number);
  } else if (is_moment(a)) {
    put_moment(room, a);
  } else {
    return {};
  }
  return room.take();
}

Datum to_number(Op op, const Datum& a) {
  Datum result;
  if (op == Op::kToDouble) {
    if (a.kind == Kind::kDouble) return a;
    if (a.kind == Kind::kInt) return double_datum(static_cast<double>(a.integer));
    double number = 0;
    return a.kind == Kind::kString && parse_double(a.text, number) ? double_datum(number) : result;
  }
  if (a.kind == Kind::kInt) return a;
  if (a.kind == Kind::kTimestamp) return datum(Kind::kInt, a.integer);
  if (a.kind == Kind::kDouble) return whole(a.number);
  std::int64_t number = 0;
  return a.kind == Kind::kString && parse_int(a.text, number) ? datum(Kind::kInt, number) : result;
}

Datum size_of(const Datum& a) {
  if (a.kind == Kind::kList) return datum(Kind::kInt, a.size);
  if (a.kind != Kind::kString) return {};
  std::int64_t points = 0;
  for (char c : a.text) points += (static_cast<std::uint8_t>(c) & 0xC0) != 0x80 ? 1 : 0;
  return datum(Kind::kInt, points);
}

Datum one_operand(Op op, const Datum& a, ByteReader& code, TextRoom& room) {
  switch (op) {
    case Op::kNot:
      return a.kind == Kind::kBool ? truth(a.integer == 0) : Datum{};
    case Op::kNegate:
      if (a.kind == Kind::kDouble) return double_datum(-a.number);
      return a.kind == Kind::kInt ? integer_arithmetic(Op::kSubtract, 0, a.integer) : Datum{};
    case Op::kSize:
      return size_of(a);
    case Op::kToInt:
    case Op::kToDouble:
      return to_number(op, a);
    case Op::kToString:
      return to_text(a, room);
    case Op::kToTimestamp:
      if (a.kind == Kind::kInt) {
        constexpr std::int64_t kFar = std::int64_t{1} << 60;
        return a.integer > -kFar && a.integer < kFar ? moment(Kind::kTimestamp, a.integer, 0) : Datum{};
      }
      return a.kind == Kind::kTimestamp ? a : a.kind == Kind::kString ? parse_timestamp(a.text) : Datum{};
    case Op::kDayToTimestamp:
      return a.kind == Kind::kString ? parse_day(a.text) : Datum{};
    case Op::kToDuration:
      return a.kind == Kind::kDuration ? a : a.kind == Kind::kString ? parse_duration(a.text) : Datum{};
    default:  // kPart
      return part_of(static_cast<Part>(code.u8()), a, 0);
  }
}

Datum two_operands(Op op, const Datum& a, const Datum& b, ByteReader& code, const Host& host, TextRoom& room) {
  if (op == Op::kEqual) return truth(equal(a, b, host));
  if (op <= Op::kGreaterEqual) {
    const int found = order(a, b);
    if (found == 2) return a.kind == Kind::kDouble && b.kind == Kind::kDouble ? truth(false) : Datum{};
    return truth(op == Op::kLess        ? found < 0
                 : op == Op::kLessEqual ? found <= 0
                 : op == Op::kGreater   ? found > 0
                                        : found >= 0);
  }
  if (op <= Op::kModulo) return arithmetic(op, a, b, room);
  if (op == Op::kIn) {
    if (b.kind != Kind::kList) return {};
    Elements elements(b, host);
    Datum element;
    bool found = false;
    while (elements.next(element)) found = found || equal(a, element, host);
    return truth(found);
  }
  if (op == Op::kPartIn) {
    const auto part = static_cast<Part>(code.u8());
    std::int64_t zone = 0;
    const bool valid = a.kind == Kind::kTimestamp && b.kind == Kind::kString && parse_zone(b.text, zone);
    return valid ? part_of(part, a, zone) : Datum{};
  }
  if (a.kind != Kind::kString || b.kind != Kind::kString) return {};
  if (op == Op::kContains) return truth(contains(a.text, b.text));
  if (op == Op::kStartsWith) return truth(matches_at(a.text, b.text, 0));
  return truth(a.text.size() >= b.text.size() && matches_at(a.text, b.text, a.text.size() - b.text.size()));
}

/// Of operands that are no values: an unknown, else an error. Both are what a strict operation of them gives.
const Datum* spoiled(const Datum* operands, std::uint32_t count) {
  const Datum* found = nullptr;
  for (std::uint32_t i = 0; i < count; ++i) {
    const Datum& each = operands[i];
    if (each.kind <= Kind::kError && (found == nullptr || each.kind < found->kind)) found = &each;
  }
  return found;
}

/// && and ||: the decisive operand wins over everything.
Datum combine(const Datum* operands, bool decisive) {
  if (is(operands[0], decisive) || is(operands[1], decisive)) return truth(decisive);
  if (const Datum* found = spoiled(operands, 2)) return *found;
  return operands[0].kind == Kind::kBool && operands[1].kind == Kind::kBool ? truth(!decisive) : Datum{};
}

Datum choose(const Datum* operands) {
  if (operands[0].kind <= Kind::kError) return operands[0];
  return operands[0].kind == Kind::kBool ? operands[operands[0].integer != 0 ? 1 : 2] : Datum{};
}

Datum read_list(ByteReader& code) {
  Datum list = datum(Kind::kList, 0, code.u16());
  list.members = nullptr;
  list.text = code.text();
  return list;
}

std::uint32_t operands_of(Op op) { return op < Op::kNot ? 0 : op < Op::kEqual ? 1 : op < Op::kChoose ? 2 : 3; }

}  // namespace

bool Elements::next(Datum& element) {
  if (index_ == list_.size) return false;
  element = list_.members != nullptr ? host_.member(list_, index_) : read_constant(static_cast<Op>(code_.u8()), code_);
  ++index_;
  return true;
}

Datum whole(double number) {
  constexpr double kBeyond = 9223372036854775808.0;
  return number > -kBeyond && number < kBeyond ? datum(Kind::kInt, static_cast<std::int64_t>(number)) : Datum{};
}

Datum moment_of_ms(Kind kind, double ms) {
  const Datum seconds = whole(ms / 1000);
  if (seconds.kind == Kind::kError) return seconds;
  const double rest = ms - static_cast<double>(seconds.integer) * 1000;
  constexpr std::int64_t kFar = std::int64_t{1} << 50;
  if (seconds.integer > kFar || seconds.integer < -kFar) return {};
  return moment(kind, seconds.integer, static_cast<std::int64_t>(rest * 1000) * 1000);
}

Datum evaluate(Bytes code, const Host& host, TextRoom& room) {
  // Only what was pushed is read: initialising all of it would be work for nothing.
  alignas(Datum) std::uint8_t memory[(kExpressionStack + 1) * sizeof(Datum)];
  auto* const bottom = reinterpret_cast<Datum*>(memory);
  Datum* top = bottom;  // one past the operand on top
  ByteReader reader(code);
  while (!reader.at_end() && reader.ok()) {
    const auto op = static_cast<Op>(reader.u8());
    const std::uint32_t operands = operands_of(op);
    const auto size = static_cast<std::uint32_t>(top - bottom);
    if (op > Op::kChoose || size < operands || size == kExpressionStack) return {};
    top -= operands;
    Datum result;
    if (op < Op::kList) {
      result = read_constant(op, reader);
    } else if (op == Op::kList) {
      result = read_list(reader);
    } else if (op == Op::kUnknown) {
      result.kind = Kind::kUnknown;
    } else if (op == Op::kNow) {
      result = moment_of_ms(Kind::kTimestamp, host.now_ms);
    } else if (operands == 0) {
      if (host.load == nullptr) return {};
      result = host.load(host.from, op, reader);
    } else if (op == Op::kPresent) {
      result = top->kind == Kind::kUnknown ? *top : truth(top->kind > Kind::kNull);
    } else if (op == Op::kAnd || op == Op::kOr) {
      result = combine(top, op == Op::kOr);
    } else if (op == Op::kChoose) {
      result = choose(top);
    } else if (const Datum* found = spoiled(top, operands)) {
      result = *found;
      if (op == Op::kPart || op == Op::kPartIn) reader.u8();
    } else {
      result =
          operands == 1 ? one_operand(op, top[0], reader, room) : two_operands(op, top[0], top[1], reader, host, room);
    }
    *top++ = result;
  }
  return reader.ok() && top == bottom + 1 ? *bottom : Datum{};
}

}  // namespace omo
