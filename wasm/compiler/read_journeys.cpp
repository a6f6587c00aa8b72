// SPDX-License-Identifier: Apache-2.0
// Journeys: reading them into one flat list of steps that lead forward, and lowering their conditions.
#include <algorithm>

#include "compiler/conditions.h"
#include "compiler/read.h"

namespace omo::compiler {
namespace {

/// Steps whose way on is not known yet: their `next`, or their `otherwise`.
struct Exit {
  std::size_t step;
  bool otherwise;
};
using Exits = std::vector<Exit>;

class JourneyReader {
 public:
  JourneyReader(Compilation& compilation, const Member& member)
      : compilation_(compilation), node_(member.value), what_("journey " + in_quotes(member.key)) {
    journey_.name = member.key;
    journey_.offset = member.key_offset;
  }

  Journey read() {
    if (!expect_object(compilation_, node_, kJourneyKeys, what_)) return std::move(journey_);
    for (const char* needed : {"start", "steps"}) {
      if (node_.find(needed) == nullptr) {
        compilation_.error(node_.offset, what_ + " needs \"" + std::string(needed) + "\"");
      }
    }
    journey_.start.text = get(compilation_, node_, "start", Node::Kind::kString, "start of " + what_);
    if (const Node* goal = get(compilation_, node_, "goal", Node::Kind::kString, "goal of " + what_)) {
      read_trigger(*goal, journey_.goal);
      if (journey_.goal.event != kNone) compilation_.playbook.events[journey_.goal.event].conversion = true;
    }
    journey_.timeout_ms = read_time(node_, "timeout", what_);
    if (const Member* restart = node_.find("restart")) read_restart(restart->value);
    if (const Member* purposes = node_.find("purposes")) {
      journey_.stated_label = read_purposes(compilation_, purposes->value, "purposes of " + what_);
      journey_.purposes_offset = purposes->value.offset;
    }
    if (const Node* steps = get(compilation_, node_, "steps", Node::Kind::kArray, "steps of " + what_)) {
      if (steps->items.empty()) compilation_.error(steps->offset, what_ + " needs at least one step");
      lead(read_steps(*steps, "", {}));
      check_count(compilation_, *steps, journey_.steps.size(), kMaxJourneySteps, "max_journey_steps");
    }
    return std::move(journey_);
  }

 private:
  double read_time(const Node& object, std::string_view key, const std::string& of) {
    const Member* member = object.find(key);
    if (member == nullptr) return 0;
    return read_duration(compilation_, member->value, std::string(key) + " of " + of).value_or(0);
  }

  /// An event's name, unless something of the same name can stand in a condition; else a condition.
  void read_trigger(const Node& text, Trigger& trigger) {
    Playbook& playbook = compilation_.playbook;
    const auto found = playbook.event_numbers.find(text.text);
    const bool named = playbook.names.count(text.text) != 0;
    if (!named && found == playbook.event_numbers.end() && is_identifier(text.text)) {
      std::vector<std::string_view> candidates = keys_of(playbook.event_numbers);
      for (const std::string_view name : keys_of(playbook.names)) candidates.push_back(name);
      compilation_.error(text.offset, "no event, signal, trait or segment named " + in_quotes(text.text) +
                                          did_you_mean(text.text, candidates));
      return;
    }
    trigger.text = &text;
    if (named || found == playbook.event_numbers.end()) return;
    trigger.event = found->second;
    playbook.events[found->second].used = true;
  }

  void read_restart(const Node& restart) {
    const std::string what = "restart of " + what_;
    if (!expect(compilation_, restart, Node::Kind::kString, what)) return;
    if (restart.text == "never") return;
    if (restart.text == "always") {
      journey_.restart_ms = 0;
      return;
    }
    const std::optional<double> after =
        read_duration(compilation_, restart, what + ", where it is neither \"never\" nor \"always\",");
    if (!after) return;
    journey_.restart_ms = *after;
    if (*after < kMinRestartMs) {
      compilation_.error(restart.offset, what + " is below the limit min_restart_ms: " + std::to_string(kMinRestartMs) +
                                             " ms (1 minute)");
    }
  }

  /// All these lead to the step that comes next.
  void lead(const Exits& exits) {
    const auto to = static_cast<std::uint32_t>(journey_.steps.size());
    for (const Exit& exit : exits) {
      Step& step = journey_.steps[exit.step];
      (exit.otherwise ? step.otherwise : step.next) = to;
    }
  }

  Exits read_steps(const Node& list, const std::string& place, Exits exits) {
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      lead(exits);
      exits = read_step(list.items[i], place + std::to_string(i + 1));
    }
    return exits;
  }

  Exits read_step(const Node& node, const std::string& place) {
    const std::size_t index = journey_.steps.size();
    Step& step = journey_.steps.emplace_back();
    step.name = place;
    step.offset = node.offset;
    const std::string what = "step " + place + " of " + what_;
    if (!expect_object(compilation_, node, kStepKeys, what)) return {{index, false}};
    read_name(node, step, what);
    std::string kind;
    for (const char* candidate : {"wait", "show", "until", "if"}) {
      if (node.find(candidate) == nullptr) continue;
      if (!kind.empty()) {
        compilation_.error(node.find(candidate)->key_offset,
                           what + " is a \"" + kind + "\" already: one step does one thing");
        return {{index, false}};
      }
      kind = candidate;
    }
    if (kind.empty()) {
      compilation_.error(node.offset, what + " needs one of \"wait\", \"show\", \"until\" and \"if\"");
      return {{index, false}};
    }
    check_keys(node, kind, what);
    if (kind == "if") return read_branch(node, index, place, what);
    step.after_ms = read_time(node, kind == "wait" ? "wait" : "timeout", what);
    if (kind == "show") read_show(node, step, what);
    if (kind == "until") {
      if (const Node* until = get(compilation_, node, "until", Node::Kind::kString, "until of " + what)) {
        read_trigger(*until, step.trigger);
      }
    }
    return {{index, false}};
  }

