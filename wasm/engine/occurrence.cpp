// SPDX-License-Identifier: Apache-2.0
#include "engine/occurrence.h"

#include "engine/date.h"

namespace omo {
namespace {

/// Row of a declared parameter by name within an event, or kNone.
std::uint32_t declared(const ProgramView& program, const EventRow& event, std::string_view name) {
  const std::uint32_t symbol = program.find_symbol(name);
  if (symbol == kNone) return kNone;
  const Rows<ParamRow> rows = program.params_of(event);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].name == symbol) return event.first_param + i;
  }
  return kNone;
}

/// Keeps the entries sorted by row, one a row (the last one stated wins).
void insert(Params& params, std::uint32_t row, const Value& value) {
  std::uint32_t at = params.size;
  while (at > 0 && params.entries[at - 1].row >= row) --at;
  if (at < params.size && params.entries[at].row == row) {
    params.entries[at].value = value;
    return;
  }
  if (params.size == kMaxParams) return;
  for (std::uint32_t i = params.size++; i > at; --i) params.entries[i] = params.entries[i - 1];
  params.entries[at] = {row, value};
}

void read_pairs(const ProgramView& program, const EventRow& event, ByteReader& reader, Params& params,
                bool& wrong_type) {
  params.size = 0;
  for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
    const std::string_view name = reader.text();
    Value value = read_value(reader);
    // Cut before anything looks at it: journal and queue hold the cut text, and must mean the same.
    value.text = value.text.substr(0, utf8_prefix(value.text, kMaxStringBytes));
    const std::uint32_t row = declared(program, event, name);
    if (row == kNone || !reader.ok() || value.is_null()) continue;
    if (fits_type(value, program.params()[row].type)) {
      insert(params, row, value);
    } else {
      wrong_type = true;
    }
  }
}

void write_pairs(const ProgramView& program, const Params& params, ByteWriter& writer) {
  writer.varint(params.size);
  for (std::uint32_t i = 0; i < params.size; ++i) {
    writer.text(program.symbol(program.params()[params.entries[i].row].name));
    write_value(writer, params.entries[i].value);
  }
}

}  // namespace

void skip_pairs(ByteReader& reader) {
  for (std::uint32_t n = reader.varint(); n > 0 && reader.ok(); --n) {
    reader.text();
    (void)read_value(reader);
  }
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

Status read_occurrence(const ProgramView& program, Bytes payload, Occurrence& occurrence) {
  ByteReader reader(payload);
  const std::uint32_t symbol = program.find_symbol(reader.text());
  if (!reader.ok()) return Status::kBadRecord;
  occurrence.event = symbol == kNone ? kNone : program.find_event(symbol);
  if (occurrence.event == kNone) return Status::kUnknownEvent;
  const EventRow& event = program.events()[occurrence.event];
  read_pairs(program, event, reader, occurrence.params, occurrence.wrong_type);
  occurrence.item_count = reader.varint();
  const std::size_t begin = reader.position();
  std::uint32_t kept = 0;
  std::size_t end = begin;
  for (std::uint32_t i = 0; i < occurrence.item_count && reader.ok(); ++i) {
    skip_pairs(reader);
    if (kept < kMaxItems) {
      ++kept;
      end = reader.position();
    }
  }
  occurrence.item.size = 0;
  if (!reader.ok() || !reader.at_end()) return Status::kBadRecord;
  occurrence.item_count = (event.flags & kEventHasItems) != 0 ? kept : 0;
  occurrence.items = payload.subspan(begin, occurrence.item_count > 0 ? end - begin : 0);
  return Status::kOk;
}

bool ItemWalk::next() {
  if (occurrence_.item_count == 0) {
    occurrence_.item.size = 0;
    return at_++ == 0;
  }
  if (at_ == occurrence_.item_count) return false;
  ++at_;
  read_pairs(program_, program_.events()[occurrence_.event], reader_, occurrence_.item, occurrence_.wrong_type);
  return true;
}

Value find_param(const ProgramView& program, const Occurrence& occurrence, std::uint32_t symbol) {
  for (const Params* params : {&occurrence.item, &occurrence.params}) {
    for (std::uint32_t i = 0; i < params->size; ++i) {
      const Param& param = params->entries[i];
      const ParamRow& row = program.params()[param.row];
      // With items, a flat item parameter is not the item's.
      if (row.name == symbol && (params == &occurrence.item || occurrence.item_count == 0 || row.item == 0)) {
        return param.value;
      }
    }
  }
  return null_value();
}

void write_occurrence(const ProgramView& program, Occurrence& occurrence, ByteWriter& writer) {
  writer.text(program.symbol(program.events()[occurrence.event].name));
  write_pairs(program, occurrence.params, writer);
  writer.varint(occurrence.item_count);
  if (occurrence.item_count == 0) return;
  for (ItemWalk walk(program, occurrence); walk.next();) write_pairs(program, occurrence.item, writer);
}

}  // namespace omo
