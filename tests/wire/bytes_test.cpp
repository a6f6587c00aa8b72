// SPDX-License-Identifier: Apache-2.0
// Reading and writing of bytes, the hash, and the range coder.
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "support/random.h"
#include "wire/bytes.h"
#include "wire/range_coder.h"

namespace bytes_test {

using namespace omo;
using namespace omo::test;

namespace {

std::vector<std::uint8_t> varint(std::uint32_t value) {
  std::vector<std::uint8_t> bytes(8);
  ByteWriter writer(bytes);
  writer.varint(value);
  bytes.resize(writer.position());
  return bytes;
}

bool reads_varint(std::vector<std::uint8_t> bytes) {
  ByteReader reader(bytes);
  (void)reader.varint();
  return reader.is_done();
}

struct Symbol {
  std::uint32_t model;  ///< 16 = an even bit
  bool bit;
};

std::vector<Symbol> random_symbols(Random& random) {
  std::vector<Symbol> symbols(random.below(3000));
  const std::uint32_t skew = 1 + random.below(60);
  for (Symbol& symbol : symbols) symbol = {random.below(17), random.one_in(skew)};
  return symbols;
}

std::vector<std::uint8_t> encode(const std::vector<Symbol>& symbols) {
  std::vector<std::uint8_t> bytes(symbols.size() * 2 + 16);
  ByteWriter writer(bytes);
  RangeEncoder coder(writer);
  std::vector<BitModel> models(16);
  for (const Symbol& symbol : symbols) {
    if (symbol.model < 16) {
      coder.bit(models[symbol.model], symbol.bit);
    } else {
      coder.bit(kEvenOdds, symbol.bit);
    }
  }
  coder.finish();
  REQUIRE(coder.ok());
  bytes.resize(writer.position());
  return bytes;
}

}  // namespace

TEST_CASE("a varint takes a byte for seven bits, and comes back") {
  for (const std::uint32_t value : {0u, 1u, 127u, 128u, 16383u, 16384u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
    INFO(value);
    const auto bytes = varint(value);
    ByteReader reader(bytes);
    CHECK(reader.varint() == value);
    CHECK(reader.is_done());
  }
  CHECK(varint(127).size() == 1);
  CHECK(varint(128).size() == 2);
  CHECK(varint(0xFFFFFFFF).size() == 5);
}

TEST_CASE("a varint of more than 32 bits, or without an end, is an error") {
  CHECK(reads_varint({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}));
  CHECK_FALSE(reads_varint({0xFF, 0xFF, 0xFF, 0xFF, 0x1F}));
  CHECK_FALSE(reads_varint({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}));
  CHECK_FALSE(reads_varint({0x80}));
  CHECK_FALSE(reads_varint({}));
}

TEST_CASE("a read past the end gives zero, and every read after it too") {
  const std::vector<std::uint8_t> bytes = {1, 2, 3};
  ByteReader reader(bytes);
  CHECK(reader.u32() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);
  CHECK(reader.f64() == 0);
  CHECK(reader.text().empty());
  CHECK(reader.remaining() == 0);
  ByteReader huge(bytes);
  CHECK(huge.take(std::numeric_limits<std::size_t>::max()).empty());
  CHECK_FALSE(huge.ok());
}

TEST_CASE("every kind of number comes back") {
  std::vector<std::uint8_t> bytes(64);
  ByteWriter writer(bytes);
  writer.u8(0xAB);
  writer.u16(0xABCD);
  writer.u32(0xABCDEF01);
  writer.u48(281474976710655.0);
  writer.u64(0xFEDCBA9876543210);
  writer.f64(-0.1);
  writer.text("花");
  ByteReader reader(writer.written());
  CHECK(reader.u8() == 0xAB);
  CHECK(reader.u16() == 0xABCD);
  CHECK(reader.u32() == 0xABCDEF01);
  CHECK(reader.u48() == 281474976710655.0);
  CHECK(reader.u64() == 0xFEDCBA9876543210);
  CHECK(reader.f64() == -0.1);
  CHECK(reader.text() == "花");
  CHECK(reader.is_done());
  CHECK(bytes[1] == 0xCD);  // little-endian
}

TEST_CASE("a writer never outgrows its span, and says so") {
  std::vector<std::uint8_t> bytes(5, 0xEE);
  ByteWriter writer(MutableBytes(bytes).first(4));
  writer.u16(1);
  writer.u32(2);
  CHECK_FALSE(writer.ok());
  CHECK(bytes[4] == 0xEE);
  writer.rewind(2);
  CHECK(writer.ok());
  writer.u16(3);
  CHECK(writer.ok());
  CHECK(writer.position() == 4);
}

TEST_CASE("a text is cut on a character boundary, never inside one") {
  const std::string text = "aé花🌸";  // 1 + 2 + 3 + 4 bytes
  const std::size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t limit = 0; limit < std::size(expected); ++limit) {
    INFO(limit);
    CHECK(utf8_prefix(text, limit) == expected[limit]);
  }
}

TEST_CASE("the hash is FNV-1a") {
  CHECK(fnv32({}) == 0x811C9DC5);
  CHECK(fnv32(as_bytes("foobar")) == 0xBF9CF968);
  CHECK(fnv64({}) == 0xCBF29CE484222325);
  CHECK(fnv64(as_bytes("foobar")) == 0x85944171F73967E8);
  CHECK(fnv32(as_bytes("bar"), fnv32(as_bytes("foo"))) == fnv32(as_bytes("foobar")));
}

TEST_CASE("what was coded is decoded, bit by bit, and to the last byte") {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const auto symbols = random_symbols(random);
    const auto bytes = encode(symbols);
    RangeDecoder decoder(bytes);
    std::vector<BitModel> models(16);
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      const bool bit = symbols[i].model < 16 ? decoder.bit(models[symbols[i].model]) : decoder.bit(kEvenOdds);
      if (bit != symbols[i].bit) FAIL("bit " << i << " of " << symbols.size());
    }
    REQUIRE(decoder.ok());
    REQUIRE(decoder.at_end());
  }
}

TEST_CASE("what repeats costs a fraction of a bit, and chance costs its bits") {
  Random random(3);
  std::vector<Symbol> same(8000, Symbol{0, true});
  CHECK(encode(same).size() < 8000 / 64);
  std::vector<Symbol> chance(8000, Symbol{16, false});
  for (Symbol& symbol : chance) symbol.bit = random.one_in(2);
  CHECK(encode(chance).size() <= 1000 + 2);
}

TEST_CASE("an encoder without room fails without writing beyond it") {
  std::vector<std::uint8_t> bytes(16, 0xEE);
  ByteWriter writer(MutableBytes(bytes).first(8));
  RangeEncoder coder(writer);
  for (int i = 0; i < 400; ++i) coder.bit(kEvenOdds, i % 3 == 0);
  coder.finish();
  CHECK_FALSE(coder.ok());
  for (std::size_t i = 8; i < 16; ++i) CHECK(bytes[i] == 0xEE);
}

TEST_CASE("a decoder of endless input stops being believed") {
  const std::vector<std::uint8_t> bytes = {1, 2, 3};
  RangeDecoder decoder(bytes);
  for (int i = 0; i < 100; ++i) (void)decoder.bit(kEvenOdds);
  CHECK_FALSE(decoder.ok());
}

}  // namespace bytes_test
