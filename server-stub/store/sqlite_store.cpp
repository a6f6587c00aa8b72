// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "store/sqlite_expiry.h"
#include "store/sqlite_rows.h"

namespace omo::collector {
namespace {

constexpr std::uint64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS programs (hash INTEGER PRIMARY KEY, short_hash INTEGER NOT NULL UNIQUE, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS batches (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, program INTEGER NOT NULL,
  received_ms INTEGER NOT NULL, accepted BLOB NOT NULL, raw BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS batches_by_stream ON batches (stream);
CREATE INDEX IF NOT EXISTS batches_by_receipt ON batches (received_ms);
CREATE TABLE IF NOT EXISTS streams (stream INTEGER PRIMARY KEY, seen BLOB NOT NULL, erased_ms INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS streams_by_erasure ON streams (erased_ms) WHERE erased_ms <> 0;
CREATE TABLE IF NOT EXISTS quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL,
  program INTEGER NOT NULL, received_ms INTEGER NOT NULL, reason TEXT NOT NULL, raw BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS quarantine_by_stream ON quarantine (stream);
CREATE TABLE IF NOT EXISTS liveness (id INTEGER PRIMARY KEY CHECK (id = 1), checks INTEGER NOT NULL);
)sql";

void prepare_schema(Database& database) {
  database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON");
  Statement version = database.prepare("PRAGMA user_version");
  version.step();
  const std::uint64_t found = version.integer(0);
  version.reset();
  if (found > kSchemaVersion) {
    throw StoreError("the store has schema version " + std::to_string(found) +
                     ", and this collector knows only version " + std::to_string(kSchemaVersion) +
                     ": run the newer collector");
  }
  database.execute(kSchema);
  database.execute("PRAGMA user_version=" + std::to_string(kSchemaVersion));
}

}  // namespace

struct SqliteStore::Statements {
  explicit Statements(Database& database)
      : seen(database.prepare("SELECT seen, erased_ms FROM streams WHERE stream = ?")),
        put_seen(database.prepare("INSERT INTO streams (stream, seen) VALUES (?, ?) "
                                  "ON CONFLICT (stream) DO UPDATE SET seen = excluded.seen")),
        put_batch(database.prepare(
            "INSERT INTO batches (stream, program, received_ms, accepted, raw) VALUES (?, ?, ?, ?, ?)")),
        erase_batches(database.prepare("DELETE FROM batches WHERE stream = ?")),
        erase_quarantined(database.prepare("DELETE FROM quarantine WHERE stream = ?")),
        mark_erased(database.prepare("INSERT INTO streams (stream, seen, erased_ms) VALUES (?, x'00', ?) "
                                     "ON CONFLICT (stream) DO UPDATE SET erased_ms = excluded.erased_ms")),
        put_quarantined(database.prepare(
            "INSERT INTO quarantine (stream, program, received_ms, reason, raw) VALUES (?, ?, ?, ?, ?)")),
        release_quarantined(database.prepare("DELETE FROM quarantine WHERE id = ?")),
        trim_quarantine(database.prepare("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?")),
        check(database.prepare("INSERT INTO liveness (id, checks) VALUES (1, 1) "
                               "ON CONFLICT (id) DO UPDATE SET checks = checks + 1")),
        expiry(database) {}

  Statement seen, put_seen, put_batch, erase_batches, erase_quarantined, mark_erased, put_quarantined,
      release_quarantined, trim_quarantine, check;
  SqliteExpiry expiry;
};

SqliteStore::ProcessLock::ProcessLock(const std::string& path)
    : file_(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ < 0) throw StoreError("cannot open the store " + path + ": " + std::strerror(errno));
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    ::close(file_);
    throw StoreError("the store " + path + " is in use by another process: stop that one or give another path");
  }
}

SqliteStore::ProcessLock::~ProcessLock() { ::close(file_); }

SqliteStore::SqliteStore(const std::string& path, const SqliteLimits& limits)
    : limits_(limits),
      lock_(path),
      writer_(path, Database::Mode::kReadWrite),
      statements_((prepare_schema(writer_), std::make_unique<Statements>(writer_))),
      reader_(path, Database::Mode::kReadOnly),
      thread_([this] { run_writer(); }) {}

SqliteStore::~SqliteStore() { finish(); }

bool SqliteStore::append(NewBatch batch, AppendDone done) {
  const std::size_t bytes = batch.raw.size();
  return enqueue(Append{std::move(batch), std::move(done), {}}, bytes);
}

bool SqliteStore::quarantine(QuarantinedBatch batch, Done done) {
  const std::size_t bytes = batch.raw.size();
  return enqueue(Quarantine{std::move(batch), std::move(done)}, bytes);
}

bool SqliteStore::release(std::uint64_t id, std::optional<NewBatch> batch, AppendDone done) {
  const std::size_t bytes = batch ? batch->raw.size() : 0;
  return enqueue(Release{id, std::move(batch), std::move(done), {}}, bytes);
}

bool SqliteStore::erase(std::uint64_t stream, std::uint64_t erased_ms, Done done) {
  return enqueue(Erase{stream, erased_ms, std::move(done)}, 0);
}

bool SqliteStore::expire(std::uint64_t before_ms, ExpireDone done) {
  return enqueue(Expire{before_ms, std::move(done), {}}, 0);
}

bool SqliteStore::check_writable(Done done) { return enqueue(Check{std::move(done)}, 0); }

bool SqliteStore::enqueue(Write write, std::size_t bytes) {
  {
    const std::lock_guard lock(queue_mutex_);
    if (finishing_ || queue_.size() >= limits_.waiting_writes || queue_bytes_ + bytes > limits_.waiting_bytes)
      return false;
    queue_bytes_ += bytes;
    queue_.push_back({std::move(write), bytes});
  }
  queue_changed_.notify_one();
  return true;
}

void SqliteStore::run_writer() {
  std::vector<Write> group;
  for (;;) {
    {
      std::unique_lock lock(queue_mutex_);
      queue_changed_.wait(lock, [this] { return finishing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      while (!queue_.empty() && group.size() < limits_.group_writes) {
        group.push_back(std::move(queue_.front().write));
        queue_bytes_ -= queue_.front().bytes;
        queue_.pop_front();
      }
    }
    commit(group);
    group.clear();
  }
}

void SqliteStore::commit(std::vector<Write>& group) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string error = write_durably(group);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const bool durable = error.empty();
  if (durable && on_commit) on_commit(seconds.count(), group.size());
  if (!durable && on_error) on_error(error);
  for (Write& write : group) {
    if (auto* append = std::get_if<Append>(&write)) {
      append->done(durable ? append->result : Appended{AppendOutcome::kFailed, {}, error});
    } else if (auto* release = std::get_if<Release>(&write)) {
      release->done(durable ? release->result : Appended{AppendOutcome::kFailed, {}, error});
    } else if (auto* quarantine = std::get_if<Quarantine>(&write)) {
      quarantine->done(durable);
    } else if (auto* erase = std::get_if<Erase>(&write)) {
      erase->done(durable);
    } else if (auto* expire = std::get_if<Expire>(&write)) {
      if (!durable) expire->result = {};
      expire->result.durable = durable;
      expire->done(expire->result);
    } else {
      std::get<Check>(write).done(durable);
    }
  }
}

std::string SqliteStore::write_durably(std::vector<Write>& group) {
  try {
    if (statements_ == nullptr) statements_ = std::make_unique<Statements>(writer_);
    writer_.execute("BEGIN IMMEDIATE");
    bool deletes = false;
    for (Write& write : group) {
      std::visit([this](auto& one) { apply(one); }, write);
      const auto* expire = std::get_if<Expire>(&write);
      // Also where an expiry found nothing: an earlier one may have been stopped before it cut the log.
      deletes = deletes || std::holds_alternative<Erase>(write) || std::holds_alternative<Release>(write) ||
                (expire != nullptr && expire->result.finished);
    }
    writer_.execute("COMMIT");
    if (deletes) cut_log();
    return {};
  } catch (const StoreError& error) {
    roll_back();
    return error.what();
  }
}

void SqliteStore::roll_back() {
  try {
    // New statements: the old ones may stand in the middle of a row, or point at values that are gone.
    statements_ = nullptr;
    if (writer_.in_transaction()) writer_.execute("ROLLBACK");
    statements_ = std::make_unique<Statements>(writer_);
  } catch (const StoreError& error) {
    if (on_error) on_error(error.what());
  }
}

/// Deleted bytes leave the log too, not only the tables, before the deletion is acknowledged.
void SqliteStore::cut_log() {
  try {
    Statement checkpoint = writer_.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    // A log that somebody reads is no error to SQLite: the first column says it.
    if (checkpoint.step() && checkpoint.integer(0) != 0) throw StoreError("deleted bytes stay in the log: it is read");
  } catch (const StoreError& error) {
    if (on_error) on_error(error.what());
  }
}

void SqliteStore::apply(Append& write) { write.result = keep(write.batch); }

Appended SqliteStore::keep(const NewBatch& batch) {
  IntervalSet seen;
  statements_->seen.bind(1, batch.stream);
  if (statements_->seen.step()) {
    seen = read_intervals(statements_->seen.blob(0));
    const bool erased = statements_->seen.integer(1) != 0;
    statements_->seen.reset();
    if (erased) return {AppendOutcome::kErased, {}, {}};
  }
  IntervalSet accepted = seen.add_all(batch.sequences);
  if (seen.intervals().size() > kMaxIntervals) return {AppendOutcome::kTooManyGaps, {}, {}};
  if (!accepted.empty()) {
    const std::vector<std::uint8_t> seen_bytes = seen.encode();
    const std::vector<std::uint8_t> accepted_bytes = accepted.encode();
    statements_->put_seen.bind(1, batch.stream).bind(2, seen_bytes).run();
    statements_->put_batch.bind(1, batch.stream)
        .bind(2, std::uint64_t{batch.program})
        .bind(3, batch.received_ms)
        .bind(4, accepted_bytes)
        .bind(5, batch.raw)
        .run();
  }
  return {AppendOutcome::kStored, std::move(accepted), {}};
}

void SqliteStore::apply(Release& write) {
  statements_->release_quarantined.bind(1, write.id).run();
  if (writer_.changes() == 0) {
    write.result = {AppendOutcome::kErased, {}, {}};
  } else {
    write.result = write.batch ? keep(*write.batch) : Appended{AppendOutcome::kStored, {}, {}};
  }
}

bool SqliteStore::is_erased(std::uint64_t stream) {
  statements_->seen.bind(1, stream);
  if (!statements_->seen.step()) return false;
  const bool erased = statements_->seen.integer(1) != 0;
  statements_->seen.reset();
  return erased;
}

void SqliteStore::apply(const Quarantine& write) {
  const QuarantinedBatch& batch = write.batch;
  if (is_erased(batch.stream)) return;
  statements_->put_quarantined.bind(1, batch.stream)
      .bind(2, std::uint64_t{batch.program})
      .bind(3, batch.received_ms)
      .bind(4, std::string_view(batch.reason))
      .bind(5, batch.raw)
      .run();
  statements_->trim_quarantine.bind(1, limits_.quarantined_batches).run();
}

void SqliteStore::apply(const Erase& write) {
  statements_->erase_batches.bind(1, write.stream).run();
  statements_->erase_quarantined.bind(1, write.stream).run();
  statements_->mark_erased.bind(1, write.stream).bind(2, write.erased_ms).run();
}

void SqliteStore::apply(Expire& write) {
  write.result = statements_->expiry.step(write.before_ms, limits_.expiry_rows);
}

void SqliteStore::apply(const Check&) { statements_->check.run(); }

void SqliteStore::keep_program(const StoredProgram& program) {
  const std::lock_guard lock(reader_mutex_);
  const std::uint64_t short_hash = program.hash & 0xFFFFFFFFu;
  Database database(writer_.path(), Database::Mode::kReadWrite);
  database.execute("PRAGMA synchronous=FULL");
  Statement find = database.prepare("SELECT hash FROM programs WHERE short_hash = ?");
  find.bind(1, short_hash);
  if (find.step()) {
    if (find.integer(0) == program.hash) return;
    throw StoreError(
        "another program with the same short hash is kept: change the playbook by any word and compile again");
  }
  database.prepare("INSERT INTO programs (hash, short_hash, bytes) VALUES (?, ?, ?)")
      .bind(1, program.hash)
      .bind(2, short_hash)
      .bind(3, program.bytes)
      .run();
}

std::vector<StoredProgram> SqliteStore::programs() {
  const std::lock_guard lock(reader_mutex_);
  std::vector<StoredProgram> programs;
  Statement statement = reader_.prepare("SELECT hash, bytes FROM programs ORDER BY rowid");
  while (statement.step()) programs.push_back({statement.integer(0), statement.blob(1)});
  return programs;
}

IntervalSet SqliteStore::seen(std::uint64_t stream) {
  const std::lock_guard lock(reader_mutex_);
  Statement statement = reader_.prepare("SELECT seen FROM streams WHERE stream = ?");
  statement.bind(1, stream);
  return statement.step() ? read_intervals(statement.blob(0)) : IntervalSet{};
}

void SqliteStore::scan(const std::function<void(const StoredBatch&)>& visit) {
  const std::lock_guard lock(reader_mutex_);
  Statement statement = reader_.prepare("SELECT stream, program, received_ms, accepted, raw FROM batches ORDER BY id");
  while (statement.step()) visit(read_batch(statement));
}

std::vector<QuarantinedBatch> SqliteStore::quarantined(std::uint64_t after, std::size_t most) {
  const std::lock_guard lock(reader_mutex_);
  std::vector<QuarantinedBatch> batches;
  Statement statement = reader_.prepare(
      "SELECT stream, program, received_ms, reason, raw, id FROM quarantine WHERE id > ? ORDER BY id LIMIT ?");
  for (statement.bind(1, after).bind(2, most); statement.step();) {
    batches.push_back({statement.integer(0), static_cast<std::uint32_t>(statement.integer(1)), statement.integer(2),
                       statement.text(3), statement.blob(4), statement.integer(5)});
  }
  return batches;
}

void SqliteStore::finish() {
  {
    const std::lock_guard lock(queue_mutex_);
    finishing_ = true;
  }
  queue_changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace omo::collector
