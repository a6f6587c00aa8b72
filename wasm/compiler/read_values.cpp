// SPDX-License-Identifier: Apache-2.0
// The plain parts of a playbook: its head, events, traits, context, exposure, synchronisation.
#include "compiler/creative.h"
#include "compiler/read.h"
#include "wire/vocabulary_tables.h"

namespace omo::compiler {
namespace {

bool is_language(std::string_view text) {
  std::size_t length = 0;
  bool first = true;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '-') {
      if (length < (first ? 2u : 1u) || length > (first ? 3u : 8u)) return false;
      first = false;
      length = 0;
    } else if ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z') {
      ++length;
    } else if (!first && text[i] >= '0' && text[i] <= '9') {
      ++length;
    } else {
      return false;
    }
  }
  return true;
}

/// What later versions bring: known by name, so that the message can say so.
void refuse_later(Compilation& compilation, const Node& root, std::string_view key) {
  const Node* node = get(compilation, root, key, Node::Kind::kObject, key);
  if (node == nullptr || node->members.empty()) return;
  compilation.error(node->members[0].key_offset, std::string(key) + " are not supported by this version yet: leave \"" +
                                                     std::string(key) + "\" empty");
}

std::uint32_t add_event(Playbook& playbook, Event event) {
  const auto index = static_cast<std::uint32_t>(playbook.events.size());
  playbook.event_numbers.emplace(event.name, index);
  playbook.events.push_back(std::move(event));
  return index;
}

void add_builtin_events(Playbook& playbook) {
  for (const BuiltinEvent& builtin : kBuiltinEvents) {
    Event event;
    event.name = builtin.name;
    event.has_items = builtin.has_items;
    event.conversion = builtin.conversion;
    event.audience = builtin.audience;
    event.label = builtin.label;
    // A session begins with the one and goes on with the other, also where nothing is sent.
    const bool of_segment = event.name == "segment_entered" || event.name == "segment_exited";
    event.used = (of_segment ? playbook.sync_segments : playbook.sync_events) || event.name == "session_start" ||
                 event.name == "page_view";
    for (const BuiltinParam& param : builtin.params)
      event.params.push_back({std::string(param.name), param.type, param.item});
    add_event(playbook, std::move(event));
  }
}

void read_params(Compilation& compilation, const Node& params, Event& event) {
  for (const Member& member : params.members) {
    if (!check_identifier(compilation, member.key, member.key_offset, "a parameter")) continue;
    const std::optional<Type> type =
        read_type(compilation, member.value, "the type of parameter " + in_quotes(member.key));
    if (!type) continue;
    if (event.find(member.key) != nullptr) {
      compilation.error(member.key_offset,
                        "event " + in_quotes(event.name) + " has a parameter " + in_quotes(member.key) + " already");
      continue;
    }
    event.params.push_back({member.key, *type, false});
  }
}

void read_event(Compilation& compilation, const Member& member) {
  Playbook& playbook = compilation.playbook;
  if (!check_identifier(compilation, member.key, member.key_offset, "an event")) return;
  const std::string what = "event " + in_quotes(member.key);
  if (!expect_object(compilation, member.value, kEventKeys, what)) return;

  // A built-in event may be given further parameters and purposes.
  auto known = playbook.event_numbers.find(member.key);
  const std::uint32_t index = known != playbook.event_numbers.end()
                                  ? known->second
                                  : add_event(playbook, Event{member.key, {}, 0, false, false, true});
  Event& event = playbook.events[index];
  const std::uint8_t builtin_label = event.label;
  event.used = true;
  if (playbook.sync_exempt && event.audience && (member.value.find("params") || member.value.find("items"))) {
    compilation.error(member.key_offset,
                      what +
                          " tells how a page is used, and may travel without consent (\"exempt\" of sync): "
                          "give further parameters to an event of your own");
  }
  if (const Node* items = get(compilation, member.value, "items", Node::Kind::kBool, "items of " + what)) {
    if (items->boolean && !event.has_items) {
      event.has_items = true;
      for (const BuiltinParam& param : kItemParams) event.params.push_back({std::string(param.name), param.type, true});
    }
  }
  if (const Node* params = get(compilation, member.value, "params", Node::Kind::kObject, "params of " + what)) {
    read_params(compilation, *params, event);
  }
  if (event.params.size() > kMaxParams) {
    compilation.error(member.key_offset, what + " has " + std::to_string(event.params.size()) +
                                             " parameters: the limit max_params is " + std::to_string(kMaxParams));
  }
  if (const Member* purposes = member.value.find("purposes")) {
    if (auto label = read_purposes(compilation, purposes->value, "purposes of " + what)) {
      event.label = static_cast<std::uint8_t>(builtin_label | *label);
    }
  }
}

