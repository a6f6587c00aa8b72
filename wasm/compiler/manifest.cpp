// SPDX-License-Identifier: Apache-2.0
// The manifest: what a playbook keeps on the device and what it can send, for people and for policies.
#include <algorithm>
#include <iterator>

#include "compiler/json_writer.h"
#include "compiler/playbook.h"
#include "compiler/timezones_generated.h"
#include "wire/vocabulary_tables.h"

namespace omo::compiler {
namespace {

constexpr std::string_view kOpNames[] = {"",    "count",   "sum",   "recency",  "last", "recent",   "min",
                                         "max", "average", "first", "distinct", "top",  "sequence", "rfm"};
static_assert(std::size(kOpNames) == static_cast<std::size_t>(SignalOp::kRfm) + 1);

class Manifest {
 public:
  explicit Manifest(const Playbook& playbook) : playbook_(playbook) {}

  std::string write(std::uint64_t program_hash) {
    json_.begin_object();
    json_.key("omotenashi").number(1).key("site").text(playbook_.site).key("program").text(hex_of(program_hash));
    json_.key("tzdata").text(kTzdataVersion);
    write_titles();
    write_consent();
    write_kept();
    write_used();
    write_sent();
    write_shown();
    json_.end_object();
    return json_.result() + "\n";
  }

 private:
  /// What things are called for people, by name and language; "" = every language.
  void write_titles() {
    json_.key("titles").begin_object();
    for (std::size_t i = 0; i < playbook_.titles.size(); ++i) {
      const Field& title = playbook_.titles[i];
      const bool is_first = i == 0 || playbook_.titles[i - 1].key != title.key;
      const bool is_last = i + 1 == playbook_.titles.size() || playbook_.titles[i + 1].key != title.key;
      if (is_first) json_.key(title.key).begin_object();
      json_.key(title.language).text(title.text);
      if (is_last) json_.end_object();
    }
    json_.end_object();
  }
  /// Who decides, and what signals of the browser deny.
  void write_consent() {
    const Consent& consent = playbook_.consent;
    const bool stated = consent.sources_stated;
    json_.key("consent").begin_object().key("sources").begin_array();
    for (std::size_t i = 0; i < std::size(kConsentSources); ++i) {
      const unsigned sources = (stated ? consent.sources : kConsentUnstated) | kConsentGpc;
      if ((sources >> i & 1) != 0) json_.text(kConsentSources[i]);
    }
    json_.end_array();
    if (stated && (consent.sources & kConsentAwaited) != 0)
      json_.key("wait_ms").number(static_cast<std::uint64_t>(consent.wait_ms));
    if (!consent.vendors.empty()) {
      json_.key("tcf_vendors").begin_array();
      for (const std::uint32_t vendor : consent.vendors) json_.number(vendor);
      json_.end_array();
    }
    if (consent.functional_purpose != 0) json_.key("tcf_functional_purpose").number(consent.functional_purpose);
    purposes(consent.gpc_also | purpose::kMarketing | purpose::kSharing, "gpc_denies");
    if ((consent.sources & kConsentDnt) != 0) purposes(consent.dnt, "dnt_denies");
    json_.end_object();
  }

  void purposes(std::uint8_t label, std::string_view key = "purposes") {
    json_.key(key).begin_array();
    for (std::size_t bit = 0; bit < kPurposeNames.size(); ++bit) {
      if ((label >> bit & 1) != 0) json_.text(kPurposeNames[bit]);
    }
    json_.end_array();
  }
  static std::uint8_t with(std::uint8_t label, std::uint8_t purpose) {
    return static_cast<std::uint8_t>(label | purpose);
  }

