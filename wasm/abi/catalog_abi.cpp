// SPDX-License-Identifier: Apache-2.0
// The exports of catalog.wasm: see CATALOG.md.
#include <cstring>

#include "catalog/recommend.h"

extern "C" {
extern std::uint8_t __heap_base;
}

namespace {

constexpr std::uintptr_t kPageBytes = 65536;

omo::Recommender recommender;
bool is_open = false;

std::uint8_t* aligned(std::uint8_t* address) {
  return address + (8 - reinterpret_cast<std::uintptr_t>(address) % 8) % 8;
}
std::uint8_t* transfer() { return aligned(&__heap_base); }
std::uint8_t* catalog_begin() { return transfer() + omo::kTransferBytes; }

/// Makes memory reach at least to `end`. Answers whether it does.
bool grow_to(const std::uint8_t* end) {
  const auto needed = (reinterpret_cast<std::uintptr_t>(end) + kPageBytes - 1) / kPageBytes;
  const std::uintptr_t present = __builtin_wasm_memory_size(0);
  return needed <= present || __builtin_wasm_memory_grow(0, needed - present) != ~std::uintptr_t{0};
}

}  // namespace

extern "C" {

std::uint32_t catalog_version() { return omo::kCatalogVersion; }

std::uint8_t* catalog_buffer() { return grow_to(catalog_begin()) ? transfer() : nullptr; }

std::uint8_t* catalog_reserve(std::uint32_t bytes) {
  is_open = false;
  return bytes <= omo::kMaxCatalogBytes && grow_to(catalog_begin() + bytes) ? catalog_begin() : nullptr;
}

std::uint32_t catalog_open(std::uint32_t bytes) {
  is_open = false;
  if (bytes > omo::kMaxCatalogBytes || !grow_to(catalog_begin() + bytes))
    return static_cast<std::uint32_t>(omo::Status::kTooLarge);
  omo::CatalogView view;
  const omo::Status status = view.open(omo::MutableBytes(catalog_begin(), bytes));
  if (status != omo::Status::kOk) return static_cast<std::uint32_t>(status);
  std::uint8_t* memory = aligned(catalog_begin() + bytes);
  if (!grow_to(memory + omo::Recommender::memory_needed(view)))
    return static_cast<std::uint32_t>(omo::Status::kOutOfMemory);
  recommender.open(view, memory);
  is_open = true;
  return static_cast<std::uint32_t>(omo::Status::kOk);
}

std::uint32_t catalog_query(std::uint32_t bytes) {
  if (!is_open || bytes > omo::kTransferBytes || recommender.query({transfer(), bytes}) != omo::Status::kOk) return 0;
  const omo::ByteSpan<const std::uint32_t> found = recommender.found();
  std::memcpy(transfer(), found.data(), found.size() * sizeof(std::uint32_t));
  return static_cast<std::uint32_t>(found.size());
}

std::uint32_t catalog_item(std::uint32_t row, std::uint32_t bytes) {
  constexpr std::size_t kMaxTag = 35;  // the longest language tag that RFC 5646 asks for
  char language[kMaxTag];
  if (!is_open || bytes > kMaxTag) return 0;
  std::memcpy(language, transfer(), bytes);
  return static_cast<std::uint32_t>(recommender.describe(row, {language, bytes}, {transfer(), omo::kTransferBytes}));
}

}  // extern "C"
