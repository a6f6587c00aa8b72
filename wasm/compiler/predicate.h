// SPDX-License-Identifier: Apache-2.0
// `where` conditions: an expression over the parameters of one event, compiled to stack code (wire/program.h, Op).
#pragma once
#include "compiler/playbook.h"

namespace omo::compiler {

/// Compiles the text of the JSON string `where` into signal.where; sets signal.per_item where it names an item
/// parameter. Reports errors; answers whether there were none.
bool compile_predicate(Compilation& compilation, const Node& where, const Event& event, Signal& signal);

}  // namespace omo::compiler
