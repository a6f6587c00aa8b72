// SPDX-License-Identifier: Apache-2.0
// Segments and audiences: reading them, ordering them, lowering their conditions.
#include "compiler/conditions.h"
#include "compiler/formulas.h"
#include "compiler/read.h"

namespace omo::compiler {
namespace {

void parse_condition(Compilation& compilation, const Node& text, Expression& expression, bool& parsed) {
  if (const std::optional<ExpressionError> error = parse_expression(text.text, expression)) {
    compilation.error(compilation.offset_in(text, error->at), error->message);
    return;
  }
  parsed = true;
}

void read_segment(Compilation& compilation, const Member& member, Segment& segment) {
  const std::string what = "segment " + in_quotes(member.key);
  const Node* when = &member.value;
  if (member.value.kind == Node::Kind::kObject) {
    if (!expect_object(compilation, member.value, kSegmentKeys, what)) return;
    if (member.value.find("when") == nullptr)
      compilation.error(member.value.offset, what + " needs \"when\": its condition");
    when = get(compilation, member.value, "when", Node::Kind::kString, "when of " + what);
    if (const Member* purposes = member.value.find("purposes")) {
      segment.stated_label = read_purposes(compilation, purposes->value, "purposes of " + what);
      segment.purposes_offset = purposes->value.offset;
    }
  } else if (member.value.kind != Node::Kind::kString) {
    compilation.error(member.value.offset, what + " must be a condition (a string) or an object, not " +
                                               std::string(kind_name(member.value.kind)));
    return;
  }
  if (when == nullptr) return;
  segment.when = when;
  parse_condition(compilation, *when, segment.condition, segment.parsed);
}

void lower_score(Compilation& compilation, Score& score) {
  if (score.parsed) {
    score.formula = make_number_formula(compilation, *score.text, score.expression, score.reads).value_or(kNone);
    sort_reads(score.reads);
  }
  score.reads.label = static_cast<std::uint8_t>(score.reads.label | score.stated_label.value_or(0));
}

/// Puts every segment and score after the ones that it names; a score's number follows those of the segments.
/// Depth-first without recursion: chains may be long.
class Ordering {
 public:
  explicit Ordering(Compilation& compilation)
      : compilation_(compilation),
        segments_(compilation.playbook.segments),
        scores_(compilation.playbook.scores),
        state_(segments_.size() + scores_.size(), State::kNew) {}

  std::vector<std::uint32_t> run() {
    for (std::uint32_t i = 0; i < state_.size(); ++i) {
      if (state_[i] == State::kNew) visit(i);
    }
    return std::move(order_);
  }

 private:
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  struct Visit {
    std::uint32_t part;
    std::vector<std::uint32_t> needs;
    std::size_t next = 0;
  };

  [[nodiscard]] bool is_score(std::uint32_t part) const { return part >= segments_.size(); }
  Score& score(std::uint32_t part) { return scores_[part - segments_.size()]; }
  const std::string& name(std::uint32_t part) { return is_score(part) ? score(part).name : segments_[part].name; }

  void enter(std::uint32_t part) {
    state_[part] = State::kOpen;
    stack_.push_back({part, {}});
    if (is_score(part) ? score(part).parsed : segments_[part].parsed) {
      stack_.back().needs =
          parts_named(compilation_.playbook, is_score(part) ? score(part).expression : segments_[part].condition);
    }
  }

  void visit(std::uint32_t first) {
    enter(first);
    while (!stack_.empty()) {
      Visit& top = stack_.back();
      if (top.next == top.needs.size()) {
        state_[top.part] = State::kDone;
        order_.push_back(top.part);
        stack_.pop_back();
        continue;
      }
      const std::uint32_t needed = top.needs[top.next++];
      if (state_[needed] == State::kOpen) {
        report_circle(needed);
      } else if (state_[needed] == State::kNew) {
        enter(needed);
      }
    }
  }

  void report_circle(std::uint32_t first) {
    std::string path;
    bool inside = false;
    for (const Visit& open : stack_) {
      inside = inside || open.part == first;
      if (inside) path += name(open.part) + " -> ";
    }
    const std::uint32_t last = stack_.back().part;
    const Node* text = is_score(last) ? score(last).text : segments_[last].when;
    compilation_.error(text->offset, std::string(is_score(first) ? "score " : "segment ") + in_quotes(name(first)) +
                                         " depends on itself: " + path + name(first));
    (is_score(last) ? score(last).parsed : segments_[last].parsed) = false;
  }

  Compilation& compilation_;
  std::vector<Segment>& segments_;
  std::vector<Score>& scores_;
  std::vector<State> state_;
  std::vector<Visit> stack_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

void read_segments(Compilation& compilation, const Node& root) {
  Playbook& playbook = compilation.playbook;
  const Node* segments = get(compilation, root, "segments", Node::Kind::kObject, "segments");
  if (segments == nullptr ||
      !check_count(compilation, *segments, segments->members.size(), kMaxSegments, "max_segments"))
    return;
  playbook.segments.reserve(segments->members.size());
  for (const Member& member : segments->members) {
    const bool named = check_identifier(compilation, member.key, member.key_offset, "a segment") &&
                       add_name(compilation, member.key, member.key_offset, Playbook::NameKind::kSegment,
                                static_cast<std::uint32_t>(playbook.segments.size()));
    Segment segment;
    segment.name = member.key;
    segment.offset = member.key_offset;
    read_segment(compilation, member, segment);
    if (named) playbook.segments.push_back(std::move(segment));
  }
}

void lower_segments(Compilation& compilation) {
  const std::size_t segments = compilation.playbook.segments.size();
  for (std::uint32_t index : Ordering(compilation).run()) {
    if (index >= segments) {
      lower_score(compilation, compilation.playbook.scores[index - segments]);
      continue;
    }
    Segment& segment = compilation.playbook.segments[index];
    if (segment.parsed) {
      const std::optional<Condition> lowered =
          lower_condition(compilation, *segment.when, segment.condition, segment.reads);
      if (lowered) segment.lowered = *lowered;
    }
    segment.reads.label = static_cast<std::uint8_t>(segment.reads.label | segment.stated_label.value_or(0));
  }
}

void lower_audiences(Compilation& compilation) {
  for (Campaign& campaign : compilation.playbook.campaigns) {
    if (campaign.audience_text != nullptr) {
      parse_condition(compilation, *campaign.audience_text, campaign.audience, campaign.parsed);
    }
    if (campaign.parsed) {
      const std::optional<Condition> lowered =
          lower_condition(compilation, *campaign.audience_text, campaign.audience, campaign.reads);
      if (lowered) campaign.node = lowered->positive;
    }
    if (campaign.score != kNone) {
      campaign.reads.scores.push_back(campaign.score);
      campaign.reads.label =
          static_cast<std::uint8_t>(campaign.reads.label | compilation.playbook.scores[campaign.score].reads.label);
    }
    // What a creative reads, the decision for it rests on.
    for (const Variant& variant : campaign.variants) {
      for (std::uint32_t index : variant.signals) {
        campaign.reads.signals.push_back(index);
        campaign.reads.label =
            static_cast<std::uint8_t>(campaign.reads.label | compilation.playbook.signals[index].label);
      }
    }
    campaign.reads.label = static_cast<std::uint8_t>(campaign.reads.label | campaign.stated_label.value_or(0));
  }
}

}  // namespace omo::compiler
