// SPDX-License-Identifier: Apache-2.0
// Feeds of both forms as rows of named attributes, so that what they mean is read in one place.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/reporter.h"

namespace omo::compiler {

/// A cell of a CSV file, or a value of a JSON object. Names are normalised: lower case, `_` for blanks and hyphens;
/// what is nested has the names joined by a dot (`offers.price`, `title.ja`); what is repeated stands there again.
struct Attribute {
  std::string name;
  std::string text;
  std::optional<double> number;  ///< of a JSON number
  std::uint32_t offset = 0;
};

struct FeedRow {
  std::vector<Attribute> attributes;  ///< without empty ones
  std::uint32_t offset = 0;
  std::size_t number = 0;  ///< from 1 on; of a CSV file the header is row 1
};

/// Reports what is malformed, and answers the rows that could be read.
[[nodiscard]] std::vector<FeedRow> read_json_rows(Reporter& reporter);
/// `columns`: the normalised names of the header.
[[nodiscard]] std::vector<FeedRow> read_csv_rows(Reporter& reporter, std::vector<std::string>& columns);

[[nodiscard]] std::string normalised(std::string_view name);

}  // namespace omo::compiler
