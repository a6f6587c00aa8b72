// SPDX-License-Identifier: Apache-2.0
#include "http/scrub.h"

#include <algorithm>
#include <cctype>

namespace omo::collector {
namespace {

constexpr std::string_view kBlanked = "(removed)";

bool is_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || static_cast<unsigned char>(character) >= 0x80;
}

bool is_page_address(std::string_view param) { return param == "page_path" || param == "page_referrer"; }

}  // namespace

bool has_email_address(std::string_view text) {
  // Addresses in links are often escaped: %40 is an @.
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t after = at + 1;
    if (text.substr(at, 3) == "%40") {
      after = at + 3;
    } else if (text[at] != '@') {
      continue;
    }
    if (at == 0 || !is_word(text[at - 1])) continue;
    std::size_t end = after;
    while (end < text.size() && (is_word(text[end]) || text[end] == '-' || text[end] == '.')) ++end;
    const std::string_view host = text.substr(after, end - after);
    const std::size_t dot = host.find('.');
    if (dot != std::string_view::npos && dot > 0 && dot + 1 < host.size()) return true;
  }
  return false;
}

std::size_t scrub(DecodedBatch& batch, const ProgramView& program) {
  std::size_t changed = 0;
  for (DecodedEvent& event : batch.events) {
    for (DecodedParam& param : event.params) {
      if (param.text.empty()) continue;
      const std::size_t before = changed;
      if (is_page_address(program.symbol(program.params()[param.param].name))) {
        const std::size_t mark = param.text.find_first_of("?#");
        if (mark != std::string::npos) {
          param.text.resize(mark);
          ++changed;
        }
      }
      if (has_email_address(param.text)) {
        param.text = kBlanked;
        changed = before + 1;
      }
    }
  }
  return changed;
}

}  // namespace omo::collector
