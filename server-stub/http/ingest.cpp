// SPDX-License-Identifier: Apache-2.0
#include "http/ingest.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "http/json.h"
#include "http/scrub.h"
#include "wire/vocabulary_tables.h"

namespace omo::collector {
namespace {

Response refuse(unsigned status, Status reason) {
  return error_response(status, status_name(reason), status_text(reason));
}

Response busy() {
  return error_response(503, "store_busy", "the store cannot take this now: try again").with("Retry-After", "2");
}

IntervalSet sequences_of(const DecodedBatch& batch) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(batch.events.size());
  for (const DecodedEvent& event : batch.events) numbers.push_back(event.sequence);
  return IntervalSet::of_sorted(numbers);
}

std::size_t drop_expired(DecodedBatch& batch) {
  return std::erase_if(batch.events, [&](const DecodedEvent& event) {
    return batch.header.sent_ms > event.time_ms && batch.header.sent_ms - event.time_ms > kMaxEventAgeMs;
  });
}

}  // namespace

Ingest::Ingest(Store& store, const ProgramLibrary& library, Stats& stats, Metrics& metrics, Clock clock)
    : store_(store), library_(library), stats_(stats), metrics_(metrics), clock_(std::move(clock)) {
  for (const auto& [short_hash, program] : library.all()) names_.emplace(short_hash, ProgramNames(program->view()));
}

std::uint64_t Ingest::rebuild(std::uint64_t& unreadable) {
  std::uint64_t batches = 0;
  unreadable = 0;
  const Stats::Add add = [&](const auto&... what) { stats_.add(what...); };
  store_.scan([&](const StoredBatch& stored) { ++(add_stored(stored, add) ? batches : unreadable); });
  return batches;
}

void Ingest::follow(const Expired& expired) {
  for (const StreamRemains& remains : expired.streams) {
    stats_.replace(remains.stream, [&](const Stats::Add& add) {
      // What cannot be read was in no stats before.
      for (const StoredBatch& stored : remains.batches) static_cast<void>(add_stored(stored, add));
    });
  }
}

bool Ingest::add_stored(const StoredBatch& stored, const Stats::Add& add) const {
  DecodedBatch batch;
  const OpenProgram* program = library_.find(stored.program);
  if (program == nullptr || decode_batch(stored.raw, program->view(), batch) != Status::kOk) return false;
  add(names_.at(stored.program), batch, stored.accepted, stored.received_ms);
  return true;
}

void Ingest::accept(const std::string& body, Done done) {
  const Bytes bytes = as_bytes(body);
  BatchHeader header;
  if (const Status status = read_batch_header(bytes, header); status != Status::kOk) return done(refuse(400, status));
  if ((header.consent & purpose::kMeasurement) == 0) return done(refuse(422, Status::kNotConsented));
  const OpenProgram* program = library_.find(header.program);
  if (program == nullptr) return quarantine(header, body, std::move(done));
  std::variant<Admitted, Response> admitted = admit(bytes, program->view(), clock_());
  if (Response* const refused = std::get_if<Response>(&admitted)) return done(std::move(*refused));
  append(std::get<Admitted>(std::move(admitted)), std::move(done));
}

std::variant<Ingest::Admitted, Response> Ingest::admit(Bytes bytes, const ProgramView& program,
                                                       std::uint64_t received_ms) {
  auto batch = std::make_shared<DecodedBatch>();
  if (const Status status = decode_batch(bytes, program, *batch); status != Status::kOk) return refuse(400, status);
  if (batch->events.empty()) return Response{204, {}, {}};
  const std::size_t expired = drop_expired(*batch);
  metrics_.expired.Increment(static_cast<double>(expired));
  if (batch->events.empty()) return error_response(410, "too_old", "every event is older than 30 days");
  const std::size_t scrubbed = scrub(*batch, program);
  metrics_.scrubbed.Increment(static_cast<double>(scrubbed));
  std::vector<std::uint8_t> raw(bytes.begin(), bytes.end());
  // What is not to be kept is not in the bytes either.
  if (expired + scrubbed > 0 && encode_batch(*batch, program, raw) != Status::kOk) {
    return error_response(422, "not_storable", "the batch cannot be written again without what may not be kept");
  }
  NewBatch stored{batch->header.stream, program.short_hash(), received_ms, sequences_of(*batch), std::move(raw)};
  return Admitted{std::move(batch), std::move(stored)};
}

void Ingest::append(Admitted admitted, Done done) {
  const std::uint64_t received_ms = admitted.stored.received_ms;
  // A shared callback: a store that takes no more gives it back uncalled.
  const auto shared_done = std::make_shared<Done>(std::move(done));
  const bool taken = store_.append(std::move(admitted.stored), [this, batch = std::move(admitted.batch), received_ms,
                                                                shared_done](const Appended& appended) {
    (*shared_done)(answer(appended, *batch, received_ms));
  });
  if (!taken) (*shared_done)(busy());
}

void Ingest::count(const Appended& appended, const DecodedBatch& batch) {
  const auto events = static_cast<double>(batch.events.size());
  if (appended.outcome == AppendOutcome::kErased) metrics_.erased.Increment(events);
  if (appended.outcome != AppendOutcome::kStored) return;
  const auto fresh = static_cast<double>(appended.accepted.size());
  metrics_.accepted.Increment(fresh);
  metrics_.duplicate.Increment(events - fresh);
}

Response Ingest::answer(const Appended& appended, const DecodedBatch& batch, std::uint64_t received_ms) {
  count(appended, batch);
  switch (appended.outcome) {
    case AppendOutcome::kStored:
      if (!appended.accepted.empty()) {
        stats_.add(names_.at(batch.header.program), batch, appended.accepted, received_ms);
      }
      return {204, {}, {}};
    case AppendOutcome::kErased:
      return {204, {}, {}};
    case AppendOutcome::kTooManyGaps:
      return error_response(422, "too_many_gaps", "the stream's sequence numbers have too many gaps");
    case AppendOutcome::kFailed:
      break;
  }
  return busy();
}

void Ingest::quarantine(const BatchHeader& header, const std::string& body, Done done) {
  const Bytes bytes = as_bytes(body);
  QuarantinedBatch batch{header.stream,
                         header.program,
                         clock_(),
                         std::string(status_name(Status::kWrongProgram)),
                         {bytes.begin(), bytes.end()}};
  const auto shared_done = std::make_shared<Done>(std::move(done));
  const bool taken = store_.quarantine(std::move(batch), [this, shared_done](bool durable) {
    if (durable) metrics_.quarantined.Increment();
    (*shared_done)(
        durable ? error_response(422, "unknown_program",
                                 "this collector never served the program that made this batch: it is kept aside")
                : busy());
  });
  if (!taken) (*shared_done)(busy());
}

void Ingest::erase(std::uint64_t stream, Done done) {
  const auto shared_done = std::make_shared<Done>(std::move(done));
  const bool taken = store_.erase(stream, clock_(), [this, stream, shared_done](bool durable) {
    if (!durable) return (*shared_done)(busy());
    stats_.erase(stream);
    metrics_.erasures.Increment();
    (*shared_done)({204, {}, {}});
  });
  if (!taken) (*shared_done)(busy());
}

}  // namespace omo::collector