void read_session(Compilation& compilation, const Node& session) {
  Playbook& playbook = compilation.playbook;
  if (!expect_object(compilation, session, kSessionKeys, "session")) return;
  const auto duration = [&](std::string_view key, double& to) {
    const Member* member = session.find(key);
    if (member == nullptr) return;
    to = read_duration(compilation, member->value, std::string(key) + " of session").value_or(to);
  };
  duration("idle", playbook.session_idle_ms);
  duration("max", playbook.session_max_ms);
  if (playbook.session_max_ms < playbook.session_idle_ms) {
    compilation.error(session.offset, "a session cannot end before it may be idle: max must be at least idle");
  }
  const auto rule = [&](std::string_view key, bool& to) {
    if (const Node* node = get(compilation, session, key, Node::Kind::kBool, std::string(key) + " of session")) {
      to = node->boolean;
    }
  };
  rule("midnight", playbook.session_midnight);
  rule("new_campaign", playbook.session_campaign);
}

}  // namespace

void read_head(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Member* version = root.find("omotenashi");
  if (version == nullptr) {
    compilation.error(root.offset, "the playbook does not say its version: add \"omotenashi\": 1");
  } else if (version->value.kind != Node::Kind::kInt || version->value.integer != 1) {
    compilation.error(version->value.offset, "this compiler reads playbooks of version 1 only: \"omotenashi\": 1");
  }
  if (root.find("site") == nullptr) compilation.error(root.offset, "the playbook does not name its site: add \"site\"");
  if (const Node* site = get(compilation, root, "site", Node::Kind::kString, "site")) {
    check_name(compilation, site->text, site->offset, "the site");
    playbook.site = site->text;
  }
  if (const Node* language = get(compilation, root, "default_language", Node::Kind::kString, "default_language")) {
    check_language(compilation, language->text, language->offset);
    playbook.default_language = language->text;
  }
  if (const Member* sync = root.find("sync")) {
    if (expect_object(compilation, sync->value, kSyncKeys, "sync")) {
      if (const Node* segments = get(compilation, sync->value, "segments", Node::Kind::kBool, "segments of sync")) {
        playbook.sync_segments = segments->boolean;
      }
      if (const Member* stream = sync->value.find("stream")) {
        playbook.stream_ms = read_duration(compilation, stream->value, "stream of sync").value_or(playbook.stream_ms);
        if (playbook.stream_ms > kMaxKeptDays * kMillisecondsADay) {
          compilation.error(stream->value.offset, "no id lives longer than 13 months: stream must be at most \"395d\"");
        }
      }
      if (const Node* exempt = get(compilation, sync->value, "exempt", Node::Kind::kBool, "exempt of sync")) {
        playbook.sync_exempt = exempt->boolean;
        playbook.exempt_offset = exempt->offset;
        // Its rules are the policy's, which is there where sources are stated.
        if (exempt->boolean) playbook.consent.state(kConsentSite);
      }
      if (const Node* mode = get(compilation, sync->value, "mode", Node::Kind::kString, "mode of sync")) {
        playbook.sync_events = mode->text != "off";
        if (mode->text != "off" && mode->text != "events") {
          compilation.error(mode->offset, "no mode named " + in_quotes(mode->text) + ": \"events\" or \"off\"" +
                                              did_you_mean(mode->text, {"events", "off"}));
        }
      }
    }
  }
  if (const Node* catalog = get(compilation, root, "catalog", Node::Kind::kString, "catalog")) {
    playbook.catalog = catalog->text;
    const std::string problem =
        catalog->text.empty() ? "it is empty: leave it out instead" : address_problem(catalog->text);
    if (!problem.empty()) compilation.error(catalog->offset, "catalog: " + problem);
  }
  if (const Member* session = root.find("session")) read_session(compilation, session->value);
  refuse_later(compilation, root, "surveys");
}

bool check_language(Compilation& compilation, const std::string& text, std::uint32_t offset) {
  if (is_language(text)) return true;
  compilation.error(offset, in_quotes(text) + " is no language tag: write one such as \"ja\" or \"en-GB\"");
  return false;
}

void read_events(Compilation& compilation, const Node& root) {
  add_builtin_events(compilation.playbook);
  const Node* events = get(compilation, root, "events", Node::Kind::kObject, "events");
  if (events == nullptr) return;
  for (const Member& member : events->members) read_event(compilation, member);
  check_count(compilation, *events, compilation.playbook.events.size(), kMaxEvents, "max_events");
}

