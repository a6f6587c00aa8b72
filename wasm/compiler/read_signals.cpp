// SPDX-License-Identifier: Apache-2.0
// Signals: declared aggregates of events.
#include "compiler/predicate.h"
#include "compiler/read.h"

namespace omo::compiler {
namespace {

struct Operation {
  std::string_view name;
  SignalOp op;
  bool needs_of;
  bool allows_keep;
};
constexpr Operation kOperations[] = {{"count", SignalOp::kCount, false, true},
                                     {"sum", SignalOp::kSum, true, true},
                                     {"recency", SignalOp::kRecency, false, false},
                                     {"last", SignalOp::kLast, true, false},
                                     {"recent", SignalOp::kRecent, true, true}};

/// Operations and options that later versions bring.
constexpr std::string_view kLater[] = {"min", "max",      "average", "first",     "distinct",
                                       "top", "sequence", "rfm",     "half_life", "without"};

class SignalReader {
 public:
  SignalReader(Compilation& compilation, const Member& member)
      : compilation_(compilation), node_(member.value), what_("signal " + in_quotes(member.key)) {
    signal_.name = member.key;
    signal_.offset = member.key_offset;
    signal_.label = purpose::kPersonalization;
  }

  /// Reads what it can; the signal is usable for its consumers' types even where a part was wrong.
  Signal read() {
    signal_.broken = true;
    if (!expect(compilation_, node_, Node::Kind::kObject, what_)) return signal_;
    const bool later = check_keys();
    const Operation* operation = find_operation(later);
    if (operation == nullptr) return signal_;
    signal_.op = operation->op;
    read_purposes_and_window();
    if (const Event* event = read_event(operation->name)) {
      read_of(*operation, *event);
      read_where(*operation, *event);
      signal_.label = static_cast<std::uint8_t>(signal_.label | event->label);
    }
    read_keep(*operation);
    read_restore(*operation);
    // Only the type matters to consumers.
    signal_.broken = operation->needs_of && signal_.of.empty();
    return signal_;
  }

 private:
  bool check_keys() {
    bool later = false;
    for (const Member& key : node_.members) {
      if (std::find(std::begin(kLater), std::end(kLater), key.key) != std::end(kLater)) {
        compilation_.error(key.key_offset,
                           in_quotes(key.key) + " in " + what_ + " is not supported by this version yet");
        later = true;
      } else if (std::find(kSignalKeys.keys.begin(), kSignalKeys.keys.end(), key.key) == kSignalKeys.keys.end()) {
        compilation_.error(key.key_offset,
                           what_ + " has no key " + in_quotes(key.key) + did_you_mean(key.key, kSignalKeys.keys));
      }
    }
    return later;
  }

  const Operation* find_operation(bool later) {
    const Operation* found = nullptr;
    for (const Operation& operation : kOperations) {
      const Member* key = node_.find(operation.name);
      if (key == nullptr) continue;
      if (found != nullptr) {
        compilation_.error(key->key_offset, what_ + " has both " + in_quotes(found->name) + " and " +
                                                in_quotes(operation.name) + ": one signal is one aggregate");
        continue;
      }
      found = &operation;
    }
    if (found == nullptr && !later) {
      compilation_.error(node_.offset,
                         what_ + " does not say what it is: count, sum, recency, last or recent of an event");
    }
    return found;
  }

  void read_purposes_and_window() {
    if (const Member* purposes = node_.find("purposes")) {
      signal_.label = read_purposes(compilation_, purposes->value, "purposes of " + what_).value_or(signal_.label);
    }
    if (const Member* within = node_.find("within")) {
      signal_.within_ms = read_duration(compilation_, within->value, "within of " + what_).value_or(0);
    }
  }

  Event* read_event(std::string_view operation) {
    Playbook& playbook = compilation_.playbook;
    const Node* name =
        get(compilation_, node_, operation, Node::Kind::kString, std::string(operation) + " of " + what_);
    if (name == nullptr) return nullptr;
    const auto found = playbook.event_numbers.find(name->text);
    if (found == playbook.event_numbers.end()) {
      compilation_.error(name->offset, "no event named " + in_quotes(name->text) +
                                           did_you_mean(name->text, keys_of(playbook.event_numbers)));
      return nullptr;
    }
    signal_.event = found->second;
    playbook.events[found->second].used = true;
    return &playbook.events[found->second];
  }

