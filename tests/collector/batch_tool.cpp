// SPDX-License-Identifier: Apache-2.0
// Real batches for tests that speak HTTP: reads one request a line, writes one batch a line in hex.
//
//   collector-batches PLAYBOOK.json compile           the program, in hex
//   collector-batches PLAYBOOK.json batches           lines "STREAM FIRST COUNT", numbers in decimal, on standard
//   input:
//                                                     COUNT page views of /page/N from sequence number FIRST on
//   collector-batches PLAYBOOK.json stored STORE ROW  what a store, also one in use, has kept beyond that row: one
//   event
//                                                     that counts a line, as JSON, then the last row
//   collector-batches PLAYBOOK.json age STORE DAYS    makes all that a store without a collector keeps older: days
//                                                     that a test does not wait for
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "collector/support.h"
#include "http/retention.h"
#include "store/database.h"

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

nlohmann::json event_json(const ProgramView& view, const DecodedBatch& batch, const DecodedEvent& event) {
  nlohmann::json params = nlohmann::json::object();
  for (const DecodedParam& param : event.params) {
    const ParamRow& row = view.params()[param.param];
    const bool text = row.type == Type::kString || row.type == Type::kDate;
    params[std::string(view.symbol(row.name))] = text ? nlohmann::json(param.text) : nlohmann::json(param.number);
  }
  return {{"stream", std::to_string(batch.header.stream)},
          {"sequence", event.sequence},
          {"flags", batch.header.flags},
          {"time", event.time_ms},
          {"name", view.name_of(Table::kEvent, event.event)},
          {"params", params}};
}

void print_stored(const ProgramView& view, const std::string& store, std::uint64_t row) {
  Database database(store, Database::Mode::kReadOnly);
  Statement statement = database.prepare("SELECT id, accepted, raw FROM batches WHERE id > ?1 ORDER BY id");
  for (statement.bind(1, row); statement.step(); row = statement.integer(0)) {
    const std::optional<IntervalSet> accepted = IntervalSet::decode(statement.blob(1));
    DecodedBatch batch;
    if (!accepted || decode_batch(statement.blob(2), view, batch) != Status::kOk) {
      throw std::runtime_error("a stored batch does not decode");
    }
    for (const DecodedEvent& event : batch.events) {
      if (accepted->contains(event.sequence)) std::cout << event_json(view, batch, event).dump() << '\n';
    }
  }
  std::cout << row << '\n';
}

void age(const std::string& store, std::uint64_t days) {
  Database database(store, Database::Mode::kReadWrite);
  // As the collector does, so that no copy of a row stays behind that the collector did not leave there.
  database.execute("PRAGMA secure_delete=ON");
  for (const char* const change :
       {"UPDATE batches SET received_ms = received_ms - ?", "UPDATE quarantine SET received_ms = received_ms - ?",
        "UPDATE streams SET erased_ms = erased_ms - ? WHERE erased_ms <> 0"}) {
    database.prepare(change).bind(1, days * kDayMs).run();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 2 ? argv[2] : "";
  const bool takes_store = verb == "stored" || verb == "age";
  if (argc != (takes_store ? 5 : 3) || (!takes_store && verb != "compile" && verb != "batches")) {
    std::fprintf(stderr, "usage: collector-batches PLAYBOOK.json compile|batches|stored STORE ROW|age STORE DAYS\n");
    return 2;
  }
  try {
    std::ifstream stream(argv[1], std::ios::binary);
    const std::string source{std::istreambuf_iterator<char>(stream), {}};
    const OpenProgram program(test::compile_playbook(source), argv[1]);
    if (verb == "compile") print(program.bytes());
    if (verb == "batches") write_batches(program.view());
    if (verb == "age") age(argv[3], std::stoull(argv[4]));
    if (verb == "stored") print_stored(program.view(), argv[3], std::stoull(argv[4]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "collector-batches: %s\n", error.what());
    return 1;
  }
}
