// SPDX-License-Identifier: Apache-2.0
#include "compiler/reporter.h"

#include <algorithm>

#include "wire/bytes.h"

namespace omo::compiler {
namespace {

/// Longer names are no typing errors, and comparing them costs the product of the lengths.
constexpr std::size_t kLongestCompared = 64;

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

void Reporter::add(std::uint32_t offset, Severity severity, std::string message) {
  if (severity == Severity::kError) ++errors_;
  findings_.push_back({offset, severity, std::move(message)});
}

std::uint32_t Reporter::line_of(std::uint32_t offset) const {
  const std::string_view before = source_.substr(0, offset);
  return static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
}

std::vector<Diagnostic> Reporter::diagnostics(const std::string& file) const {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings_.size());
  for (const Finding& finding : findings_) sorted.push_back(&finding);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Finding* a, const Finding* b) { return a->offset < b->offset; });

  std::vector<std::uint32_t> offsets;
  for (const Finding* finding : sorted) offsets.push_back(finding->offset);
  const std::vector<Position> places = positions(offsets);
  std::vector<Diagnostic> result;
  result.reserve(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    result.push_back({file, places[i].line, places[i].column, sorted[i]->severity, sorted[i]->message});
  }
  return result;
}

std::vector<Reporter::Position> Reporter::positions(const std::vector<std::uint32_t>& offsets) const {
  std::vector<Position> result;
  result.reserve(offsets.size());
  Position now;
  std::size_t position = source_.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;  // a byte order mark is no column
  for (const std::uint32_t offset : offsets) {
    for (; position < offset && position < source_.size(); ++position) {
      const auto byte = static_cast<std::uint8_t>(source_[position]);
      if (byte == '\n') {
        ++now.line;
        now.column = 1;
      } else {
        // A code point ends where the next byte does not continue it.
        const bool continued =
            position + 1 < source_.size() && (static_cast<std::uint8_t>(source_[position + 1]) & 0xC0) == 0x80;
        if (!continued) ++now.column;
      }
    }
    result.push_back(now);
  }
  return result;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.empty() || name.size() > kLongestCompared) return {};
  std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
  std::string_view nearest;
  for (std::string_view candidate : candidates) {
    const std::size_t difference =
        candidate.size() > name.size() ? candidate.size() - name.size() : name.size() - candidate.size();
    if (difference >= best || candidate.size() > kLongestCompared) continue;
    const std::size_t found = distance(name, candidate);
    if (found < best) {
      best = found;
      nearest = candidate;
    }
  }
  return nearest.empty() ? std::string() : "; did you mean '" + std::string(nearest) + "'?";
}

std::string in_quotes(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  if (name.size() <= kLongest) return "'" + std::string(name) + "'";
  return "'" + std::string(name.substr(0, utf8_prefix(name, kLongest))) + "...'";
}

}  // namespace omo::compiler
