// SPDX-License-Identifier: Apache-2.0
// A connection and a prepared statement that clean up after themselves. Every failure is a StoreError with SQLite's own
// words. Only this file and clean_file.cpp, through which it opens its files, call SQLite.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace omo::collector {

class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);

  /// Binds the parameter `index`, from 1. Blobs and texts are borrowed until the statement is reset.
  Statement& bind(int index, std::uint64_t value);  ///< bit for bit as a signed integer
  Statement& bind(int index, std::span<const std::uint8_t> blob);
  Statement& bind(int index, std::string_view text);

  /// Steps to the next row; false = no more, and the statement is reset.
  bool step();
  /// Runs a statement that gives no rows.
  void run();
  void reset();

  [[nodiscard]] std::uint64_t integer(int column) const;
  [[nodiscard]] std::vector<std::uint8_t> blob(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly };
  Database(const std::string& path, Mode mode);

  void execute(const std::string& sql);
  [[nodiscard]] Statement prepare(std::string_view sql) { return {database_.get(), sql}; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool in_transaction() const;
  /// Rows that the latest INSERT, UPDATE or DELETE wrote or deleted.
  [[nodiscard]] std::uint64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace omo::collector
