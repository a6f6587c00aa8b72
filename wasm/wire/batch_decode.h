// SPDX-License-Identifier: Apache-2.0
// Whole batches as values: for the collector, the tests and load generators. The engine encodes from its queue instead
// (engine/batch_builder.cpp), with the same model (batch_model.h).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "wire/batch.h"

namespace omo {

struct DecodedParam {
  std::uint32_t param = 0;     ///< row of ProgramView::params()
  std::uint32_t item = kNone;  ///< number of the item, from 0; kNone = the event's own parameter
  double number = 0;           ///< int, double, bool (0, 1)
  std::string text;            ///< string, date
  bool operator==(const DecodedParam&) const = default;
};

struct DecodedEvent {
  std::uint32_t sequence = 0;
  std::uint32_t event = 0;    ///< row of ProgramView::events()
  std::uint64_t time_ms = 0;  ///< the device's clock, rounded to batch_time_unit_ms
  std::uint32_t items = 0;
  std::vector<DecodedParam> params;  ///< in the order of the program, the event's own first, then item by item
  bool operator==(const DecodedEvent&) const = default;
};

struct DecodedBatch {
  BatchHeader header;
  std::vector<DecodedEvent> events;  ///< by ascending sequence
  bool has_membership = false;
  std::vector<std::uint32_t> segments_on;  ///< rows of ProgramView::segments(), ascending
};

/// Decodes a whole batch. kWrongProgram where the header names another program; kBadStructure where the body does not
/// decode exactly, names what the program does not have, or has an event or segment whose label the consent stamp does
/// not cover. Nothing of `decoded` is meaningful unless kOk.
[[nodiscard]] Status decode_batch(Bytes batch, const ProgramView& program, DecodedBatch& decoded);

/// The inverse, for tests and load generators. Events must be sorted by sequence.
[[nodiscard]] Status encode_batch(const DecodedBatch& decoded, const ProgramView& program,
                                  std::vector<std::uint8_t>& batch);

}  // namespace omo
