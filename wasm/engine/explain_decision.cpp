// SPDX-License-Identifier: Apache-2.0
// Why a slot shows what it shows, what a campaign needs, and where a journey stands.
#include <bit>

#include "engine/campaigns.h"
#include "engine/explain.h"
#include "engine/journeys.h"
#include "engine/timers.h"

namespace omo {
namespace {

/// A journey that shows the campaign.
std::string_view journey_of(const ProgramView& program, std::uint32_t campaign) {
  for (const JourneyRow& row : program.journeys()) {
    for (const StepRow& step : program.steps().subspan(row.first_step, row.step_count)) {
      if (step.campaign == campaign) return program.symbol(row.name);
    }
  }
  return {nullptr, 0};
}

}  // namespace

/// Null = there is none, or its score is unknown.
[[gnu::noinline]] Value Explainer::priority(std::uint32_t campaign) const {
  const double value = campaign == kNone ? kLastPriority : campaign_priority(state_, program_.campaigns()[campaign]);
  return value == kLastPriority ? null_value() : number_value(value);
}

std::string_view Explainer::campaign_name(std::uint32_t campaign) const {
  return program_.name_of(Table::kCampaign, campaign);
}

void Explainer::slot(std::uint32_t slot) {
  for (std::uint32_t i = 0; i < program_.campaigns().size() && !full_; ++i) {
    const std::uint32_t index = state_.order[i];
    if (program_.campaigns()[index].slot != slot) continue;
    const std::uint32_t bits = state_.reasons[index];
    set(RowField::kOp, bits == 0 ? 0 : std::countr_zero(bits));
    set(RowField::kLabel, program_.campaigns()[index].label);
    row_.name = campaign_name(index);
    row_.state = tag_of(bits == 0);
    // Seen in this page view, it stays for it.
    if (state_.slots[slot].held == index) row_.need = bool_value(true);
    row_.value = priority(index);
    put(Explained::kCandidate, 0);
  }
}

/// A need of a campaign.
[[gnu::noinline]] void Explainer::reason(Verdict verdict, bool met) {
  set(RowField::kOp, static_cast<double>(verdict));
  row_.state = tag_of(met && (bits_ >> static_cast<std::uint32_t>(verdict) & 1) == 0);
  put(Explained::kReason, 0);
}

/// One that depends on impressions, on a dismissal, or on both.
[[gnu::noinline]] void Explainer::reason_of_usage(Verdict verdict, const Usage& usage, double window_ms) {
  const double frees = usage.most > 0 && usage.used >= usage.most ? usage.leaves_at : 0;
  set(RowField::kChangesAt, usage.quiet_until > frees ? usage.quiet_until : frees);
  set(RowField::kExpiresAt, usage.leaves_at);
  set(RowField::kWindowMs, window_ms);
  if (usage.most > 0) {
    row_.need = number_value(usage.most);
    row_.value = number_value(usage.used);
  }
  reason(verdict, true);
}

void Explainer::campaign(std::uint32_t index) {
  const CampaignRow& campaign = program_.campaigns()[index];
  const DecisionRow& limits = program_.decision();
  // One that is held has no reasons against it, though its cap may be reached by now.
  bits_ = campaign_obstacles(state_, index) | state_.reasons[index];
  set(RowField::kLabel, campaign.label);
  reason(Verdict::kConsent, true);
  reason(Verdict::kAudience, true);
  if (campaign.audience != kAlways) node(campaign.audience, 1);
  if (campaign.from_ms != 0 || campaign.until_ms != 0) {
    double when = 0;
    note_due(state_, when, campaign.from_ms);
    note_due(state_, when, campaign.until_ms);
    set(RowField::kChangesAt, when);
    reason(Verdict::kSchedule, true);
  }
  const Usage usage = campaign_usage(state_, index);
  if (campaign.quiet_ms > 0) {
    reason_of_usage(Verdict::kQuiet, {0, 0, 0, usage.quiet_until}, campaign.quiet_ms);
  }
  if (campaign.cap > 0) {
    reason_of_usage(Verdict::kCap, {usage.used, usage.most, usage.leaves_at, 0}, campaign.cap_within_ms);
  }
  if ((campaign.flags & kCampaignInJourney) != 0) {
    row_.need = text_value(journey_of(program_, index));
    reason(Verdict::kJourney, true);
  }
  if ((bits_ >> static_cast<std::uint32_t>(Verdict::kSeed) & 1) != 0) reason(Verdict::kSeed, false);
  for (const Verdict verdict : {Verdict::kHoldout, Verdict::kGlobalHoldout}) {
    const std::uint32_t share = verdict == Verdict::kHoldout ? campaign.holdout : limits.holdout;
    if (share == 0) continue;
    row_.need = number_value(share / 4294967296.0);
    reason(verdict, true);
  }
  if (campaign.group != kNone) {
    for (std::uint32_t i = 0; i < program_.slots().size(); ++i) {
      const std::uint32_t shown = state_.slots[i].campaign;
      if (shown != kNone && program_.campaigns()[shown].group == campaign.group) row_.name = campaign_name(shown);
    }
    row_.need = text_value(program_.symbol(campaign.group));
    reason(Verdict::kGroup, true);
  }
  if ((campaign.flags & kCampaignExempt) == 0 && (limits.impressions > 0 || limits.quiet_ms > 0)) {
    reason_of_usage(Verdict::kFatigue, fatigue_usage(state_), limits.within_ms);
  }
  // The slot comes last: who has it, and with which priority.
  const std::uint32_t shown = state_.slots[campaign.slot].campaign;
  row_.name = campaign_name(shown);
  row_.need = priority(shown);
  row_.value = priority(index);
  reason(Verdict::kEligible, shown == kNone || shown == index);
}

void Explainer::journey(std::uint32_t index) {
  const JourneyRow& journey = program_.journeys()[index];
  const JourneyState now = journey_state(state_, index);
  const bool runs = now.step != kNone;
  row_.state = tag_of(runs);
  row_.value = now.since == 0 ? null_value() : number_value(now.since);
  set(RowField::kLabel, journey.label);
  set(RowField::kChangesAt, now.due);
  if (now.end != JourneyEnd::kNone) {
    set(RowField::kOp, static_cast<double>(ExplainedOp::kHasNot) + static_cast<double>(now.end));
  }
  std::uint32_t waits_for = kNone;
  if (runs) {
    const StepRow& step = program_.steps()[now.step];
    row_.name = program_.symbol(step.name);
    if (step.event != kNone) row_.need = text_value(program_.name_of(Table::kEvent, step.event));
    if (journey.timeout_ms > 0) set(RowField::kExpiresAt, now.started + journey.timeout_ms);
    waits_for = step.node;
  }
  put(Explained::kStep, 0);
  if (!runs) return condition(Explained::kStart, journey.start, kNone);
  if (waits_for != kNone) node(waits_for, 1);
  if (journey.goal != kNone || journey.goal_event != kNone) {
    condition(Explained::kGoal, journey.goal, journey.goal_event);
  }
}

/// A condition of a journey, or an event in its place.
void Explainer::condition(Explained kind, std::uint32_t at, std::uint32_t event) {
  row_.state = tag_of(is_on(state_, at));
  if (event != kNone) row_.need = text_value(program_.name_of(Table::kEvent, event));
  put(kind, 0);
  if (at != kNone || event == kNone) node(at, 1);
}

}  // namespace omo
