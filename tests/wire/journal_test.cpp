// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "support/random.h"
#include "support/record.h"
#include "wire/journal.h"

namespace journal_test {

using namespace omo;
using namespace omo::test;

namespace {

struct Written {
  std::vector<std::uint8_t> bytes;
  std::vector<std::size_t> ends;  ///< of the frames
};

Written three_frames() {
  Written written;
  written.bytes.resize(4096);
  ByteWriter writer(written.bytes);
  write_journal_header(writer, 0x1122334455667788);
  for (const char* term : {"a", "花", "ccc"}) {
    write_frame(writer, 12, event(kStart, "search", {{"search_term", term}}));
    written.ends.push_back(writer.position());
  }
  written.bytes.resize(writer.position());
  return written;
}

/// Frames that are believed, and why it ended.
std::pair<std::size_t, Status> read_all(Bytes journal) {
  ByteReader reader(journal);
  if (const Status status = read_journal_header(reader); status != Status::kOk) return {0, status};
  std::size_t count = 0;
  JournalFrame frame;
  for (std::size_t position = kJournalHeaderBytes;; ++count) {
    const Status status = read_frame(journal, position, frame);
    if (status != Status::kOk || frame.record.empty()) return {count, status};
    REQUIRE(frame.label == 12);
  }
}

}  // namespace

TEST_CASE("frames come back as they were written") {
  const Written journal = three_frames();
  CHECK(read_all(journal.bytes) == std::pair<std::size_t, Status>{3, Status::kOk});
  std::size_t position = kJournalHeaderBytes;
  JournalFrame frame;
  REQUIRE(read_frame(journal.bytes, position, frame) == Status::kOk);
  const Record expected = event(kStart, "search", {{"search_term", "a"}});
  CHECK(std::vector<std::uint8_t>(frame.record.begin(), frame.record.end()) == expected);
}

TEST_CASE("all before a tear is believed, and nothing after it") {
  const Written journal = three_frames();
  for (std::size_t size = kJournalHeaderBytes; size <= journal.bytes.size(); ++size) {
    INFO(size);
    const auto [count, status] = read_all(Bytes(journal.bytes).first(size));
    std::size_t whole = 0;
    while (whole < 3 && journal.ends[whole] <= size) ++whole;
    CHECK(count == whole);
    const bool between = size == kJournalHeaderBytes || (whole > 0 && journal.ends[whole - 1] == size);
    CHECK(status == (between ? Status::kOk : Status::kBadLength));
  }
}

TEST_CASE("a flipped bit ends the journal before its frame") {
  Written journal = three_frames();
  for (std::size_t at = kJournalHeaderBytes; at < journal.bytes.size(); ++at) {
    INFO(at);
    std::size_t frame = 0;
    while (journal.ends[frame] <= at) ++frame;
    journal.bytes[at] ^= 0x10;
    const auto [count, status] = read_all(journal.bytes);
    CHECK(count == frame);
    CHECK(status != Status::kOk);
    journal.bytes[at] ^= 0x10;
  }
}

TEST_CASE("a journal with another beginning or version is refused") {
  Written journal = three_frames();
  CHECK(read_all({}).second == Status::kBadLength);
  CHECK(read_all(Bytes(journal.bytes).first(15)).second == Status::kBadLength);
  journal.bytes[4] = 2;
  CHECK(read_all(journal.bytes).second == Status::kBadVersion);
  journal.bytes[0] = 'X';
  CHECK(read_all(journal.bytes).second == Status::kBadMagic);
}

TEST_CASE("a frame that does not fit is not written at all") {
  std::vector<std::uint8_t> bytes(24, 0xEE);
  ByteWriter writer(bytes);
  write_frame(writer, 1, Record(10, 1));
  REQUIRE(writer.position() == 17);
  write_frame(writer, 1, Record(10, 2));
  CHECK(writer.ok());
  CHECK(writer.position() == 17);
  CHECK(read_frame(Bytes(bytes).first(17), *std::make_unique<std::size_t>(0), *std::make_unique<JournalFrame>()) ==
        Status::kOk);
}

TEST_CASE("random bytes behind a header are never taken for more frames than fit") {
  Random random(9);
  const Written journal = three_frames();
  for (int round = 0; round < 20000; ++round) {
    auto bytes = journal.bytes;
    mutate(random, MutableBytes(bytes).subspan(kJournalHeaderBytes));
    std::size_t position = kJournalHeaderBytes;
    JournalFrame frame;
    while (read_frame(bytes, position, frame) == Status::kOk && !frame.record.empty()) {
      if (position > bytes.size()) FAIL("past the end");
    }
  }
}

}  // namespace journal_test
