// SPDX-License-Identifier: Apache-2.0
#include "http/metrics.h"

#include <prometheus/text_serializer.h>

namespace omo::collector {
namespace {

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Histogram& histogram(prometheus::Registry& registry, const char* name, const char* help,
                                 prometheus::Histogram::BucketBoundaries boundaries) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, std::move(boundaries));
}

}  // namespace

Metrics::Metrics()
    : requests_(prometheus::BuildCounter()
                    .Name("omo_requests_total")
                    .Help("Answered requests by route and status.")
                    .Register(registry_)),
      events_(prometheus::BuildCounter()
                  .Name("omo_events_total")
                  .Help("Events of well-formed batches by what became of them.")
                  .Register(registry_)),
      released_(prometheus::BuildCounter()
                    .Name("omo_released_batches_total")
                    .Help("Quarantined batches whose program came, by what became of them.")
                    .Register(registry_)),
      commit_seconds_(histogram(registry_, "omo_commit_seconds", "Duration of durable transactions.",
                                {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5})),
      commit_writes_(
          histogram(registry_, "omo_commit_writes", "Writes of one transaction.", {1, 2, 4, 8, 16, 64, 256, 1024})),
      accepted(events_.Add({{"result", "accepted"}})),
      duplicate(events_.Add({{"result", "duplicate"}})),
      erased(events_.Add({{"result", "erased"}})),
      expired(events_.Add({{"result", "expired"}})),
      scrubbed(counter(registry_, "omo_scrubbed_texts_total", "Texts cut or blanked before they were kept.")),
      quarantined(counter(registry_, "omo_quarantined_batches_total", "Batches of unknown programs, kept aside.")),
      released(released_.Add({{"result", "kept"}})),
      released_refused(released_.Add({{"result", "refused"}})),
      erasures(counter(registry_, "omo_erasures_total", "Streams erased on request.")),
      expired_batches(counter(registry_, "omo_expired_batches_total", "Batches deleted because of their age.")),
      store_errors(counter(registry_, "omo_store_errors_total", "Transactions that failed.")),
      connections(
          prometheus::BuildGauge().Name("omo_connections").Help("Open connections.").Register(registry_).Add({})) {}

void Metrics::request(std::string_view route, unsigned status) {
  requests_.Add({{"route", std::string(route)}, {"status", std::to_string(status)}}).Increment();
}

void Metrics::commit(double seconds, std::size_t writes) {
  commit_seconds_.Observe(seconds);
  commit_writes_.Observe(static_cast<double>(writes));
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

}  // namespace omo::collector