  void read_of(const Operation& operation, const Event& event) {
    signal_.type = operation.op == SignalOp::kSum       ? Type::kDouble
                   : operation.op == SignalOp::kRecency ? Type::kDuration
                                                        : Type::kInt;
    const Member* of = node_.find("of");
    if (!operation.needs_of) {
      if (of != nullptr) {
        compilation_.error(of->key_offset, std::string(operation.name) + " looks at the event only: drop \"of\"");
      }
      return;
    }
    if (of == nullptr) {
      compilation_.error(node_.offset, what_ + " needs \"of\": the parameter whose values it takes");
      return;
    }
    if (!expect(compilation_, of->value, Node::Kind::kString, "of of " + what_)) return;
    const Param* param = event.find(of->value.text);
    if (param == nullptr) {
      std::vector<std::string_view> names;
      for (const Param& candidate : event.params) names.push_back(candidate.name);
      compilation_.error(of->value.offset, "event " + in_quotes(event.name) + " has no parameter " +
                                               in_quotes(of->value.text) + did_you_mean(of->value.text, names));
      return;
    }
    signal_.of = param->name;
    signal_.per_item = param->item;
    if (operation.op != SignalOp::kSum) {
      signal_.type = param->type;
      if (param->type == Type::kDate) {
        compilation_.error(of->value.offset, in_quotes(param->name) + " is a date: only traits hold dates");
      }
    } else if (param->type != Type::kInt && param->type != Type::kDouble) {
      compilation_.error(of->value.offset, "only numbers have a sum: " + in_quotes(param->name) + " is " +
                                               std::string(wire_type_name(param->type)));
    }
  }

  void read_where(const Operation& operation, const Event& event) {
    const Node* where = get(compilation_, node_, "where", Node::Kind::kString, "where of " + what_);
    if (where == nullptr) return;
    const bool of_item = signal_.per_item;
    compile_predicate(compilation_, *where, event, signal_);
    if (operation.op == SignalOp::kSum && !signal_.of.empty() && signal_.per_item && !of_item) {
      compilation_.error(where->offset,
                         what_ + " would add " + in_quotes(signal_.of) +
                             " once for every item: an event parameter has no sum where items are asked for");
    }
  }

  void read_keep(const Operation& operation) {
    const Member* keep = node_.find("keep");
    if (keep == nullptr) return;
    const bool for_ever = operation.op == SignalOp::kSum && signal_.within_ms == 0;
    if (!operation.allows_keep || for_ever) {
      compilation_.error(keep->key_offset, what_ + " keeps one value only: drop \"keep\"");
      return;
    }
    signal_.keep_offset = keep->value.offset;
    signal_.keep = static_cast<std::uint32_t>(
        read_integer(compilation_, keep->value, 1, kMaxKeep, "keep of " + what_ + " (limit max_keep)").value_or(0));
  }

  /// The trait from which the signal comes back where storage was lost. It then needs the trait's purposes too.
  void read_restore(const Operation& operation) {
    const Node* name = get(compilation_, node_, "restore", Node::Kind::kString, "restore of " + what_);
    if (name == nullptr) return;
    const Playbook& playbook = compilation_.playbook;
    const auto found = playbook.names.find(name->text);
    if (found == playbook.names.end() || found->second.kind != Playbook::NameKind::kTrait) {
      std::vector<std::string_view> traits;
      for (const NamedValue& trait : playbook.traits) traits.push_back(trait.name);
      compilation_.error(name->offset, "no trait named " + in_quotes(name->text) + did_you_mean(name->text, traits));
      return;
    }
    const NamedValue& trait = playbook.traits[found->second.index];
    const bool number = trait.type == Type::kInt || trait.type == Type::kDouble;
    const bool fits = operation.op <= SignalOp::kSum       ? number
                      : operation.op == SignalOp::kRecency ? number || trait.type == Type::kDate
                                                           : trait.type == signal_.type;
    const std::string needed = operation.op <= SignalOp::kSum       ? "an int or a double"
                               : operation.op == SignalOp::kRecency ? "a date, or ms since 1970 as an int or a double"
                                                                    : std::string(wire_type_name(signal_.type));
    if (!fits) {
      compilation_.error(name->offset, what_ + " cannot come from trait " + in_quotes(trait.name) + ", which is " +
                                           std::string(wire_type_name(trait.type)) + ": it takes " + needed);
      return;
    }
    signal_.restore = found->second.index;
    signal_.label = static_cast<std::uint8_t>(signal_.label | trait.label);
  }

  Compilation& compilation_;
  const Node& node_;
  std::string what_;
  Signal signal_;
};

}  // namespace

void read_signals(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* signals = get(compilation, root, "signals", Node::Kind::kObject, "signals");
  if (signals == nullptr || !check_count(compilation, *signals, signals->members.size(), kMaxSignals, "max_signals"))
    return;
  for (const Member& member : signals->members) {
    const bool named = check_identifier(compilation, member.key, member.key_offset, "a signal") &&
                       add_name(compilation, member.key, member.key_offset, Playbook::NameKind::kSignal,
                                static_cast<std::uint32_t>(playbook.signals.size()));
    Signal signal = SignalReader(compilation, member).read();
    if (named) playbook.signals.push_back(std::move(signal));
  }
}

}  // namespace omo::compiler
