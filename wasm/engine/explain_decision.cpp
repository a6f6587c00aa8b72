// SPDX-License-Identifier: Apache-2.0
// Why a slot shows what it shows, what a campaign needs, and where a journey stands.
#include <bit>

#include "engine/campaigns.h"
#include "engine/explain.h"
#include "engine/journeys.h"

namespace omo {
namespace {

constexpr ValueTag tag_of(bool on) { return on ? ValueTag::kTrue : ValueTag::kFalse; }

std::string_view campaign_name(const State& state, std::uint32_t campaign) {
  return campaign == kNone ? std::string_view{nullptr, 0} : state.program.name_of(Table::kCampaign, campaign);
}

std::string_view event_name(const State& state, std::uint32_t event) {
  return event == kNone ? std::string_view{nullptr, 0} : state.program.name_of(Table::kEvent, event);
}

/// A journey that shows the campaign.
std::string_view journey_of(const ProgramView& program, std::uint32_t campaign) {
  for (const JourneyRow& row : program.journeys()) {
    for (const StepRow& step : program.steps().subspan(row.first_step, row.step_count)) {
      if (step.campaign == campaign) return program.symbol(row.name);
    }
  }
  return {nullptr, 0};
}

/// The campaign of a group that is shown.
std::uint32_t shown_of_group(const State& state, std::uint32_t group) {
  for (std::uint32_t i = 0; i < state.program.slots().size(); ++i) {
    const std::uint32_t campaign = state.slots[i].campaign;
    if (campaign != kNone && state.program.campaigns()[campaign].group == group) return campaign;
  }
  return kNone;
}

}  // namespace

/// Null = there is none, or its score is unknown.
void Explainer::priority(std::uint32_t campaign) {
  const double value = campaign == kNone ? kLastPriority : campaign_priority(state_, program_.campaigns()[campaign]);
  write_value(writer_, value == kLastPriority ? null_value() : number_value(value));
}

void Explainer::slot(std::uint32_t slot) {
  for (std::uint32_t i = 0; i < program_.campaigns().size() && !full_; ++i) {
    const std::uint32_t index = state_.order[i];
    if (program_.campaigns()[index].slot != slot) continue;
    const std::uint32_t bits = state_.reasons[index];
    ExplainedRow row;
    row.kind = Explained::kCandidate;
    row.op = bits == 0 ? 0 : static_cast<std::uint32_t>(std::countr_zero(bits));
    row.name = campaign_name(state_, index);
    row.label = program_.campaigns()[index].label;
    row.state = tag_of(bits == 0);
    begin(row, 0);
    // Seen in this page view, it stays for it.
    write_value(writer_, state_.slots[slot].held == index ? bool_value(true) : null_value());
    priority(index);
    end();
  }
}

/// A need of a campaign. The number that it needs, and the one that there is, follow.
void Explainer::reason(Verdict verdict, bool met, ExplainedRow row) {
  row.kind = Explained::kReason;
  row.op = static_cast<std::uint32_t>(verdict);
  row.state = tag_of(met);
  begin(row, 0);
}

void Explainer::reason_of_usage(Verdict verdict, bool met, const Usage& usage, double window_ms) {
  ExplainedRow row;
  const double frees = usage.most > 0 && usage.used >= usage.most ? usage.leaves_at : 0;
  row.changes_at = usage.quiet_until > frees ? usage.quiet_until : frees;
  row.expires_at = usage.leaves_at;
  row.window_ms = window_ms;
  reason(verdict, met, row);
  number(usage.most);
  // Of what has a limit, none used is a number too.
  write_value(writer_, usage.most > 0 || usage.used > 0 ? number_value(usage.used) : null_value());
  end();
}

void Explainer::reason_of_share(Verdict verdict, bool met, std::uint32_t share) {
  if (share == 0) return;
  reason(verdict, met);
  numbers(share / 4294967296.0, 0);
}

void Explainer::campaign(std::uint32_t index) {
  const CampaignRow& campaign = program_.campaigns()[index];
  const DecisionRow& limits = program_.decision();
  // One that is held has no reasons against it, though its cap may be reached by now.
  const std::uint32_t bits = campaign_obstacles(state_, index) | state_.reasons[index];
  const auto met = [bits](Verdict verdict) { return (bits >> static_cast<std::uint32_t>(verdict) & 1) == 0; };
  ExplainedRow row;
  row.label = campaign.label;
  reason(Verdict::kConsent, met(Verdict::kConsent), row);
  numbers(0, 0);
  reason(Verdict::kAudience, met(Verdict::kAudience));
  numbers(0, 0);
  if (campaign.audience != kAlways) node(campaign.audience, 1);
  row = {};
  if (campaign.from_ms != 0 || campaign.until_ms != 0) {
    const double now = state_.outcome.time;
    row.changes_at = now < campaign.from_ms ? campaign.from_ms : now < campaign.until_ms ? campaign.until_ms : 0;
    reason(Verdict::kSchedule, met(Verdict::kSchedule), row);
    numbers(0, 0);
  }
  const Usage usage = campaign_usage(state_, index);
  if (campaign.quiet_ms > 0) {
    reason_of_usage(Verdict::kQuiet, met(Verdict::kQuiet), {0, 0, 0, usage.quiet_until}, campaign.quiet_ms);
  }
  if (campaign.cap > 0) {
    reason_of_usage(Verdict::kCap, met(Verdict::kCap), {usage.used, usage.most, usage.leaves_at, 0},
                    campaign.cap_within_ms);
  }
  if ((campaign.flags & kCampaignInJourney) != 0) {
    reason(Verdict::kJourney, met(Verdict::kJourney));
    text(journey_of(program_, index));
  }
  if (!met(Verdict::kSeed)) {
    reason(Verdict::kSeed, false);
    numbers(0, 0);
  }
  reason_of_share(Verdict::kHoldout, met(Verdict::kHoldout), campaign.holdout);
  reason_of_share(Verdict::kGlobalHoldout, met(Verdict::kGlobalHoldout), limits.holdout);
  if (campaign.group != kNone) {
    row = {};
    row.name = campaign_name(state_, shown_of_group(state_, campaign.group));
    reason(Verdict::kGroup, met(Verdict::kGroup), row);
    text(program_.symbol(campaign.group));
  }
  if ((campaign.flags & kCampaignExempt) == 0 && (limits.impressions > 0 || limits.quiet_ms > 0)) {
    reason_of_usage(Verdict::kFatigue, met(Verdict::kFatigue), fatigue_usage(state_), limits.within_ms);
  }
  // The slot comes last: who has it, and with which priority.
  const std::uint32_t shown = state_.slots[campaign.slot].campaign;
  row = {};
  row.name = campaign_name(state_, shown);
  reason(Verdict::kEligible, shown == kNone || shown == index, row);
  priority(shown);
  priority(index);
  end();
}

void Explainer::journey(std::uint32_t index) {
  const JourneyRow& journey = program_.journeys()[index];
  const JourneyState now = journey_state(state_, index);
  const bool runs = now.step != kNone;
  ExplainedRow row;
  row.kind = Explained::kStep;
  row.label = journey.label;
  row.state = tag_of(runs);
  row.changes_at = now.due;
  std::uint32_t event = kNone;
  if (runs) {
    const StepRow& step = program_.steps()[now.step];
    row.name = program_.symbol(step.name);
    event = step.event;
    row.expires_at = journey.timeout_ms > 0 ? now.started + journey.timeout_ms : 0;
  } else if (now.end != JourneyEnd::kNone) {
    row.op = static_cast<std::uint32_t>(ExplainedOp::kHasNot) + static_cast<std::uint32_t>(now.end);
  }
  begin(row, 0);
  const std::string_view waits_for = event_name(state_, event);
  write_value(writer_, waits_for.empty() ? null_value() : text_value(waits_for));
  number(now.since);
  end();
  if (!runs) return condition(Explained::kStart, journey.start, kNone);
  if (program_.steps()[now.step].node != kNone) node(program_.steps()[now.step].node, 1);
  if (journey.goal != kNone || journey.goal_event != kNone) {
    condition(Explained::kGoal, journey.goal, journey.goal_event);
  }
}

/// A condition of a journey, or an event in its place.
void Explainer::condition(Explained kind, std::uint32_t at, std::uint32_t event) {
  ExplainedRow row;
  row.kind = kind;
  row.state = tag_of(is_on(state_, at));
  begin(row, 0);
  text(event_name(state_, event));
  if (at != kNone || event == kNone) node(at, 1);
}

}  // namespace omo
