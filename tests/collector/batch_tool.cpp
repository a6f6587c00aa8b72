// SPDX-License-Identifier: Apache-2.0
// Real batches for tests that speak HTTP: reads one request a line, writes one batch a line in hex.
//
//   collector-batches PLAYBOOK.json compile           the program, in hex
//   collector-batches PLAYBOOK.json batches           lines "STREAM FIRST COUNT", numbers in decimal, on standard
//   input:
//                                                     COUNT page views of /page/N from sequence number FIRST on
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "collector/support.h"

namespace {

using namespace omo;
using namespace omo::collector;

void print(std::span<const std::uint8_t> bytes) {
  std::string line;
  for (const std::uint8_t byte : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    line += digits;
  }
  std::cout << line << '\n';
}

void write_batches(const ProgramView& view) {
  std::uint64_t stream = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto time = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  while (std::cin >> stream >> first >> count) {
    DecodedBatch batch;
    batch.header = {view.short_hash(), stream, time, purpose::kAll, 0};
    for (std::uint32_t i = first; i < first + count; ++i) {
      batch.events.push_back(
          test::event(i, "page_view", {{"page_path", "/page/" + std::to_string(i % 7)}}, time, view));
    }
    print(test::encode(batch, view));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc == 3 ? argv[2] : "";
  if (verb != "compile" && verb != "batches") {
    std::fprintf(stderr, "usage: collector-batches PLAYBOOK.json compile|batches\n");
    return 2;
  }
  try {
    std::ifstream stream(argv[1], std::ios::binary);
    const std::string source{std::istreambuf_iterator<char>(stream), {}};
    const OpenProgram program(test::compile_playbook(source), argv[1]);
    if (verb == "compile") print(program.bytes());
    if (verb == "batches") write_batches(program.view());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "collector-batches: %s\n", error.what());
    return 1;
  }
}
