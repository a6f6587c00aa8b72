// SPDX-License-Identifier: Apache-2.0
// The adaptive model of a batch's body (batch.md). One template serves both directions: each function takes the value
// to encode and returns the value that was coded, so that encoder and decoder cannot drift apart.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/program.h"
#include "wire/range_coder.h"

namespace omo {

/// Adaptive models for unsigned numbers below 2^53: a tree over the bit length, then models for the upper three bits.
struct NumberModel {
  BitModel length[64];
  BitModel top[64][8];
};

/// One parameter of one occurrence, as it is coded.
struct BatchValue {
  bool present = false;
  double number = 0;
  std::string_view text;
};

/// Models and memory of one batch. Start each batch with a fresh one. Statistics are shared by all parameters of the
/// same name (their symbol, folded): a collision costs bits, never correctness.
struct BatchModel {
  static constexpr std::uint32_t kSlots = 32;
  static constexpr std::uint32_t kRecent = 64;

  struct Slot {
    BitModel repeat;
    BitModel known;
    BitModel kind[4];
    BitModel length[64];
    std::string_view text;     ///< last value of this parameter
    std::string_view literal;  ///< last literal of this parameter
    double number = 0;
  };

  Slot slots[kSlots];
  BitModel present[128];
  BitModel event[8][256];
  BitModel bytes[12][256];
  BitModel truth;
  BitModel membership;
  NumberModel count, gap, time, items, string_ref, prefix, rest;
  BitModel number_top[64][8];
  std::string_view recent[kRecent];  ///< strings of this batch, most recently used first
  std::uint32_t recent_count = 0;
};

/// Context of a byte of a literal: what the byte before it was.
[[nodiscard]] inline std::uint32_t byte_class(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  const auto byte = [&](std::size_t back) -> std::uint8_t {
    return at >= back ? static_cast<std::uint8_t>(text[at - back]) : std::uint8_t{0};
  };
  const std::uint8_t last = byte(1);
  if (last < 0x80) {
    if (last >= 'a' && last <= 'z') return 1;
    if (last >= 'A' && last <= 'Z') return 2;
    if (last >= '0' && last <= '9') return 3;
    return last == '/' || last == '-' || last == '_' ? 4 : 5;
  }
  if (last == 0xE3) return 6;  // kana and Japanese punctuation follow
  if (last >= 0xC0) return 7;
  const std::uint8_t before = byte(2);
  if (before == 0xE3) return last == 0x81 ? 8 : 9;  // hiragana, or katakana and the rest
  return before >= 0xE0 ? 10 : 11;
}

template <class Coder>
class BatchCodec {
 public:
  BatchCodec(Coder& coder, BatchModel& model, const ProgramView& program)
      : coder_(coder), model_(model), program_(program) {}

  // An encoder gives back what it was given (see RangeEncoder::bit).
  OMO_INLINE std::uint32_t tree(BitModel* models, unsigned bits, std::uint32_t value) {
    const std::uint32_t coded = code_tree(models, bits, value);
    return Coder::kEncodes ? value : coded;
  }
  OMO_INLINE std::uint64_t number(BitModel* length_models, BitModel (*top)[8], std::uint64_t value) {
    const std::uint64_t coded = code_number(length_models, top, value);
    return Coder::kEncodes ? value : coded;
  }
  OMO_INLINE std::uint64_t number(NumberModel& models, std::uint64_t value) {
    return number(models.length, models.top, value);
  }

