// SPDX-License-Identifier: Apache-2.0
// The exports of engine.wasm (README.md). The only file of the engine that knows Wasm.
#include <new>

#include "engine/engine.h"
#include "wire/input.h"

extern "C" unsigned char __heap_base;

namespace {

using omo::Engine;
using omo::Status;
using omo::Table;

constexpr std::uint32_t kPageBytes = 65536;

Engine engine;
bool loaded = false;
std::uint8_t* transfer = nullptr;  ///< omo::kTransferBytes at the start of the grown memory
omo::Outcome unloaded_outcome;

std::uint8_t* aligned(std::uint8_t* address) {
  return address + (8 - reinterpret_cast<std::uintptr_t>(address) % 8) % 8;
}
std::uint8_t* program_begin() { return aligned(&__heap_base) + omo::kTransferBytes; }

/// Makes memory reach at least to `end`. Answers whether it does.
bool grow_to(const std::uint8_t* end) {
  const auto needed = (reinterpret_cast<std::uintptr_t>(end) + kPageBytes - 1) / kPageBytes;
  const std::uintptr_t present = __builtin_wasm_memory_size(0);
  return needed <= present || __builtin_wasm_memory_grow(0, needed - present) != ~std::uintptr_t{0};
}

std::uint32_t put_text(std::string_view text) {
  std::memcpy(transfer, text.data(), text.size());
  return static_cast<std::uint32_t>(text.size());
}

}  // namespace

