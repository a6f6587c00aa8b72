// SPDX-License-Identifier: Apache-2.0
#include "cli/recording.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cli/replay_input.h"
#include "wire/input.h"

namespace omo {
namespace {

std::uint64_t number_of(const nlohmann::json& line) {
  const auto visitor = line.is_object() ? line.find("visitor") : line.end();
  if (visitor == line.end()) throw std::invalid_argument("\"visitor\" is missing");
  if (visitor->is_string()) return visitor_number(visitor->get_ref<const std::string&>());
  if (visitor->is_number_integer()) return visitor_number(visitor->dump());
  throw std::invalid_argument("\"visitor\" must be a string or a whole number");
}

/// Puts little-endian integers behind a text.
class Output {
 public:
  void put(std::uint64_t value, std::size_t count) {
    for (; count > 0; --count, value >>= 8) bytes_.push_back(static_cast<char>(value & 0xFF));
  }
  void put(Bytes bytes) { bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size()); }
  [[nodiscard]] std::string take() { return std::move(bytes_); }
  [[nodiscard]] Bytes written() const { return as_bytes(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

std::uint64_t visitor_number(std::string_view name) { return fnv64(as_bytes(name)); }

std::uint64_t frames_checksum(Bytes frames) {
  constexpr std::uint64_t kPrime = 1099511628211ull;
  std::uint64_t hash = (14695981039346656037ull ^ frames.size()) * kPrime;
  std::size_t at = 0;
  for (; frames.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, frames.data() + at, sizeof word);
    hash = (hash ^ word) * kPrime;
  }
  std::uint64_t rest = 0;
  if (at < frames.size()) std::memcpy(&rest, frames.data() + at, frames.size() - at);
  return (hash ^ rest) * kPrime;
}

std::uint32_t RecordingWriter::number_of_name(std::string_view name) {
  const auto [at, is_new] = numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(numbers_.size()));
  if (is_new) names_.push_back(&at->first);
  return at->second;
}

void RecordingWriter::copy_pairs(ByteReader& from, ByteWriter& to) {
  const std::uint32_t count = from.varint();
  to.varint(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    to.u32(number_of_name(from.text()));
    write_value(to, read_value(from));
  }
}

/// The event record as a named event.
std::vector<std::uint8_t> RecordingWriter::with_numbers(Bytes event) {
  ByteReader reader(event);
  reader.u8();
  std::vector<std::uint8_t> named(kMaxRecordBytes);
  ByteWriter writer(named);
  write_input_header(writer, InputKind::kNamedEvent, reader.u48());
  writer.u32(number_of_name(reader.text()));
  copy_pairs(reader, writer);
  const std::uint32_t items = reader.varint();
  writer.varint(items);
  for (std::uint32_t i = 0; i < items; ++i) copy_pairs(reader, writer);
  if (!writer.ok()) {
    throw std::invalid_argument("the input is larger than the limit max_record_bytes, " +
                                std::to_string(kMaxRecordBytes));
  }
  // Millions of them are kept: none with the room of the largest.
  return {named.begin(), named.begin() + static_cast<std::ptrdiff_t>(writer.position())};
}

void RecordingWriter::add_line(std::string_view line) {
  const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (object.is_discarded()) throw std::invalid_argument("this is not JSON");
  const std::uint64_t visitor = number_of(object);
  std::vector<std::uint8_t> record = input_record(object);
  ByteReader reader(record);
  const auto kind = static_cast<InputKind>(reader.u8());
  const auto time_ms = static_cast<std::uint64_t>(reader.u48());
  if (kind == InputKind::kEvent) record = with_numbers(record);
  record.shrink_to_fit();
  visitors_[visitor].push_back({time_ms, std::move(record)});
  ++events_;
}

std::string RecordingWriter::finish() const {
  std::uint64_t from = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t until = 0;
  Output body;
  for (const auto& [visitor, given] : visitors_) {
    std::vector<const Input*> inputs;
    for (const Input& input : given) inputs.push_back(&input);
    std::stable_sort(inputs.begin(), inputs.end(),
                     [](const Input* a, const Input* b) { return a->time_ms < b->time_ms; });
    Output frames;
    for (const Input* input : inputs) {
      frames.put(input->record.size(), 2);
      frames.put(input->record);
    }
    from = std::min(from, inputs.front()->time_ms);
    until = std::max(until, inputs.back()->time_ms);
    if (frames.written().size() > std::numeric_limits<std::uint32_t>::max()) {
      throw std::invalid_argument("one visitor has more than 4 GiB of inputs");
    }
    body.put(visitor, 8);
    body.put(frames.written().size(), 4);
    body.put(frames_checksum(frames.written()), 8);
    body.put(frames.written());
  }
  Output names;
  for (const std::string* name : names_) {
    names.put(name->size(), 2);
    names.put(as_bytes(*name));
  }
  Output file;
  file.put(kRecordingMagic, 4);
  file.put(kRecordingVersion, 2);
  file.put(0, 2);
  file.put(visitors_.size(), 8);
  file.put(events_, 8);
  file.put(visitors_.empty() ? 0 : from, 8);
  file.put(until, 8);
  file.put(names_.size(), 4);
  file.put(fnv32(names.written()), 4);
  file.put(names.written());
  file.put(body.written());
  return file.take();
}

void Recording::read_names(ByteReader& reader, std::uint32_t count) {
  for (; count > 0 && reader.ok(); --count) names_.push_back(as_text(reader.take(reader.u16())));
}

Recording::Recording(Bytes file) {
  ByteReader reader(file);
  const std::uint32_t magic = reader.u32();
  const std::uint16_t version = reader.u16();
  reader.u16();
  const std::uint64_t visitors = reader.u64();
  events_ = reader.u64();
  from_ms_ = static_cast<double>(reader.u64());
  until_ms_ = static_cast<double>(reader.u64());
  const std::uint32_t names = reader.u32();
  const std::uint32_t names_checksum = reader.u32();
  if (magic != kRecordingMagic) throw std::invalid_argument("this is no recording: make one by omo record");
  if (version != kRecordingVersion) {
    throw std::invalid_argument("this recording has version " + std::to_string(version) + ", not " +
                                std::to_string(kRecordingVersion) + ": make it again by omo record");
  }
  const std::size_t names_begin = reader.position();
  read_names(reader, names);
  if (!reader.ok()) throw std::invalid_argument("the recording is cut off before its first visitor");
  if (fnv32(file.subspan(names_begin, reader.position() - names_begin)) != names_checksum) {
    throw std::invalid_argument("the recording's names are damaged: make it again by omo record");
  }
  while (!reader.at_end()) {
    VisitorBlock block;
    block.visitor = reader.u64();
    const std::uint32_t bytes = reader.u32();
    block.checksum = reader.u64();
    block.frames = reader.take(bytes);
    if (!reader.ok())
      throw std::invalid_argument("the recording is cut off after " + std::to_string(visitors_.size()) + " visitors");
    visitors_.push_back(block);
  }
  if (visitors_.size() != visitors) {
    throw std::invalid_argument("the recording has " + std::to_string(visitors_.size()) + " visitors of the " +
                                std::to_string(visitors) + " that its header states");
  }
}

}  // namespace omo
