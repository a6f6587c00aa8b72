// SPDX-License-Identifier: Apache-2.0
// Bounds-checked reading and writing of little-endian bytes, and the one hash of all formats (FNV-1a).
// Used by the engine, so: no allocation, no exceptions, no libc beyond memcpy. The bodies stand in bytes.cpp and are
// kept out of line: inlined into every codec they were half of the module.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace omo {

/// At -Oz a call of a one-line accessor costs more bytes than its body.
#define OMO_INLINE [[gnu::always_inline]]

/// Is this build made for speed, as the command line is, rather than for size, as what a page loads is? Where something
/// rests on it, the answers are the same.
#ifdef __OPTIMIZE_SIZE__
inline constexpr bool kForSpeed = false;
#define OMO_FAST_INLINE
#else
inline constexpr bool kForSpeed = true;
#define OMO_FAST_INLINE OMO_INLINE inline
#endif

/// std::span of bytes, but with accessors that are certain to be inlined: out of line they were a tenth of the module.
template <class Byte>
class ByteSpan {
 public:
  using value_type = std::remove_const_t<Byte>;

  OMO_INLINE constexpr ByteSpan() = default;
  OMO_INLINE constexpr ByteSpan(Byte* data, std::size_t size) : data_(data), size_(size) {}
  template <std::size_t kSize>
  OMO_INLINE constexpr ByteSpan(Byte (&array)[kSize]) : data_(array), size_(kSize) {}
  /// Of anything else that holds such bytes one after another.
  template <class Holder>
  requires(!std::is_same_v<std::remove_cvref_t<Holder>, ByteSpan> &&
           std::is_convertible_v<decltype(std::declval<Holder&>().data()), Byte*>)
      // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): the constraint leaves copies alone
      OMO_INLINE constexpr ByteSpan(Holder&& holder)
      : data_(holder.data()), size_(holder.size()) {}

  [[nodiscard]] OMO_INLINE constexpr Byte* data() const { return data_; }
  [[nodiscard]] OMO_INLINE constexpr std::size_t size() const { return size_; }
  [[nodiscard]] OMO_INLINE constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] OMO_INLINE constexpr Byte& operator[](std::size_t index) const { return data_[index]; }
  [[nodiscard]] OMO_INLINE constexpr Byte* begin() const { return data_; }
  [[nodiscard]] OMO_INLINE constexpr Byte* end() const { return data_ + size_; }
  [[nodiscard]] OMO_INLINE constexpr ByteSpan first(std::size_t count) const { return {data_, count}; }
  [[nodiscard]] OMO_INLINE constexpr ByteSpan subspan(std::size_t offset) const {
    return {data_ + offset, size_ - offset};
  }
  [[nodiscard]] OMO_INLINE constexpr ByteSpan subspan(std::size_t offset, std::size_t count) const {
    return {data_ + offset, count};
  }

 private:
  Byte* data_ = nullptr;
  std::size_t size_ = 0;
};
using Bytes = ByteSpan<const std::uint8_t>;
using MutableBytes = ByteSpan<std::uint8_t>;

/// FNV-1a, 32 bit: the checksum of snapshots, journal frames and batches, and the order of the symbol table. Each step
/// is a bijection of the state, so one changed byte always changes the result. `hash` continues an earlier call.
[[nodiscard]] std::uint32_t fnv32(Bytes bytes, std::uint32_t hash = 2166136261u);

/// FNV-1a, 64 bit: the program hash.
[[nodiscard]] std::uint64_t fnv64(Bytes bytes, std::uint64_t hash = 14695981039346656037ull);

[[nodiscard]] OMO_INLINE inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] OMO_INLINE inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Length of the longest prefix of `text` that is at most `limit` bytes and ends on a character boundary of UTF-8.
[[nodiscard]] std::size_t utf8_prefix(std::string_view text, std::size_t limit);

/// Copies bytes that do not overlap. For few of them a call of the browser's memory.copy costs more than the stores.
void copy_bytes(std::uint8_t* to, Bytes from);

[[nodiscard]] bool same_text(std::string_view a, std::string_view b);

/// Reads from a span. After the first read past the end `ok()` is false for good and every read gives zero or empty.
class ByteReader {
 public:
  ByteReader() = default;
  OMO_INLINE explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] OMO_INLINE bool ok() const { return ok_; }
  [[nodiscard]] OMO_INLINE bool at_end() const { return position_ == bytes_.size(); }
  /// Everything was read, and nothing beyond.
  [[nodiscard]] OMO_INLINE bool is_done() const { return ok_ && at_end(); }
  [[nodiscard]] OMO_INLINE std::size_t position() const { return position_; }
  [[nodiscard]] OMO_INLINE std::size_t remaining() const { return bytes_.size() - position_; }

  Bytes take(std::size_t count);
  /// Unsigned little-endian integer of `count` bytes, at most 8.
  std::uint64_t unsigned_bytes(std::size_t count);
  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  /// 48 bits: a time in ms, exact as a double.
  double u48();
  OMO_INLINE std::uint64_t u64() { return unsigned_bytes(8); }
  double f64();
  /// LEB128, at most 5 bytes and 32 bits; more is an error.
  std::uint32_t varint();
  /// A varint length, then that many bytes of UTF-8 (not validated: strings are compared and copied, never decoded).
  std::string_view text();
  OMO_INLINE void fail() { ok_ = false; }

 private:
  Bytes bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

/// Writes into a span that it never outgrows: once something does not fit, `ok()` is false for good.
class ByteWriter {
 public:
  OMO_INLINE explicit ByteWriter(MutableBytes bytes) : bytes_(bytes) {}

  [[nodiscard]] OMO_INLINE bool ok() const { return ok_; }
  [[nodiscard]] OMO_INLINE std::size_t position() const { return position_; }
  [[nodiscard]] OMO_INLINE Bytes written() const { return bytes_.first(position_); }
  /// Back to an earlier position, for an entry that turned out not to fit or not to be wanted.
  void rewind(std::size_t position) {
    position_ = position;
    ok_ = true;
  }

  void put(Bytes bytes);
  void unsigned_bytes(std::uint64_t value, std::size_t count);
  void u8(std::uint8_t value);
  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  /// A time in ms; negative ones and those beyond 48 bits do not occur (the reader never gives them).
  void u48(double value);
  OMO_INLINE void u64(std::uint64_t value) { unsigned_bytes(value, 8); }
  void f64(double value);
  void varint(std::uint32_t value);
  void text(std::string_view text);
  /// Overwrites four bytes written earlier (a length or a checksum that is known only now).
  void patch_u32(std::size_t position, std::uint32_t value);

 private:
  MutableBytes bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace omo