  /// What stays on the device, under the purposes that must all be granted: keeping itself needs `storage`.
  void write_kept() {
    json_.key("kept").begin_object();
    json_.key("bytes_at_most").number(state_bytes(playbook_));
    json_.key("unsent_events_bytes_at_most").number(playbook_.sync_events ? kQueueBytes : 0);
    json_.key("signals").begin_array();
    for (const Signal& signal : playbook_.signals) {
      if ((signal.flags & kSignalPage) != 0) continue;
      json_.begin_object()
          .key("name")
          .text(signal.name)
          .key("kind")
          .text(kOpNames[static_cast<std::size_t>(signal.op)]);
      json_.key("event").text(playbook_.events[signal.event].name);
      if (!signal.of.empty()) json_.key("of").text(signal.of);
      purposes(with(signal.label, purpose::kStorage));
      if (!signal.steps.empty()) write_steps(signal);
      if (signal.half_life_ms > 0) json_.key("half_life_ms").number(static_cast<std::uint64_t>(signal.half_life_ms));
      if ((signal.flags & kSignalSession) != 0) json_.key("within").text("session");
      json_.key("within_ms");
      if (signal.within_ms > 0) {
        json_.number(static_cast<std::uint64_t>(signal.within_ms));
      } else {
        json_.null();
      }
      if (signal.restore != kNone) json_.key("restored_from").text(playbook_.traits[signal.restore].name);
      json_.key("capacity").number(signal.capacity).key("bytes_at_most").number(state_bytes(signal)).end_object();
    }
    json_.end_array().key("traits").begin_array();
    for (const NamedValue& trait : playbook_.traits) {
      json_.begin_object().key("name").text(trait.name).key("type").text(wire_type_name(trait.type));
      purposes(with(trait.label, purpose::kStorage));
      json_.key("bytes_at_most").number(state_bytes(trait)).end_object();
    }
    json_.end_array().key("campaigns").begin_array();
    for (const Campaign& campaign : playbook_.campaigns) {
      json_.begin_object().key("name").text(campaign.name);
      json_.key("impression_times").number(kept_impressions(campaign)).key("dismissal_times").number(1);
      purposes(with(campaign.reads.label, purpose::kStorage));
      json_.key("bytes_at_most").number(state_bytes(campaign)).end_object();
    }
    json_.end_array().key("journeys").begin_array();
    for (const Journey& journey : playbook_.journeys) {
      json_.begin_object().key("name").text(journey.name);
      purposes(with(journey.reads.label, purpose::kStorage));
      json_.key("bytes_at_most").number(state_bytes(journey)).end_object();
    }
    json_.end_array().key("fatigue").begin_array();
    for (const std::uint8_t label : fatigue_labels(playbook_)) {
      json_.begin_object().key("impression_times").number(playbook_.decision.impressions);
      json_.key("dismissal_times").number(playbook_.decision.quiet_ms > 0 ? 1 : 0);
      purposes(with(label, purpose::kStorage));
      json_.key("bytes_at_most").number(state_bytes(playbook_.decision)).end_object();
    }
    json_.end_array();
    if (has_segment_events(playbook_)) write_told();
    json_.key("other").begin_array();
    other("random seed for the choice of variants and holdouts", purpose::kStorage);
    other("hashes of the transaction ids of the last purchases",
          with(event_label("purchase"), purpose::kStorage | purpose::kPersonalization));
    other("start and latest activity of the session, and a hash of the campaign tags that it began with",
          with(event_label("session_start"), purpose::kStorage));
    if (recommends() && playbook_.catalog.empty())
      other("items seen on pages: id, title, address, image, price, category of the last 64",
            with(purpose::kStorage, purpose::kPersonalization));
    if (playbook_.sync_events) {
      other("random stream id", with(purpose::kStorage, purpose::kMeasurement));
      other("unsent events", with(purpose::kStorage, purpose::kMeasurement));
    }
    json_.end_array().end_object();
  }

  void write_steps(const Signal& signal) {
    json_.key("steps").begin_array();
    for (const SequenceStep& step : signal.steps) {
      json_.begin_object().key(step.number == kWithoutStep ? "without" : "event");
      json_.text(playbook_.events[step.event].name).end_object();
    }
    json_.end_array();
  }

  /// Of each segment whether it was entered, so that a reload tells no entry twice.
  void write_told() {
    json_.key("entered_segments").begin_array();
    for (const Segment& segment : playbook_.segments) {
      json_.begin_object().key("segment").text(segment.name);
      purposes(with(segment.reads.label, purpose::kStorage));
      json_.end_object();
    }
    json_.end_array();
  }

  [[nodiscard]] bool recommends() const {
    for (const Campaign& campaign : playbook_.campaigns) {
      for (const Variant& variant : campaign.variants) {
        if (variant.type == "recommendations") return true;
      }
    }
    return false;
  }

  [[nodiscard]] std::uint8_t event_label(const char* name) const {
    return playbook_.events[playbook_.event_numbers.at(name)].label;
  }

  void other(std::string_view what, std::uint8_t label) {
    json_.begin_object().key("what").text(what);
    purposes(label);
    json_.end_object();
  }

