// SPDX-License-Identifier: Apache-2.0
// The byte code of expressions, as kPredicates of a program holds it.
#pragma once
#include <cstddef>
#include <cstdint>

namespace omo {

/// Byte code of expressions, a stack machine (expression/evaluate.h): `where` conditions over one occurrence of an
/// event, and formulas over what is known of the visitor. The order tells how many operands an operation takes.
enum class Op : std::uint8_t {
  // Constants; the elements of a list are constants too.
  kNull,
  kFalse,
  kTrue,
  kInt,        ///< u64
  kDouble,     ///< f64
  kString,     ///< text
  kTimestamp,  ///< u64 seconds, u32 nanoseconds
  kDuration,   ///< the same
  kList,       ///< u16 elements, text: their code
  // Loads.
  kUnknown,    ///< a value that nobody may know (`omo eval`)
  kNow,        ///< engine time; formulas see whole minutes
  kParam,      ///< u32 symbol, u8 Type: a parameter of the event at hand; an error where it is missing
  kSignal,     ///< u32 row
  kTrait,      ///< u32 row
  kContext,    ///< u32 row
  kDaysUntil,  ///< u32 row of kTraits
  kFormula,    ///< u32 row, before this one: a score
  kCondition,  ///< u32 node, u32 node of its negation, u8 label: neither on is an error, or unknown
  // One operand.
  kNot,
  kNegate,
  kPresent,  ///< has(): false for null and for an error
  kSize,
  kToInt,
  kToDouble,
  kToString,
  kToTimestamp,
  kDayToTimestamp,  ///< of a date trait: its beginning in UTC
  kToDuration,
  kPart,  ///< u8 Part: getHours() and its kin, in UTC
  // Two operands.
  kEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kIn,
  kPartIn,  ///< u8 Part: in the zone that the second operand names
  kContains,
  kStartsWith,
  kEndsWith,
  kAnd,
  kOr,
  // Three operands.
  kChoose,  ///< condition, then, else
};
inline constexpr std::size_t kExpressionStack = 64;

}  // namespace omo
