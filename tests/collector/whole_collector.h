// SPDX-License-Identifier: Apache-2.0
// A whole collector but for the sockets: a store and a site in a folder that goes away, asked through its API.
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/support.h"
#include "http/api.h"
#include "store/sqlite_store.h"

namespace omo::collector::test {

inline constexpr std::string_view kToken = "0123456789abcdef0123";

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A site with a page, a folder, a hidden file and a symbolic link out of it.
inline std::vector<StaticFolder> make_site(const TemporaryFolder& folder) {
  write_file(folder.path() / "secret.txt", "secret");
  write_file(folder.path() / "site/index.html", "<h1>home</h1>");
  write_file(folder.path() / "site/shop/index.html", "<h1>shop</h1>");
  write_file(folder.path() / "site/empty/file.txt", "x");
  write_file(folder.path() / "site/.env", "secret");
  write_file(folder.path() / "site/playbook.omo", "not this one");
  write_file(folder.path() / "dist/engine.wasm", "wasm");
  std::filesystem::create_symlink(folder.path() / "secret.txt", folder.path() / "site/link.txt");
  return {{folder.path() / "site", "/"}, {folder.path() / "dist", "/dist/"}};
}

/// A whole collector but for the sockets.
struct Collector {
  explicit Collector(std::uint64_t min_visitors = 1)
      : api({OriginPolicy({"https://shop.example"}), AdminToken(std::string(kToken)), min_visitors}, ingest, store,
            stats, library, files, metrics) {}

  Response ask(Request request) {
    std::optional<Response> refused = api.check(request);
    Response response;
    if (refused) {
      response = *std::move(refused);
    } else {
      std::promise<Response> promise;
      api.handle(request, [&](Response answer) { promise.set_value(std::move(answer)); });
      response = promise.get_future().get();
    }
    api.finish(request, response);
    return response;
  }
  Response post(const std::vector<std::uint8_t>& bytes) {
    return ask({"POST", "/v1/events", {{"Host", "c"}}, std::string(bytes.begin(), bytes.end())});
  }
  Response get(std::string target) {
    return ask({"GET", std::move(target), {{"Authorization", "Bearer " + std::string(kToken)}}, {}});
  }

  TemporaryFolder folder;
  SqliteStore store{folder.file("db")};
  ProgramLibrary library{store, compile_playbook(), "playbook"};
  Stats stats;
  Metrics metrics;
  Ingest ingest{store, library, stats, metrics};
  StaticFiles files{make_site(folder)};
  Api api;
};

inline std::vector<std::uint8_t> sample(std::uint64_t stream = 1) {
  return encode(batch(stream, {page_view(0, "/"), page_view(1, "/shop")}));
}

}  // namespace omo::collector::test
