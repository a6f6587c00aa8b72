// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "wire/batch_decode.h"

namespace omo::collector {

/// Does the text contain something that reads like an e-mail address?
[[nodiscard]] bool has_email_address(std::string_view text);

/// Takes out what should never have been sent, before anything is kept: query strings and fragments of page addresses,
/// and whole texts with an e-mail address in them. Answers how many texts changed.
std::size_t scrub(DecodedBatch& batch, const ProgramView& program);

}  // namespace omo::collector
