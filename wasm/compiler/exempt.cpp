// SPDX-License-Identifier: Apache-2.0
// Audience measurement that needs no consent: what it may not go together with (docs/consent.md). It is measurement for
// the site's own statistics and nothing else, so nothing may act on it, and nobody hears of it.
#include "compiler/playbook.h"
#include "wire/vocabulary_tables.h"

namespace omo::compiler {
namespace {

/// Would this act on people who have agreed to nothing?
void check_label(Compilation& compilation, std::string_view kind, const std::string& name, std::uint8_t label,
                 std::uint32_t offset) {
  if (label != purpose::kMeasurement) return;
  compilation.error(offset, std::string(kind) + " " + in_quotes(name) +
                                " needs measurement alone, which \"exempt\" of sync grants without consent, for "
                                "statistics only: state a further purpose");
}

}  // namespace

void check_exempt(Compilation& compilation) {
  const Playbook& playbook = compilation.playbook;
  if (!playbook.sync_exempt) return;
  if (!playbook.sync_events) {
    compilation.error(playbook.exempt_offset, "exempt has no meaning where nothing is sent: leave it or the mode out");
  }
  if ((playbook.consent.sources & kConsentAwaited) != 0) {
    compilation.error(playbook.exempt_offset,
                      "exempt does not go with tcf, gpp or consent_mode in sources: until they speak, all is denied");
  }
  for (const Campaign& campaign : playbook.campaigns) {
    check_label(compilation, "campaign", campaign.name, campaign.reads.label, campaign.offset);
  }
  for (const Segment& segment : playbook.segments) {
    if (segment.exposed) {
      check_label(compilation, "exposed segment", segment.name, segment.reads.label, segment.offset);
    }
  }
  for (const Score& score : playbook.scores) {
    if (score.exposed) check_label(compilation, "exposed score", score.name, score.reads.label, score.offset);
  }
  for (const Event& event : playbook.events) {
    if (event.exposed) {
      check_label(compilation, "exposed event", event.name, event.label, playbook.exempt_offset);
    }
  }
}

}  // namespace omo::compiler
