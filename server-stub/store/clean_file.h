// SPDX-License-Identifier: Apache-2.0
// Keeps moved rows from staying behind. With secure_delete SQLite overwrites what it deletes, but where it moves rows
// between pages of a tree (rebuildPage in its btree.c) their old bytes stay in the part of the page that is not in use,
// and a later deletion of the row does not find them there. Here that part is zeroed whenever a page is written to the
// database file:
//
//   ┌────────┬───────────────┬──────────────────────────────────┬────────────────┐
//   │ header │ cell pointers │ not in use: zeroed when written  │ cells          │ https://sqlite.org/fileformat.html,
//   └────────┴───────────────┴──────────────────────────────────┴────────────────┘   "B-tree Pages"
#pragma once
#include <cstdint>
#include <span>

namespace omo::collector {

/// Pages that a file may have, so that a page of a tree can be told from others by its first byte, which in those is
/// the highest of a page number: 128 GiB.
inline constexpr std::uint32_t kMaxFilePages = (1u << 25) - 1;

/// Zeroes what is not in use of a page of a tree; leaves any other page as it is. `first` = it is the file's first one.
void clean_page(std::span<std::uint8_t> page, bool first);

/// Name of a VFS of SQLite: the system's, with clean_page() on every page on its way into a database file. Registers it
/// with the first call; from any thread.
[[nodiscard]] const char* clean_file_vfs();

}  // namespace omo::collector
