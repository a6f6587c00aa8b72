// SPDX-License-Identifier: Apache-2.0
// What the collector's tests share: a compiled playbook, batches as values, and a folder that goes away.
#pragma once
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/compiler.h"
#include "store/program_library.h"
#include "store/store.h"
#include "wire/batch_decode.h"

namespace omo::collector::test {

inline constexpr std::string_view kPlaybook = R"json({
  "omotenashi": 1, "site": "test", "default_language": "en",
  "events": { "quiz_done": { "purposes": ["marketing"] } },
  "signals": { "views": { "count": "page_view", "within": "7d" },
               "carts": { "count": "add_to_cart", "within": "7d", "purposes": ["personalization"] } },
  "segments": { "reader": "views >= 2", "buyer": "carts >= 1" },
  "campaigns": {
    "welcome": { "slot": "hero", "audience": "reader", "goal": "purchase",
      "variants": { "warm": { "creative": { "type": "banner", "title": "Hello" } },
                    "plain": { "creative": { "type": "banner", "title": "Hi" } } } },
    "care": { "slot": "cart", "audience": "buyer", "goal": "sign_up",
      "variants": { "only": { "creative": { "type": "banner", "title": "Thanks" } } } } }
})json";

/// Pseudo-random numbers of 32 bits; the tests print the seed where they fail.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t operator()() { return static_cast<std::uint32_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "omo-collector-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::vector<std::uint8_t> compile_playbook(std::string_view source = kPlaybook) {
  Compiled compiled = compile(source, CompileOptions{});
  for (const Diagnostic& diagnostic : compiled.diagnostics) {
    if (!compiled.ok()) throw std::runtime_error("the test's playbook: " + diagnostic.message);
  }
  return std::move(compiled.program);
}

/// The playbook above, open.
inline const OpenProgram& program() {
  static const OpenProgram open(compile_playbook(), "the test's playbook");
  return open;
}

inline constexpr std::uint64_t kSent = 1'800'000'000'000;

struct Param {
  std::string_view name;
  std::string text;
  double number = 0;
};

inline DecodedEvent event(std::uint32_t sequence, std::string_view name, std::vector<Param> params,
                          std::uint64_t time_ms = kSent, const ProgramView& view = program().view()) {
  DecodedEvent made{sequence, view.find_event(view.find_symbol(name)), time_ms, 0, {}};
  if (made.event == kNone) throw std::runtime_error("the test's playbook has no event " + std::string(name));
  const EventRow& row = view.events()[made.event];
  for (std::uint32_t at = row.first_param; at < row.first_param + row.param_count; ++at) {
    for (const Param& param : params) {
      if (view.symbol(view.params()[at].name) == param.name)
        made.params.push_back({at, kNone, param.number, param.text});
    }
  }
  return made;
}

inline DecodedEvent page_view(std::uint32_t sequence, std::string path, std::uint64_t time_ms = kSent) {
  return event(sequence, "page_view", {{"page_path", std::move(path)}}, time_ms);
}
inline DecodedEvent engagement(std::uint32_t sequence, std::string path, double ms) {
  return event(sequence, "user_engagement", {{"page_path", std::move(path)}, {"engagement_time_msec", "", ms}});
}
inline DecodedEvent promotion(std::uint32_t sequence, std::string_view name, std::string campaign, std::string variant,
                              std::uint64_t time_ms = kSent) {
  return event(sequence, name, {{"promotion_id", std::move(campaign)}, {"creative_name", std::move(variant)}}, time_ms);
}
inline DecodedEvent purchase(std::uint32_t sequence, std::string id, std::uint64_t time_ms = kSent) {
  return event(sequence, "purchase", {{"transaction_id", std::move(id)}}, time_ms);
}

inline DecodedBatch batch(std::uint64_t stream, std::vector<DecodedEvent> events) {
  DecodedBatch made;
  made.header = {program().view().short_hash(), stream, kSent, purpose::kAll, 0};
  made.events = std::move(events);
  return made;
}

inline std::vector<std::uint8_t> encode(const DecodedBatch& decoded, const ProgramView& view = program().view()) {
  std::vector<std::uint8_t> bytes;
  const Status status = encode_batch(decoded, view, bytes);
  if (status != Status::kOk) throw std::runtime_error("the test's batch does not encode");
  return bytes;
}

inline IntervalSet sequences(const DecodedBatch& decoded) {
  std::vector<std::uint32_t> numbers;
  for (const DecodedEvent& one : decoded.events) numbers.push_back(one.sequence);
  return IntervalSet::of_sorted(numbers);
}

}  // namespace omo::collector::test
