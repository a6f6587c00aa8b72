// SPDX-License-Identifier: Apache-2.0
#include "compiler/keys.h"

namespace omo {
namespace compiler {

const KeyTable kPlaybookKeys = {
    "playbook",
    {"$schema",  "omotenashi", "site",    "default_language", "events",  "traits",  "context", "signals", "scores",
     "segments", "journeys",   "slots",   "campaigns",        "coupons", "surveys", "expose",  "session", "sync",
     "fatigue",  "holdout",    "catalog", "consent",          "titles"}};
const KeyTable kEventKeys = {"event", {"params", "items", "purposes"}};
const KeyTable kTraitKeys = {"trait", {"type", "purposes"}};
const KeyTable kContextKeys = {"contextValue", {"type", "purposes"}};
const KeyTable kSignalKeys = {
    "signal", {"count",   "sum",       "recency",   "last",     "recent", "min",     "max",     "average",
               "first",   "distinct",  "top",       "sequence", "rfm",    "of",      "where",   "within",
               "without", "half_life", "frequency", "monetary", "keep",   "restore", "purposes"}};
const KeyTable kSequenceStepKeys = {"sequence_step", {"event", "where"}};
const KeyTable kSegmentKeys = {"segment", {"when", "purposes"}};
const KeyTable kScoreKeys = {"score", {"value", "grades", "purposes"}};
const KeyTable kSlotKeys = {"slot", {"height"}};
const KeyTable kCampaignKeys = {
    "campaign",
    {"slot", "audience", "priority", "schedule", "cap", "holdout", "goal", "purposes", "variants", "group"}};
const KeyTable kScheduleKeys = {"schedule", {"from", "to", "timezone"}};
const KeyTable kCapKeys = {"cap", {"impressions", "within", "quiet_after_dismiss"}};
const KeyTable kVariantKeys = {"variant", {"weight", "creative"}};
const KeyTable kCouponKeys = {"coupon", {"campaign", "kind", "code"}};
const KeyTable kSessionKeys = {"session", {"idle", "max", "midnight", "new_campaign"}};
const KeyTable kSyncKeys = {"sync", {"mode", "exempt", "segments", "stream"}};
const KeyTable kBannerKeys = {"banner", {"type", "title", "body", "image", "alt", "href", "cta", "theme"}};
const KeyTable kCouponCreativeKeys = {"couponCreative", {"type", "title", "body", "code", "cta", "href", "theme"}};
const KeyTable kPriorityKeys = {"priority", {"score"}};
const KeyTable kFatigueKeys = {"fatigue", {"impressions", "within", "quiet_after_dismiss", "exempt"}};
const KeyTable kJourneyKeys = {"journey", {"start", "steps", "goal", "timeout", "restart", "purposes"}};
const KeyTable kStepKeys = {"step", {"name", "wait", "show", "until", "if", "then", "else", "timeout"}};
const KeyTable kRecommendationsKeys = {"recommendations",
                                       {"type", "from", "signal", "exclude", "in_stock", "count", "title", "theme"}};
const KeyTable kConsentKeys = {"consent", {"sources", "wait", "tcf", "gpc", "dnt"}};
const KeyTable kTcfKeys = {"tcf", {"custom_purposes", "vendors"}};
const KeyTable kTcfCustomPurposesKeys = {"tcfCustomPurposes", {"functional"}};
const KeyTable kGpcKeys = {"gpc", {"also_denies"}};
const KeyTable kDntKeys = {"dnt", {"denies"}};

}  // namespace compiler

const std::vector<const KeyTable*>& key_tables() {
  using namespace compiler;
  static const std::vector<const KeyTable*> tables = {&kPlaybookKeys,
                                                      &kEventKeys,
                                                      &kTraitKeys,
                                                      &kContextKeys,
                                                      &kSignalKeys,
                                                      &kSegmentKeys,
                                                      &kScoreKeys,
                                                      &kSlotKeys,
                                                      &kCampaignKeys,
                                                      &kScheduleKeys,
                                                      &kCapKeys,
                                                      &kVariantKeys,
                                                      &kCouponKeys,
                                                      &kSessionKeys,
                                                      &kSyncKeys,
                                                      &kBannerKeys,
                                                      &kCouponCreativeKeys,
                                                      &kPriorityKeys,
                                                      &kFatigueKeys,
                                                      &kJourneyKeys,
                                                      &kStepKeys,
                                                      &kSequenceStepKeys,
                                                      &kRecommendationsKeys,
                                                      &kConsentKeys,
                                                      &kTcfKeys,
                                                      &kTcfCustomPurposesKeys,
                                                      &kGpcKeys,
                                                      &kDntKeys};
  return tables;
}

}  // namespace omo
