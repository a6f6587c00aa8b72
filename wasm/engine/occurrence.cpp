// SPDX-License-Identifier: Apache-2.0
#include "engine/occurrence.h"

#include "engine/date.h"

namespace omo {
namespace {

/// Symbol of a name, or kNone. A host may have looked it up.
std::uint32_t read_name(const State& state, ByteReader& reader) {
  return state.occurrence.has_symbols ? reader.u32() : state.program.find_symbol(reader.text());
}

void read_pairs(State& state, ByteReader& reader, Params& params) {
  params.size = 0;
  for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
    const std::uint32_t name = read_name(state, reader);
    Value value = read_value(reader);
    // Cut before anything looks at it: journal and queue hold the cut text, and must mean the same.
    value.text = kept_text(value.text);
    if (reader.ok()) add_param(state, params, name, value);
  }
}

void write_pairs(const ProgramView& program, const Params& params, ByteWriter& writer) {
  writer.varint(params.size);
  for (std::uint32_t i = 0; i < params.size; ++i) {
    writer.text(program.symbol(program.params()[params.entries[i].row].name));
    write_value(writer, params.entries[i].value);
  }
}

/// The value of a parameter among these, null where it is missing. With `flat_items` false a flat item parameter does
/// not count.
Value find_among(const ProgramView& program, const Params& params, std::uint32_t symbol, bool flat_items) {
  for (std::uint32_t i = 0; i < params.size; ++i) {
    const ParamRow& row = program.params()[params.entries[i].row];
    if (row.name == symbol && (flat_items || row.item == 0)) return params.entries[i].value;
  }
  return null_value();
}

}  // namespace

void skip_pairs(ByteReader& reader, bool has_symbols) {
  for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
    if (has_symbols) {
      reader.u32();
    } else {
      reader.text();
    }
    (void)read_value(reader);
  }
}

void begin_event(State& state, std::uint32_t row) {
  Occurrence& occurrence = state.occurrence;
  occurrence.event_name = state.program.events()[row].name;
  occurrence.event = row;
  occurrence.wrong_type = false;
  occurrence.params.size = 0;
  occurrence.item_count = 0;
  first_item(occurrence);
}

Status begin_occurrence(State& state, std::uint32_t name) {
  const std::uint32_t row = name == kNone ? kNone : state.program.find_event(name);
  if (row == kNone) return Status::kUnknownEvent;
  begin_event(state, row);
  return Status::kOk;
}

void add_param(State& state, Params& params, std::uint32_t name, const Value& value) {
  const EventRow& event = state.program.events()[state.occurrence.event];
  const Rows<ParamRow> declared = state.program.params();
  const std::uint32_t end = event.first_param + event.param_count;
  std::uint32_t row = event.first_param;
  while (row < end && declared[row].name != name) ++row;
  if (row == end || value.is_null()) return;
  if (!fits_type(value, declared[row].type)) {
    state.occurrence.wrong_type = true;
    return;
  }
  // Sorted by row, one a row: the last one stated wins.
  std::uint32_t at = params.size;
  while (at > 0 && params.entries[at - 1].row >= row) --at;
  if (at == params.size || params.entries[at].row != row) {
    if (params.size == kMaxParams) return;
    std::memmove(static_cast<void*>(&params.entries[at + 1]), &params.entries[at],
                 (params.size++ - at) * sizeof(Param));
  }
  params.entries[at] = {row, value};
}

bool fits_type(const Value& value, Type type) {
  switch (type) {
    case Type::kBool:
      return value.is_bool();
    case Type::kInt:
      return value.tag == ValueTag::kNumber && value.number >= -9007199254740992.0 &&
             value.number <= 9007199254740992.0 &&
             static_cast<double>(static_cast<std::int64_t>(value.number)) == value.number;
    // Also false for NaN, whose difference from itself is NaN, as that of the infinities.
    case Type::kDouble:
      return value.tag == ValueTag::kNumber && value.number - value.number == 0;
    case Type::kString:
      return value.tag == ValueTag::kString;
    case Type::kDate:
      return value.tag == ValueTag::kString && parse_anniversary(value.text) != 0;
    default:
      return false;
  }
}

Status read_occurrence(State& state, Bytes payload, bool has_symbols) {
  Occurrence& occurrence = state.occurrence;
  ByteReader reader(payload);
  occurrence.has_symbols = has_symbols;
  const std::uint32_t name = read_name(state, reader);
  if (!reader.ok()) return Status::kBadRecord;
  if (const Status status = begin_occurrence(state, name); status != Status::kOk) return status;
  read_pairs(state, reader, occurrence.params);
  std::uint32_t count = reader.varint();
  occurrence.items = payload.subspan(reader.position());
  const bool has_items = (state.program.events()[occurrence.event].flags & kEventHasItems) != 0;
  for (; count > 0 && reader.ok(); --count) {
    skip_pairs(reader, has_symbols);
    if (has_items && occurrence.item_count < kMaxItems) ++occurrence.item_count;
  }
  first_item(occurrence);
  return reader.is_done() ? Status::kOk : Status::kBadRecord;
}

void first_item(Occurrence& occurrence) {
  occurrence.item.size = 0;
  occurrence.items_read = 0;
  occurrence.rest = ByteReader(occurrence.items);
}

bool next_item(State& state) {
  Occurrence& occurrence = state.occurrence;
  if (occurrence.items_read++ >= occurrence.item_count) return occurrence.item_count == 0 && occurrence.items_read == 1;
  read_pairs(state, occurrence.rest, occurrence.item);
  return true;
}

Value find_param(const State& state, std::uint32_t symbol) {
  const Occurrence& occurrence = state.occurrence;
  const Value value = find_among(state.program, occurrence.item, symbol, true);
  return value.is_null() ? find_among(state.program, occurrence.params, symbol, occurrence.item_count == 0) : value;
}

void write_occurrence(const State& state, ByteWriter& writer) {
  const Occurrence& occurrence = state.occurrence;
  writer.text(state.program.symbol(occurrence.event_name));
  write_pairs(state.program, occurrence.params, writer);
  writer.varint(occurrence.item_count);
}

void write_item(const State& state, ByteWriter& writer) {
  if (state.occurrence.item_count > 0) write_pairs(state.program, state.occurrence.item, writer);
}

}  // namespace omo
