// SPDX-License-Identifier: Apache-2.0
// A product feed in CSV (RFC 4180) as rows.
#include "compiler/feed_rows.h"
#include "wire/vocabulary.h"

namespace omo::compiler {
namespace {

struct Cell {
  std::string text;
  std::uint32_t offset = 0;
};

/// Bytes of the character of UTF-8 at `at`, or 0 where there is none (RFC 3629: neither overlong nor a surrogate).
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const std::uint8_t lead = byte(at);
  const std::uint8_t second = byte(at + 1);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const bool bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                   (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return bad ? 0 : bytes;
}

class CsvReader {
 public:
  explicit CsvReader(Reporter& reporter) : reporter_(reporter), source_(reporter.source()) {
    if (source_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    const std::string_view first = source_.substr(at_, source_.find_first_of("\r\n", at_) - at_);
    if (first.find('\t') != std::string_view::npos) delimiter_ = '\t';
  }

  [[nodiscard]] bool at_end() const { return at_ >= source_.size(); }
  [[nodiscard]] std::size_t row() const { return row_; }

  /// The next row; lines without anything are left out (RFC 4180 has none).
  std::vector<Cell> next() {
    std::vector<Cell> cells;
    ++row_;
    for (;;) {
      cells.push_back(cell());
      if (at_end()) break;
      const char c = source_[at_++];
      if (c == delimiter_) {
        // A delimiter at the very end has an empty cell behind it.
        if (at_end()) cells.push_back({{}, here()});
        continue;
      }
      if (c == '\r' && !at_end() && source_[at_] == '\n') ++at_;
      break;
    }
    return cells;
  }

 private:
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(at_); }
  [[nodiscard]] bool ends_cell(char c) const { return c == delimiter_ || c == '\r' || c == '\n'; }

  Cell cell() {
    Cell result{{}, here()};
    const bool quoted = !at_end() && source_[at_] == '"';
    if (quoted) ++at_;
    while (!at_end()) {
      const char c = source_[at_];
      if (quoted && c == '"') {
        ++at_;
        if (at_end() || source_[at_] != '"') return after_quotes(std::move(result));
      } else if (!quoted && ends_cell(c)) {
        return result;
      }
      take_character(result);
    }
    if (quoted) reporter_.error(result.offset, "row " + std::to_string(row_) + ": this quotation has no end");
    return result;
  }

  Cell after_quotes(Cell result) {
    if (!at_end() && !ends_cell(source_[at_])) {
      reporter_.error(here(), "row " + std::to_string(row_) +
                                  ": a quoted cell ends with its quotation mark; one within it is doubled (RFC 4180)");
      while (!at_end() && !ends_cell(source_[at_])) ++at_;
    }
    return result;
  }

  void take_character(Cell& result) {
    const std::size_t bytes = character_bytes(source_, at_);
    if (bytes == 0) {
      reporter_.error(here(), "row " + std::to_string(row_) + ": this is not UTF-8");
      ++at_;
      return;
    }
    result.text += source_.substr(at_, bytes);
    at_ += bytes;
  }

  Reporter& reporter_;
  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t row_ = 0;
  char delimiter_ = ',';
};

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

std::string normalised(std::string_view name) {
  std::string result(name);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (c == ' ' || c == '-') c = '_';
  }
  return result;
}

std::vector<FeedRow> read_csv_rows(Reporter& reporter, std::vector<std::string>& columns) {
  std::vector<FeedRow> rows;
  if (reporter.source().size() > kMaxFeedBytes) {
    reporter.error(0, "the feed has " + std::to_string(reporter.source().size()) +
                          " bytes: the limit max_feed_bytes is " + std::to_string(kMaxFeedBytes));
    return rows;
  }
  CsvReader csv(reporter);
  if (csv.at_end()) {
    reporter.error(0, "the feed is empty: it needs a header with the names of the columns");
    return rows;
  }
  for (const Cell& cell : csv.next()) {
    columns.push_back(normalised(trimmed(cell.text)));
    for (std::size_t i = 0; i + 1 < columns.size(); ++i) {
      if (columns[i] == columns.back() && !columns[i].empty())
        reporter.error(cell.offset, "row 1: the column " + in_quotes(columns[i]) + " is there already");
    }
  }
  while (!csv.at_end()) {
    const std::vector<Cell> cells = csv.next();
    if (cells.size() == 1 && cells[0].text.empty()) continue;
    FeedRow row;
    row.offset = cells[0].offset;
    row.number = csv.row();
    if (cells.size() != columns.size()) {
      reporter.error(row.offset, "row " + std::to_string(row.number) + " has " + std::to_string(cells.size()) +
                                     " cells, the header has " + std::to_string(columns.size()));
      continue;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::string text = trimmed(cells[i].text);
      if (!text.empty()) row.attributes.push_back({columns[i], std::move(text), std::nullopt, cells[i].offset});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace omo::compiler
