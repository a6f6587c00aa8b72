// SPDX-License-Identifier: Apache-2.0
// Signals: declared aggregates of events.
#include "compiler/read_signals.h"

#include "compiler/predicate.h"

namespace omo::compiler {
namespace {

struct Operation {
  std::string_view name;
  SignalOp op;
  bool needs_of;
  bool numbers;    ///< of numbers only
  bool adds;       ///< an event parameter would be added once for every item
  bool restores;   ///< a trait may bring it back
  bool keeps_one;  ///< one entry is enough, but for refunds
};
constexpr Operation kOperations[] = {
    {"count", SignalOp::kCount, false, false, false, true, false},
    {"sum", SignalOp::kSum, true, true, true, true, false},
    {"recency", SignalOp::kRecency, false, false, false, true, true},
    {"last", SignalOp::kLast, true, false, false, true, true},
    {"recent", SignalOp::kRecent, true, false, false, true, false},
    {"min", SignalOp::kMin, true, true, false, true, false},
    {"max", SignalOp::kMax, true, true, false, true, false},
    {"average", SignalOp::kAverage, true, true, true, false, false},
    {"first", SignalOp::kFirst, true, false, false, true, false},
    {"distinct", SignalOp::kDistinct, true, false, false, false, false},
    {"top", SignalOp::kTop, true, false, false, true, false},
    {"sequence", SignalOp::kSequence, false, false, false, false, true},
    {"rfm", SignalOp::kRfm, true, true, true, false, false},
};

/// What is one number or value for ever, where no refund takes anything back.
bool is_single_for_ever(SignalOp op) {
  return op == SignalOp::kSum || op == SignalOp::kMin || op == SignalOp::kMax || op == SignalOp::kAverage ||
         op == SignalOp::kFirst || op == SignalOp::kRfm;
}

/// Keys that only one operation has, and that operation.
constexpr std::pair<std::string_view, std::string_view> kOwnKeys[] = {
    {"half_life", "top"}, {"without", "sequence"}, {"frequency", "rfm"}, {"monetary", "rfm"}};

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
    check_keys();
    const Operation* operation = find_operation();
    if (operation == nullptr) return signal_;
    signal_.op = operation->op;
    read_purposes_and_window();
    if (operation->op == SignalOp::kSequence) {
      signal_.type = Type::kBool;
      read_sequence(compilation_, node_, what_, signal_);
    } else if (const Event* event = read_event(*operation)) {
      read_of(*operation, *event);
      read_where(*operation, *event);
      if (const Member* of = node_.find("of"); of != nullptr && !signal_.of.empty() && !signal_.per_item) {
        warn_beside_items(compilation_, of->value.offset, *event, signal_.of);
      }
      signal_.label = static_cast<std::uint8_t>(signal_.label | event->label);
      note_refunds(*event);
    }
    if (operation->op == SignalOp::kRfm) read_edges(compilation_, node_, what_, signal_);
    if (const Member* half_life = node_.find("half_life"); half_life != nullptr && operation->op == SignalOp::kTop) {
      signal_.half_life_ms = read_duration(compilation_, half_life->value, "half_life of " + what_).value_or(0);
    }
    read_keep(*operation);
    read_restore(*operation);
    // Only the type matters to consumers.
    signal_.broken = operation->needs_of && signal_.of.empty();
    return signal_;
  }

 private:
  void check_keys() {
    for (const Member& key : node_.members) {
      if (std::find(kSignalKeys.keys.begin(), kSignalKeys.keys.end(), key.key) == kSignalKeys.keys.end()) {
        compilation_.error(key.key_offset,
                           what_ + " has no key " + in_quotes(key.key) + did_you_mean(key.key, kSignalKeys.keys));
      }
    }
  }

  const Operation* find_operation() {
    const Operation* found = nullptr;
    for (const Operation& operation : kOperations) {
      const Member* key = node_.find(operation.name);
      // An rfm signal has edges of that name.
      if (key == nullptr || (operation.op == SignalOp::kRecency && node_.find("rfm") != nullptr)) continue;
      if (found != nullptr) {
        compilation_.error(key->key_offset, what_ + " has both " + in_quotes(found->name) + " and " +
                                                in_quotes(operation.name) + ": one signal is one aggregate");
        continue;
      }
      found = &operation;
    }
    if (found == nullptr) {
      std::string names;
      for (const Operation& operation : kOperations) names += (names.empty() ? "" : ", ") + std::string(operation.name);
      compilation_.error(node_.offset, what_ + " does not say what it is of an event: " + names);
      return nullptr;
    }
    for (const auto& [name, owner] : kOwnKeys) {
      const Member* key = node_.find(name);
      if (key == nullptr || owner == found->name) continue;
      compilation_.error(key->key_offset, in_quotes(name) + " belongs to " + std::string(owner) + ": " +
                                              std::string(found->name) + " has none");
    }
    return found;
  }