  static std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  }
  static std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }

  std::uint32_t event(std::uint32_t previous, std::uint32_t row) { return tree(model_.event[previous & 7], 8, row); }

  /// Codes one declared parameter. Decoded text lives as long as what `keep` returns.
  template <class Keep>
  void param(std::uint32_t row, BatchValue& value, Keep&& keep) {
    value.present = coder_.bit(model_.present[row & 127], value.present);
    if (!value.present) return;
    const ParamRow& declared = program_.params()[row];
    BatchModel::Slot& slot = model_.slots[declared.name % BatchModel::kSlots];
    const bool is_text = declared.type == Type::kString || declared.type == Type::kDate;
    const bool same = is_text ? same_text(value.text, slot.text) : value.number == slot.number;
    if (declared.type == Type::kBool) {
      value.number = coder_.bit(slot.known, value.number != 0) ? 1 : 0;
    } else if (coder_.bit(slot.repeat, same)) {
      if (Coder::kEncodes) return;
      value.number = is_text ? 0 : slot.number;
      value.text = is_text ? slot.text : std::string_view{};
    } else if (is_text) {
      value.text = slot.text = text(slot, value.text, keep);
    } else {
      value.number = slot.number = decimal(slot, value.number);
    }
  }

 private:
  [[gnu::noinline]] std::uint32_t code_tree(BitModel* models, unsigned bits, std::uint32_t value) {
    std::uint32_t node = 1;
    for (unsigned i = bits; i-- > 0;) node = node << 1 | (coder_.bit(models[node], (value >> i & 1) != 0) ? 1u : 0u);
    return node - (1u << bits);
  }

  [[gnu::noinline]] std::uint64_t code_number(BitModel* length_models, BitModel (*top)[8], std::uint64_t value) {
    unsigned length = 0;
    while (length < 63 && value >> length != 0) ++length;
    length = tree(length_models, 6, length);
    if (length <= 1) return length;
    std::uint64_t result = 1;
    std::uint32_t node = 1;
    for (unsigned i = length - 1; i-- > 0;) {
      const bool in = (value >> i & 1) != 0;
      const bool bit = node < 8 ? coder_.bit(top[length][node], in) : coder_.even_bit(in);
      if (node < 8) node = node << 1 | (bit ? 1u : 0u);
      result = result << 1 | (bit ? 1u : 0u);
    }
    return result;
  }

  /// Doubles that are whole, whole tens or whole hundredths are coded as integers; anything else bit by bit.
  double decimal(BatchModel::Slot& slot, double value) {
    enum : std::uint32_t { kWhole, kTens, kHundredths, kRaw };
    std::uint32_t kind = kRaw;
    std::int64_t integer = 0;
    if (Coder::kEncodes && value > -4e13 && value < 4e13) {
      const auto try_scale = [&](double scale, std::uint32_t candidate) {
        const double scaled = value * scale;
        const auto truncated = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        if (static_cast<double>(truncated) / scale == value && !(value == 0 && 1 / value < 0)) {
          kind = candidate;
          integer = truncated;
        }
      };
      try_scale(100, kHundredths);
      try_scale(1, kWhole);
      if (kind == kWhole && integer % 10 == 0) {
        kind = kTens;
        integer /= 10;
      }
    }
    kind = tree(slot.kind, 2, kind);
    if (kind == kRaw) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      std::uint64_t coded = 0;
      for (unsigned i = 64; i-- > 0;) coded = coded << 1 | (coder_.even_bit((bits >> i & 1) != 0) ? 1u : 0u);
      std::memcpy(&value, &coded, sizeof value);
      return value;
    }
    integer = unzigzag(number(slot.length, model_.number_top, zigzag(integer)));
    const auto whole = static_cast<double>(integer);
    return kind == kTens ? whole * 10 : kind == kHundredths ? whole / 100 : whole;
  }

  /// The string that a reference stands for.
  bool find_known(std::uint64_t reference, std::string_view& text) {
    if (reference < model_.recent_count) {
      text = model_.recent[reference];
    } else if (reference >= BatchModel::kRecent && reference - BatchModel::kRecent < program_.symbols().size()) {
      text = program_.symbol(static_cast<std::uint32_t>(reference - BatchModel::kRecent));
    } else {
      return false;
    }
    return true;
  }

  template <class Keep>
  std::string_view text(BatchModel::Slot& slot, std::string_view value, Keep&& keep) {
    std::uint64_t reference = kNone;
    if (Coder::kEncodes) {
      for (std::uint32_t i = 0; i < model_.recent_count; ++i) {
        if (same_text(model_.recent[i], value)) {
          reference = i;
          break;
        }
      }
      if (reference == kNone) {
        const std::uint32_t symbol = program_.find_symbol(value);
        if (symbol != kNone) reference = std::uint64_t{BatchModel::kRecent} + symbol;
      }
    }
    std::string_view result = value;
    if (coder_.bit(slot.known, reference != kNone)) {
      reference = number(model_.string_ref, reference);
      if (!Coder::kEncodes && !find_known(reference, result)) {
        failed_ = true;
        return {};
      }
    } else {
      result = literal(slot, value, keep);
    }
    remember(result, reference < model_.recent_count ? static_cast<std::uint32_t>(reference) : kNone);
    return result;
  }

  template <class Keep>
  std::string_view literal(BatchModel::Slot& slot, std::string_view value, Keep&& keep) {
    std::size_t shared = 0;
    while (shared < value.size() && shared < slot.literal.size() && value[shared] == slot.literal[shared]) ++shared;
    shared = static_cast<std::size_t>(number(model_.prefix, shared));
    const std::uint64_t rest = number(model_.rest, value.size() - (Coder::kEncodes ? shared : 0));
    if (shared > slot.literal.size() || shared + rest > kMaxStringBytes) {
      failed_ = true;
      return {};
    }
    const std::size_t length = shared + static_cast<std::size_t>(rest);
    if (Coder::kEncodes) {
      for (std::size_t i = shared; i < length; ++i) {
        tree(model_.bytes[byte_class(value, i)], 8, static_cast<std::uint8_t>(value[i]));
      }
      return slot.literal = value;
    }
    char buffer[kMaxStringBytes];
    for (std::size_t i = 0; i < shared; ++i) buffer[i] = slot.literal[i];
    for (std::size_t i = shared; i < length; ++i) {
      buffer[i] = static_cast<char>(tree(model_.bytes[byte_class({buffer, i}, i)], 8, 0));
    }
    return slot.literal = keep({buffer, length});
  }

  /// Moves a string to the front of the recently used ones.
  void remember(std::string_view value, std::uint32_t from) {
    if (from == kNone)
      from = model_.recent_count < BatchModel::kRecent ? model_.recent_count++ : BatchModel::kRecent - 1;
    for (std::uint32_t i = from; i > 0; --i) model_.recent[i] = model_.recent[i - 1];
    model_.recent[0] = value;
  }

 public:
  [[nodiscard]] bool ok() const { return !failed_ && coder_.ok(); }

  Coder& coder_;
  BatchModel& model_;
  const ProgramView& program_;
  bool failed_ = false;
};

}  // namespace omo
