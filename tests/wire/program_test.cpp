// SPDX-License-Identifier: Apache-2.0
// The program loader: damage is refused, and lies never lead out of the bytes.
#include <catch2/catch.hpp>

#include "support/device.h"
#include "support/history.h"
#include "wire/journal.h"

namespace program_test {

using namespace omo;
using namespace omo::test;

namespace {

constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kSignatureAt = 12;
constexpr std::size_t kHashAt = 16;
constexpr std::size_t kRevisionAt = 24;
constexpr std::size_t kReservedAt = 28;

Status open(const AlignedBytes& bytes) {
  ProgramView view;
  const Status status = view.open(bytes.bytes());
  REQUIRE(view.is_open() == (status == Status::kOk));
  return status;
}

void put_hash(AlignedBytes& program) {
  const std::uint64_t hash = fnv64(program.bytes().subspan(sizeof(ProgramHeader)));
  std::memcpy(program.data() + kHashAt, &hash, sizeof hash);
}

/// Uses everything that a program can be asked, and lives a little under it.
void drive(Bytes program, const std::vector<Record>& history) {
  ProgramView view;
  if (view.open(program) != Status::kOk) return;
  const std::size_t needed = Engine::memory_needed(view);
  if (needed > 32u << 20) return;
  AlignedBytes memory(needed);
  Engine engine;
  REQUIRE(engine.load_program(program, memory.mutable_bytes()) == Status::kOk);
  std::vector<std::uint8_t> out(kTransferBytes);
  for (const Record& record : history) (void)engine.apply(record);
  for (const Table table : {Table::kEvent, Table::kSignal, Table::kTrait, Table::kContext, Table::kSegment,
                            Table::kSlot, Table::kCampaign, Table::kVariant, Table::kScore}) {
    for (std::uint32_t row = 0; row <= view.count_of(table) && row < 40; ++row) {
      (void)view.find_row(table, view.name_of(table, row));
      (void)view.label_of(table, row);
      (void)engine.value(table, row, out);
    }
  }
  for (std::uint32_t i = 0; i < 20; ++i) {
    (void)engine.segment(i);
    (void)engine.campaign_of(engine.decision(i));
    (void)engine.verdict(i);
    (void)engine.creative(i, "ja-JP", out);
  }
  const std::size_t batch = engine.build_batch(out, 0);
  DecodedBatch decoded;
  if (batch > 0) (void)decode_batch(Bytes(out).first(batch), view, decoded);
  const std::size_t snapshot = engine.save_snapshot(out);
  if (snapshot > 0) (void)engine.load_snapshot(Bytes(out).first(snapshot));
  engine.clear_state();
}

}  // namespace

TEST_CASE("every truncation of a program is refused, and every extension") {
  const Bytes program = history_program().bytes();
  for (std::size_t size = 0; size < program.size(); ++size) {
    if (open(AlignedBytes(program.first(size))) != Status::kBadLength) FAIL("not refused: " << size << " bytes");
  }
  std::vector<std::uint8_t> longer(program.begin(), program.end());
  longer.push_back(0);
  CHECK(open(AlignedBytes(longer)) == Status::kBadLength);
  longer.resize(program.size() + sizeof(ProgramSignature));
  CHECK(open(AlignedBytes(longer)) == Status::kBadLength);
}

TEST_CASE("every flipped bit of a program is refused; the revision alone is left to the signature") {
  AlignedBytes program(history_program().bytes());
  for (std::size_t at = 0; at < program.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      program.data()[at] = static_cast<std::uint8_t>(program.data()[at] ^ 1u << bit);
      ProgramView view;
      const Status status = view.open(program.bytes());
      const bool revision = at >= kRevisionAt && at < kReservedAt;
      if ((status == Status::kOk) != revision)
        FAIL("byte " << at << ", bit " << bit << ": " << static_cast<int>(status));
      program.data()[at] = static_cast<std::uint8_t>(program.data()[at] ^ 1u << bit);
    }
  }
}

