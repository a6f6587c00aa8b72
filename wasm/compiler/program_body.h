// SPDX-License-Identifier: Apache-2.0
// The bytes of a program while its sections are added: header, directory, sections (wire/program.md).
#pragma once
#include <cstring>
#include <string_view>
#include <vector>

#include "wire/program.h"

namespace omo::compiler {

/// The sections of a body under construction.
class Body {
 public:
  Body() : bytes_(kSectionCount * sizeof(SectionEntry), 0) {}

  template <class Row>
  void add(Section section, const std::vector<Row>& rows) {
    append(section, rows.data(), rows.size(), sizeof(Row));
  }
  void add(Section section, std::string_view text) { append(section, text.data(), text.size(), 1); }

  [[nodiscard]] std::vector<std::uint8_t> finish(std::uint32_t revision) {
    pad();
    ProgramHeader header{};
    header.magic = kProgramMagic;
    header.version = kProgramVersion;
    header.body_bytes = static_cast<std::uint32_t>(bytes_.size());
    header.hash = fnv64(bytes_);
    header.revision = revision;
    std::vector<std::uint8_t> program(sizeof header + bytes_.size());
    std::memcpy(program.data(), &header, sizeof header);
    std::memcpy(program.data() + sizeof header, bytes_.data(), bytes_.size());
    return program;
  }

 private:
  void pad() { bytes_.resize((bytes_.size() + 7) / 8 * 8, 0); }

  void append(Section section, const void* rows, std::size_t count, std::size_t row_bytes) {
    pad();
    const SectionEntry entry{static_cast<std::uint32_t>(sizeof(ProgramHeader) + bytes_.size()),
                             static_cast<std::uint32_t>(count)};
    std::memcpy(bytes_.data() + static_cast<std::size_t>(section) * sizeof entry, &entry, sizeof entry);
    if (count == 0) return;
    const auto* begin = static_cast<const std::uint8_t*>(rows);
    bytes_.insert(bytes_.end(), begin, begin + count * row_bytes);
  }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace omo::compiler
