// SPDX-License-Identifier: Apache-2.0
// Every program that was ever served, open for decoding: batches of pages that were loaded yesterday still arrive.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/store.h"
#include "wire/program.h"

namespace omo::collector {

/// A program's bytes, aligned as ProgramView wants them, and the view on them. Never moves.
class OpenProgram {
 public:
  /// Throws StoreError, with `name` in its text, where the bytes are no program.
  OpenProgram(std::span<const std::uint8_t> bytes, const std::string& name);
  OpenProgram(const OpenProgram&) = delete;
  OpenProgram& operator=(const OpenProgram&) = delete;

  [[nodiscard]] const ProgramView& view() const { return view_; }
  [[nodiscard]] Bytes bytes() const { return {reinterpret_cast<const std::uint8_t*>(words_.data()), size_}; }
  [[nodiscard]] std::string hash_text() const;  ///< 16 hex digits

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_;
  ProgramView view_;
};

/// Read-only after start, so that every thread may look things up.
class ProgramLibrary {
 public:
  /// Opens all that the store keeps, then keeps and adds the one that is served now.
  ProgramLibrary(Store& store, std::span<const std::uint8_t> served, const std::string& served_name);

  [[nodiscard]] const OpenProgram& served() const { return *served_; }
  /// By the hash that a batch carries; nullptr = never served here.
  [[nodiscard]] const OpenProgram* find(std::uint32_t short_hash) const;
  /// Every program by its short hash.
  [[nodiscard]] const std::unordered_map<std::uint32_t, std::unique_ptr<OpenProgram>>& all() const { return programs_; }

 private:
  std::unordered_map<std::uint32_t, std::unique_ptr<OpenProgram>> programs_;
  const OpenProgram* served_ = nullptr;
};

}  // namespace omo::collector