TEST_CASE("a wrong beginning, an unknown version and a changed body are told apart") {
  AlignedBytes program(history_program().bytes());
  program.data()[0] = 'X';
  CHECK(open(program) == Status::kBadMagic);
  program.data()[0] = 'O';
  program.data()[kVersionAt] = 2;
  CHECK(open(program) == Status::kBadVersion);
  program.data()[kVersionAt] = 1;
  program.data()[kVersionAt + 2] = 1;  // a flag that this reader does not know
  CHECK(open(program) == Status::kBadVersion);
  program.data()[kVersionAt + 2] = 0;
  program.data()[program.size() - 1] ^= 1;
  CHECK(open(program) == Status::kBadChecksum);
  program.data()[program.size() - 1] ^= 1;
  CHECK(open(program) == Status::kOk);
}

TEST_CASE("a program with room for a signature keeps its identity") {
  const Bytes plain = history_program().bytes();
  std::vector<std::uint8_t> bytes(plain.begin(), plain.end());
  bytes.resize(plain.size() + sizeof(ProgramSignature), 0x5A);
  bytes[kSignatureAt] = sizeof(ProgramSignature);
  const AlignedBytes signed_program(bytes);
  ProgramView view;
  REQUIRE(view.open(signed_program.bytes()) == Status::kOk);
  CHECK(view.hash() == history_program().view().hash());
}

TEST_CASE("a program that names more than there is, or never ends, is refused") {
  const auto change = [](Section section, std::size_t row_bytes, std::size_t field, std::uint32_t value) {
    AlignedBytes program(history_program().bytes());
    SectionEntry entry;
    std::memcpy(&entry, program.data() + sizeof(ProgramHeader) + static_cast<std::size_t>(section) * sizeof entry,
                sizeof entry);
    REQUIRE(entry.count > 0);
    std::memcpy(program.data() + entry.offset + (entry.count - 1) * row_bytes + field, &value, sizeof value);
    put_hash(program);
    return open(program);
  };
  CHECK(change(Section::kSegments, sizeof(SegmentRow), offsetof(SegmentRow, node), 1u << 30) == Status::kBadStructure);
  CHECK(change(Section::kSymbols, sizeof(SymbolRow), offsetof(SymbolRow, length), 1u << 30) == Status::kBadStructure);
  CHECK(change(Section::kFields, sizeof(FieldRow), offsetof(FieldRow, offset), 1u << 30) == Status::kBadStructure);
  CHECK(change(Section::kSignals, sizeof(SignalRow), offsetof(SignalRow, capacity), kMaxKeep + 1) ==
        Status::kBadStructure);
  CHECK(change(Section::kSignals, sizeof(SignalRow), offsetof(SignalRow, where), 1u << 30) == Status::kBadStructure);
  CHECK(change(Section::kCampaigns, sizeof(CampaignRow), offsetof(CampaignRow, cap), 1u << 30) ==
        Status::kBadStructure);
  CHECK(change(Section::kGates, sizeof(GateRow), 0, 0xFFFFFFFF) == Status::kBadStructure);
  CHECK(change(Section::kSegments, sizeof(SegmentRow), offsetof(SegmentRow, node), 0) == Status::kBadStructure);
  CHECK(change(Section::kCampaigns, sizeof(CampaignRow), offsetof(CampaignRow, group), 1u << 30) ==
        Status::kBadStructure);
  CHECK(change(Section::kDecision, sizeof(DecisionRow), offsetof(DecisionRow, impressions), 1u << 30) ==
        Status::kBadStructure);
  const auto journey = [&](std::size_t field, std::uint32_t value) {
    return change(Section::kJourneys, sizeof(JourneyRow), field, value);
  };
  CHECK(journey(offsetof(JourneyRow, start), 1u << 30) == Status::kBadStructure);
  CHECK(journey(offsetof(JourneyRow, goal_event), 1u << 30) == Status::kBadStructure);
  CHECK(journey(offsetof(JourneyRow, first_step), 1u << 30) == Status::kBadStructure);
  CHECK(journey(offsetof(JourneyRow, step_count), 1u << 30) == Status::kBadStructure);
  CHECK(journey(offsetof(JourneyRow, restart_ms) + 4, 0x40000000) == Status::kBadStructure);  // 2 ms
  const auto last_step = [&](std::size_t field, std::uint32_t value) {
    return change(Section::kSteps, sizeof(StepRow), field, value);
  };
  const std::uint32_t steps = history_program().view().steps().size();
  CHECK(last_step(offsetof(StepRow, next), steps) == Status::kOk);
  CHECK(last_step(offsetof(StepRow, next), steps - 1) == Status::kBadStructure);  // itself
  CHECK(last_step(offsetof(StepRow, next), 0) == Status::kBadStructure);
  CHECK(last_step(offsetof(StepRow, next), steps + 1) == Status::kBadStructure);
  CHECK(last_step(offsetof(StepRow, otherwise), steps - 1) == Status::kBadStructure);
  CHECK(last_step(offsetof(StepRow, campaign), 1u << 30) == Status::kBadStructure);
  CHECK(last_step(offsetof(StepRow, event), 1u << 30) == Status::kBadStructure);
  CHECK(last_step(offsetof(StepRow, node), 1u << 30) == Status::kBadStructure);
  CHECK(change(Section::kMeta, sizeof(MetaRow), offsetof(MetaRow, node_count), 0xFFFFFFFF) == Status::kBadStructure);
  CHECK(change(Section::kMeta, sizeof(MetaRow), offsetof(MetaRow, literal_count), 0xFFFFFFFF) == Status::kBadStructure);
}

