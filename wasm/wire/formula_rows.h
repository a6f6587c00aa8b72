// SPDX-License-Identifier: Apache-2.0
// Rows of the program (program.h) for formulas, scores and who reads what.
#pragma once
#include <cstdint>

namespace omo {

/// A formula: what of an expression is no atom of the network. It is evaluated again when something that it reads has
/// changed. Rows stand behind the ones that they read.
struct FormulaRow {
  std::uint32_t code;  ///< in kPredicates
  std::uint32_t code_bytes;
  std::uint32_t source;  ///< row of kSources that its value sets; kNone
  std::uint8_t label;
  std::uint8_t flags;  ///< kFormulaMoves | kFormulaNow
  std::uint16_t reserved;
};
inline constexpr std::uint8_t kFormulaMoves = 1;  ///< it moves with the clock: it is evaluated again each whole minute
inline constexpr std::uint8_t kFormulaNow = 2;    ///< it reads `now`, so that time alone may end an error

struct ScoreRow {
  std::uint32_t name;     ///< symbol
  std::uint32_t formula;  ///< row of kFormulas
  std::uint8_t label;
  std::uint8_t exposed;
  std::uint16_t reserved;
};

/// Who wants to know of a change, sorted by subject. Subjects are numbered: signals, traits, context values, formulas,
/// nodes. Readers are formulas, then segments whose entries and exits are events.
struct ReadRow {
  std::uint32_t subject;
  std::uint32_t reader;
};
static_assert(sizeof(FormulaRow) == 16 && sizeof(ScoreRow) == 12 && sizeof(ReadRow) == 8);

}  // namespace omo
