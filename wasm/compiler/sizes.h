// SPDX-License-Identifier: Apache-2.0
// What a playbook as a whole may come to, and where to say so: at the part that goes past a limit.
#pragma once
#include <cstddef>
#include <vector>

#include "compiler/playbook.h"

namespace omo::compiler {

/// max_formulas, of those that are needed. The first one beyond it in the source is pointed at.
void check_formula_count(Compilation& compilation, const std::vector<bool>& needed);

/// max_symbols, of a program that has too many. The first name or string beyond it in the source is pointed at; those
/// of the built-in events count before all.
void report_symbols(Compilation& compilation, const Node& root, const ProgramView& program);

/// max_program_bytes. What takes most of the source is pointed at.
void report_program_bytes(Compilation& compilation, const Node& root, std::size_t bytes);

}  // namespace omo::compiler
