// SPDX-License-Identifier: Apache-2.0
// The adaptive model of a batch's body (batch.md). One template serves both directions: each function takes the value
// to encode and returns the value that was coded, so that encoder and decoder cannot drift apart.
#pragma once
#include <cstdint>
#include <string_view>

#include "wire/program.h"
#include "wire/text_model.h"

namespace omo {

/// A number: is it the last one, is it the last one gone on by the last step, else its sign and size.
struct NumberModel {
  BitModel same;
  BitModel linear;
  BitModel negative;
  BitModel scale[4];  ///< a tree of 2 bits
  BitModel size[64];  ///< a tree of 6 bits: sizes below 16, or 11 + the bit length
  double last;
  double step;
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
    NumberModel number;
    std::string_view text;     ///< last value of this parameter
    std::string_view literal;  ///< last literal of this parameter
    std::int32_t step;         ///< by which the last number in it went on
  };

  Slot slots[kSlots];
  BitModel present[128];
  BitModel event[512];
  BitModel followed[64];  ///< is it what followed this event the last time?
  std::uint8_t next_event[64];
  BitModel truth;
  BitModel membership;
  NumberModel count, first, gap, time, items, reference;
  TextModel text;
  std::string_view recent[kRecent];  ///< strings of this batch, most recently used first
  std::uint32_t recent_count = 0;
};

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
  OMO_INLINE double number(NumberModel& models, double value, bool is_whole) {
    const double coded = code_number(models, value, is_whole);
    return Coder::kEncodes ? value : coded;
  }
  /// A whole number that is not negative; a decoder answers kNone for what is none.
  std::uint32_t count(NumberModel& models, std::uint32_t value) {
    const double coded = number(models, value, true);
    return coded >= 0 && coded < kNone ? static_cast<std::uint32_t>(coded) : kNone;
  }

  std::uint32_t event(std::uint32_t previous, std::uint32_t row) {
    previous &= 63;
    std::uint8_t& next = model_.next_event[previous];
    if (coder_.bit(model_.followed[previous], row == next)) return Coder::kEncodes ? row : next;
    unsigned bits = 1;
    while (program_.events().size() >> bits != 0) ++bits;
    row = tree(model_.event, bits, row);
    next = static_cast<std::uint8_t>(row);
    return row;
  }

  /// Codes one declared parameter. Decoded text lives as long as what `keep` returns.
  template <class Keep>
  void param(std::uint32_t row, BatchValue& value, Keep&& keep) {
    value.present = coder_.bit(model_.present[row & 127], value.present);
    if (!value.present) return;
    const ParamRow& declared = program_.params()[row];
    BatchModel::Slot& slot = model_.slots[declared.name % BatchModel::kSlots];
    const bool is_text = declared.type == Type::kString || declared.type == Type::kDate;
    if (declared.type == Type::kBool) {
      value.number = coder_.bit(slot.known, value.number != 0) ? 1 : 0;
    } else if (!is_text) {
      value.number = number(slot.number, value.number, false);
    } else if (coder_.bit(slot.repeat, same_text(value.text, slot.text))) {
      if (!Coder::kEncodes) value.text = slot.text;
    } else {
      value.text = slot.text = text(slot, value.text, keep);
    }
  }

 private:
  [[gnu::noinline]] std::uint32_t code_tree(BitModel* models, unsigned bits, std::uint32_t value) {
    std::uint32_t node = 1;
    for (unsigned i = bits; i-- > 0;) node = node << 1 | (coder_.bit(models[node], (value >> i & 1) != 0) ? 1u : 0u);
    return node - (1u << bits);
  }

  [[gnu::noinline]] double code_number(NumberModel& models, double value, bool is_whole) {
    const double linear = models.last + models.step;
    if (coder_.bit(models.same, value == models.last)) {
      value = models.last;
    } else if (coder_.bit(models.linear, value == linear)) {
      value = linear;
    } else {
      value = is_whole ? whole(models, value) : decimal(models, value);
    }
    models.step = value - models.last;
    models.last = value;
    return value;
  }

  /// `value` is whole and smaller than 2^52.
  double whole(NumberModel& models, double value) {
    const bool negative = coder_.bit(models.negative, value < 0);
    const auto size = Coder::kEncodes ? static_cast<std::uint64_t>(negative ? -value : value) : std::uint64_t{0};
    const auto coded = static_cast<double>(code_size(models.size, size));
    return negative ? -coded : coded;
  }

  std::uint64_t code_size(BitModel* models, std::uint64_t value) {
    unsigned length = 0;
    while (length < 52 && value >> length != 0) ++length;
    std::uint32_t symbol = tree(models, 6, length < 5 ? static_cast<std::uint32_t>(value) : 11 + length);
    if (symbol < 16) return symbol;
    std::uint64_t result = 1;
    for (unsigned i = symbol - 12; i-- > 0;)
      result = result << 1 | (coder_.bit(kEvenOdds, (value >> i & 1) != 0) ? 1u : 0u);
    return result;
  }

  static double truncated(double value) { return static_cast<double>(static_cast<std::int64_t>(value)); }

  /// Numbers that are whole, whole tens or whole hundredths are coded as whole numbers; anything else bit by bit.
  double decimal(NumberModel& models, double value) {
    enum : std::uint32_t { kWhole, kTens, kHundredths, kRaw };
    std::uint32_t scale = kRaw;
    double scaled = 0;
    if (Coder::kEncodes && value > -4e13 && value < 4e13) {
      const auto try_scale = [&](double factor, std::uint32_t candidate) {
        const double rounded = truncated(value * factor + (value < 0 ? -0.5 : 0.5));
        if (rounded / factor != value) return;
        scale = candidate;
        scaled = rounded;
      };
      try_scale(100, kHundredths);
      try_scale(1, kWhole);
      if (scale == kWhole && truncated(scaled / 10) * 10 == scaled) {
        scale = kTens;
        scaled /= 10;
      }
    }
    scale = tree(models.scale, 2, scale);
    if (scale == kRaw) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      std::uint64_t coded = 0;
      for (unsigned i = 64; i-- > 0;) coded = coded << 1 | (coder_.bit(kEvenOdds, (bits >> i & 1) != 0) ? 1u : 0u);
      std::memcpy(&value, &coded, sizeof value);
      return value;
    }
    scaled = whole(models, scaled);
    return scale == kTens ? scaled * 10 : scale == kHundredths ? scaled / 100 : scaled;
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
      reference = count(model_.reference, static_cast<std::uint32_t>(reference));
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

  /// The last number in a text: where it ends and begins, at most eight digits.
  struct Digits {
    std::size_t begin;
    std::size_t end;
    std::int32_t value;
  };
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static Digits last_digits(std::string_view text) {
    std::size_t end = text.size();
    while (end > 0 && !is_digit(text[end - 1])) --end;
    Digits digits{end, end, 0};
    for (std::int32_t unit = 1; digits.begin > 0 && unit < 100000000 && is_digit(text[digits.begin - 1]); unit *= 10)
      digits.value += (text[--digits.begin] - '0') * unit;
    return digits;
  }
  /// A parameter's next literal may be its last one, with the last number in it gone on by the same step.
  static std::string_view guess_after(const BatchModel::Slot& slot, char* out) {
    for (std::size_t i = 0; i < slot.literal.size(); ++i) out[i] = slot.literal[i];
    const Digits digits = last_digits(slot.literal);
    std::int32_t next = digits.value + slot.step;
    for (std::size_t i = digits.end; i > digits.begin && next >= 0; next /= 10)
      out[--i] = static_cast<char>('0' + next % 10);
    return {out, slot.literal.size()};
  }

  template <class Keep>
  std::string_view literal(BatchModel::Slot& slot, std::string_view value, Keep&& keep) {
    char guessed[kMaxStringBytes];
    char buffer[kMaxStringBytes];
    const std::string_view guess = guess_after(slot, guessed);
    std::size_t length = 0;
    std::uint32_t right = 0;
    for (;; ++length) {
      const bool ends = length == value.size();
      const std::uint8_t byte =
          model_.text.code(&coder_, {buffer, length}, guess, right,
                           Coder::kEncodes && !ends ? static_cast<std::uint8_t>(value[length]) : kTextEnd);
      if (byte == kTextEnd) break;
      if (length == kMaxStringBytes) {
        failed_ = true;
        return {};
      }
      buffer[length] = static_cast<char>(byte);
      right = length < guess.size() && guess[length] == buffer[length] ? right + 1 : 0;
    }
    const std::string_view text{buffer, length};
    slot.step = last_digits(text).value - last_digits(slot.literal).value;
    return slot.literal = Coder::kEncodes ? value : keep(text);
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
