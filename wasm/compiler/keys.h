// SPDX-License-Identifier: Apache-2.0
// The keys of every kind of object in a playbook: one place for the reader, the error texts and the test that keeps
// playbook.schema.json in step.
#pragma once
#include "compiler/compiler.h"

namespace omo::compiler {

extern const KeyTable kPlaybookKeys, kEventKeys, kTraitKeys, kContextKeys, kSignalKeys, kSegmentKeys, kScoreKeys,
    kSlotKeys, kCampaignKeys, kScheduleKeys, kCapKeys, kVariantKeys, kCouponKeys, kSessionKeys, kSyncKeys, kBannerKeys,
    kCouponCreativeKeys, kPriorityKeys, kFatigueKeys, kJourneyKeys, kStepKeys, kSequenceStepKeys, kRecommendationsKeys,
    kConsentKeys, kTcfKeys, kTcfCustomPurposesKeys, kGpcKeys, kDntKeys;

}  // namespace omo::compiler
