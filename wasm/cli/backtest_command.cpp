// SPDX-License-Identifier: Apache-2.0
// `omo record` and `omo backtest`.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "cli/backtest_report.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "wire/vocabulary_tables.h"

namespace omo::cli {
namespace {

namespace fs = std::filesystem;

/// Adds a file's lines; answers whether all could be understood (the reason is on standard error).
bool add_lines(RecordingWriter& writer, const std::string& path, std::string_view text) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    try {
      writer.add_line(line);
    } catch (const std::invalid_argument& problem) {
      std::cerr << path << ":" << number << ": error: " << problem.what() << "\n";
      return false;
    }
  }
  return true;
}

/// A file in memory, read by the pages that are needed: recordings are larger than memory likes to be.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file < 0 || ::fstat(file, &status) != 0) fail(file, path);
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ > 0) memory_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (memory_ == MAP_FAILED) fail(file, path);
    ::close(file);
  }
  ~MappedFile() {
    if (size_ > 0) ::munmap(memory_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  [[nodiscard]] Bytes bytes() const { return {static_cast<const std::uint8_t*>(memory_), size_}; }

 private:
  [[noreturn]] static void fail(int file, const std::string& path) {
    const std::string why = std::strerror(errno);
    if (file >= 0) ::close(file);
    throw std::runtime_error("cannot read " + path + ": " + why);
  }
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

/// Everything that a folder (or one file) has recorded: .omor files as they are, .ndjson files made into one.
struct Recordings {
  std::vector<std::unique_ptr<MappedFile>> files;
  std::string lines;  ///< a recording made of all .ndjson files
  std::vector<Recording> recordings;
};

std::vector<std::string> files_of(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string kind = entry.path().extension().string();
    if (entry.is_regular_file() && (kind == ".omor" || kind == ".ndjson")) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Nothing where a line could not be understood. Throws std::runtime_error where a file cannot be read.
std::unique_ptr<Recordings> read_recordings(const std::string& path) {
  const std::vector<std::string> files = files_of(path);
  if (files.empty()) throw std::runtime_error(path + " has no .omor and no .ndjson file");
  auto result = std::make_unique<Recordings>();
  RecordingWriter writer;
  for (const std::string& file : files) {
    if (fs::path(file).extension() == ".ndjson") {
      const MappedFile lines(file);
      if (!add_lines(writer, file, as_text(lines.bytes()))) return nullptr;
      continue;
    }
    result->files.push_back(std::make_unique<MappedFile>(file));
    try {
      result->recordings.emplace_back(result->files.back()->bytes());
    } catch (const std::invalid_argument& problem) {
      std::cerr << file << ": error: " << problem.what() << "\n";
      return nullptr;
    }
  }
  if (writer.visitors() > 0) {
    result->lines = writer.finish();
    result->recordings.emplace_back(as_bytes(result->lines));
  }
  return result;
}

/// A bar on standard error, where that is a terminal.
class Progress {
 public:
  explicit Progress(const std::string& what) : what_(what), shows_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shows_) std::cerr << "\r\033[K";
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void operator()(std::uint64_t done, std::uint64_t all) {
    if (!shows_ || all == 0) return;
    const auto percent = static_cast<unsigned>(100 * done / all);
    if (percent == last_) return;
    last_ = percent;
    const std::size_t full = percent / 5;
    std::cerr << "\r" << what_ << " [" << std::string(full, '#') << std::string(20 - full, '.') << "] " << percent
              << " %" << std::flush;
  }

 private:
  std::string what_;
  bool shows_;
  unsigned last_ = 101;
};

}  // namespace

std::uint8_t purposes_named(const std::vector<std::string>& names) {
  unsigned bits = 0;
  for (std::size_t bit = 0; bit < kPurposeNames.size(); ++bit) {
    if (std::find(names.begin(), names.end(), kPurposeNames[bit]) != names.end()) bits |= 1u << bit;
  }
  return static_cast<std::uint8_t>(bits);
}

int record(const std::vector<std::string>& inputs, const std::string& output) {
  RecordingWriter writer;
  for (const std::string& input : inputs) {
    const std::optional<std::string> text = read_file(input);
    if (!text) return 2;
    if (!add_lines(writer, input, *text)) return 1;
  }
  try {
    if (!write_file(output, writer.finish())) return 2;
  } catch (const std::invalid_argument& problem) {
    std::cerr << "omo: " << problem.what() << "\n";
    return 1;
  }
  std::cerr << output << ": " << writer.visitors() << " visitors, " << writer.events() << " inputs\n";
  return 0;
}

int backtest_files(const std::vector<std::string>& playbooks, const std::string& folder, BacktestOptions options,
                   bool json) {
  std::vector<Compiled> programs;
  for (const std::string& playbook : playbooks) {
    std::optional<Compiled> compiled = compile_and_report(playbook);
    if (!compiled) return 2;
    if (!compiled->ok()) return 1;
    programs.push_back(std::move(*compiled));
  }
  std::unique_ptr<Recordings> recorded;
  try {
    recorded = read_recordings(folder);
  } catch (const std::runtime_error& problem) {
    std::cerr << "omo: " << problem.what() << "\n";
    return 2;
  }
  if (recorded == nullptr) return 1;
  std::vector<NamedResult> results;
  for (std::size_t i = 0; i < playbooks.size(); ++i) {
    Progress progress(playbooks[i]);
    options.progress = std::ref(progress);
    try {
      results.push_back({playbooks[i], backtest(programs[i].program, recorded->recordings, options)});
    } catch (const std::invalid_argument& problem) {
      std::cerr << "omo: " << problem.what() << "\n";
      return 1;
    }
  }
  std::cout << (json ? report_json(results) : report_text(results));
  return 0;
}

}  // namespace omo::cli
