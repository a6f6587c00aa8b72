// SPDX-License-Identifier: Apache-2.0
// The input record: one thing that happens to the engine. input.md draws the bytes.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/bytes.h"
#include "wire/vocabulary.h"

namespace omo {

inline constexpr std::size_t kInputHeaderBytes = 7;

/// A value of an input record: borrowed text or a finite number.
struct Value {
  ValueTag tag = ValueTag::kNull;
  double number = 0;
  std::string_view text{nullptr, 0};
  [[nodiscard]] OMO_INLINE bool is_null() const { return tag == ValueTag::kNull; }
  [[nodiscard]] OMO_INLINE bool is_bool() const { return tag == ValueTag::kTrue || tag == ValueTag::kFalse; }
};

[[nodiscard]] OMO_INLINE inline Value null_value() { return {ValueTag::kNull, 0, {nullptr, 0}}; }
[[nodiscard]] OMO_INLINE inline Value number_value(double number) { return {ValueTag::kNumber, number, {nullptr, 0}}; }
[[nodiscard]] OMO_INLINE inline Value text_value(std::string_view text) { return {ValueTag::kString, 0, text}; }
[[nodiscard]] OMO_INLINE inline Value bool_value(bool on) {
  return {on ? ValueTag::kTrue : ValueTag::kFalse, on ? 1.0 : 0.0, {}};
}

inline Value read_value(ByteReader& reader) {
  Value value;
  value.tag = static_cast<ValueTag>(reader.u8());
  switch (value.tag) {
    case ValueTag::kNull:
    case ValueTag::kFalse:
      break;
    case ValueTag::kTrue:
      value.number = 1;
      break;
    case ValueTag::kNumber:
      value.number = reader.f64();
      break;
    case ValueTag::kString:
      value.text = reader.text();
      break;
    default:
      reader.take(reader.remaining() + 1);  // a list or an unknown tag is no input: spoil the reader
  }
  return value;
}

inline void write_value(ByteWriter& writer, const Value& value) {
  writer.u8(static_cast<std::uint8_t>(value.tag));
  if (value.tag == ValueTag::kNumber) writer.f64(value.number);
  if (value.tag == ValueTag::kString) writer.text(value.text);
}

inline void write_input_header(ByteWriter& writer, InputKind kind, double time_ms) {
  writer.u8(static_cast<std::uint8_t>(kind));
  writer.u48(time_ms);
}

}  // namespace omo
