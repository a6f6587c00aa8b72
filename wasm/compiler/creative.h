// SPDX-License-Identifier: Apache-2.0
// What a campaign shows: the types of creatives and their fields.
#pragma once
#include "compiler/playbook.h"

namespace omo::compiler {

/// Reads a creative into variant.type and variant.fields; reports what is wrong with it.
void read_creative(Compilation& compilation, const Node& node, const std::string& what, Variant& variant);

/// Does this type of creative have the field?
[[nodiscard]] bool creative_allows(std::string_view type, std::string_view field);

/// What is wrong with an address; empty where it is http(s) or relative.
[[nodiscard]] std::string address_problem(std::string_view text);

}  // namespace omo::compiler
