// SPDX-License-Identifier: Apache-2.0
#include "compiler/playbook.h"

namespace omo::compiler {

std::uint32_t signal_definition(const Playbook& playbook, const Signal& signal) {
  std::string text;
  const auto add = [&text](std::string_view part) {
    text += part;
    text += '\0';
  };
  add(std::to_string(static_cast<int>(signal.op)) + "," + std::to_string(static_cast<int>(signal.type)) + "," +
      std::to_string(signal.label) + "," + std::to_string(signal.per_item) + "," +
      std::to_string(static_cast<std::uint64_t>(signal.within_ms)) + "," +
      std::to_string(static_cast<std::uint64_t>(signal.half_life_ms)) + "," + std::to_string(signal.flags));
  add(playbook.events[signal.event].name);
  add(signal.of);
  add(code_key(signal.where));
  for (const SequenceStep& step : signal.steps) {
    add(std::to_string(step.number) + "," + std::to_string(step.per_item) + "," + playbook.events[step.event].name);
    add(code_key(step.where));
  }
  return fnv32(as_bytes(text));
}

}  // namespace omo::compiler
