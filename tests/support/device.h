// SPDX-License-Identifier: Apache-2.0
// One visitor's engine with its memory, and readable questions to it.
#pragma once
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "support/program.h"
#include "support/record.h"
#include "support/tape.h"
#include "wire/batch_decode.h"
#include "wire/journal.h"

namespace omo::test {

class Device {
 public:
  /// A fresh state; with `granted`, everything is granted and a seed is given at kStart.
  explicit Device(const TestProgram& program, std::uint8_t granted = purpose::kAll, std::uint64_t seed_value = 7)
      : program_(program), memory_(Engine::memory_needed(program.view())) {
    if (engine.load_program(program.bytes(), memory_.mutable_bytes()) != Status::kOk) {
      throw std::runtime_error("the test's program does not load");
    }
    tape(Tape::Kind::kProgram, program.bytes(), 0);
    Record journal_header(kJournalHeaderBytes);
    ByteWriter writer(journal_header);
    write_journal_header(writer, program.view().hash());
    journal = journal_header;
    if (granted == 0) return;
    take(consent(kStart, purpose::kAll, granted));
    take(seed(kStart, seed_value, seed_value + 1));
  }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// Applies a record and keeps what the engine wants in the journal.
  Status apply(const Record& record) {
    const Status status = engine.apply(record);
    tape(Tape::Kind::kApply, record, static_cast<std::uint32_t>(status));
    const Bytes frames = engine.journal();
    journal.insert(journal.end(), frames.begin(), frames.end());
    return status;
  }
  /// Takes what was kept: a snapshot, and the journal since.
  Status load(Bytes snapshot) {
    const Status status = engine.load_snapshot(snapshot);
    tape(Tape::Kind::kSnapshot, snapshot, static_cast<std::uint32_t>(status));
    return status;
  }
  void merge(Bytes kept) { tape(Tape::Kind::kJournal, kept, engine.apply_journal(kept)); }
  /// Applies a record that the engine must take.
  void take(const Record& record) {
    const Status status = apply(record);
    if (status != Status::kOk) {
      throw std::runtime_error("the engine refused a record: status " + std::to_string(static_cast<int>(status)));
    }
  }

  [[nodiscard]] Truth truth(std::string_view segment) const {
    return engine.segment(program_.row(Table::kSegment, segment));
  }
  [[nodiscard]] bool on(std::string_view segment) const { return truth(segment) == Truth::kOn; }
  /// "campaign/variant", or "" for the slot's default content.
  [[nodiscard]] std::string shown(std::string_view slot) const {
    const std::uint32_t variant = engine.decision(program_.row(Table::kSlot, slot));
    if (variant == kNone) return "";
    const ProgramView& view = program_.view();
    return std::string(view.name_of(Table::kCampaign, engine.campaign_of(variant))) + "/" +
           std::string(view.name_of(Table::kVariant, variant));
  }
  [[nodiscard]] Verdict verdict(std::string_view campaign) const {
    return engine.verdict(program_.row(Table::kCampaign, campaign));
  }
  /// A value as text: null, true, 3, 0.5, "text", ["a","b"].
  [[nodiscard]] std::string value(Table table, std::string_view name) const {
    std::vector<std::uint8_t> out(kTransferBytes);
    const std::size_t size = engine.value(table, program_.row(table, name), out);
    ByteReader reader(Bytes(out).first(size));
    return text_of(reader);
  }
  [[nodiscard]] std::string signal(std::string_view name) const { return value(Table::kSignal, name); }

  [[nodiscard]] std::vector<std::uint8_t> snapshot() const {
    std::vector<std::uint8_t> out(kTransferBytes);
    out.resize(engine.save_snapshot(out));
    return out;
  }
  [[nodiscard]] std::vector<std::uint8_t> batch(std::uint32_t flags = 0, std::size_t room = kMaxBatchBytes) {
    std::vector<std::uint8_t> out(room);
    out.resize(engine.build_batch(out, flags));
    return out;
  }
  /// The next batch, decoded; throws where it does not decode.
  [[nodiscard]] DecodedBatch decoded_batch(std::uint32_t flags = 0) {
    DecodedBatch decoded;
    if (const auto bytes = batch(flags);
        !bytes.empty() && decode_batch(bytes, program_.view(), decoded) != Status::kOk) {
      throw std::runtime_error("the engine's own batch does not decode");
    }
    return decoded;
  }
  [[nodiscard]] const Outcome& outcome() const { return engine.outcome(); }
  [[nodiscard]] const TestProgram& program() const { return program_; }

  Engine engine;
  std::vector<std::uint8_t> journal;  ///< header, and the frames of all that was applied

 private:
  void tape(Tape::Kind kind, Bytes given, std::uint32_t answer) const {
    if (Tape* const tape = Tape::of_process()) tape->write(kind, given, seen_of(engine, answer));
  }

  static std::string text_of(ByteReader& reader) {
    const auto tag = static_cast<ValueTag>(reader.u8());
    std::ostringstream text;
    if (tag == ValueTag::kNumber) {
      text << reader.f64();
    } else if (tag == ValueTag::kString) {
      text << '"' << reader.text() << '"';
    } else if (tag == ValueTag::kList) {
      const std::uint32_t count = reader.varint();
      text << '[';
      for (std::uint32_t i = 0; i < count; ++i) text << (i > 0 ? "," : "") << text_of(reader);
      text << ']';
    } else {
      text << (tag == ValueTag::kNull ? "null" : tag == ValueTag::kTrue ? "true" : "false");
    }
    return text.str();
  }

  const TestProgram& program_;
  AlignedBytes memory_;
};

}  // namespace omo::test
