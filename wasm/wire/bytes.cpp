// SPDX-License-Identifier: Apache-2.0
#include "wire/bytes.h"

#include <bit>

#ifdef __OPTIMIZE_SIZE__
#define OMO_OUT_OF_LINE __attribute__((noinline))  // LTO would inline them again
#else
#define OMO_OUT_OF_LINE
#endif

static_assert(std::endian::native == std::endian::little);

namespace omo {

OMO_OUT_OF_LINE std::uint32_t fnv32(Bytes bytes, std::uint32_t hash) {
  for (std::uint8_t byte : bytes) hash = (hash ^ byte) * 16777619u;
  return hash;
}

OMO_OUT_OF_LINE std::uint64_t fnv64(Bytes bytes, std::uint64_t hash) {
  for (std::uint8_t byte : bytes) hash = (hash ^ byte) * 1099511628211ull;
  return hash;
}

OMO_OUT_OF_LINE std::size_t utf8_prefix(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text.size();
  while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xC0) == 0x80) --limit;
  return limit;
}

OMO_OUT_OF_LINE bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

OMO_OUT_OF_LINE Bytes ByteReader::take(std::size_t count) {
  if (count > remaining()) {
    ok_ = false;
    position_ = bytes_.size();
    return {};
  }
  const Bytes result = bytes_.subspan(position_, count);
  position_ += count;
  return result;
}

// Numbers are loaded as they lie: every platform here is little-endian. Sizes that the compiler knows become one load;
// others would be a call of the browser's memory.copy, which costs more than the rest of the read.
OMO_OUT_OF_LINE std::uint64_t ByteReader::unsigned_bytes(std::size_t count) {
  const Bytes bytes = take(count);
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}
OMO_OUT_OF_LINE std::uint8_t ByteReader::u8() {
  if (position_ < bytes_.size()) return bytes_.data()[position_++];
  ok_ = false;
  return 0;
}
OMO_OUT_OF_LINE std::uint16_t ByteReader::u16() { return static_cast<std::uint16_t>(unsigned_bytes(2)); }
OMO_OUT_OF_LINE std::uint32_t ByteReader::u32() {
  const Bytes bytes = take(sizeof(std::uint32_t));
  std::uint32_t value = 0;
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}
OMO_OUT_OF_LINE double ByteReader::u48() {
  const double low = u32();
  return low + u16() * 4294967296.0;
}

OMO_OUT_OF_LINE double ByteReader::f64() {
  const Bytes bytes = take(sizeof(double));
  double value = 0;
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

OMO_OUT_OF_LINE std::uint32_t ByteReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint8_t byte = u8();
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) {
      if (value > 0xFFFFFFFFu) ok_ = false;
      return static_cast<std::uint32_t>(value);
    }
  }
  ok_ = false;
  return 0;
}

OMO_OUT_OF_LINE std::string_view ByteReader::text() { return as_text(take(varint())); }

// The barrier keeps the compiler from making a memory.copy of the loop again.
OMO_OUT_OF_LINE void copy_bytes(std::uint8_t* to, Bytes from) {
  constexpr std::size_t kShort = 24;
  if (from.size() > kShort) {
    std::memcpy(to, from.data(), from.size());
    return;
  }
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i] = from[i];
    asm volatile("");
  }
}

// Never inlined: GCC would warn of numbers longer than unsigned_bytes() has.
__attribute__((noinline)) void ByteWriter::put(Bytes bytes) {
  if (bytes.size() > bytes_.size() - position_) {
    ok_ = false;
    return;
  }
  copy_bytes(bytes_.data() + position_, bytes);
  position_ += bytes.size();
}

OMO_OUT_OF_LINE void ByteWriter::unsigned_bytes(std::uint64_t value, std::size_t count) {
  put({reinterpret_cast<const std::uint8_t*>(&value), count});
}
OMO_OUT_OF_LINE void ByteWriter::u8(std::uint8_t value) {
  if (position_ < bytes_.size()) {
    bytes_.data()[position_++] = value;
  } else {
    ok_ = false;
  }
}
OMO_OUT_OF_LINE void ByteWriter::u16(std::uint16_t value) { unsigned_bytes(value, 2); }
OMO_OUT_OF_LINE void ByteWriter::u32(std::uint32_t value) { unsigned_bytes(value, 4); }
OMO_OUT_OF_LINE void ByteWriter::u48(double value) { unsigned_bytes(static_cast<std::uint64_t>(value), 6); }

OMO_OUT_OF_LINE void ByteWriter::f64(double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  u64(bits);
}

OMO_OUT_OF_LINE void ByteWriter::varint(std::uint32_t value) {
  while (value >= 0x80) {
    u8(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  u8(static_cast<std::uint8_t>(value));
}

OMO_OUT_OF_LINE void ByteWriter::text(std::string_view text) {
  varint(static_cast<std::uint32_t>(text.size()));
  put(as_bytes(text));
}

OMO_OUT_OF_LINE void ByteWriter::patch_u32(std::size_t position, std::uint32_t value) {
  if (position + 4 > position_) return;
  for (std::size_t i = 0; i < 4; ++i) bytes_[position + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace omo
