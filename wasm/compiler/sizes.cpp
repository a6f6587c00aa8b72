// SPDX-License-Identifier: Apache-2.0
#include "compiler/sizes.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace omo::compiler {
namespace {

/// A text of the playbook: in a JSON string at `offset`, from byte `at` of it on. `text` is null for a JSON string of
/// its own.
struct Mention {
  std::uint32_t offset = 0;
  std::uint32_t at = 0;
  const Node* string = nullptr;
  const std::string* text = nullptr;
};

void find_texts(const Node& node, std::vector<Mention>& mentions) {
  if (node.kind == Node::Kind::kString) mentions.push_back({node.offset, 0, nullptr, &node.text});
  for (const Node& item : node.items) find_texts(item, mentions);
  for (const Member& member : node.members) {
    mentions.push_back({member.key_offset, 0, nullptr, &member.key});
    find_texts(member.value, mentions);
  }
}

void find_constants(const Node* string, const Expression& expression, std::vector<Mention>& mentions) {
  if (string == nullptr) return;
  if (expression.kind == Expression::Kind::kConstant && expression.constant.type == ValueType::kString) {
    mentions.push_back({string->offset, expression.at, string, &expression.constant.text});
  }
  for (const Expression& child : expression.children) find_constants(string, child, mentions);
}

std::vector<Mention> mentions_of(const Playbook& playbook, const Node& root) {
  std::vector<Mention> mentions;
  find_texts(root, mentions);
  for (const Segment& segment : playbook.segments) find_constants(segment.when, segment.condition, mentions);
  for (const Campaign& campaign : playbook.campaigns) {
    find_constants(campaign.audience_text, campaign.audience, mentions);
  }
  for (const Journey& journey : playbook.journeys) {
    for (const Trigger* trigger : {&journey.start, &journey.goal}) {
      find_constants(trigger->text, trigger->condition, mentions);
    }
    for (const Step& step : journey.steps) find_constants(step.trigger.text, step.trigger.condition, mentions);
  }
  std::sort(mentions.begin(), mentions.end(), [](const Mention& left, const Mention& right) {
    return std::tie(left.offset, left.at) < std::tie(right.offset, right.at);
  });
  return mentions;
}

/// What stands in the source from `begin` to `end`, which is where the next part begins.
struct Part {
  const Node* node;
  std::string_view name;
  std::uint32_t begin, end;
};

std::vector<Part> parts_of(const Part& whole) {
  std::vector<Part> parts;
  for (const Member& member : whole.node->members) {
    parts.push_back({&member.value, member.key, member.key_offset, whole.end});
  }
  for (const Node& item : whole.node->items) parts.push_back({&item, {}, item.offset, whole.end});
  for (std::size_t i = 1; i < parts.size(); ++i) parts[i - 1].end = parts[i].begin;
  return parts;
}

}  // namespace

void check_formula_count(Compilation& compilation, const std::vector<bool>& needed) {
  std::vector<const Formula*> formulas;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) formulas.push_back(&compilation.playbook.formulas[i]);
  }
  if (formulas.size() <= kMaxFormulas) return;
  const auto beyond = formulas.begin() + std::ptrdiff_t{kMaxFormulas};
  std::nth_element(formulas.begin(), beyond, formulas.end(), [](const Formula* left, const Formula* right) {
    return std::tie(left->text->offset, left->at) < std::tie(right->text->offset, right->at);
  });
  compilation.error(compilation.offset_in(*(*beyond)->text, (*beyond)->at),
                    "the playbook has " + std::to_string(formulas.size()) + " formulas: the limit max_formulas is " +
                        std::to_string(kMaxFormulas) + ", and this is the first beyond it");
}

void report_symbols(Compilation& compilation, const Node& root, const ProgramView& program) {
  std::unordered_set<std::string_view> left;
  for (std::uint32_t i = 0; i < program.symbols().size(); ++i) left.insert(program.symbol(i));
  const std::vector<Mention> mentions = mentions_of(compilation.playbook, root);
  std::vector<const Mention*> first;
  for (const Mention& mention : mentions) {
    if (left.erase(*mention.text) > 0) first.push_back(&mention);
  }
  // What is left stands nowhere: it is built in.
  const std::size_t room = kMaxSymbols - std::min<std::size_t>(kMaxSymbols, left.size());
  const Mention* const beyond = room < first.size() ? first[room] : nullptr;
  const std::uint32_t offset = beyond == nullptr           ? root.offset
                               : beyond->string == nullptr ? beyond->offset
                                                           : compilation.offset_in(*beyond->string, beyond->at);
  compilation.error(offset, "the playbook has " + std::to_string(program.symbols().size()) +
                                " names and strings: the limit max_symbols is " + std::to_string(kMaxSymbols) +
                                ", and this is the first beyond it");
}

void report_program_bytes(Compilation& compilation, const Node& root, std::size_t bytes) {
  Part largest{&root, {}, root.offset, static_cast<std::uint32_t>(compilation.reporter.source().size())};
  std::string name;
  for (std::vector<Part> parts = parts_of(largest); !parts.empty(); parts = parts_of(largest)) {
    const Part& next = *std::max_element(parts.begin(), parts.end(), [](const Part& left, const Part& right) {
      return left.end - left.begin < right.end - right.begin;
    });
    // Down to where no part is most of it any more.
    if ((next.end - next.begin) * 2 < largest.end - largest.begin) break;
    largest = next;
    if (!next.name.empty()) name = next.name;
  }
  compilation.error(largest.begin, "the program has " + std::to_string(bytes) +
                                       " bytes: the limit max_program_bytes is " + std::to_string(kMaxProgramBytes) +
                                       (name.empty() ? "" : "; most of the playbook is " + in_quotes(name)));
}

}  // namespace omo::compiler