TEST_CASE("a lying program under a right hash never reads out of range") {
  Random life(4);
  std::vector<Record> history{consent(kStart, purpose::kAll, purpose::kAll), seed(kStart, 1, 2)};
  for (const Record& record : random_history(life, 25)) history.push_back(record);
  const std::uint32_t first_seed = 424242;
  for (std::uint32_t seed_value = first_seed; seed_value < first_seed + 20000; ++seed_value) {
    INFO("seed " << seed_value);
    Random random(seed_value);
    AlignedBytes program(history_program().bytes());
    mutate(random, program.mutable_bytes().subspan(sizeof(ProgramHeader)));
    put_hash(program);
    drive(program.bytes(), history);
  }
}

TEST_CASE("the engine refuses to load into too little memory, and a damaged program") {
  const TestProgram& program = history_program();
  AlignedBytes memory(Engine::memory_needed(program.view()));
  Engine engine;
  CHECK(engine.load_program(program.bytes(), memory.mutable_bytes().first(memory.size() - 8)) == Status::kOutOfMemory);
  CHECK(engine.load_program(program.bytes().first(40), memory.mutable_bytes()) == Status::kBadLength);
  CHECK(engine.apply(tick(kStart)) == Status::kNoProgram);
  CHECK(engine.load_program(program.bytes(), memory.mutable_bytes()) == Status::kOk);
}

TEST_CASE("names are found as they were written, and no others") {
  const ProgramView& view = history_program().view();
  CHECK(view.symbol(view.find_symbol("bouquets")) == "bouquets");
  CHECK(view.find_symbol("bouquet ") == kNone);
  CHECK(view.find_symbol("") == kNone);
  CHECK(view.find_row(Table::kSignal, "fan") == kNone);
  CHECK(view.name_of(Table::kSegment, view.find_row(Table::kSegment, "fan")) == "fan");
  CHECK(view.name_of(Table::kSegment, 10000).empty());
  CHECK(view.count_of(static_cast<Table>(77)) == 0);
  CHECK((view.label_of(Table::kSignal, view.find_row(Table::kSignal, "searches"))) == purpose::kMeasurement);
}

}  // namespace program_test
