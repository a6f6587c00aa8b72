// SPDX-License-Identifier: Apache-2.0
#include "compiler/code.h"

#include <cstring>

namespace omo::compiler {
namespace {

template <class Number>
void put(std::vector<std::uint8_t>& out, Number number) {
  std::uint8_t bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.insert(out.end(), bytes, bytes + sizeof number);
}

void put_text(std::vector<std::uint8_t>& out, std::string_view text) {
  auto length = static_cast<std::uint32_t>(text.size());
  for (; length >= 0x80; length >>= 7) out.push_back(static_cast<std::uint8_t>(length | 0x80));
  out.push_back(static_cast<std::uint8_t>(length));
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

bool is_load(Op op) { return op >= Op::kUnknown && op <= Op::kCondition; }

bool loads_nothing(const Code& code) {
  for (const Instruction& instruction : code) {
    if (is_load(instruction.op) && instruction.op != Op::kUnknown) return false;
  }
  return true;
}

void encode(const Code& code, const Numbers* numbers, std::vector<std::uint8_t>& out) {
  for (const Instruction& instruction : code) {
    put(out, instruction.op);
    switch (instruction.op) {
      case Op::kInt:
        put(out, instruction.integer);
        break;
      case Op::kDouble:
        put(out, instruction.number);
        break;
      case Op::kString:
        put_text(out, instruction.text);
        break;
      case Op::kTimestamp:
      case Op::kDuration:
        put(out, instruction.integer);
        put(out, instruction.nanos);
        break;
      case Op::kList: {
        std::vector<std::uint8_t> elements;
        encode(instruction.elements, nullptr, elements);
        put(out, static_cast<std::uint16_t>(instruction.elements.size()));
        put_text(out, {reinterpret_cast<const char*>(elements.data()), elements.size()});
        break;
      }
      case Op::kParam:
        put(out, numbers->symbol(instruction.text));
        put(out, instruction.detail);
        break;
      case Op::kSignal:
      case Op::kTrait:
      case Op::kContext:
      case Op::kDaysUntil:
        put(out, instruction.row);
        break;
      case Op::kFormula:
        put(out, numbers->formula(instruction.row));
        break;
      case Op::kCondition:
        put(out, numbers->node(instruction.row));
        put(out, numbers->node(instruction.negation));
        put(out, instruction.detail);
        break;
      case Op::kPart:
      case Op::kPartIn:
        put(out, instruction.detail);
        break;
      default:
        break;
    }
  }
}

std::string code_key(const Code& code) {
  std::string key;
  for (const Instruction& each : code) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &each.number, sizeof bits);
    key += std::to_string(static_cast<int>(each.op));
    for (const std::uint64_t part :
         {bits, static_cast<std::uint64_t>(each.integer), std::uint64_t{each.nanos}, std::uint64_t{each.row},
          std::uint64_t{each.negation}, std::uint64_t{each.detail}, std::uint64_t{each.text.size()}}) {
      key += part == 0 ? "," : "," + std::to_string(part);
    }
    key += each.text + "[" + code_key(each.elements) + "]";
  }
  return key;
}

Datum constant_value(const Code& code, std::vector<std::uint8_t>& bytes, TextRoom& room) {
  bytes.clear();
  encode(code, nullptr, bytes);
  return evaluate(bytes, {}, room);
}

std::optional<Constant> constant_of(const Datum& value) {
  Constant result;
  switch (value.kind) {
    case Datum::Kind::kNull:
      return result;
    case Datum::Kind::kBool:
      result.type = ValueType::kBool;
      result.boolean = value.integer != 0;
      result.number = result.boolean ? 1 : 0;
      return result;
    case Datum::Kind::kInt:
      result.type = ValueType::kInt;
      result.integer = value.integer;
      result.number = static_cast<double>(value.integer);
      return result;
    case Datum::Kind::kDouble:
      result.type = ValueType::kDouble;
      result.number = value.number;
      return result;
    case Datum::Kind::kString:
      result.type = ValueType::kString;
      result.text = std::string(value.text);
      return result;
    case Datum::Kind::kTimestamp:
    case Datum::Kind::kDuration:
      result.type = value.kind == Datum::Kind::kDuration ? ValueType::kDuration : ValueType::kTimestamp;
      result.integer = value.integer;
      result.nanos = value.size;
      result.number = static_cast<double>(value.integer) * 1000 + value.size / 1e6;
      return result;
    default:
      return std::nullopt;
  }
}

Instruction instruction_of(const Constant& constant) {
  static constexpr Op kOps[] = {Op::kNull,     Op::kFalse,   Op::kInt,     Op::kDouble,    Op::kString,
                                Op::kDuration, Op::kUnknown, Op::kUnknown, Op::kTimestamp, Op::kUnknown};
  Instruction result;
  result.op = constant.boolean ? Op::kTrue : kOps[static_cast<std::size_t>(constant.type)];
  if (constant.type == ValueType::kDouble) result.number = constant.number;
  result.integer = constant.integer;
  result.nanos = constant.nanos;
  result.text = constant.text;
  return result;
}

}  // namespace omo::compiler