  void read_name(const Node& node, Step& step, const std::string& what) {
    if (const Node* name = get(compilation_, node, "name", Node::Kind::kString, "name of " + what)) {
      check_name(compilation_, name->text, name->offset, "a step");
      step.name = name->text;
      step.offset = name->offset;
    }
    for (std::size_t i = 0; i + 1 < journey_.steps.size(); ++i) {
      if (journey_.steps[i].name != step.name) continue;
      compilation_.error(step.offset, what_ + " has two steps named " + in_quotes(step.name));
    }
  }

  void check_keys(const Node& node, const std::string& kind, const std::string& what) {
    for (const Member& member : node.members) {
      const bool branches = member.key == "then" || member.key == "else";
      const bool waits = member.key == "timeout";
      if ((branches && kind != "if") || (waits && (kind == "if" || kind == "wait"))) {
        compilation_.error(member.key_offset, member.key + " has no meaning beside \"" + kind + "\" in " + what);
      }
    }
  }

  Exits read_branch(const Node& node, std::size_t index, const std::string& place, const std::string& what) {
    journey_.steps[index].branch = true;
    journey_.steps[index].trigger.text = get(compilation_, node, "if", Node::Kind::kString, "if of " + what);
    const auto list = [&](const char* key, Exits exits) {
      const Node* steps = get(compilation_, node, key, Node::Kind::kArray, std::string(key) + " of " + what);
      return steps == nullptr ? exits : read_steps(*steps, place + "." + key + ".", std::move(exits));
    };
    if (node.find("then") == nullptr && node.find("else") == nullptr) {
      compilation_.error(node.offset, what + " needs \"then\" or \"else\": its ways on");
    }
    Exits exits = list("then", {{index, false}});
    const Exits others = list("else", {{index, true}});
    exits.insert(exits.end(), others.begin(), others.end());
    return exits;
  }

  void read_show(const Node& node, Step& step, const std::string& what) {
    Playbook& playbook = compilation_.playbook;
    const Node* show = get(compilation_, node, "show", Node::Kind::kString, "show of " + what);
    if (show == nullptr) return;
    const auto found = playbook.campaign_numbers.find(show->text);
    if (found == playbook.campaign_numbers.end()) {
      compilation_.error(show->offset, "no campaign named " + in_quotes(show->text) +
                                           did_you_mean(show->text, keys_of(playbook.campaign_numbers)));
      return;
    }
    step.campaign = found->second;
  }

  Compilation& compilation_;
  const Node& node_;
  std::string what_;
  Journey journey_;
};

/// `label` is what an event brings with it.
void lower_trigger(Compilation& compilation, Trigger& trigger, Reads& reads) {
  if (trigger.text == nullptr) return;
  if (trigger.event != kNone) {
    reads.events.push_back(trigger.event);
    reads.label = static_cast<std::uint8_t>(reads.label | compilation.playbook.events[trigger.event].label);
    return;
  }
  if (const std::optional<ExpressionError> error = parse_expression(trigger.text->text, trigger.condition)) {
    compilation.error(compilation.offset_in(*trigger.text, error->at), error->message);
    return;
  }
  if (const auto lowered = lower_condition(compilation, *trigger.text, trigger.condition, reads)) {
    trigger.node = lowered->positive;
  }
}

/// A campaign is shown only as its journeys go, and they go on as it is seen: all of them have one label.
void join_labels(Playbook& playbook) {
  for (bool grown = true; grown;) {
    grown = false;
    for (Journey& journey : playbook.journeys) {
      for (const std::uint32_t index : journey.reads.campaigns) {
        std::uint8_t& label = playbook.campaigns[index].reads.label;
        const auto both = static_cast<std::uint8_t>(label | journey.reads.label);
        grown = grown || both != label || both != journey.reads.label;
        label = journey.reads.label = both;
      }
    }
  }
}

}  // namespace

void read_journeys(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* journeys = get(compilation, root, "journeys", Node::Kind::kObject, "journeys");
  if (journeys == nullptr ||
      !check_count(compilation, *journeys, journeys->members.size(), kMaxJourneys, "max_journeys")) {
    return;
  }
  for (const Member& member : journeys->members) {
    check_identifier(compilation, member.key, member.key_offset, "a journey");
    playbook.journeys.push_back(JourneyReader(compilation, member).read());
  }
}

void lower_journeys(Compilation& compilation) {
  Playbook& playbook = compilation.playbook;
  for (std::uint32_t i = 0; i < playbook.journeys.size(); ++i) {
    Journey& journey = playbook.journeys[i];
    lower_trigger(compilation, journey.start, journey.reads);
    lower_trigger(compilation, journey.goal, journey.reads);
    for (Step& step : journey.steps) {
      lower_trigger(compilation, step.trigger, journey.reads);
      if (step.campaign == kNone) continue;
      const std::uint32_t seen = playbook.event_numbers.at("view_promotion");
      journey.reads.label = static_cast<std::uint8_t>(journey.reads.label | playbook.events[seen].label);
      journey.reads.events.push_back(seen);
      journey.reads.campaigns.push_back(step.campaign);
      std::vector<std::uint32_t>& journeys = playbook.campaigns[step.campaign].reads.journeys;
      if (std::find(journeys.begin(), journeys.end(), i) == journeys.end()) journeys.push_back(i);
    }
    journey.reads.label = static_cast<std::uint8_t>(journey.reads.label | journey.stated_label.value_or(0));
  }
  join_labels(playbook);
}

}  // namespace omo::compiler
