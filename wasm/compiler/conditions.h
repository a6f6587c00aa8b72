// SPDX-License-Identifier: Apache-2.0
// Conditions of segments and audiences: type-checked and lowered to the shared network in one walk.
#pragma once
#include <optional>

#include "compiler/playbook.h"

namespace omo::compiler {

/// Lowers an expression that was parsed from the JSON string `text`. Segments that it names must be lowered already.
/// Reports all errors of the expression; answers nothing where there are any. What it reads is added to `reads`, the
/// parts that folding or short circuits leave out included.
[[nodiscard]] std::optional<Condition> lower_condition(Compilation& compilation, const Node& text,
                                                       const Expression& expression, Reads& reads);

/// The segments that an expression names, by number, and its scores: their number plus that of the segments.
[[nodiscard]] std::vector<std::uint32_t> parts_named(const Playbook& playbook, const Expression& expression);

}  // namespace omo::compiler