extern "C" {

std::uint32_t omo_abi() { return omo::kAbiVersion; }
std::uint8_t* omo_buffer() {
  if (transfer == nullptr && grow_to(program_begin())) transfer = aligned(&__heap_base);
  return transfer;
}
const omo::Outcome* omo_outcome() { return loaded ? &engine.outcome() : &unloaded_outcome; }

std::uint8_t* omo_program_reserve(std::uint32_t bytes) {
  loaded = false;
  if (bytes > omo::kMaxProgramBytes || !grow_to(program_begin() + bytes)) return nullptr;
  return program_begin();
}

std::uint32_t omo_program_load(std::uint32_t bytes) {
  loaded = false;
  if (omo_buffer() == nullptr) return static_cast<std::uint32_t>(Status::kOutOfMemory);
  const omo::Bytes program(program_begin(), bytes);
  omo::ProgramView view;
  Status status = view.open(program);
  if (status == Status::kOk) {
    std::uint8_t* memory = aligned(program_begin() + bytes);
    const std::size_t needed = Engine::memory_needed(view);
    status = grow_to(memory + needed) ? engine.load_program(program, {memory, needed}) : Status::kOutOfMemory;
  }
  loaded = status == Status::kOk;
  return static_cast<std::uint32_t>(status);
}

std::uint32_t omo_apply(std::uint32_t bytes) {
  if (!loaded) return static_cast<std::uint32_t>(Status::kNoProgram);
  if (bytes > omo::kTransferBytes) return static_cast<std::uint32_t>(Status::kTooLarge);
  return static_cast<std::uint32_t>(engine.apply({transfer, bytes}));
}

std::uint32_t omo_set_number(std::uint32_t context, double time_ms, double number) {
  if (!loaded) return static_cast<std::uint32_t>(Status::kNoProgram);
  return static_cast<std::uint32_t>(engine.set_context(context, time_ms, omo::number_value(number)));
}

std::uint32_t omo_set_text(std::uint32_t context, double time_ms, std::uint32_t bytes) {
  if (!loaded) return static_cast<std::uint32_t>(Status::kNoProgram);
  if (bytes > omo::kTransferBytes) return static_cast<std::uint32_t>(Status::kTooLarge);
  return static_cast<std::uint32_t>(
      engine.set_context(context, time_ms, omo::text_value(omo::as_text({transfer, bytes}))));
}

std::uint32_t omo_take(std::uint32_t event, double time_ms) {
  if (!loaded) return static_cast<std::uint32_t>(Status::kNoProgram);
  return static_cast<std::uint32_t>(engine.take_event(event, time_ms));
}

const std::uint8_t* omo_journal() { return loaded ? engine.journal().data() : nullptr; }

std::uint32_t omo_journal_apply(std::uint32_t bytes) {
  return loaded && bytes <= omo::kTransferBytes ? engine.apply_journal({transfer, bytes}) : 0;
}

void omo_state_clear() {
  if (loaded) engine.clear_state();
}

void omo_alone(std::uint32_t latest) {
  if (loaded) engine.go_alone(latest);
}

std::uint32_t omo_snapshot_save() {
  return loaded ? static_cast<std::uint32_t>(engine.save_snapshot({transfer, omo::kTransferBytes})) : 0;
}

std::uint32_t omo_snapshot_load(std::uint32_t bytes) {
  if (!loaded) return static_cast<std::uint32_t>(Status::kNoProgram);
  if (bytes > omo::kTransferBytes) return static_cast<std::uint32_t>(Status::kTooLarge);
  return static_cast<std::uint32_t>(engine.load_snapshot({transfer, bytes}));
}

std::uint32_t omo_batch_build(std::uint32_t max_bytes, std::uint32_t batch_flags) {
  if (!loaded) return 0;
  const std::size_t room = max_bytes < omo::kTransferBytes ? max_bytes : omo::kTransferBytes;
  return static_cast<std::uint32_t>(engine.build_batch({transfer, room}, batch_flags));
}

std::uint32_t omo_count(std::uint32_t table) {
  return loaded ? engine.program().count_of(static_cast<Table>(table)) : 0;
}

std::uint32_t omo_name(std::uint32_t table, std::uint32_t row) {
  return loaded ? put_text(engine.program().name_of(static_cast<Table>(table), row)) : 0;
}

std::int32_t omo_find(std::uint32_t table, std::uint32_t bytes) {
  if (!loaded || bytes > omo::kTransferBytes) return -1;
  const std::string_view name = omo::as_text({transfer, bytes});
  const omo::ProgramView& program = engine.program();
  return static_cast<std::int32_t>(table == 0 ? program.find_symbol(name)
                                              : program.find_row(static_cast<Table>(table), name));
}

std::uint32_t omo_truth(std::uint32_t segment) {
  return loaded ? static_cast<std::uint32_t>(engine.segment(segment)) : 0;
}

const std::uint8_t* omo_segments() { return loaded ? engine.segments() : nullptr; }

double omo_score(std::uint32_t score) {
  const omo::Value value = loaded ? engine.score(score) : omo::null_value();
  return value.is_null() ? __builtin_nan("") : value.number;
}

std::uint32_t omo_label(std::uint32_t table, std::uint32_t row) {
  return loaded ? engine.program().label_of(static_cast<Table>(table), row) : 0;
}

std::int32_t omo_decision(std::uint32_t slot) { return loaded ? static_cast<std::int32_t>(engine.decision(slot)) : -1; }

std::int32_t omo_campaign_of(std::uint32_t variant) {
  return loaded ? static_cast<std::int32_t>(engine.campaign_of(variant)) : -1;
}

std::int32_t omo_slot_of(std::uint32_t campaign) {
  if (!loaded || campaign >= engine.program().campaigns().size()) return -1;
  return static_cast<std::int32_t>(engine.program().campaigns()[campaign].slot);
}

std::uint32_t omo_verdict(std::uint32_t campaign) {
  return loaded ? static_cast<std::uint32_t>(engine.verdict(campaign)) : 0;
}

std::uint32_t omo_creative(std::uint32_t variant, std::uint32_t bytes) {
  constexpr std::size_t kMaxTag = 35;  // the longest language tag that RFC 5646 asks for
  char language[kMaxTag];
  if (!loaded || bytes > kMaxTag) return 0;
  std::memcpy(language, transfer, bytes);
  return static_cast<std::uint32_t>(engine.creative(variant, {language, bytes}, {transfer, omo::kTransferBytes}));
}

std::uint32_t omo_value(std::uint32_t table, std::uint32_t row) {
  return loaded
             ? static_cast<std::uint32_t>(engine.value(static_cast<Table>(table), row, {transfer, omo::kTransferBytes}))
             : 0;
}

std::uint32_t omo_explain(std::uint32_t table, std::uint32_t row) {
  if (!loaded) return 0;
  return static_cast<std::uint32_t>(engine.explain(static_cast<Table>(table), row, {transfer, omo::kTransferBytes}));
}

std::uint32_t omo_stream() { return loaded ? put_text(omo::as_text(engine.stream())) : 0; }

}  // extern "C"
