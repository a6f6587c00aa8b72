// SPDX-License-Identifier: Apache-2.0
// What a deleted row leaves in the database file: nothing, also where SQLite has moved it before.
#include "store/clean_file.h"

#include <map>
#include <random>

#include "collector/store_support.h"

namespace omo::collector::clean_file_test {

using namespace test;

namespace {

constexpr std::size_t kPageBytes = 4096;

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A page with this head, all else of it full.
std::vector<std::uint8_t> page_with(std::vector<std::uint8_t> head, std::size_t at = 0) {
  std::vector<std::uint8_t> page(512, 0xEE);
  std::copy(head.begin(), head.end(), page.begin() + static_cast<std::ptrdiff_t>(at));
  return page;
}

/// Where the page was zeroed: first byte and number of bytes.
std::pair<std::size_t, std::size_t> zeroed(std::vector<std::uint8_t> page, bool first = false) {
  const std::vector<std::uint8_t> before = page;
  clean_page(page, first);
  std::size_t begin = page.size();
  std::size_t count = 0;
  for (std::size_t i = 0; i < page.size(); ++i) {
    if (page[i] == before[i]) continue;
    CHECK(page[i] == 0);
    begin = std::min(begin, i);
    ++count;
  }
  return {count == 0 ? 0 : begin, count};
}

}  // namespace

TEST_CASE("what a page of a tree does not use is zeroed, and no byte of what it uses") {
  using Range = std::pair<std::size_t, std::size_t>;
  // kind, first free block, number of cells, begin of the cells, fragments
  CHECK(zeroed(page_with({13, 0, 0, 0, 3, 1, 200, 0})) == Range{14, 456 - 14});
  CHECK(zeroed(page_with({10, 0, 0, 0, 1, 1, 200, 0})) == Range{10, 456 - 10});
  CHECK(zeroed(page_with({5, 0, 0, 0, 3, 1, 200, 0})) == Range{18, 456 - 18});
  CHECK(zeroed(page_with({2, 0, 0, 0, 0, 2, 0, 0})) == Range{12, 512 - 12});
  CHECK(zeroed(page_with({13, 0, 0, 0, 3, 1, 200, 0}, 100), true) == Range{114, 456 - 114});
  // Full, impossible, or no page of a tree.
  CHECK(zeroed(page_with({13, 0, 0, 0, 3, 0, 14, 0})).second == 0);
  CHECK(zeroed(page_with({13, 0, 0, 1, 200, 1, 200, 0})).second == 0);
  CHECK(zeroed(page_with({13, 0, 0, 0, 3, 2, 1, 0})).second == 0);
  for (const std::uint8_t kind : std::vector<std::uint8_t>{0, 1, 3, 4, 6, 12, 14})
    CHECK(zeroed(page_with({kind, 0, 0, 0, 3, 1, 200, 0})).second == 0);
}

TEST_CASE("privacy 14: of rows that were moved and then deleted nothing stays in the file, and the file is sound") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  test::Random random(seed);
  TemporaryFolder folder;
  {
    SqliteStore store(folder.file("db"));
    std::map<std::uint32_t, std::uint64_t> stream_of;
    std::vector<bool> erased(60, false);
    for (std::uint32_t number = 0; number < 900; ++number) {
      stream_of[number] = random() % erased.size();
      const std::string text = "planted-" + std::to_string(number) + "-here;" + std::string(random() % 500, 'x');
      REQUIRE(store.append(new_batch(stream_of[number], {{number, number}}, {text.begin(), text.end()}),
                           [](const Appended&) {}));
      if (number % 30 != 29) continue;
      // Rows all over the tree go, so that those between them are moved.
      const std::uint64_t stream = random() % erased.size();
      REQUIRE(erase(store, stream));
      erased[stream] = true;
    }
    const std::string files = all_files(folder);
    for (const auto& [number, stream] : stream_of) {
      if (!erased[stream]) continue;
      INFO("batch " << number << " of stream " << stream);
      CHECK(files.find("planted-" + std::to_string(number) + "-here;") == std::string::npos);
    }
  }
  const std::string file = read_file(folder.file("db"));
  REQUIRE(file.size() % kPageBytes == 0);
  for (std::size_t at = 0; at < file.size(); at += kPageBytes) {
    const std::vector<std::uint8_t> page(file.begin() + static_cast<std::ptrdiff_t>(at),
                                         file.begin() + static_cast<std::ptrdiff_t>(at + kPageBytes));
    std::vector<std::uint8_t> clean = page;
    clean_page(clean, at == 0);
    INFO("page " << at / kPageBytes + 1);
    CHECK(clean == page);
  }
  Database database(folder.file("db"), Database::Mode::kReadOnly);
  Statement check = database.prepare("PRAGMA integrity_check");
  REQUIRE(check.step());
  CHECK(check.text(0) == "ok");
}

}  // namespace omo::collector::clean_file_test
