// SPDX-License-Identifier: Apache-2.0
#include "cli/files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace omo::cli {
namespace {

void complain(const std::string& path, std::string_view what, int error) {
  std::cerr << "omo: cannot " << what << " " << path << ": " << std::strerror(error) << "\n";
}

std::string_view line_of(std::string_view source, std::uint32_t line) {
  for (std::uint32_t i = 1; i < line; ++i) {
    const std::size_t end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  source = source.substr(0, source.find('\n'));
  if (!source.empty() && source.back() == '\r') source.remove_suffix(1);
  return source;
}

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
};

CodePoint decode(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t value = bytes == 1 ? lead : lead & (0x3Fu >> (bytes - 1));
  for (std::size_t i = 1; i < bytes && i < text.size(); ++i) {
    value = value << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3F);
  }
  return {value, std::min(bytes, text.size())};
}

/// East Asian wide characters fill two columns of a terminal.
bool is_wide(std::uint32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

/// A feed or a minified playbook may be one line of megabytes: only what is around the column is shown.
void crop(std::string_view& line, std::uint32_t& column) {
  constexpr std::uint32_t kBefore = 80;
  constexpr std::size_t kMostBytes = 240;
  if (line.size() <= kMostBytes) return;
  for (; column > kBefore && !line.empty(); --column) line.remove_prefix(decode(line).bytes);
  std::size_t bytes = 0;
  while (bytes < line.size() && bytes < kMostBytes) bytes += decode(line.substr(bytes)).bytes;
  line = line.substr(0, bytes);
}

/// Blanks up to the column, as wide as the text above them.
std::string indentation(std::string_view line, std::uint32_t column) {
  std::string result;
  for (std::uint32_t i = 1; i < column && !line.empty(); ++i) {
    const CodePoint point = decode(line);
    result += point.value == '\t' ? "\t" : is_wide(point.value) ? "  " : " ";
    line.remove_prefix(point.bytes);
  }
  return result;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = decode(text);
    width += is_wide(point.value) ? 2 : 1;
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::optional<std::string> read_file(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::error_code status;
  if (std::filesystem::is_directory(path, status)) {
    complain(path, "read", EISDIR);
    return std::nullopt;
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    complain(path, "read", errno);
    return std::nullopt;
  }
  std::string content(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) {
    complain(path, "read", errno);
    return std::nullopt;
  }
  return content;
}

bool write_file(const std::string& path, std::string_view content) {
  if (path == "-") {
    std::cout.write(content.data(), static_cast<std::streamsize>(content.size()));
    std::cout.flush();
    return static_cast<bool>(std::cout);
  }
  const std::string part = path + ".part";
  errno = 0;
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file || std::rename(part.c_str(), path.c_str()) != 0) {
    complain(path, "write", errno);
    std::remove(part.c_str());
    return false;
  }
  return true;
}

std::string render(const std::vector<Diagnostic>& diagnostics, std::string_view source) {
  std::ostringstream out;
  for (const Diagnostic& diagnostic : diagnostics) {
    std::string_view line = line_of(source, diagnostic.line);
    std::uint32_t column = diagnostic.column;
    crop(line, column);
    out << diagnostic.file << ":" << diagnostic.line << ":" << diagnostic.column << ": "
        << (diagnostic.severity == Severity::kError ? "error: " : "warning: ") << diagnostic.message << "\n"
        << line << "\n"
        << indentation(line, column) << "^\n";
  }
  return out.str();
}

std::optional<Compiled> compile_and_report(const std::string& path, bool map) {
  const std::optional<std::string> source = read_file(path);
  if (!source) return std::nullopt;
  CompileOptions options;
  options.file = path;
  options.map = map;
  Compiled compiled = compile(*source, options);
  std::cerr << render(compiled.diagnostics, *source);
  return compiled;
}

}  // namespace omo::cli
