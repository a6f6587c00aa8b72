// SPDX-License-Identifier: Apache-2.0
// Every name that a program needs as a symbol.
#include "compiler/playbook.h"

namespace omo::compiler {
namespace {

void add_where(StringTable& strings, const Code& where) {
  for (const Instruction& instruction : where) {
    if (instruction.op == Op::kParam) strings.add(instruction.text);
  }
}

void add_variant(StringTable& strings, const Variant& variant) {
  strings.add(variant.name);
  for (const Field& field : variant.fields) {
    strings.add(field.key);
    if (!field.language.empty()) strings.add(field.language);
  }
}

}  // namespace

void collect_symbols(const Playbook& playbook, const std::vector<Variant>& notes, const Network& network,
                     StringTable& strings) {
  strings.add(playbook.site);
  strings.add(playbook.default_language);
  for (const Event& event : playbook.events) {
    if (!event.used) continue;
    strings.add(event.name);
    for (const Param& param : event.params) strings.add(param.name);
  }
  for (const Signal& signal : playbook.signals) {
    strings.add(signal.name);
    add_where(strings, signal.where);
    for (const SequenceStep& step : signal.steps) add_where(strings, step.where);
  }
  for (const NamedValue& trait : playbook.traits) strings.add(trait.name);
  for (const NamedValue& value : playbook.contexts) strings.add(value.name);
  for (const Segment& segment : playbook.segments) strings.add(segment.name);
  for (const Score& score : playbook.scores) strings.add(score.name);
  for (const ConsentSetting& setting : consent_settings(playbook)) strings.add(setting.text);
  for (const Slot& slot : playbook.slots) strings.add(slot.name);
  for (const Journey& journey : playbook.journeys) {
    strings.add(journey.name);
    for (const Step& step : journey.steps) strings.add(step.name);
  }
  for (const Campaign& campaign : playbook.campaigns) {
    strings.add(campaign.name);
    if (!campaign.group.empty()) strings.add(campaign.group);
    for (const Variant& variant : campaign.variants) add_variant(strings, variant);
  }
  for (const Variant& note : notes) add_variant(strings, note);
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    if (node.kind != Network::Node::Kind::kLiteral || !network.is_marked(static_cast<Network::Id>(i))) continue;
    const Literal& literal = network.literals()[node.literal];
    for (const std::string& symbol : literal.symbols) strings.add(symbol);
  }
}

}  // namespace omo::compiler