  void read_purposes_and_window() {
    if (const Member* purposes = node_.find("purposes")) {
      signal_.stated_label = read_purposes(compilation_, purposes->value, "purposes of " + what_);
      signal_.label = signal_.stated_label.value_or(signal_.label);
      signal_.purposes_offset = purposes->value.offset;
    }
    const Member* within = node_.find("within");
    if (within == nullptr) return;
    if (within->value.kind == Node::Kind::kString && within->value.text == "session") {
      signal_.flags = kSignalSession;
      // When it begins anew is a fact of the session: a measurement, unless the playbook says that it is more.
      const Playbook& playbook = compilation_.playbook;
      signal_.label =
          static_cast<std::uint8_t>(signal_.label | playbook.events[playbook.event_numbers.at("session_start")].label);
    } else if (within->value.kind == Node::Kind::kString && within->value.text == "page") {
      signal_.flags = kSignalPage;
    } else if (within->value.kind == Node::Kind::kString && !within->value.text.empty() &&
               (within->value.text[0] < '0' || within->value.text[0] > '9')) {
      compilation_.error(within->value.offset, "within of " + what_ + " must be a duration such as \"7d\", or " +
                                                   "\"session\" or \"page\"" +
                                                   did_you_mean(within->value.text, {"session", "page"}));
    } else {
      signal_.within_ms = read_duration(compilation_, within->value, "within of " + what_).value_or(0);
    }
  }

  Event* read_event(const Operation& operation) {
    const Node* name =
        get(compilation_, node_, operation.name, Node::Kind::kString, std::string(operation.name) + " of " + what_);
    const std::optional<std::uint32_t> event = name == nullptr ? std::nullopt : find_event(compilation_, *name);
    if (!event) return nullptr;
    signal_.event = *event;
    return &compilation_.playbook.events[*event];
  }

  /// A refund takes purchases back, so the signals that take them read both.
  void note_refunds(const Event& event) {
    if (event.name != "purchase") return;
    Event& refund = compilation_.playbook.events[compilation_.playbook.event_numbers.at("refund")];
    refund.used = true;
    signal_.flags = static_cast<std::uint8_t>(signal_.flags | kSignalRefundable);
    signal_.label = static_cast<std::uint8_t>(signal_.label | refund.label);
  }

  void read_of(const Operation& operation, const Event& event) {
    const bool is_double = operation.op == SignalOp::kSum || operation.op == SignalOp::kAverage;
    signal_.type = is_double ? Type::kDouble : operation.op == SignalOp::kRecency ? Type::kDuration : Type::kInt;
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
    const bool has_own_type = is_double || operation.op == SignalOp::kDistinct || operation.op == SignalOp::kRfm;
    if (!has_own_type) signal_.type = param->type;
    if (operation.numbers && param->type != Type::kInt && param->type != Type::kDouble) {
      const std::string name(operation.op == SignalOp::kRfm ? "sum" : operation.name);
      compilation_.error(of->value.offset,
                         "only numbers have " + std::string(operation.op == SignalOp::kAverage ? "an " : "a ") + name +
                             ": " + in_quotes(param->name) + " is " + std::string(wire_type_name(param->type)));
    } else if (param->type == Type::kDate) {
      compilation_.error(of->value.offset, in_quotes(param->name) + " is a date: only traits hold dates");
    }
  }

  void read_where(const Operation& operation, const Event& event) {
    const Node* where = get(compilation_, node_, "where", Node::Kind::kString, "where of " + what_);
    if (where == nullptr) return;
    signal_.where_text = where;
    const bool of_item = signal_.per_item;
    compile_predicate(compilation_, *where, event, signal_);
    if (operation.adds && !signal_.of.empty() && signal_.per_item && !of_item) {
      compilation_.error(where->offset,
                         what_ + " would add " + in_quotes(signal_.of) +
                             " once for every item: an event parameter has no sum where items are asked for");
    }
  }

  void read_keep(const Operation& operation) {
    const Member* keep = node_.find("keep");
    if (keep == nullptr) return;
    const bool for_ever = is_single_for_ever(operation.op) && signal_.within_ms == 0;
    const bool refundable = (signal_.flags & kSignalRefundable) != 0;
    if ((operation.keeps_one || for_ever) && !refundable) {
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
    if (!operation.restores) {
      compilation_.error(name->offset, what_ + " is " + in_quotes(operation.name) +
                                           ": no trait holds all of what it keeps, so none brings it back");
      return;
    }
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
