// SPDX-License-Identifier: Apache-2.0
// Bounds-checked reading and writing of little-endian bytes, and the one hash of all formats (FNV-1a).
// Used by the engine, so: no allocation, no exceptions, no libc beyond memcpy.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace omo {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

/// FNV-1a, 32 bit: the checksum of snapshots, journal frames and batches, and the order of the symbol table. Each step
/// is a bijection of the state, so one changed byte always changes the result. `hash` continues an earlier call.
[[nodiscard]] inline std::uint32_t fnv32(Bytes bytes, std::uint32_t hash = 2166136261u) {
  for (std::uint8_t byte : bytes) hash = (hash ^ byte) * 16777619u;
  return hash;
}

/// FNV-1a, 64 bit: the program hash.
[[nodiscard]] inline std::uint64_t fnv64(Bytes bytes, std::uint64_t hash = 14695981039346656037ull) {
  for (std::uint8_t byte : bytes) hash = (hash ^ byte) * 1099511628211ull;
  return hash;
}

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Length of the longest prefix of `text` that is at most `limit` bytes and ends on a character boundary of UTF-8.
[[nodiscard]] inline std::size_t utf8_prefix(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text.size();
  while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xC0) == 0x80) --limit;
  return limit;
}

/// Reads from a span. After the first read past the end `ok()` is false for good and every read gives zero or empty.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - position_; }

  Bytes take(std::size_t count) {
    if (count > remaining()) {
      ok_ = false;
      position_ = bytes_.size();
      return {};
    }
    Bytes result = bytes_.subspan(position_, count);
    position_ += count;
    return result;
  }

  /// Unsigned little-endian integer of `count` bytes, at most 8.
  std::uint64_t unsigned_bytes(std::size_t count) {
    std::uint64_t value = 0;
    Bytes bytes = take(count);
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
    return value;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(unsigned_bytes(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(unsigned_bytes(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(unsigned_bytes(4)); }
  std::uint64_t u48() { return unsigned_bytes(6); }
  std::uint64_t u64() { return unsigned_bytes(8); }

  double f64() {
    std::uint64_t bits = u64();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  /// LEB128, at most 5 bytes and 32 bits; more is an error.
  std::uint32_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      std::uint8_t byte = u8();
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) {
        if (value > 0xFFFFFFFFu) ok_ = false;
        return static_cast<std::uint32_t>(value);
      }
    }
    ok_ = false;
    return 0;
  }

  /// A varint length, then that many bytes of UTF-8 (not validated: strings are compared and copied, never decoded).
  std::string_view text() { return as_text(take(varint())); }

 private:
  Bytes bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

/// Writes into a span that it never outgrows: once something does not fit, `ok()` is false for good.
class ByteWriter {
 public:
  explicit ByteWriter(MutableBytes bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] Bytes written() const { return bytes_.first(position_); }
  /// Back to an earlier position, for an entry that turned out not to fit or not to be wanted.
  void rewind(std::size_t position) {
    position_ = position;
    ok_ = true;
  }

  void put(Bytes bytes) {
    if (bytes.size() > bytes_.size() - position_) {
      ok_ = false;
      return;
    }
    if (!bytes.empty()) std::memcpy(bytes_.data() + position_, bytes.data(), bytes.size());
    position_ += bytes.size();
  }

  void unsigned_bytes(std::uint64_t value, std::size_t count) {
    std::uint8_t bytes[8];
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
    put({bytes, count});
  }
  void u8(std::uint8_t value) { unsigned_bytes(value, 1); }
  void u16(std::uint16_t value) { unsigned_bytes(value, 2); }
  void u32(std::uint32_t value) { unsigned_bytes(value, 4); }
  void u48(std::uint64_t value) { unsigned_bytes(value, 6); }
  void u64(std::uint64_t value) { unsigned_bytes(value, 8); }

  void f64(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    u64(bits);
  }

  void varint(std::uint32_t value) {
    while (value >= 0x80) {
      u8(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    u8(static_cast<std::uint8_t>(value));
  }

  void text(std::string_view text) {
    varint(static_cast<std::uint32_t>(text.size()));
    put(as_bytes(text));
  }

  /// Overwrites four bytes written earlier (a length or a checksum that is known only now).
  void patch_u32(std::size_t position, std::uint32_t value) {
    if (position + 4 > position_) return;
    for (std::size_t i = 0; i < 4; ++i) bytes_[position + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }

 private:
  MutableBytes bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace omo
