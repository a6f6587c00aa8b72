// SPDX-License-Identifier: Apache-2.0
// `where` conditions: an expression over the parameters of one event, compiled to stack code (wire/program.h, Op).
#pragma once
#include "compiler/playbook.h"

namespace omo::compiler {

/// Compiles the text of the JSON string `where` into signal.where; sets signal.per_item where it names an item
/// parameter. Reports errors; answers whether there were none.
bool compile_predicate(Compilation& compilation, const Node& where, const Event& event, Signal& signal);

/// Warns where a declared parameter is one that GA4 states in items, and the signal, which names no parameter of an
/// item, looks for it beside them: there is none where a page sends what GA4 wants. `offset` is where it is named.
void warn_beside_items(Compilation& compilation, std::uint32_t offset, const Event& event, std::string_view name);

}  // namespace omo::compiler
