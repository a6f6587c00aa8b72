// SPDX-License-Identifier: Apache-2.0
// Writes JSON text, two spaces a level, keys in the order given: the manifest and the diagnostics.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace omo::compiler {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  [[nodiscard]] const std::string& result() const { return out_; }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void escape(std::string_view value);

  std::string out_;
  std::size_t depth_ = 0;
  bool first_ = true;  ///< nothing is in the innermost container yet
  bool after_key_ = false;
};

/// Sixteen lower-case digits.
[[nodiscard]] std::string hex_of(std::uint64_t value);

}  // namespace omo::compiler
