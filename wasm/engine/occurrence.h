// SPDX-License-Identifier: Apache-2.0
// One event as the rules see it: declared parameters with the declared types, item by item.
#pragma once
#include "engine/state.h"

namespace omo {

struct Param {
  std::uint32_t row;  ///< of ProgramView::params()
  Value value;
};

/// Declared parameters of an event or of one item, in the order of the program.
struct Params {
  Param entries[kMaxParams];
  std::uint32_t size = 0;
};

/// An event record, read: parameters that the playbook does not declare, have the wrong type or are not finite are left
/// out.
struct Occurrence {
  std::uint32_t event = kNone;  ///< row of ProgramView::events()
  double time_ms = 0;
  bool wrong_type = false;
  std::uint32_t item_count = 0;
  Params params;
  Params item;  ///< of the item chosen last
  Bytes items;  ///< the encoded items
};

/// Skips pairs without looking at them.
void skip_pairs(ByteReader& reader);

/// Reads the payload of an event record. kBadRecord, kUnknownEvent or kOk.
[[nodiscard]] Status read_occurrence(const ProgramView& program, Bytes payload, Occurrence& occurrence);

/// Walks the items: each call reads the next item into occurrence.item. Where an event has no items its flat item
/// parameters are the one item.
class ItemWalk {
 public:
  ItemWalk(const ProgramView& program, Occurrence& occurrence)
      : program_(program), occurrence_(occurrence), reader_(occurrence.items) {}
  [[nodiscard]] bool next();
  /// From the first item again, also of another event in the same occurrence.
  void restart() {
    reader_ = ByteReader(occurrence_.items);
    at_ = 0;
  }

 private:
  const ProgramView& program_;
  Occurrence& occurrence_;
  ByteReader reader_;
  std::uint32_t at_ = 0;
};

/// The value of a parameter by its symbol (kNone is no parameter's): the item's, else the event's. Null where it is
/// missing.
[[nodiscard]] Value find_param(const ProgramView& program, const Occurrence& occurrence, std::uint32_t symbol);

/// Is the value one that the declared type takes?
[[nodiscard]] bool fits_type(const Value& value, Type type);

/// Writes the payload of the record again with only what was read: nothing undeclared is kept.
void write_occurrence(const ProgramView& program, Occurrence& occurrence, ByteWriter& writer);

/// Runs a `where` condition over the occurrence and its present item. Only true counts: an error (a parameter that is
/// missing or of another type, unless && or || absorbs it) is not true.
[[nodiscard]] bool matches_where(const ProgramView& program, const Occurrence& occurrence, Bytes code);

}  // namespace omo
