// SPDX-License-Identifier: Apache-2.0
#include "wire/batch_decode.h"

#include <deque>
#include <memory>

#include "wire/batch_body.h"

namespace omo {
namespace {

/// The decoding end of code_batch_body: fills a DecodedBatch.
struct Sink {
  DecodedBatch& batch;
  RangeDecoder& coder;
  std::uint32_t expected = 0;
  std::uint32_t values = 0;
  std::size_t text_bytes = 0;
  std::deque<std::string> texts;

  std::uint32_t count(std::uint32_t count) { return expected = count; }
  void event(BatchEvent&) {}
  void begin(const BatchEvent& event) {
    batch.events.push_back({event.sequence, event.event, event.time_ms, event.items, {}});
  }
  void value(std::uint32_t, std::uint32_t, BatchValue&) {}
  void put(std::uint32_t row, std::uint32_t item, const BatchValue& value) {
    // Repetition costs next to no bytes, so a small body could unfold to gigabytes.
    if (++values > kMaxBatchValues) return coder.spoil();
    // The engine takes finite numbers only: one that is none would spoil every sum that it enters.
    if (value.number - value.number != 0) return coder.spoil();
    batch.events.back().params.push_back({row, item, value.number, std::string(value.text)});
  }
  std::string_view keep(std::string_view text) {
    text_bytes += text.size();
    if (text_bytes > kMaxBatchTextBytes) coder.spoil();
    return texts.emplace_back(text);
  }
  bool membership(bool present) { return batch.has_membership = present; }
  bool segment(std::uint32_t row, bool on) {
    if (on) batch.segments_on.push_back(row);
    return on;
  }
};

/// The encoding end: reads a DecodedBatch.
struct Source {
  const DecodedBatch& batch;
  std::size_t next = 0;
  std::size_t param = 0;
  std::size_t segment_at = 0;

  std::uint32_t count(std::uint32_t) { return static_cast<std::uint32_t>(batch.events.size()); }
  void event(BatchEvent& event) {
    const DecodedEvent& from = batch.events[next++];
    event = {from.sequence, from.event, from.items, from.time_ms};
    param = 0;
  }
  void begin(const BatchEvent&) {}
  void value(std::uint32_t row, std::uint32_t item, BatchValue& value) {
    const std::vector<DecodedParam>& params = batch.events[next - 1].params;
    if (param >= params.size() || params[param].param != row || params[param].item != item) return;
    value = {true, params[param].number, params[param].text};
    ++param;
  }
  void put(std::uint32_t, std::uint32_t, const BatchValue&) {}
  std::string_view keep(std::string_view text) { return text; }
  bool membership(bool) { return batch.has_membership; }
  bool segment(std::uint32_t row, bool) {
    while (segment_at < batch.segments_on.size() && batch.segments_on[segment_at] < row) ++segment_at;
    return segment_at < batch.segments_on.size() && batch.segments_on[segment_at] == row;
  }
};

/// A model as a batch begins: made once, copied from then on.
template <class Coder>
std::unique_ptr<BatchModel> fresh_model() {
  static const std::unique_ptr<const BatchModel> primed = [] {
    auto model = std::make_unique<BatchModel>();
    model->text.prime<Coder>();
    return model;
  }();
  return std::make_unique<BatchModel>(*primed);
}

}  // namespace

Status decode_batch(Bytes batch, const ProgramView& program, DecodedBatch& decoded) {
  decoded = {};
  if (const Status status = read_batch_header(batch, decoded.header); status != Status::kOk) return status;
  if (decoded.header.program != program.short_hash()) return Status::kWrongProgram;
  const auto model = fresh_model<RangeDecoder>();
  RangeDecoder coder(batch.subspan(kBatchHeaderBytes));
  Sink sink{decoded, coder, 0, 0, 0, {}};
  if (!code_batch_body(coder, *model, program, decoded.header, sink) || !coder.at_end()) return Status::kBadStructure;
  return Status::kOk;
}

Status encode_batch(const DecodedBatch& decoded, const ProgramView& program, std::vector<std::uint8_t>& batch) {
  batch.assign(kBatchHeaderBytes + kMaxBatchBytes, 0);
  ByteWriter body(MutableBytes(batch).subspan(kBatchHeaderBytes));
  const auto model = fresh_model<RangeEncoder>();
  RangeEncoder coder(body);
  Source source{decoded};
  BatchHeader header = decoded.header;
  header.program = program.short_hash();
  if (!code_batch_body(coder, *model, program, header, source)) return Status::kBadStructure;
  coder.finish();
  if (!body.ok()) return Status::kNoSpace;
  batch.resize(kBatchHeaderBytes + body.position());
  write_batch_header(batch, header, body.position());
  return Status::kOk;
}

}  // namespace omo
