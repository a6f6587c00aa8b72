// SPDX-License-Identifier: Apache-2.0
// The store in one SQLite file: WAL, synchronous=FULL, and group commit: one writer thread puts all that waits into one
// transaction, so a burst of batches costs one fsync.
//
//   programs    hash, short_hash (unique), bytes
//   batches     id, stream, program, received_ms, accepted (intervals), raw
//   streams     stream, seen (intervals), erased_ms (0 = alive); gone with its last batch, or some time after its
//   erasure quarantine  id, stream, program, received_ms, reason, raw
#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "store/database.h"
#include "store/store.h"

namespace omo::collector {

struct SqliteLimits {
  std::size_t waiting_writes = 8192;  ///< beyond, a write is turned away
  std::size_t waiting_bytes = 64u << 20;
  std::size_t group_writes = 1024;           ///< writes of one transaction
  std::uint64_t expiry_rows = 512;           ///< rows that one step of an expiry deletes or reads
  std::uint64_t quarantined_batches = 1000;  ///< the oldest beyond are dropped
};

class SqliteStore final : public Store {
 public:
  /// Opens or creates the file. One process at a time: a second one gets a StoreError.
  explicit SqliteStore(const std::string& path, const SqliteLimits& limits = {});
  ~SqliteStore() override;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  [[nodiscard]] bool append(NewBatch batch, AppendDone done) override;
  [[nodiscard]] bool quarantine(QuarantinedBatch batch, Done done) override;
  [[nodiscard]] bool release(std::uint64_t id, std::optional<NewBatch> batch, AppendDone done) override;
  [[nodiscard]] bool erase(std::uint64_t stream, std::uint64_t erased_ms, Done done) override;
  [[nodiscard]] bool expire(std::uint64_t before_ms, ExpireDone done) override;
  [[nodiscard]] bool check_writable(Done done) override;
  void keep_program(const StoredProgram& program) override;
  [[nodiscard]] std::vector<StoredProgram> programs() override;
  [[nodiscard]] IntervalSet seen(std::uint64_t stream) override;
  void scan(const std::function<void(const StoredBatch&)>& visit) override;
  [[nodiscard]] std::vector<QuarantinedBatch> quarantined(std::uint64_t after, std::size_t most) override;
  void finish() override;

  /// Called by the writer thread after each transaction with its duration and the number of its writes. Set it before
  /// the first write.
  std::function<void(double seconds, std::size_t writes)> on_commit;
  /// Called by the writer thread where a transaction failed, or where deleted bytes could not be cut from the log at
  /// once (they leave it with the next erasure or expiry). Set it before the first write.
  std::function<void(const std::string& error)> on_error;

 private:
  struct Append {
    NewBatch batch;
    AppendDone done;
    Appended result;
  };
  struct Quarantine {
    QuarantinedBatch batch;
    Done done;
  };
  struct Release {
    std::uint64_t id;
    std::optional<NewBatch> batch;
    AppendDone done;
    Appended result;
  };
  struct Erase {
    std::uint64_t stream;
    std::uint64_t erased_ms;
    Done done;
  };
  struct Expire {
    std::uint64_t before_ms;
    ExpireDone done;
    Expired result;
  };
  struct Check {
    Done done;
  };
  using Write = std::variant<Append, Quarantine, Release, Erase, Expire, Check>;
  struct Waiting {
    Write write;
    std::size_t bytes;
  };

  /// An advisory lock on a file beside the store, held for the life of the store.
  class ProcessLock {
   public:
    explicit ProcessLock(const std::string& path);
    ~ProcessLock();
    ProcessLock(const ProcessLock&) = delete;
    ProcessLock& operator=(const ProcessLock&) = delete;

   private:
    int file_;
  };

  struct Statements;  ///< prepared statements of the writer

  [[nodiscard]] bool enqueue(Write write, std::size_t bytes);
  void run_writer();
  void commit(std::vector<Write>& group);
  [[nodiscard]] std::string write_durably(std::vector<Write>& group);  ///< what went wrong, or empty
  void roll_back();
  void cut_log();
  [[nodiscard]] bool is_erased(std::uint64_t stream);
  void apply(Append& write);
  [[nodiscard]] Appended keep(const NewBatch& batch);
  void apply(const Quarantine& write);
  void apply(Release& write);
  void apply(const Erase& write);
  void apply(Expire& write);
  void apply(const Check& write);

  SqliteLimits limits_;
  ProcessLock lock_;
  Database writer_;
  std::unique_ptr<Statements> statements_;
  std::mutex reader_mutex_;
  Database reader_;

  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<Waiting> queue_;
  std::size_t queue_bytes_ = 0;
  bool finishing_ = false;
  std::thread thread_;
};

}  // namespace omo::collector
