// SPDX-License-Identifier: Apache-2.0
#include "cli/replay.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "cli/replay_input.h"
#include "wire/vocabulary_tables.h"

namespace omo {
namespace {

class Replay {
 public:
  Replay(Engine& engine, const ReplayOutput& output)
      : engine_(engine),
        output_(output),
        segments_(engine.program().segments().size(), false),
        scores_(engine.program().scores().size(), null_value()),
        decisions_(engine.program().slots().size(), kNone) {}

  /// Throws std::invalid_argument where the line cannot be understood.
  void take(const nlohmann::json& line, std::size_t number) {
    const bool seed = line.is_object() && line.contains("seed");
    if (!begun_) {
      if (seed) seed_ = read_seed(line["seed"]);
      apply(seed_record(seed_), 0);
      begun_ = true;
      if (seed) return;
    }
    if (seed) throw std::invalid_argument("\"seed\" can be in the first line only");
    const std::vector<std::uint8_t> record = input_record(line);
    ByteReader reader(Bytes(record).subspan(1));
    if (output_.until_ms > 0 && reader.u48() >= output_.until_ms) return;
    apply(record, number);
    report();
  }

  void finish() {
    if (output_.until_ms > 0) take({{"time", output_.until_ms - 1}, {"type", "tick"}}, 0);
    if (output_.done) output_.done(engine_);
  }

 private:
  void apply(const std::vector<std::uint8_t>& record, std::size_t number) {
    const Status status = engine_.apply(record);
    const auto detail = static_cast<Status>(engine_.outcome().detail);
    for (Status problem : {status, detail}) {
      if (problem != Status::kOk && number != 0) output_.ignored(number, std::string(status_text(problem)));
    }
    if ((engine_.outcome().flags & outcome::kNeedsSeed) != 0) apply(seed_record(seed_), 0);
  }

  void report() {
    const ProgramView& program = engine_.program();
    nlohmann::ordered_json segments = nlohmann::ordered_json::object();
    nlohmann::ordered_json decisions = nlohmann::ordered_json::object();
    for (std::uint32_t i = 0; i < segments_.size(); ++i) {
      const bool on = engine_.segment(i) == Truth::kOn;
      if (on != segments_[i]) segments[std::string(program.symbol(program.segments()[i].name))] = on;
      segments_[i] = on;
    }
    nlohmann::ordered_json scores = nlohmann::ordered_json::object();
    for (std::uint32_t i = 0; i < scores_.size(); ++i) {
      const Value score = engine_.score(i);
      if (score.tag != scores_[i].tag || score.number != scores_[i].number) {
        scores[std::string(program.name_of(Table::kScore, i))] = number(score);
      }
      scores_[i] = score;
    }
    for (std::uint32_t i = 0; i < decisions_.size(); ++i) {
      const std::uint32_t variant = engine_.decision(i);
      if (variant != decisions_[i]) decisions[std::string(program.symbol(program.slots()[i].name))] = decision(variant);
      decisions_[i] = variant;
    }
    if (!output_.changed || (segments.empty() && scores.empty() && decisions.empty())) return;
    nlohmann::ordered_json line;
    line["time"] = static_cast<std::uint64_t>(engine_.outcome().time);
    line["segments"] = std::move(segments);
    line["scores"] = std::move(scores);
    line["decisions"] = std::move(decisions);
    output_.changed(line.dump());
  }

  /// As JavaScript writes a number: whole ones without a point.
  static nlohmann::ordered_json number(const Value& value) {
    constexpr double kExact = 9007199254740992.0;
    if (value.is_null()) return nullptr;
    const bool is_whole = value.number > -kExact && value.number < kExact &&
                          static_cast<double>(static_cast<std::int64_t>(value.number)) == value.number;
    if (is_whole) return static_cast<std::int64_t>(value.number);
    return value.number;
  }

  [[nodiscard]] nlohmann::ordered_json decision(std::uint32_t variant) const {
    if (variant == kNone) return nullptr;
    const ProgramView& program = engine_.program();
    const CampaignRow& campaign = program.campaigns()[engine_.campaign_of(variant)];
    nlohmann::ordered_json result;
    result["campaign"] = program.symbol(campaign.name);
    result["variant"] = program.symbol(program.variants()[variant].name);
    return result;
  }

  Engine& engine_;
  const ReplayOutput& output_;
  std::array<std::uint8_t, 16> seed_{};
  bool begun_ = false;
  std::vector<bool> segments_;
  std::vector<Value> scores_;
  std::vector<std::uint32_t> decisions_;
};

ReplayResult run(Engine& engine, std::string_view inputs, const ReplayOutput& output) {
  Replay replay(engine, output);
  for (std::size_t number = 1; !inputs.empty(); ++number) {
    const std::size_t end = std::min(inputs.find('\n'), inputs.size());
    const std::string_view text = inputs.substr(0, end);
    inputs.remove_prefix(std::min(end + 1, inputs.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      replay.take(nlohmann::json::parse(text), number);
    } catch (const nlohmann::json::exception& problem) {
      return {false, number, std::string("this is not JSON: ") + problem.what()};
    } catch (const std::invalid_argument& problem) {
      return {false, number, problem.what()};
    }
  }
  replay.finish();
  return {};
}

}  // namespace

ReplayResult replay(Bytes program, std::string_view inputs, const ReplayOutput& output) {
  // The engine reads in place and wants 8-byte alignment, whatever the caller has.
  std::vector<std::uint64_t> aligned((program.size() + 7) / 8);
  std::memcpy(aligned.data(), program.data(), program.size());
  const Bytes bytes(reinterpret_cast<const std::uint8_t*>(aligned.data()), program.size());
  ProgramView view;
  Status status = view.open(bytes);
  Engine engine;
  std::vector<std::uint64_t> memory;
  if (status == Status::kOk) {
    memory.resize((Engine::memory_needed(view) + 7) / 8);
    status = engine.load_program(bytes, {reinterpret_cast<std::uint8_t*>(memory.data()), memory.size() * 8});
  }
  if (status != Status::kOk) return {false, 0, std::string(status_text(status))};
  return run(engine, inputs, output);
}

}  // namespace omo
