// SPDX-License-Identifier: Apache-2.0
#include "expression/decimal.h"

namespace omo {
namespace {

/// A whole number of so many bits; what would go beyond is lost, which the callers' limits exclude.
constexpr std::uint32_t kWords = 56;

struct Big {
  std::uint32_t words[kWords] = {};
};

void multiply(Big& big, std::uint32_t factor, std::uint32_t carry = 0) {
  for (std::uint32_t& word : big.words) {
    const std::uint64_t product = std::uint64_t{word} * factor + carry;
    word = static_cast<std::uint32_t>(product);
    carry = static_cast<std::uint32_t>(product >> 32);
  }
}

void multiply_times(Big& big, std::uint32_t factor, std::int32_t times) {
  for (; times > 0; --times) multiply(big, factor);
}

/// a + b, or a - b for b <= a.
Big sum(const Big& a, const Big& b, bool negative = false) {
  Big result;
  std::uint64_t carry = negative ? 1 : 0;
  for (std::uint32_t i = 0; i < kWords; ++i) {
    carry += std::uint64_t{a.words[i]} + (negative ? ~b.words[i] : b.words[i]);
    result.words[i] = static_cast<std::uint32_t>(carry);
    carry >>= 32;
  }
  return result;
}

/// -1, 0 or 1.
int order(const Big& a, const Big& b) {
  for (std::uint32_t i = kWords; i-- > 0;) {
    if (a.words[i] != b.words[i]) return a.words[i] < b.words[i] ? -1 : 1;
  }
  return 0;
}

Big big(std::uint64_t number) {
  Big result;
  result.words[0] = static_cast<std::uint32_t>(number);
  result.words[1] = static_cast<std::uint32_t>(number >> 32);
  return result;
}

constexpr std::uint32_t kMaxDigits = 17;
struct Digits {
  char digits[kMaxDigits + 1];
  std::uint32_t size = 0;
  std::int32_t point = 0;  ///< the number is 0.digits * 10^point
};

/// Of a positive, finite number with these bits.
void shortest(std::uint64_t bits, Digits& out) {
  const auto exponent = static_cast<std::int32_t>(bits >> 52);
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
  const std::uint64_t mantissa = exponent > 0 ? fraction | std::uint64_t{1} << 52 : fraction;
  const std::int32_t power = (exponent > 0 ? exponent : 1) - 1075;
  // value = rest / scale; up and down are half the distances to the neighbours, all times the same.
  Big rest = big(mantissa * 2);
  Big scale = big(2);
  Big up = big(1);
  multiply_times(rest, 2, power);
  multiply_times(up, 2, power);
  multiply_times(scale, 2, -power);
  Big down = up;
  if (fraction == 0 && exponent > 1) {  // the neighbour below is nearer
    for (Big* each : {&rest, &scale, &up}) multiply(*each, 2);
  }
  // A neighbour's half way itself reads back as this number where this mantissa is even.
  const int reach = mantissa % 2 == 0 ? 0 : 1;
  while (order(sum(rest, up), scale) >= reach) {
    multiply(scale, 10);
    ++out.point;
  }
  for (;;) {
    for (Big* each : {&rest, &up, &down}) multiply(*each, 10);
    if (order(sum(rest, up), scale) < reach) {
      --out.point;  // still below a tenth: no digit yet
      continue;
    }
    break;
  }
  for (;;) {
    char digit = '0';
    for (; order(rest, scale) >= 0; ++digit) rest = sum(rest, scale, true);
    const bool low = order(down, rest) >= reach;
    const bool high = order(sum(rest, up), scale) >= reach;
    if (high && (!low || order(sum(rest, rest), scale) >= 0)) ++digit;
    out.digits[out.size++] = digit;
    if (low || high || out.size == kMaxDigits) return;
    for (Big* each : {&rest, &up, &down}) multiply(*each, 10);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void TextRoom::put_number(std::uint64_t number, std::uint32_t least_digits) {
  char digits[20];
  std::uint32_t size = 0;
  do {
    digits[size++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0 || size < least_digits);
  while (size > 0) put(digits[--size]);
}

Datum TextRoom::take() {
  if (full_) return {};
  const Datum result = text_datum({bytes_ + taken_, used_ - taken_});
  taken_ = used_;
  return result;
}

void put_double(TextRoom& room, double number) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &number, sizeof bits);
  constexpr std::uint64_t kInfinity = std::uint64_t{0x7FF} << 52;
  const bool negative = bits >> 63 != 0;
  bits &= ~(std::uint64_t{1} << 63);
  if (bits > kInfinity) return room.put("NaN");
  if (bits == kInfinity) return room.put(negative ? "-Inf" : "+Inf");
  if (negative) room.put('-');
  if (bits == 0) return room.put('0');
  Digits found;
  shortest(bits, found);
  const auto digits = static_cast<std::int32_t>(found.size);
  const std::int32_t exponent = found.point - 1;
  if (exponent < -4 || exponent >= 6) {
    room.put(found.digits[0]);
    if (digits > 1) room.put('.');
    room.put({found.digits + 1, found.size - 1});
    room.put(exponent < 0 ? "e-" : "e+");
    room.put_number(static_cast<std::uint64_t>(exponent < 0 ? -exponent : exponent), 2);
    return;
  }
  for (std::int32_t at = found.point < 1 ? found.point - 1 : 0; at < digits || at < found.point; ++at) {
    if (at == found.point && at > 0) room.put('.');
    room.put(at >= 0 && at < digits ? found.digits[at] : '0');
    if (at == found.point - 1 && found.point < 1) room.put('.');
  }
}

bool parse_double(std::string_view text, double& number) {
  constexpr std::uint32_t kMostDigits = 120;
  std::size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;
  Big value;
  std::uint32_t digits = 0;
  std::int32_t power = 0;
  bool after_point = false;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !after_point)); ++at) {
    if (text[at] == '.') {
      after_point = true;
      continue;
    }
    if (++digits > kMostDigits) return false;
    multiply(value, 10, static_cast<std::uint32_t>(text[at] - '0'));
    if (after_point) --power;
  }
  if (digits == 0) return false;
  if (at < text.size()) {
    if ((text[at] | 0x20) != 'e') return false;
    std::int64_t exponent = 0;
    if (!parse_int(part_of_text(text, at + 1, text.size() - at - 1), exponent)) return false;
    constexpr std::int64_t kFar = 9999;
    power += static_cast<std::int32_t>(exponent > kFar ? kFar : exponent < -kFar ? -kFar : exponent);
  }
  std::uint64_t bits = 0;
  const std::int32_t magnitude = power + static_cast<std::int32_t>(digits);
  if (order(value, {}) != 0 && magnitude >= -330) {
    // A long row of zeros in front does not make a number large.
    if (magnitude > 310 + static_cast<std::int32_t>(kMostDigits) || power > 310) return false;
    Big scale = big(1);
    multiply_times(value, 10, power);
    multiply_times(scale, 10, -power);
    std::int32_t exponent = 0;
    for (; order(value, scale) >= 0; ++exponent) multiply(scale, 2);
    for (; order(value, scale) < 0; --exponent) multiply(value, 2);
    // Now scale <= value < 2 scale, and the number is value / scale * 2^exponent. Subnormals have fewer bits.
    constexpr std::int32_t kBits = 53;
    constexpr std::int32_t kLeast = -1022;
    const std::int32_t wanted = exponent >= kLeast ? kBits : kBits - (kLeast - exponent);
    for (std::int32_t i = 0; i < wanted; ++i) {
      const bool one = order(value, scale) >= 0;
      bits = bits << 1 | (one ? 1 : 0);
      if (one) value = sum(value, scale, true);
      multiply(value, 2);
    }
    const int half = wanted < 0 ? -1 : order(value, scale);
    if (half > 0 || (half == 0 && bits % 2 != 0)) ++bits;
    if (wanted == kBits) bits += static_cast<std::uint64_t>(exponent - kLeast) << 52;
    if (exponent > 1023 || bits >= std::uint64_t{0x7FF} << 52) return false;
  }
  if (negative) bits |= std::uint64_t{1} << 63;
  std::memcpy(&number, &bits, sizeof number);
  return true;
}

bool parse_int(std::string_view text, std::int64_t& number) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  std::uint64_t magnitude = 0;
  if (text.empty()) return false;
  for (char c : text) {
    if (!is_digit(c) || magnitude > (std::uint64_t{1} << 63) / 10) return false;
    magnitude = magnitude * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (magnitude > (std::uint64_t{1} << 63) - (negative ? 0 : 1)) return false;
  number = static_cast<std::int64_t>(negative ? ~magnitude + 1 : magnitude);
  return true;
}

}  // namespace omo
