// SPDX-License-Identifier: Apache-2.0
// Formulas: what of the expressions becomes byte code.
#pragma once
#include <optional>

#include "compiler/operands.h"

namespace omo::compiler {

/// An expression as a source that byte code feeds, or as a constant where it loads nothing. Equal code is one formula.
/// Nothing where there are errors, which are reported; an expression that is an error whatever happens is one of them.
[[nodiscard]] std::optional<Operand> make_formula(Compilation& compilation, const Node& text,
                                                  const Expression& expression, Reads& reads);

/// The same for an expression whose value is wanted as a double, constants too. Answers the formula's index.
[[nodiscard]] std::optional<std::uint32_t> make_number_formula(Compilation& compilation, const Node& text,
                                                               const Expression& expression, Reads& reads);

void remove_duplicates(std::vector<std::uint32_t>& numbers);
/// Each number once, in order.
void sort_reads(Reads& reads);

}  // namespace omo::compiler
