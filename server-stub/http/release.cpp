// SPDX-License-Identifier: Apache-2.0
// How batches leave quarantine: the program that made them is here now.
#include <future>
#include <utility>

#include "http/ingest.h"

namespace omo::collector {
namespace {

/// Batches that are read and written at once: 16 MiB at most, and an fsync or two.
constexpr std::size_t kStepBatches = 256;

}  // namespace

Released Ingest::release_quarantined(const std::function<void(const Released&)>& progress) {
  Released released;
  std::vector<QuarantinedBatch> step;
  for (std::uint64_t after = 0; !(step = store_.quarantined(after, kStepBatches)).empty(); after = step.back().id) {
    const std::uint64_t waiting = released.waiting;
    release(step, released);
    if (released.waiting - waiting < step.size()) progress(released);
  }
  return released;
}

void Ingest::release(const std::vector<QuarantinedBatch>& step, Released& released) {
  // The callbacks write here and come from the store's thread: all of them are waited for, also where one fails.
  std::vector<std::future<std::string>> failures;
  bool taken = true;
  for (const QuarantinedBatch& quarantined : step) {
    const OpenProgram* program = library_.find(quarantined.program);
    if (program == nullptr) {
      ++released.waiting;
      continue;
    }
    std::variant<Admitted, Response> admitted = admit(quarantined.raw, program->view(), quarantined.received_ms);
    std::optional<NewBatch> kept;
    std::shared_ptr<const DecodedBatch> batch;
    if (auto* const good = std::get_if<Admitted>(&admitted)) {
      kept = std::move(good->stored);
      batch = std::move(good->batch);
    }
    // One without events has nothing to keep, and is no refusal.
    const bool readable = batch != nullptr || std::get<Response>(admitted).status == 204;
    const auto failure = std::make_shared<std::promise<std::string>>();
    failures.push_back(failure->get_future());
    taken = store_.release(quarantined.id, std::move(kept),
                           [this, batch, readable, failure, &released](const Appended& appended) {
                             const bool refused = !readable || appended.outcome == AppendOutcome::kTooManyGaps;
                             if (appended.outcome != AppendOutcome::kFailed) {
                               ++(refused ? released.refused : released.batches);
                               (refused ? metrics_.released_refused : metrics_.released).Increment();
                               released.events += appended.accepted.size();
                             }
                             if (batch != nullptr) count(appended, *batch);
                             failure->set_value(appended.error);
                           });
    if (!taken) {
      failures.pop_back();
      break;
    }
  }
  std::string error = taken ? "" : "the store cannot take batches out of quarantine now";
  for (std::future<std::string>& failure : failures) {
    if (std::string one = failure.get(); error.empty()) error = std::move(one);
  }
  if (!error.empty()) throw StoreError(error);
}

}  // namespace omo::collector
