// SPDX-License-Identifier: Apache-2.0
// playbook.omo.map (wire/map.md): the texts and positions that no program has.
#include <algorithm>
#include <map>

#include "compiler/json_writer.h"
#include "compiler/playbook.h"
#include "compiler/read.h"

namespace omo::compiler {
namespace {

class MapWriter {
 public:
  explicit MapWriter(const Compilation& compilation) : compilation_(compilation), playbook_(compilation.playbook) {
    for (const Place& place : compilation.places) {
      if (place.end > place.begin && place.end <= place.text->text.size()) parts_[place.text].push_back(&place);
    }
  }

  std::string run(std::string_view file, std::uint64_t program_hash) {
    // The first pass finds the places, the second one knows their lines.
    for (int pass = 0; pass < 2; ++pass) {
      if (pass == 1) find_positions();
      json_ = {};
      write(file, program_hash);
    }
    return json_.result() + "\n";
  }

 private:
  void write(std::string_view file, std::uint64_t program_hash) {
    json_.begin_object().key("version").number(1);
    json_.key("program").text(hex_of(program_hash)).key("file").text(file);
    json_.key("signals").begin_object();
    for (const Signal& signal : playbook_.signals) {
      begin(signal.name, signal.offset);
      if (signal.where_text != nullptr) expression("where", signal.where_text);
      json_.end_object();
    }
    json_.end_object().key("scores").begin_object();
    for (const Score& score : playbook_.scores) expression(score.name, score.text);
    json_.end_object().key("segments").begin_object();
    for (const Segment& segment : playbook_.segments) expression(segment.name, segment.when);
    json_.end_object().key("campaigns").begin_object();
    for (const Campaign& campaign : playbook_.campaigns) {
      begin(campaign.name, campaign.offset);
      if (campaign.audience_text != nullptr) expression("audience", campaign.audience_text);
      json_.end_object();
    }
    json_.end_object().key("journeys").begin_object();
    for (const Journey& journey : playbook_.journeys) write_journey(journey);
    json_.end_object().end_object();
  }

  void write_journey(const Journey& journey) {
    begin(journey.name, journey.offset);
    if (journey.start.text != nullptr) expression("start", journey.start.text);
    if (journey.goal.text != nullptr) expression("goal", journey.goal.text);
    json_.key("steps").begin_object();
    for (const Step& step : journey.steps) {
      begin(step.name, step.offset);
      if (step.trigger.text != nullptr) expression("until", step.trigger.text);
      json_.end_object();
    }
    json_.end_object().end_object();
  }

  JsonWriter& begin(std::string_view name, std::uint32_t offset) {
    json_.key(name).begin_object();
    return position(offset);
  }

  JsonWriter& position(std::uint32_t offset) {
    const Reporter::Position at = positions_[offset];
    return json_.key("line").number(at.line).key("column").number(at.column);
  }

  void expression(std::string_view name, const Node* text) {
    json_.key(name).begin_object().key("text").text(text->text);
    position(compilation_.offset_in(*text, 0));
    const auto found = parts_.find(text);
    if (found != parts_.end()) write_parts(found->second);
    json_.end_object();
  }

  [[nodiscard]] std::uint32_t number_of(Network::Id id) const {
    return id < compilation_.node_numbers.size() ? compilation_.node_numbers[id] : kNone;
  }

  void write_parts(const std::vector<const Place*>& places) {
    json_.key("parts").begin_array();
    for (const Place* place : places) {
      const std::uint32_t node = number_of(place->condition.positive);
      const std::uint32_t negation = number_of(place->condition.negative);
      if (node >= kAlways && negation >= kAlways) continue;
      json_.begin_object();
      if (node < kAlways) json_.key("node").number(node);
      if (negation < kAlways) json_.key("negation").number(negation);
      json_.key("text").text(std::string_view(place->text->text).substr(place->begin, place->end - place->begin));
      position(compilation_.offset_in(*place->text, place->begin));
      json_.end_object();
    }
    json_.end_array();
  }

  void find_positions() {
    std::vector<std::uint32_t> offsets;
    for (const auto& [offset, position] : positions_) offsets.push_back(offset);
    const std::vector<Reporter::Position> found = compilation_.reporter.positions(offsets);
    for (std::size_t i = 0; i < offsets.size(); ++i) positions_[offsets[i]] = found[i];
  }

  const Compilation& compilation_;
  const Playbook& playbook_;
  JsonWriter json_;
  std::map<const Node*, std::vector<const Place*>> parts_;
  std::map<std::uint32_t, Reporter::Position> positions_;  ///< by offset in the source
};

}  // namespace

std::string write_map(const Compilation& compilation, std::string_view file, std::uint64_t program_hash) {
  return MapWriter(compilation).run(file, program_hash);
}

}  // namespace omo::compiler
