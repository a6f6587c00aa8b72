// SPDX-License-Identifier: Apache-2.0
// The engine allocates nothing after a program is loaded: every operator new of this binary is counted.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>

#include "support/device.h"
#include "support/history.h"

namespace {
std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
// Sanitizers pair each form with its own: all that reach free() must come from here.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace allocation_test {

using namespace omo;
using namespace omo::test;

TEST_CASE("the engine allocates nothing after load, whatever happens to it") {
  Random random(31);
  std::vector<Record> history = random_history(random, 600);
  for (Record& record : history) {
    if (random.one_in(6)) mutate(random, MutableBytes(record).subspan(kInputHeaderBytes));
  }
  const TestProgram& program = history_program();
  AlignedBytes memory(Engine::memory_needed(program.view()));
  std::vector<std::uint8_t> out(kTransferBytes);
  std::vector<std::uint8_t> journal(kTransferBytes);
  const Record all = consent(kStart, purpose::kAll, purpose::kAll);
  Engine engine;
  // The counter counts: a copy of a vector is an allocation.
  const std::size_t idle = allocations;
  const std::vector<std::uint8_t> copy(out);
  REQUIRE(copy.size() == out.size());
  REQUIRE(allocations > idle);

  const std::size_t before = allocations;
  Status loaded = engine.load_program(program.bytes(), memory.mutable_bytes());
  std::size_t bytes = 0;
  for (std::uint32_t i = 0; i < history.size(); ++i) {
    if (i % 40 == 0) (void)engine.apply(all);
    (void)engine.apply(history[i]);
    if (i % 10 == 0) bytes += engine.build_batch(out, 0);
    if (i % 25 == 0) (void)engine.load_snapshot(Bytes(out).first(engine.save_snapshot(out)));
    ByteWriter writer(journal);
    write_journal_header(writer, 0);
    writer.put(engine.journal());
    if (i % 30 == 0) bytes += engine.apply_journal(writer.written());
    bytes += engine.creative(i % 5, "ja", out);
    bytes += engine.value(Table::kSignal, i % 12, out);
    bytes += static_cast<std::size_t>(engine.verdict(i % 3));
    if (i % 100 == 99) engine.clear_state();
  }
  const std::size_t made = allocations - before;
  CHECK(loaded == Status::kOk);
  CHECK(bytes > 0);
  CHECK(made == 0);
}

}  // namespace allocation_test
