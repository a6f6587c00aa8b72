// SPDX-License-Identifier: Apache-2.0
// What the collector says of itself at /metrics. Labels take few, known values; nothing here comes from visitors.
#pragma once
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace omo::collector {

/// May be used from any thread.
class Metrics {
 public:
  Metrics();

  void request(std::string_view route, unsigned status);
  void commit(double seconds, std::size_t writes);
  [[nodiscard]] std::string text() const;  ///< Prometheus text format

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Counter>& events_;
  prometheus::Family<prometheus::Counter>& released_;
  prometheus::Histogram& commit_seconds_;
  prometheus::Histogram& commit_writes_;

 public:
  prometheus::Counter& accepted;          ///< events kept
  prometheus::Counter& duplicate;         ///< events that were kept before
  prometheus::Counter& erased;            ///< events of erased streams, not kept
  prometheus::Counter& expired;           ///< events older than max_event_age_ms, not kept
  prometheus::Counter& scrubbed;          ///< texts cut or blanked before they were kept
  prometheus::Counter& quarantined;       ///< batches of unknown programs
  prometheus::Counter& released;          ///< of them, taken into the store since their program came
  prometheus::Counter& released_refused;  ///< of them, dropped since their program came: it cannot read them
  prometheus::Counter& erasures;          ///< streams erased
  prometheus::Counter& expired_batches;   ///< batches deleted at the end of their time
  prometheus::Counter& store_errors;
  prometheus::Gauge& connections;
};

}  // namespace omo::collector
