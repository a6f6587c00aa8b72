// SPDX-License-Identifier: Apache-2.0
#include "store/clean_file.h"

#include <sqlite3.h>

#include <algorithm>
#include <vector>

namespace omo::collector {
namespace {

constexpr std::size_t kFileHeaderBytes = 100;  ///< at the begin of the first page
constexpr std::size_t kLeafHeaderBytes = 8;
constexpr std::size_t kInnerHeaderBytes = 12;
constexpr int kMinPageBytes = 512;

sqlite3_vfs* system_vfs() {
  static sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
  return found;
}

/// SQLite reserves one block for this and, behind it, the system's file.
struct CleanFile {
  sqlite3_file base;
  sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* system_file(sqlite3_file* file) { return reinterpret_cast<CleanFile*>(file)->system(); }

/// A method that the system's file does as it is.
template <auto method, class... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
  sqlite3_file* const system = system_file(file);
  return (system->pMethods->*method)(system, arguments...);
}

void pass_barrier(sqlite3_file* file) { system_file(file)->pMethods->xShmBarrier(system_file(file)); }

int write(sqlite3_file* file, const void* data, int bytes, sqlite3_int64 offset) {
  sqlite3_file* const system = system_file(file);
  // Anything but whole pages is none of the trees' business.
  if (bytes < kMinPageBytes || offset % bytes != 0) return system->pMethods->xWrite(system, data, bytes, offset);
  const auto* const begin = static_cast<const std::uint8_t*>(data);
  std::vector<std::uint8_t> page(begin, begin + bytes);
  clean_page(page, offset == 0);
  return system->pMethods->xWrite(system, page.data(), bytes, offset);
}

// Version 2: without memory mapping, which only reads.
constexpr sqlite3_io_methods kMethods = {2,
                                         pass<&sqlite3_io_methods::xClose>,
                                         pass<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
                                         write,
                                         pass<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
                                         pass<&sqlite3_io_methods::xSync, int>,
                                         pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
                                         pass<&sqlite3_io_methods::xLock, int>,
                                         pass<&sqlite3_io_methods::xUnlock, int>,
                                         pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
                                         pass<&sqlite3_io_methods::xFileControl, int, void*>,
                                         pass<&sqlite3_io_methods::xSectorSize>,
                                         pass<&sqlite3_io_methods::xDeviceCharacteristics>,
                                         pass<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
                                         pass<&sqlite3_io_methods::xShmLock, int, int, int>,
                                         pass_barrier,
                                         pass<&sqlite3_io_methods::xShmUnmap, int>,
                                         nullptr,
                                         nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* const system = system_vfs();
  // The log and temporary files are the system's own: what leaves the log is cut from it.
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return system->xOpen(system, name, file, flags, out_flags);
  file->pMethods = nullptr;
  const int result = system->xOpen(system, name, system_file(file), flags, out_flags);
  // A file that failed to open may still want to be closed.
  if (system_file(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return result;
}

sqlite3_vfs make_vfs() {
  sqlite3_vfs made = *system_vfs();
  made.pNext = nullptr;
  made.szOsFile += static_cast<int>(sizeof(CleanFile));
  made.zName = "omo-clean";
  made.xOpen = open;
  return made;
}

std::size_t number_at(std::span<const std::uint8_t> page, std::size_t at) {
  return std::size_t{page[at]} << 8 | page[at + 1];
}

}  // namespace

void clean_page(std::span<std::uint8_t> page, bool first) {
  const std::size_t header = first ? kFileHeaderBytes : 0;
  const std::uint8_t kind = page[header];
  const bool leaf = kind == 10 || kind == 13;
  const bool inner = kind == 2 || kind == 5;
  if (!leaf && !inner) return;
  const std::size_t pointers_end =
      header + (leaf ? kLeafHeaderBytes : kInnerHeaderBytes) + 2 * number_at(page, header + 3);
  const std::size_t cells = number_at(page, header + 5);
  // 65,536 is written as 0: a page of that size without a cell.
  const std::size_t cells_begin = cells == 0 ? page.size() : cells;
  if (pointers_end > cells_begin || cells_begin > page.size()) return;
  std::fill(page.begin() + static_cast<std::ptrdiff_t>(pointers_end),
            page.begin() + static_cast<std::ptrdiff_t>(cells_begin), std::uint8_t{0});
}

const char* clean_file_vfs() {
  static sqlite3_vfs vfs = make_vfs();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace omo::collector