void read_traits(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* traits = get(compilation, root, "traits", Node::Kind::kObject, "traits");
  if (traits == nullptr) return;
  for (const Member& member : traits->members) {
    const std::string what = "trait " + in_quotes(member.key);
    NamedValue trait{member.key, member.key_offset, Type::kString, purpose::kPersonalization};
    const bool named = check_identifier(compilation, member.key, member.key_offset, "a trait") &&
                       add_name(compilation, member.key, member.key_offset, Playbook::NameKind::kTrait,
                                static_cast<std::uint32_t>(playbook.traits.size()));
    if (expect_object(compilation, member.value, kTraitKeys, what)) {
      if (member.value.find("type") == nullptr) compilation.error(member.value.offset, what + " needs a type");
      if (const Node* type = get(compilation, member.value, "type", Node::Kind::kString, "type of " + what)) {
        trait.type = read_type(compilation, *type, "type of " + what).value_or(Type::kString);
      }
      if (const Member* purposes = member.value.find("purposes")) {
        trait.label = read_purposes(compilation, purposes->value, "purposes of " + what).value_or(trait.label);
      }
    }
    if (named) playbook.traits.push_back(std::move(trait));
  }
}

void read_context(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const auto add = [&playbook](NamedValue value) {
    const auto index = static_cast<std::uint32_t>(playbook.contexts.size());
    if (playbook.context_numbers.emplace(value.name, index).second) playbook.contexts.push_back(std::move(value));
  };
  for (const BuiltinContext& builtin : kPageContext) add({std::string(builtin.name), 0, builtin.type, 0});
  const Node* context = get(compilation, root, "context", Node::Kind::kObject, "context");
  if (context == nullptr) return;
  for (const Member& member : context->members) {
    const std::string what = "context value " + in_quotes(member.key);
    if (!check_identifier(compilation, member.key, member.key_offset, "a context value")) continue;
    NamedValue value{member.key, member.key_offset, Type::kString, 0};
    if (playbook.context_numbers.count(member.key) != 0) {
      compilation.error(member.key_offset, what + " is built in: it needs no declaration");
      continue;
    }
    if (expect_object(compilation, member.value, kContextKeys, what)) {
      if (member.value.find("type") == nullptr) compilation.error(member.value.offset, what + " needs a type");
      if (const Node* type = get(compilation, member.value, "type", Node::Kind::kString, "type of " + what)) {
        value.type = read_type(compilation, *type, "type of " + what).value_or(Type::kString);
        if (value.type == Type::kDate)
          compilation.error(type->offset, "a context value cannot be a date: dates are traits");
      }
      if (const Member* purposes = member.value.find("purposes")) {
        value.label = read_purposes(compilation, purposes->value, "purposes of " + what).value_or(value.label);
      }
    }
    add(std::move(value));
  }
}

void read_expose(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* expose = get(compilation, root, "expose", Node::Kind::kArray, "expose");
  if (expose == nullptr) return;
  for (const Node& item : expose->items) {
    if (!expect(compilation, item, Node::Kind::kString, "a name in expose")) continue;
    bool found = false;
    const auto name = playbook.names.find(item.text);
    if (name != playbook.names.end() && name->second.kind == Playbook::NameKind::kSegment) {
      playbook.segments[name->second.index].exposed = found = true;
    }
    if (name != playbook.names.end() && name->second.kind == Playbook::NameKind::kScore) {
      playbook.scores[name->second.index].exposed = found = true;
    }
    const auto slot = playbook.slot_numbers.find(item.text);
    if (slot != playbook.slot_numbers.end()) playbook.slots[slot->second].exposed = found = true;
    // An event by its name alone: a slot that is called as an event is does not open it too.
    const auto event = playbook.event_numbers.find(item.text);
    if (!found && event != playbook.event_numbers.end()) {
      playbook.events[event->second].exposed = playbook.events[event->second].used = found = true;
    }
    if (found) continue;
    std::vector<std::string_view> candidates = keys_of(playbook.slot_numbers);
    for (const Event& known : playbook.events) candidates.push_back(known.name);
    for (const Segment& segment : playbook.segments) candidates.push_back(segment.name);
    for (const Score& score : playbook.scores) candidates.push_back(score.name);
    compilation.error(item.offset, "no segment, score, slot or event named " + in_quotes(item.text) +
                                       did_you_mean(item.text, candidates));
  }
}

}  // namespace omo::compiler
