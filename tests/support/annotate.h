// SPDX-License-Identifier: Apache-2.0
// A batch as text: each field of the header with its bytes, then each value of the body with the body bytes that had
// been read when it was known. (A range coder has no borders between values: a byte can hold many of them.)
#pragma once
#include <algorithm>
#include <cstdio>
#include <deque>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "wire/batch_body.h"

namespace omo::test {

/// The decoding end of code_batch_body: writes a line for everything that it is given.
class AnnotatingSink {
 public:
  AnnotatingSink(const ProgramView& program, std::ostream& out) : program_(program), out_(out) {}
  std::uint32_t count(std::uint32_t count) {
    if (count > 0) out_ << "events " << count << '\n';
    return count;
  }
  void event(BatchEvent&) {}
  void begin(const BatchEvent& event) {
    out_ << "event " << event.sequence << ' ' << program_.name_of(Table::kEvent, event.event) << " at " << event.time_ms
         << " ms, items " << event.items << '\n';
  }
  void value(std::uint32_t, std::uint32_t, BatchValue&) {}
  void put(std::uint32_t row, std::uint32_t item, const BatchValue& value) {
    const ParamRow& param = program_.params()[row];
    out_ << "  ";
    if (item != kNone) out_ << "item " << item << ' ';
    out_ << program_.symbol(param.name) << " = ";
    if (param.type == Type::kString || param.type == Type::kDate) {
      out_ << '"' << value.text << '"';
    } else {
      char number[40];
      std::snprintf(number, sizeof number, "%.17g", value.number);
      out_ << number;
    }
    out_ << '\n';
  }
  std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }
  bool membership(bool present) {
    if (present) out_ << "membership\n";
    return present;
  }
  bool segment(std::uint32_t row, bool on) {
    if (on) out_ << "  on: " << program_.name_of(Table::kSegment, row) << '\n';
    return on;
  }

 private:
  const ProgramView& program_;
  std::ostream& out_;
  std::deque<std::string> texts_;
};

/// The lines of a body, up to where it stops making sense.
inline std::string annotated_body(Bytes body, const BatchHeader& header, const ProgramView& program) {
  std::ostringstream out;
  const auto model = std::make_unique<BatchModel>();
  model->text.prime<RangeDecoder>();
  RangeDecoder coder(body);
  AnnotatingSink sink(program, out);
  if (!code_batch_body(coder, *model, program, header, sink)) out << "the body ends here\n";
  return out.str();
}

inline std::string annotate_batch(Bytes batch, const ProgramView& program) {
  struct Field {
    const char* name;
    std::size_t bytes;
  };
  static constexpr Field kFields[] = {{"magic", 1}, {"flags, version", 1}, {"program", 4}, {"stream id", 8},
                                      {"sent", 4},  {"consent", 1},        {"length", 2},  {"checksum", 3}};
  std::ostringstream out;
  const auto write_hex = [&](std::size_t begin, std::size_t count) {
    char digits[4];
    for (std::size_t i = begin; i < begin + count; ++i) {
      std::snprintf(digits, sizeof digits, "%02x ", unsigned{batch[i]});
      out << digits;
    }
  };
  out << "header\n";
  std::size_t at = 0;
  for (const Field& field : kFields) {
    char place[24];
    std::snprintf(place, sizeof place, "%3zu  %-14s ", at, field.name);
    out << place;
    write_hex(at, field.bytes);
    out << '\n';
    at += field.bytes;
  }
  BatchHeader header;
  if (read_batch_header(batch, header) != Status::kOk) return out.str() + "the header does not read\n";
  const Bytes body = batch.subspan(kBatchHeaderBytes);
  const std::string whole = annotated_body(body, header, program);
  // A line is known from the shortest prefix whose every extension gives it: zeros and ones behind it agree.
  std::vector<std::size_t> known;
  for (std::size_t length = 0; length <= body.size(); ++length) {
    std::vector<std::uint8_t> ones(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(length));
    ones.resize(body.size() + 8, 0xFF);
    const std::string low = annotated_body(body.first(length), header, program);
    const std::string high = annotated_body(ones, header, program);
    std::size_t same = 0;
    while (same < low.size() && same < high.size() && same < whole.size() && low[same] == high[same] &&
           low[same] == whole[same]) {
      ++same;
    }
    const std::string_view agreed = std::string_view(whole).substr(0, same);
    known.push_back(static_cast<std::size_t>(std::count(agreed.begin(), agreed.end(), '\n')));
  }
  out << "body, " << body.size() << " bytes: the bytes that are needed to tell the line, then the line\n";
  std::istringstream lines(whole);
  std::string line;
  std::size_t length = 0;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::size_t from = length;
    while (length < body.size() && known[length] < number) ++length;
    char place[24];
    std::snprintf(place, sizeof place, "%3zu  ", kBatchHeaderBytes + from);
    out << place;
    write_hex(kBatchHeaderBytes + from, length - from);
    out << " | " << line << '\n';
  }
  return out.str();
}

}  // namespace omo::test
