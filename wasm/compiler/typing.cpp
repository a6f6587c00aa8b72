// SPDX-License-Identifier: Apache-2.0
#include "compiler/typing.h"

#include <cmath>
#include <cstdio>

namespace omo::compiler {
namespace {

template <class Value>
bool compare(const Value& left, Comparison comparison, const Value& right) {
  switch (comparison) {
    case Comparison::kEqual:
      return left == right;
    case Comparison::kNotEqual:
      return left != right;
    case Comparison::kLess:
      return left < right;
    case Comparison::kLessEqual:
      return left <= right;
    case Comparison::kGreater:
      return left > right;
    case Comparison::kGreaterEqual:
      return left >= right;
  }
  return false;
}

/// How the author could write the constant so that it has the type.
std::string hint(ValueType type, const Constant& constant) {
  if (type == ValueType::kDouble && constant.type == ValueType::kInt) {
    return ": write " + std::to_string(constant.integer) + ".0";
  }
  if (type == ValueType::kInt && constant.type == ValueType::kDouble &&
      std::trunc(constant.number) == constant.number && std::fabs(constant.number) < 1e15) {
    return ": write " + std::to_string(static_cast<std::int64_t>(constant.number));
  }
  if (type == ValueType::kString && constant.type == ValueType::kInt) {
    return ": write '" + std::to_string(constant.integer) + "'";
  }
  if (type == ValueType::kDuration) {
    return constant.type == ValueType::kString && parse_cel_duration(constant.text)
               ? ": write duration('" + constant.text + "')"
               : ": write a duration such as duration('24h')";
  }
  return {};
}

}  // namespace

ValueType value_type(Type type) {
  switch (type) {
    case Type::kBool:
      return ValueType::kBool;
    case Type::kInt:
      return ValueType::kInt;
    case Type::kDouble:
      return ValueType::kDouble;
    case Type::kString:
      return ValueType::kString;
    case Type::kDate:
      return ValueType::kDate;
    case Type::kDuration:
      return ValueType::kDuration;
    case Type::kList:
      return ValueType::kList;
  }
  return ValueType::kNull;
}

bool is_exact(const Constant& constant) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 53;
  return constant.type != ValueType::kInt || (constant.integer >= -kLargest && constant.integer <= kLargest);
}

std::string constant_text(const Constant& constant) {
  switch (constant.type) {
    case ValueType::kNull:
      return "null";
    case ValueType::kBool:
      return constant.boolean ? "true" : "false";
    case ValueType::kInt:
      return std::to_string(constant.integer);
    case ValueType::kDouble: {
      char text[32];
      std::snprintf(text, sizeof text, "%.15g", constant.number);
      std::string result = text;
      return result.find_first_of(".e") == std::string::npos ? result + ".0" : result;
    }
    case ValueType::kString:
      return "'" + constant.text + "'";
    default:
      return "a " + std::string(type_name(constant.type));
  }
}

std::string mismatch(std::string_view name, ValueType type, bool nullable, Comparison comparison,
                     const Constant& constant) {
  const bool equality = comparison == Comparison::kEqual || comparison == Comparison::kNotEqual;
  const std::string subject = "'" + std::string(name) + "'";
  if (type == ValueType::kList)
    return subject + " is a list: write size(" + std::string(name) + ") or 'x' in " + std::string(name);
  if (constant.type == ValueType::kNull) {
    if (!equality) return "null compares with == and != only";
    return nullable ? std::string() : subject + " is never null";
  }
  if (type == ValueType::kDate) {
    return subject + " is a date: dates compare only through days_until(" + std::string(name) + ") and timestamp(" +
           std::string(name) + "), and with null";
  }
  if (type != constant.type) {
    return subject + " is " + std::string(type_name(type)) + " and cannot be compared with " + constant_text(constant) +
           " (" + std::string(type_name(constant.type)) + ")" + hint(type, constant);
  }
  if (!is_exact(constant)) return std::string(kInexactMessage);
  return {};
}

std::optional<ValueType> arithmetic_type(char operation, ValueType left, ValueType right) {
  if (left == ValueType::kAny || right == ValueType::kAny) return left == right ? left : ValueType::kAny;
  const bool sum = operation == '+' || operation == '-';
  if ((bit(left) & kMoments) != 0 && (bit(right) & kMoments) != 0 && sum) {
    const bool minus = operation == '-';
    if (right == ValueType::kTimestamp) {
      if (left == ValueType::kTimestamp) return minus ? std::optional(ValueType::kDuration) : std::nullopt;
      return minus ? std::nullopt : std::optional(ValueType::kTimestamp);
    }
    return left;
  }
  if (left != right) return std::nullopt;
  const bool fits = left == ValueType::kInt || (left == ValueType::kDouble && operation != '%') ||
                    (left == ValueType::kString && operation == '+');
  return fits ? std::optional(left) : std::nullopt;
}

std::string mix_hint(ValueType left, ValueType right) {
  const bool mix = (bit(left) | bit(right)) == kNumbers;
  return mix ? ": write double(...) around the int, or int(...) around the double" : "";
}

std::string comparison_problem(const Typed& left, Comparison comparison, const Typed& right) {
  const bool equality = comparison <= Comparison::kNotEqual;
  if (left.type == ValueType::kAny || right.type == ValueType::kAny) return {};
  if (left.type == ValueType::kNull || right.type == ValueType::kNull) {
    if (!equality) return "null compares with == and != only";
    const Typed& other = left.type == ValueType::kNull ? right : left;
    return other.nullable ? std::string()
                          : (other.name.empty() ? "this value" : "'" + other.name + "'") + " is never null";
  }
  if (left.type == ValueType::kDate || right.type == ValueType::kDate) {
    return "dates compare only through days_until(NAME) and timestamp(NAME), and with null";
  }
  const auto between = [](ValueType a, ValueType b) {
    return " of type " + std::string(type_name(a)) + " and " + std::string(type_name(b)) + " cannot be compared";
  };
  if (left.type != right.type) return "values" + between(left.type, right.type) + mix_hint(left.type, right.type);
  if (left.type != ValueType::kList) return {};
  if (!equality) return "lists compare with == and != only";
  const bool alike = left.member == right.member || left.member == ValueType::kAny || right.member == ValueType::kAny;
  return alike ? "" : "lists with members" + between(left.member, right.member);
}

bool compare_constants(const Constant& left, Comparison comparison, const Constant& right) {
  switch (left.type) {
    case ValueType::kNull:
      return compare(0, comparison, 0);
    case ValueType::kInt:
      return compare(left.integer, comparison, right.integer);
    case ValueType::kString:
      return compare(left.text, comparison, right.text);
    case ValueType::kDuration:
    case ValueType::kTimestamp:
      if (left.integer != right.integer) return compare(left.integer, comparison, right.integer);
      return compare(left.nanos, comparison, right.nanos);
    default:
      return compare(left.number, comparison, right.number);
  }
}

}  // namespace omo::compiler
