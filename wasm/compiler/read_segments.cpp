// SPDX-License-Identifier: Apache-2.0
// Segments and audiences: reading them, ordering them, lowering their conditions.
#include "compiler/conditions.h"
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

/// Puts every segment after the ones that it names. Depth-first without recursion: chains may be long.
class Ordering {
 public:
  explicit Ordering(Compilation& compilation)
      : compilation_(compilation), segments_(compilation.playbook.segments), state_(segments_.size(), State::kNew) {}

  std::vector<std::uint32_t> run() {
    for (std::uint32_t i = 0; i < segments_.size(); ++i) {
      if (state_[i] == State::kNew) visit(i);
    }
    return std::move(order_);
  }

 private:
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  struct Visit {
    std::uint32_t segment;
    std::vector<std::uint32_t> needs;
    std::size_t next = 0;
  };

  void enter(std::uint32_t segment) {
    state_[segment] = State::kOpen;
    stack_.push_back({segment, {}});
    if (segments_[segment].parsed)
      stack_.back().needs = segments_named(compilation_.playbook, segments_[segment].condition);
  }

  void visit(std::uint32_t first) {
    enter(first);
    while (!stack_.empty()) {
      Visit& top = stack_.back();
      if (top.next == top.needs.size()) {
        state_[top.segment] = State::kDone;
        order_.push_back(top.segment);
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
      inside = inside || open.segment == first;
      if (inside) path += segments_[open.segment].name + " -> ";
    }
    Segment& last = segments_[stack_.back().segment];
    compilation_.error(last.when->offset, "segment " + in_quotes(segments_[first].name) +
                                              " depends on itself: " + path + segments_[first].name);
    last.parsed = false;
  }

  Compilation& compilation_;
  std::vector<Segment>& segments_;
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
  for (std::uint32_t index : Ordering(compilation).run()) {
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
