// SPDX-License-Identifier: Apache-2.0
// What the names of a recording mean to one program: the recording's numbers become the program's symbols.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "wire/program.h"

namespace omo {

/// What a backtest does about a recorded event besides applying it.
enum class RecordedEvent : std::uint8_t {
  kOther,
  kPageView,
  kPromotion,  ///< tells what became of a campaign that was shown
};

class RecordedNames {
 public:
  /// Looks every name up once. Names that the program does not have get the symbol kNone.
  RecordedNames(const ProgramView& program, const std::vector<std::string_view>& names);

  struct Event {
    bool ok;  ///< false = no event record that can be read, and half of its names may be symbols
    RecordedEvent event;
  };
  /// Puts symbols in the place of the numbers in a named event of the recording (wire/input.md), header included.
  [[nodiscard]] Event resolve(MutableBytes record) const;

 private:
  struct Name {
    std::uint32_t symbol;
    RecordedEvent event;
  };
  [[nodiscard]] bool resolve_pairs(MutableBytes record, ByteReader& reader) const;

  std::vector<Name> names_;
};

}  // namespace omo
