// SPDX-License-Identifier: Apache-2.0
#include "stats/stats.h"

namespace omo::collector {

void Stats::add(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
                std::uint64_t received_ms) {
  const std::lock_guard lock(mutex_);
  add_locked(program, batch, accepted, received_ms);
}

void Stats::erase(std::uint64_t stream) {
  const std::lock_guard lock(mutex_);
  erase_locked(stream);
}

void Stats::replace(std::uint64_t stream, const std::function<void(const Add& add)>& again) {
  const std::lock_guard lock(mutex_);
  erase_locked(stream);
  again([this](const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
               std::uint64_t received_ms) { add_locked(program, batch, accepted, received_ms); });
}

void Stats::add_locked(const ProgramNames& program, const DecodedBatch& batch, const IntervalSet& accepted,
                       std::uint64_t received_ms) {
  const std::uint64_t stream = batch.header.stream;
  if ((batch.header.flags & batch_flag::kBot) != 0 && bots_.insert(stream).second) people_.erase(stream);
  all_.add(program, batch, accepted, received_ms);
  if (!bots_.contains(stream)) people_.add(program, batch, accepted, received_ms);
}

void Stats::erase_locked(std::uint64_t stream) {
  all_.erase(stream);
  people_.erase(stream);
  bots_.erase(stream);
}

}  // namespace omo::collector
