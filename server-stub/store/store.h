// SPDX-License-Identifier: Apache-2.0
// What the collector remembers. SQLite stands behind it (sqlite_store.h); a server database can stand behind it too:
// nothing here assumes one machine, and every write names all that has to go into one transaction.
//
// Writes are asynchronous: they answer through a callback once they are durable, or have failed. Callbacks come in the
// order in which the writes took effect, from one thread of the store, and must not call back into the store's reads.
// Reads are synchronous, see committed data only, and throw StoreError.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "store/interval_set.h"

namespace omo::collector {

class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct StoredProgram {
  std::uint64_t hash = 0;  ///< ProgramView::hash(); batches name its low 32 bits, which are unique in a store
  std::vector<std::uint8_t> bytes;
};

/// One batch on its way into the store.
struct NewBatch {
  std::uint64_t stream = 0;
  std::uint32_t program = 0;      ///< short hash of a program that the store keeps
  std::uint64_t received_ms = 0;  ///< the collector's clock
  IntervalSet sequences;          ///< of its events; never empty
  std::vector<std::uint8_t> raw;  ///< as received
};

/// One batch as kept: of its events only those in `accepted` count, all others arrived with an earlier batch.
struct StoredBatch {
  std::uint64_t stream = 0;
  std::uint32_t program = 0;
  std::uint64_t received_ms = 0;
  IntervalSet accepted;
  std::vector<std::uint8_t> raw;
};

/// A batch that cannot be used now: kept with the reason, bounded in number and bytes, oldest dropped first.
struct QuarantinedBatch {
  std::uint64_t stream = 0;
  std::uint32_t program = 0;
  std::uint64_t received_ms = 0;
  std::string reason;
  std::vector<std::uint8_t> raw;
  std::uint64_t id = 0;  ///< given by the store, ascending; never 0 and never given again
};

enum class AppendOutcome {
  kStored,       ///< durable; `accepted` may be empty where every event was known already
  kErased,       ///< the stream was erased, or the batch to release is not in quarantine: nothing is kept
  kTooManyGaps,  ///< the stream's sequence numbers have more holes than max_intervals: nothing is kept
  kFailed,       ///< not durable; may be tried again
};

struct Appended {
  AppendOutcome outcome = AppendOutcome::kFailed;
  IntervalSet accepted;  ///< sequence numbers that are new with this batch
  std::string error;     ///< for the log, with kFailed
};

/// A stream that has lost batches to their age, and what it keeps.
struct StreamRemains {
  std::uint64_t stream = 0;
  std::vector<StoredBatch> batches;  ///< in the order in which they were kept; none = the stream is forgotten
};

/// What one step of an expiry did.
struct Expired {
  bool durable = false;                ///< where false, nothing was deleted: it may be tried again
  bool finished = false;               ///< nothing that is too old is left; otherwise another step is needed
  std::uint64_t batches = 0;           ///< deleted, quarantined ones too
  std::vector<StreamRemains> streams;  ///< those that have lost the last of their old batches
};

/// Holes in the numbers of one stream come from events that its device dropped: few. A stream that has more is no
/// device.
inline constexpr std::size_t kMaxIntervals = 4096;

class Store {
 public:
  using AppendDone = std::function<void(const Appended&)>;
  using ExpireDone = std::function<void(const Expired&)>;
  using Done = std::function<void(bool durable)>;

  virtual ~Store() = default;

  /// Keeps a batch, exactly once an event: in one transaction reads what the stream has delivered, keeps the batch with
  /// the new sequence numbers and notes them. Answers false, without calling `done`, where too much waits already.
  [[nodiscard]] virtual bool append(NewBatch batch, AppendDone done) = 0;
  [[nodiscard]] virtual bool quarantine(QuarantinedBatch batch, Done done) = 0;
  /// Takes a batch out of quarantine and keeps `batch`, which is what was read of it, as append() does; without one it
  /// only goes. All in one transaction, so that it is either there or here. Its bytes are then in no file of the store.
  [[nodiscard]] virtual bool release(std::uint64_t id, std::optional<NewBatch> batch, AppendDone done) = 0;
  /// Forgets every event of a stream, quarantined ones too. What remains is its id, its sequence numbers and
  /// `erased_ms`, the collector's clock (never 0), so that nothing of it is taken again. A stream that is not known is
  /// marked all the same: its first batch may be on its way.
  [[nodiscard]] virtual bool erase(std::uint64_t stream, std::uint64_t erased_ms, Done done) = 0;
  /// Deletes every batch that was received before `before_ms`, quarantined ones too; a stream's sequence numbers with
  /// its last batch; and the mark of a stream that was erased before then. One call is one step, so that no append
  /// waits long: call again until it says `finished`. `done` is told what each stream keeps as of this write: earlier
  /// writes are in it, later ones are not. When a step has finished, its bytes are in no file of the store, unless
  /// another process reads it just then: then they leave with the next expiry.
  [[nodiscard]] virtual bool expire(std::uint64_t before_ms, ExpireDone done) = 0;
  /// Is a write durable now?
  [[nodiscard]] virtual bool check_writable(Done done) = 0;

  /// Keeps a program for good. Throws where another program with the same short hash is kept.
  virtual void keep_program(const StoredProgram& program) = 0;
  [[nodiscard]] virtual std::vector<StoredProgram> programs() = 0;

  [[nodiscard]] virtual IntervalSet seen(std::uint64_t stream) = 0;
  /// Every kept batch, in the order in which they were kept.
  virtual void scan(const std::function<void(const StoredBatch&)>& visit) = 0;
  /// The quarantined batches with the lowest ids beyond `after`, ascending, `most` of them at most.
  [[nodiscard]] virtual std::vector<QuarantinedBatch> quarantined(std::uint64_t after, std::size_t most) = 0;

  /// Commits all that waits, answers every callback, and takes no more writes.
  virtual void finish() = 0;
};

}  // namespace omo::collector
