// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace omo::collector {

/// The path of a request target, percent-decoded, without query. nullopt = refuse it: not an absolute path, a broken
/// escape, a control character, a backslash, an empty segment, or a segment that begins with a dot (which covers `..`,
/// in any spelling, and hidden files; `.well-known` alone is let through).
[[nodiscard]] std::optional<std::string> decode_path(std::string_view target);

/// The value of `name` in the target's query, or nullopt. Not decoded: meant for numbers.
[[nodiscard]] std::optional<std::string_view> query_value(std::string_view target, std::string_view name);

}  // namespace omo::collector