  void write_used() {
    json_.key("used_but_not_kept").begin_object().key("context").begin_array();
    for (const NamedValue& value : playbook_.contexts) {
      json_.begin_object().key("name").text(value.name).key("type").text(wire_type_name(value.type));
      purposes(value.label);
      json_.end_object();
    }
    json_.end_array().key("signals").begin_array();
    for (const Signal& signal : playbook_.signals) {
      if ((signal.flags & kSignalPage) == 0) continue;
      json_.begin_object().key("name").text(signal.name).key("within").text("page");
      purposes(signal.label);
      json_.end_object();
    }
    json_.end_array().key("scores").begin_array();
    for (const Score& score : playbook_.scores) {
      json_.begin_object().key("name").text(score.name);
      purposes(score.reads.label);
      json_.key("grades").begin_array();
      for (const Grade& grade : score.grades) json_.text(grade.name);
      json_.end_array().key("exposed").boolean(score.exposed).end_object();
    }
    json_.end_array().end_object();
  }

  /// What needs all that must be granted before it leaves (wasm/wire/program.h, consent_to_send).
  [[nodiscard]] std::uint8_t sent_label(std::uint8_t label, bool audience) const {
    return with(label, purpose::kMeasurement | (playbook_.sync_exempt && !audience ? purpose::kStorage : 0));
  }

  /// What can leave the device: destination, fields and purposes. Sending itself needs `measurement`.
  void write_sent() {
    json_.key("sent").begin_object().key("mode").text(playbook_.sync_events ? "events" : "off");
    json_.key("destinations").begin_array();
    if (playbook_.sync_events) json_.text("collector");
    json_.end_array();
    if (playbook_.sync_events) json_.key("stream_id_lives_ms").number(static_cast<std::uint64_t>(playbook_.stream_ms));
    json_.key("envelope").begin_array();
    if (playbook_.sync_events) {
      for (std::string_view field : {"program", "stream", "sent", "consent", "page is leaving"}) json_.text(field);
    }
    json_.end_array().key("events").begin_array();
    for (const Event& event : playbook_.events) {
      if (!playbook_.sync_events || !event.used) continue;
      json_.begin_object().key("name").text(event.name).key("destination").text("collector");
      purposes(sent_label(event.label, event.audience));
      if (playbook_.sync_exempt && sent_label(event.label, event.audience) == purpose::kMeasurement)
        json_.key("without_consent").boolean(true);
      json_.key("fields").begin_array().text("sequence").text("time").end_array();
      json_.key("params").begin_array();
      for (const Param& param : event.params) {
        json_.begin_object().key("name").text(param.name).key("type").text(wire_type_name(param.type));
        json_.key("per_item").boolean(param.item).end_object();
      }
      json_.end_array().end_object();
    }
    json_.end_array().key("segment_memberships").begin_array();
    for (const Segment& segment : playbook_.segments) {
      if (!playbook_.sync_events) continue;
      json_.begin_object().key("segment").text(segment.name).key("destination").text("collector");
      purposes(sent_label(segment.reads.label, false));
      json_.end_object();
    }
    json_.end_array().end_object();
  }

  void write_shown() {
    json_.key("campaigns").begin_array();
    for (const Campaign& campaign : playbook_.campaigns) {
      json_.begin_object().key("name").text(campaign.name).key("slot").text(playbook_.slots[campaign.slot].name);
      purposes(campaign.reads.label);
      json_.key("variants").begin_array();
      for (const Variant& variant : campaign.variants) json_.text(variant.name);
      json_.end_array().end_object();
    }
    json_.end_array().key("slots").begin_array();
    for (const Slot& slot : playbook_.slots) {
      json_.begin_object().key("name").text(slot.name);
      if (!slot.height.empty()) json_.key("height").text(slot.height);
      json_.key("exposed").boolean(slot.exposed).end_object();
    }
    json_.end_array();
    if (!playbook_.catalog.empty()) json_.key("catalog").text(playbook_.catalog);
    json_.key("exposed_segments").begin_array();
    for (const Segment& segment : playbook_.segments) {
      if (segment.exposed) json_.text(segment.name);
    }
    json_.end_array().key("exposed_events").begin_array();
    for (const Event& event : playbook_.events) {
      if (event.exposed) json_.text(event.name);
    }
    json_.end_array();
  }

  const Playbook& playbook_;
  JsonWriter json_;
};

}  // namespace

std::string write_manifest(const Playbook& playbook, std::uint64_t program_hash) {
  return Manifest(playbook).write(program_hash);
}

}  // namespace omo::compiler
