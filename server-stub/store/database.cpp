// SPDX-License-Identifier: Apache-2.0
#include "store/database.h"

#include <sqlite3.h>

#include "store/clean_file.h"
#include "store/store.h"

namespace omo::collector {
namespace {

constexpr int kBusyTimeoutMs = 5000;

[[noreturn]] void fail(sqlite3* database, std::string_view doing) {
  throw StoreError(std::string(doing) + ": " + (database != nullptr ? sqlite3_errmsg(database) : "out of memory"));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    fail(database, "cannot prepare a statement");
  }
  statement_.reset(statement);
}

Statement& Statement::bind(int index, std::uint64_t value) {
  if (sqlite3_bind_int64(statement_.get(), index, static_cast<sqlite3_int64>(value)) != SQLITE_OK) {
    fail(database_, "cannot bind a number");
  }
  return *this;
}

Statement& Statement::bind(int index, std::span<const std::uint8_t> blob) {
  // A null pointer would bind NULL, so an empty blob needs an address.
  const void* data = blob.empty() ? static_cast<const void*>("") : blob.data();
  if (sqlite3_bind_blob64(statement_.get(), index, data, blob.size(), SQLITE_STATIC) != SQLITE_OK) {
    fail(database_, "cannot bind bytes");
  }
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  if (sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK) {
    fail(database_, "cannot bind a text");
  }
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) {
    const std::string message = sqlite3_errmsg(database_);
    sqlite3_reset(statement_.get());
    throw StoreError("cannot run a statement: " + message);
  }
  reset();
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::uint64_t Statement::integer(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_.get(), column));
}

std::vector<std::uint8_t> Statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::vector<std::uint8_t>{} : std::vector<std::uint8_t>(data, data + size);
}

std::string Statement::text(int column) const {
  const std::vector<std::uint8_t> bytes = blob(column);
  return {bytes.begin(), bytes.end()};
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Database::Database(const std::string& path, Mode mode) : path_(path) {
  const int flags = mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, clean_file_vfs());
  database_.reset(database);
  if (result != SQLITE_OK) fail(database, "cannot open the store " + path);
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  if (mode == Mode::kReadWrite) execute("PRAGMA max_page_count=" + std::to_string(kMaxFilePages));
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(database_.get(), "the store refused \"" + sql.substr(0, 60) + "\"");
  }
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

std::uint64_t Database::changes() const { return static_cast<std::uint64_t>(sqlite3_changes64(database_.get())); }

}  // namespace omo::collector
