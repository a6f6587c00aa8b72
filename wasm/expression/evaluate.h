// SPDX-License-Identifier: Apache-2.0
// The stack machine of expressions: byte code of wire/program.h (Op) becomes a value. It means what CEL's specification
// says: integers that overflow and divisions by zero are errors, && and || absorb errors and unknowns, ?: has the error
// of the branch that it takes, and an unknown operand wins over an error.
#pragma once
#include "expression/datum.h"
#include "wire/program.h"

namespace omo {

/// Where an expression takes from what is not in it. Null functions for code without loads.
struct Host {
  const void* from = nullptr;
  /// The value of a load; reads its operands from the code.
  Datum (*load)(const void* from, Op op, ByteReader& code) = nullptr;
  /// Element of a list whose `members` the host made.
  Datum (*member)(const Datum& list, std::uint32_t index) = nullptr;
  double now_ms = 0;
};

/// Runs the code. Whatever the bytes are, the result is defined: code that is none is an error. Text of the result lies
/// in the code, in the room, or where the host has it.
[[nodiscard]] Datum evaluate(Bytes code, const Host& host, TextRoom& room);

/// The elements of a list one by one.
class Elements {
 public:
  Elements(const Datum& list, const Host& host) : list_(list), host_(host), code_(as_bytes(list.text)) {}
  /// False behind the last.
  bool next(Datum& element);

 private:
  const Datum& list_;
  const Host& host_;
  ByteReader code_;
  std::uint32_t index_ = 0;
};

/// A time in ms as a moment; fractions of a microsecond do not occur.
[[nodiscard]] Datum moment_of_ms(Datum::Kind kind, double ms);
/// A double as an int, cut towards zero; an error where it does not fit.
[[nodiscard]] Datum whole(double number);

}  // namespace omo
