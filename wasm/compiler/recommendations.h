// SPDX-License-Identifier: Apache-2.0
// The creative of type `recommendations`: which signals say what is recommended.
#pragma once
#include <string>
#include <string_view>

#include "compiler/playbook.h"

namespace omo::compiler {

/// Is it a key that read_recommendations() reads? The others are texts, as every creative has.
[[nodiscard]] bool is_recommendation_key(std::string_view key);

/// Reads these keys into variant.fields and variant.signals; reports what is wrong with them.
void read_recommendations(Compilation& compilation, const Node& node, const std::string& what, Variant& variant);

}  // namespace omo::compiler
