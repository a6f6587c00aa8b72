// SPDX-License-Identifier: Apache-2.0
// The event at hand (State::occurrence): declared parameters with the declared types, item by item.
#pragma once
#include "engine/state.h"

namespace omo {

/// The text as it is kept or sent.
[[nodiscard]] OMO_INLINE inline std::string_view kept_text(std::string_view text) {
  return {text.data(), utf8_prefix(text, kMaxStringBytes)};
}

/// An event without parameters by the symbol of its name. kUnknownEvent or kOk.
[[nodiscard]] Status begin_occurrence(State& state, std::uint32_t name);
/// The same by the row of the event, which is one of the program's.
void begin_event(State& state, std::uint32_t row);
/// Adds a parameter of the event or of the item by the symbol of its name, where it is declared and fits.
void add_param(State& state, Params& params, std::uint32_t name, const Value& value);
/// Skips pairs without looking at them.
void skip_pairs(ByteReader& reader, bool has_symbols);
/// Reads the payload of an event record; with `has_symbols` its names are symbols. kBadRecord, kUnknownEvent or kOk.
[[nodiscard]] Status read_occurrence(State& state, Bytes payload, bool has_symbols);

/// Before the first item: no item is read.
void first_item(Occurrence& occurrence);
/// Reads the next item; false where there is none. Where an event has no items its flat item parameters are the one
/// item.
bool next_item(State& state);

/// The value of a parameter by its symbol (kNone is no parameter's): the item's, else the event's. Null where it is
/// missing.
[[nodiscard]] Value find_param(const State& state, std::uint32_t symbol);

/// Is the value one that the declared type takes?
[[nodiscard]] bool fits_type(const Value& value, Type type);

/// Write the payload of the record again with only what was read, so that nothing undeclared is kept: the event with
/// its own parameters, then, item by item, the one at hand.
void write_occurrence(const State& state, ByteWriter& writer);
void write_item(const State& state, ByteWriter& writer);

}  // namespace omo
