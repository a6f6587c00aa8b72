// SPDX-License-Identifier: Apache-2.0
// A playbook compiled for a test, and memory aligned as the loader wants it.
#pragma once
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compiler.h"
#include "wire/program.h"

namespace omo::test {

/// Bytes that start at a multiple of 8.
class AlignedBytes {
 public:
  AlignedBytes() = default;
  explicit AlignedBytes(std::size_t size) : words_((size + 7) / 8), size_(size) {}
  explicit AlignedBytes(Bytes bytes) : AlignedBytes(bytes.size()) {
    if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  [[nodiscard]] std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(words_.data()); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Bytes bytes() const { return {reinterpret_cast<const std::uint8_t*>(words_.data()), size_}; }
  [[nodiscard]] MutableBytes mutable_bytes() { return {data(), size_}; }
  /// Fewer bytes, at the same place.
  void shrink(std::size_t size) { size_ = size < size_ ? size : size_; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

/// A compiled playbook with its view. Throws, naming the first error, where it does not compile.
class TestProgram {
 public:
  explicit TestProgram(std::string_view source) {
    const Compiled compiled = compile(source, CompileOptions{});
    for (const Diagnostic& diagnostic : compiled.diagnostics) {
      if (!compiled.ok() && diagnostic.severity == Severity::kError) {
        throw std::runtime_error("the test's playbook, line " + std::to_string(diagnostic.line) + ": " +
                                 diagnostic.message);
      }
    }
    bytes_ = AlignedBytes(compiled.program);
    if (view_.open(bytes_.bytes()) != Status::kOk) throw std::runtime_error("the compiled program does not open");
  }
  TestProgram(const TestProgram&) = delete;
  TestProgram& operator=(const TestProgram&) = delete;

  [[nodiscard]] Bytes bytes() const { return bytes_.bytes(); }
  [[nodiscard]] const ProgramView& view() const { return view_; }
  [[nodiscard]] std::uint32_t row(Table table, std::string_view name) const {
    const std::uint32_t found = view_.find_row(table, name);
    if (found == kNone) throw std::runtime_error("the test's playbook has no " + std::string(name));
    return found;
  }

 private:
  AlignedBytes bytes_;
  ProgramView view_;
};

/// A playbook with these keys besides the two that every playbook has.
inline std::string playbook(std::string_view keys) {
  return R"({"omotenashi": 1, "site": "test", )" + std::string(keys) + "}";
}

}  // namespace omo::test
