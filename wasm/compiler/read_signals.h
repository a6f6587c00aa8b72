// SPDX-License-Identifier: Apache-2.0
// The parts of signals that only some operations have (read_sequences.cpp).
#pragma once
#include "compiler/read.h"

namespace omo::compiler {

/// Index in Playbook::events of the event that a string names; it goes into the program. Reports where there is none.
std::optional<std::uint32_t> find_event(Compilation& compilation, const Node& name);
/// Steps and `without` of a sequence: Signal::steps, its capacity and the labels of what it reads.
void read_sequence(Compilation& compilation, const Node& node, const std::string& what, Signal& signal);
/// The three lists of edges of an rfm signal.
void read_edges(Compilation& compilation, const Node& node, const std::string& what, Signal& signal);

}  // namespace omo::compiler
