// SPDX-License-Identifier: Apache-2.0
// What a native engine was given and what could be seen of it afterwards, for another build of the same engine to be
// held to (tests/proof/tape.mjs). Written where OMO_TAPE names a file.
//
// An entry is: kind u8, size u32, what was given, check u32; little-endian. The check is FNV-1a over all that an engine
// shows.
#pragma once
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "engine/engine.h"

namespace omo::test {

/// FNV-1a of 32 bits (https://www.rfc-editor.org/rfc/rfc9923).
class Fnv {
 public:
  void add(Bytes bytes) {
    for (const std::uint8_t byte : bytes) sum_ = (sum_ ^ byte) * 16777619U;
  }
  template <class Number>
  void add_number(Number number) {
    std::uint8_t bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    add({bytes, sizeof number});
  }
  [[nodiscard]] std::uint32_t sum() const { return sum_; }

 private:
  std::uint32_t sum_ = 2166136261U;
};

/// All that an engine shows after a call: what it answered, its outcome, what it wants kept, every segment, score,
/// decision, verdict and value, and its snapshot.
inline std::uint32_t seen_of(const Engine& engine, std::uint32_t answer) {
  static std::vector<std::uint8_t> room(kTransferBytes);
  const ProgramView& program = engine.program();
  Fnv fnv;
  fnv.add_number(answer);
  std::uint8_t outcome[sizeof(Outcome)];
  std::memcpy(outcome, &engine.outcome(), sizeof outcome);
  fnv.add({outcome, sizeof outcome});
  fnv.add(engine.journal());
  for (std::uint32_t row = 0; row < program.count_of(Table::kSegment); ++row) {
    fnv.add_number(static_cast<std::uint32_t>(engine.segment(row)));
  }
  for (std::uint32_t row = 0; row < program.count_of(Table::kScore); ++row) {
    const Value score = engine.score(row);
    fnv.add_number(std::uint32_t{score.is_null() ? 0U : 1U});
    if (!score.is_null()) fnv.add_number(score.number);
  }
  for (std::uint32_t row = 0; row < program.count_of(Table::kSlot); ++row) fnv.add_number(engine.decision(row));
  for (std::uint32_t row = 0; row < program.count_of(Table::kCampaign); ++row) {
    fnv.add_number(static_cast<std::uint32_t>(engine.verdict(row)));
  }
  for (const Table table : {Table::kSignal, Table::kTrait, Table::kContext}) {
    for (std::uint32_t row = 0; row < program.count_of(table); ++row) {
      fnv.add(Bytes(room).first(engine.value(table, row, room)));
    }
  }
  fnv.add(Bytes(room).first(engine.save_snapshot(room)));
  return fnv.sum();
}

class Tape {
 public:
  enum class Kind : std::uint8_t { kLife = 'L', kProgram = 'P', kApply = 'A', kSnapshot = 'S', kJournal = 'J' };

  /// The tape of this process; null where none is wanted.
  static Tape* of_process() {
    static const char* const path = std::getenv("OMO_TAPE");
    static Tape tape(path);
    return path == nullptr ? nullptr : &tape;
  }

  void write(Kind kind, Bytes given, std::uint32_t check) {
    put(static_cast<std::uint8_t>(kind));
    put(static_cast<std::uint32_t>(given.size()));
    file_.write(reinterpret_cast<const char*>(given.data()), static_cast<std::streamsize>(given.size()));
    put(check);
    // A tape that ends in the middle would be believed as far as it goes.
    if (!file_) throw std::runtime_error("the tape cannot be written");
  }

 private:
  explicit Tape(const char* path) {
    if (path != nullptr) file_.open(path, std::ios::binary);
  }
  template <class Number>
  void put(Number number) {
    file_.write(reinterpret_cast<const char*>(&number), sizeof number);
  }

  std::ofstream file_;
};

/// A new life begins: said on the tape, if there is one.
inline void begin_life(std::uint32_t seed) {
  std::uint8_t bytes[sizeof seed];
  std::memcpy(bytes, &seed, sizeof seed);
  if (Tape* const tape = Tape::of_process()) tape->write(Tape::Kind::kLife, {bytes, sizeof bytes}, 0);
}

}  // namespace omo::test
