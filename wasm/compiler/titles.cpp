// SPDX-License-Identifier: Apache-2.0
// Titles: what signals, traits, segments, scores and context values are called where a visitor reads of them. They go
// into the program as creatives of no campaign, so that the engine chooses their language as it does for every other
// text.
#include "compiler/creative.h"
#include "compiler/read.h"

namespace omo::compiler {
namespace {

constexpr std::string_view kContextPrefix = "context.";
constexpr std::size_t kMaxTitleBytes = 200;
/// A note is answered in one piece.
constexpr std::size_t kTitlesPerNote = 100;
static_assert(kTitlesPerNote * (kContextPrefix.size() + kMaxStringBytes + kMaxTitleBytes + 8) < kTransferBytes);

bool is_known(const Playbook& playbook, const std::string& name) {
  if (name.starts_with(kContextPrefix)) return playbook.context_numbers.contains(name.substr(kContextPrefix.size()));
  return playbook.names.contains(name);
}

/// By its name, as GA4's engagement_time_msec.
bool is_milliseconds(const Signal& signal) {
  return signal.of.ends_with("_msec") && (signal.op == SignalOp::kSum || signal.op == SignalOp::kMin ||
                                          signal.op == SignalOp::kMax || signal.op == SignalOp::kAverage);
}

void add_title(Compilation& compilation, const std::string& name, const std::string& language, const Node& text) {
  if (text.text.empty() || text.text.size() > kMaxTitleBytes) {
    compilation.error(text.offset, "the title of " + in_quotes(name) + " must have 1 to " +
                                       std::to_string(kMaxTitleBytes) + " bytes, not " +
                                       std::to_string(text.text.size()));
    return;
  }
  compilation.playbook.titles.push_back({name, language, text.text});
}

void read_title(Compilation& compilation, const Member& member) {
  const std::string what = "the title of " + in_quotes(member.key);
  if (!is_known(compilation.playbook, member.key)) {
    const bool is_context = compilation.playbook.context_numbers.contains(member.key);
    compilation.error(member.key_offset,
                      "no signal, trait, segment or score named " + in_quotes(member.key) +
                          (is_context ? "; did you mean " + in_quotes(std::string(kContextPrefix) + member.key) + "?"
                                      : did_you_mean(member.key, keys_of(compilation.playbook.names))));
    return;
  }
  const Node& title = member.value;
  if (title.kind == Node::Kind::kString) return add_title(compilation, member.key, {}, title);
  if (title.kind != Node::Kind::kObject || title.members.empty()) {
    compilation.error(title.offset, what +
                                        " must be a string or an object of strings by language, such as "
                                        "{\"ja\": ..., \"en\": ...}");
    return;
  }
  for (const Member& language : title.members) {
    const bool known = check_language(compilation, language.key, language.key_offset);
    if (expect(compilation, language.value, Node::Kind::kString, what) && known)
      add_title(compilation, member.key, language.key, language.value);
  }
}

}  // namespace

void read_titles(Compilation& compilation, const Node& root) {
  const Node* titles = get(compilation, root, "titles", Node::Kind::kObject, "titles");
  if (titles == nullptr) return;
  for (const Member& member : titles->members) read_title(compilation, member);
}

std::vector<Variant> notes_of(const Playbook& playbook) {
  std::vector<Variant> notes;
  const auto add = [&](std::string_view note, const std::vector<Field>& fields) {
    std::size_t names = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool is_new = i == 0 || fields[i - 1].key != fields[i].key;
      if (is_new && names++ % kTitlesPerNote == 0)
        notes.emplace_back().name = std::string(note) + std::to_string(names / kTitlesPerNote);
      notes.back().fields.push_back(fields[i]);
    }
  };
  add(kTitlesNote, playbook.titles);
  std::vector<Field> durations;
  for (const Signal& signal : playbook.signals) {
    if (signal.type == Type::kDuration || is_milliseconds(signal)) durations.push_back({signal.name, {}, "ms"});
  }
  add(kDurationsNote, durations);
  return notes;
}

}  // namespace omo::compiler
