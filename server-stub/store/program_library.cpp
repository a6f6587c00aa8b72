// SPDX-License-Identifier: Apache-2.0
#include "store/program_library.h"

#include <cstdio>
#include <cstring>

#include "wire/vocabulary_tables.h"

namespace omo::collector {

OpenProgram::OpenProgram(std::span<const std::uint8_t> bytes, const std::string& name)
    : words_((bytes.size() + 7) / 8), size_(bytes.size()) {
  if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
  const Status status = view_.open(this->bytes());
  if (status != Status::kOk) throw StoreError(name + ": " + std::string(status_text(status)));
}

std::string OpenProgram::hash_text() const {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(view_.hash()));
  return text;
}

ProgramLibrary::ProgramLibrary(Store& store, std::span<const std::uint8_t> served, const std::string& served_name) {
  for (const StoredProgram& stored : store.programs()) {
    auto program = std::make_unique<OpenProgram>(stored.bytes, "a program in the store");
    const std::uint32_t short_hash = program->view().short_hash();
    programs_.emplace(short_hash, std::move(program));
  }
  auto program = std::make_unique<OpenProgram>(served, served_name);
  const std::uint32_t short_hash = program->view().short_hash();
  // The store decides, so that two programs of the same short hash never meet in it.
  store.keep_program({program->view().hash(), {served.begin(), served.end()}});
  // A program that was signed again has the same hash and other bytes: serve the new ones.
  served_ = programs_.insert_or_assign(short_hash, std::move(program)).first->second.get();
}

const OpenProgram* ProgramLibrary::find(std::uint32_t short_hash) const {
  const auto at = programs_.find(short_hash);
  return at == programs_.end() ? nullptr : at->second.get();
}

}  // namespace omo::collector
