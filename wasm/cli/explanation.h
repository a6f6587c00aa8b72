// SPDX-License-Identifier: Apache-2.0
// Reads what Engine::explain() writes (wire/explanation.md). For the command line and the tests: the engine has no
// vectors.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "wire/bytes.h"
#include "wire/input.h"

namespace omo {

/// A value that owns its text.
struct ExplainedValue {
  ValueTag tag = ValueTag::kNull;
  double number = 0;
  std::string text;
  std::vector<ExplainedValue> items;  ///< of a list
};

/// One row; wire/explanation.md says what each field means for each kind. Times in ms since 1970, 0 = there is none.
struct Explanation {
  std::uint32_t depth = 0;
  Explained kind = Explained::kMore;
  std::uint32_t op = 0;  ///< ExplainedOp; of reasons and candidates a Verdict
  std::uint32_t label = 0;
  double changes_at = 0;
  double expires_at = 0;
  double window_ms = 0;
  std::uint32_t node = 0xFFFFFFFF;
  std::string name;
  ValueTag state = ValueTag::kNull;  ///< kTrue, kFalse, or null: unknown, an error, or no condition
  ExplainedValue need;
  ExplainedValue value;
};

[[nodiscard]] inline ExplainedValue read_explained_value(ByteReader& reader, std::uint32_t depth = 0) {
  constexpr std::uint32_t kDeepest = 4;
  ExplainedValue value;
  value.tag = static_cast<ValueTag>(reader.u8());
  if (value.tag == ValueTag::kNumber) value.number = reader.f64();
  if (value.tag == ValueTag::kString) value.text = std::string(reader.text());
  if (value.tag > ValueTag::kList || depth > kDeepest) reader.fail();
  if (value.tag != ValueTag::kList) return value;
  for (std::uint32_t count = reader.varint(); count > 0 && reader.ok(); --count) {
    value.items.push_back(read_explained_value(reader, depth + 1));
  }
  return value;
}

/// The rows of an answer. False where it is none.
[[nodiscard]] inline bool read_explanation(Bytes bytes, std::vector<Explanation>& rows) {
  constexpr std::size_t kFields = 12;
  ByteReader reader(bytes);
  rows.clear();
  for (;;) {
    ExplainedValue row = read_explained_value(reader);
    if (!reader.ok()) return false;
    if (row.tag == ValueTag::kNull) return reader.at_end();
    if (row.items.size() < kFields) return false;
    const auto number = [&row](std::size_t field) { return row.items[field].number; };
    const auto whole = [&number](std::size_t field) { return static_cast<std::uint32_t>(number(field)); };
    rows.push_back({whole(0), static_cast<Explained>(whole(1)), whole(2), whole(3), number(4), number(5), number(6),
                    whole(7) - 1, row.items[8].text, row.items[9].tag, std::move(row.items[10]),
                    std::move(row.items[11])});
  }
}

}  // namespace omo
