// SPDX-License-Identifier: Apache-2.0
#include "http/target.h"

namespace omo::collector {
namespace {

int hex_digit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

bool segments_are_plain(std::string_view path) {
  std::size_t begin = 1;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment.empty() && end < path.size()) return false;
    if (!segment.empty() && segment.front() == '.' && segment != ".well-known") return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

std::optional<std::string> decode_path(std::string_view target) {
  const std::string_view raw = target.substr(0, target.find_first_of("?#"));
  if (raw.empty() || raw.front() != '/') return std::nullopt;
  std::string path;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char character = raw[i];
    if (character == '%') {
      if (i + 2 >= raw.size()) return std::nullopt;
      const int high = hex_digit(raw[i + 1]);
      const int low = hex_digit(raw[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      character = static_cast<char>(high * 16 + low);
      // An escaped slash is data, not a separator: no file has it in its name.
      if (character == '/') return std::nullopt;
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7F || character == '\\') return std::nullopt;
    path.push_back(character);
  }
  if (!segments_are_plain(path)) return std::nullopt;
  return path;
}

std::optional<std::string_view> query_value(std::string_view target, std::string_view name) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return std::nullopt;
  std::string_view query = target.substr(mark + 1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    if (pair.size() > name.size() && pair.substr(0, name.size()) == name && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return std::nullopt;
}

}  // namespace omo::collector
