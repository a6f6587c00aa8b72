// SPDX-License-Identifier: Apache-2.0
#include "compiler/recommendations.h"

#include "compiler/read.h"

namespace omo::compiler {
namespace {

constexpr std::string_view kKeys[] = {"from", "signal", "exclude", "in_stock", "count"};
constexpr std::int64_t kDefaultCount = 4;

/// What a signal must be, in words, and whether it is.
struct Need {
  std::string_view text;
  std::string_view of;
  bool last;  ///< one value will do
  bool top;   ///< so will the one that weighs most
};
constexpr Need kItems = {"a recent signal of item_id, such as {\"recent\": \"view_item\", \"of\": \"item_id\"}",
                         "item_id", false, false};
constexpr Need kTastes = {
    "a recent, last or top signal of item_category, such as "
    "{\"recent\": \"view_item\", \"of\": \"item_category\"}",
    "item_category", true, true};
constexpr Need kExcluded = {
    "a recent or last signal of item_id, such as {\"recent\": \"purchase\", \"of\": \"item_id\"}", "item_id", true,
    false};

bool suits(const Signal& signal, const Need& need) {
  const bool is_kind = signal.op == SignalOp::kRecent || (need.last && signal.op == SignalOp::kLast) ||
                       (need.top && signal.op == SignalOp::kTop);
  return is_kind && signal.of == need.of;
}

class RecommendationReader {
 public:
  RecommendationReader(Compilation& compilation, const Node& node, const std::string& what, Variant& variant)
      : compilation_(compilation), node_(node), what_(what), variant_(variant) {}

  void read() {
    const std::string from = read_from();
    const Node* signal = get(compilation_, node_, "signal", Node::Kind::kString, "signal of " + what_);
    if (signal != nullptr && !from.empty()) {
      if (read_signal(*signal, from == "affinity" ? kTastes : kItems)) add("signal", signal->text);
    } else if (node_.find("signal") == nullptr && (from == "recent" || from == "affinity")) {
      compilation_.error(node_.offset, what_ + " needs \"signal\": what is " +
                                           (from == "recent" ? "recent is " + std::string(kItems.text)
                                                             : "liked is " + std::string(kTastes.text)));
    }
    read_exclude();
    const Node* in_stock = get(compilation_, node_, "in_stock", Node::Kind::kBool, "in_stock of " + what_);
    if (in_stock == nullptr || in_stock->boolean) add("in_stock", "true");
    std::int64_t count = kDefaultCount;
    if (const Member* stated = node_.find("count")) {
      count = read_integer(compilation_, stated->value, 1, kMaxRecommendations,
                           "count of " + what_ + " (limit max_recommendations)")
                  .value_or(kDefaultCount);
    }
    add("count", std::to_string(count));
    if (!compilation_.playbook.catalog.empty()) add("catalog", compilation_.playbook.catalog);
  }

 private:
  void add(const char* key, const std::string& text) { variant_.fields.push_back({key, {}, text}); }

  std::string read_from() {
    if (node_.find("from") == nullptr) {
      compilation_.error(node_.offset, what_ + " needs \"from\": \"recent\", \"affinity\" or \"related\"");
      return {};
    }
    const Node* from = get(compilation_, node_, "from", Node::Kind::kString, "from of " + what_);
    if (from == nullptr) return {};
    const std::vector<std::string_view> kinds = {"recent", "affinity", "related"};
    if (std::find(kinds.begin(), kinds.end(), from->text) == kinds.end()) {
      compilation_.error(from->offset, "nothing is recommended from " + in_quotes(from->text) +
                                           ": \"recent\", \"affinity\" or \"related\"" +
                                           did_you_mean(from->text, kinds));
      return {};
    }
    add("from", from->text);
    return from->text;
  }

  bool read_signal(const Node& name, const Need& need) {
    Playbook& playbook = compilation_.playbook;
    const auto found = playbook.names.find(name.text);
    if (found == playbook.names.end() || found->second.kind != Playbook::NameKind::kSignal) {
      std::vector<std::string_view> signals;
      for (const Signal& signal : playbook.signals) signals.push_back(signal.name);
      compilation_.error(name.offset, "no signal named " + in_quotes(name.text) + did_you_mean(name.text, signals));
      return false;
    }
    Signal& signal = playbook.signals[found->second.index];
    if (signal.broken) return false;
    if (!suits(signal, need)) {
      compilation_.error(name.offset, "signal " + in_quotes(name.text) + " cannot be used here by " + what_ +
                                          ": it must be " + std::string(need.text));
      return false;
    }
    signal.read = true;
    variant_.signals.push_back(found->second.index);
    return true;
  }

  void read_exclude() {
    const Node* exclude = get(compilation_, node_, "exclude", Node::Kind::kArray, "exclude of " + what_);
    if (exclude == nullptr) return;
    std::string names;
    for (const Node& name : exclude->items) {
      if (!expect(compilation_, name, Node::Kind::kString, "a signal in exclude of " + what_)) continue;
      if (read_signal(name, kExcluded)) names += (names.empty() ? "" : " ") + name.text;
    }
    if (!names.empty()) add("exclude", names);
  }

  Compilation& compilation_;
  const Node& node_;
  const std::string& what_;
  Variant& variant_;
};

}  // namespace

bool is_recommendation_key(std::string_view key) {
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

void read_recommendations(Compilation& compilation, const Node& node, const std::string& what, Variant& variant) {
  RecommendationReader(compilation, node, what, variant).read();
}

}  // namespace omo::compiler
