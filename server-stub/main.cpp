// SPDX-License-Identifier: Apache-2.0
// omo-collector: takes batches, keeps them, and shows operators what they add up to.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "http/api.h"
#include "http/retention.h"
#include "http/server.h"
#include "store/sqlite_store.h"

namespace {

using namespace omo;
using namespace omo::collector;

constexpr std::size_t kShortTokenBytes = 16;
constexpr std::size_t kFilesKeptBack = 128;  ///< descriptors that connections may not use: the store, files, the log

constexpr const char* kExamples = R"(
Examples:
  Try it on this machine:
    OMO_ADMIN_TOKEN=$(openssl rand -hex 16) omo-collector --store sqlite:omotenashi.db --playbook playbook.json

  Serve a shop, its runtime and the dashboard from one address:
    omo-collector --listen 127.0.0.1:8080 --store sqlite:omotenashi.db --playbook demo-site/playbook.json \
      --static demo-site=/ --static dist=/dist/ --dashboard build/dashboard

  Take events of two sites, behind a proxy that ends TLS:
    omo-collector --listen 127.0.0.1:8080 --store sqlite:/var/lib/omotenashi/events.db --playbook playbook.omo \
      --origins https://shop.example,https://www.shop.example
)";

struct Options {
  ServerOptions server;
  std::string store = "sqlite:omotenashi.db";
  std::string playbook;
  std::vector<std::string> origins;
  std::string admin_token;
  std::vector<std::string> static_folders;
  std::string dashboard;
  std::uint64_t min_visitors = 10;
  std::uint64_t keep_days = kMaxKeepDays;
  bool demo = false;
};

void declare(CLI::App& app, Options& options) {
  app.set_version_flag("--version", OMO_VERSION);
  app.footer(kExamples);
  app.add_option("--listen", options.server.listen, "ADDRESS:PORT to listen on; port 0 takes any free one")
      ->capture_default_str();
  app.add_option("--store", options.store, "sqlite:PATH, where events are kept")->capture_default_str();
  app.add_option("--playbook", options.playbook, "playbook.json, or a compiled playbook.omo")->required();
  app.add_option("--origins", options.origins, "origins of pages that may send, separated by commas")->delimiter(',');
  app.add_option("--admin-token", options.admin_token, "token of operators; without one the stats are closed")
      ->envname("OMO_ADMIN_TOKEN");
  app.add_option("--static", options.static_folders, "DIR=URLPREFIX to serve files from, repeatable: site=/");
  app.add_option("--dashboard", options.dashboard, "folder of the built dashboard, served at /dashboard/");
  app.add_option("--min-visitors", options.min_visitors, "stats hide rows about fewer visitors")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--keep-days", options.keep_days,
                 "days after receipt when what was sent is deleted: at least " + std::to_string(kMinKeepDays) +
                     ", and at most " + std::to_string(kMaxKeepDays) + ", which is 25 months")
      ->capture_default_str();
  app.add_flag("--demo", options.demo, "show rows about single visitors too: for demonstrations only");
}

std::vector<std::uint8_t> read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read the playbook " + path);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) throw std::runtime_error("cannot read the playbook " + path);
  return bytes;
}

/// A compiled program as it is; anything else is compiled.
std::vector<std::uint8_t> load_program(const std::string& path) {
  std::vector<std::uint8_t> bytes = read_file(path);
  if (path.ends_with(".omo")) return bytes;
  const Compiled compiled = compile(as_text(bytes), CompileOptions{});
  for (const Diagnostic& diagnostic : compiled.diagnostics) {
    std::fprintf(stderr, "%s:%u:%u: %s\n", path.c_str(), static_cast<unsigned>(diagnostic.line),
                 static_cast<unsigned>(diagnostic.column), diagnostic.message.c_str());
  }
  if (!compiled.ok()) throw std::runtime_error("the playbook " + path + " has errors");
  return compiled.program;
}

std::unique_ptr<SqliteStore> open_store(const std::string& address) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (address.starts_with("postgresql:") || address.starts_with("postgres:")) {
    throw std::runtime_error("PostgreSQL is not supported by this version: use sqlite:PATH");
  }
  if (!address.starts_with(kSqlite) || address.size() == kSqlite.size()) {
    throw std::runtime_error("the store \"" + address + "\" is not an address: write sqlite:PATH");
  }
  return std::make_unique<SqliteStore>(address.substr(kSqlite.size()));
}

std::vector<StaticFolder> static_folders(const Options& options) {
  std::vector<StaticFolder> folders;
  for (const std::string& text : options.static_folders) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos)
      throw std::runtime_error("--static " + text + ": write DIR=URLPREFIX, such as site=/");
    folders.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  if (!options.dashboard.empty()) folders.push_back({options.dashboard, "/dashboard/"});
  return folders;
}

/// As many connections as the system lets us have.
std::size_t raise_connection_limit(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("cannot raise the limit of open files");
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur > 2 * kFilesKeptBack ? std::min<std::size_t>(wanted, limit.rlim_cur - kFilesKeptBack) : wanted;
}

void warn_about(const Options& options) {
  if (options.admin_token.empty()) {
    spdlog::warn("no admin token is set: the stats are closed; set OMO_ADMIN_TOKEN");
  } else if (options.admin_token.size() < kShortTokenBytes) {
    spdlog::warn("the admin token is short: make one with openssl rand -hex 16");
  }
  if (options.demo) spdlog::warn("demo mode: the stats show rows about single visitors");
}

void check_keep_days(std::uint64_t days) {
  if (days >= kMinKeepDays && days <= kMaxKeepDays) return;
  throw std::runtime_error("--keep-days " + std::to_string(days) + ": write " + std::to_string(kMinKeepDays) + " to " +
                           std::to_string(kMaxKeepDays) +
                           ". Events may arrive 30 days late and must be known when they come again; audience "
                           "measurement may keep nothing for more than 25 months");
}

/// Batches that came before their program did. What fails here is still in quarantine, and is no reason not to serve.
void release(Ingest& ingest) {
  const auto tell = [](const char* what, const Released& released) {
    spdlog::info("{}: {} batches of known programs with {} new events, {} refused, {} of unknown programs", what,
                 released.batches, released.events, released.refused, released.waiting);
  };
  try {
    const Released released =
        ingest.release_quarantined([&](const Released& sofar) { tell("reading quarantine", sofar); });
    if (released.batches + released.refused + released.waiting > 0) tell("quarantine", released);
  } catch (const StoreError& error) {
    spdlog::error("quarantined batches could not be read, they stay in quarantine: {}", error.what());
  }
}

int serve(Options& options) {
  check_keep_days(options.keep_days);
  for (const std::string& origin : options.origins) {
    if (!OriginPolicy::is_origin(origin)) {
      throw std::runtime_error("\"" + origin +
                               "\" is not an origin: write https://HOST or http://HOST:PORT, with no path");
    }
  }
  const std::vector<std::uint8_t> program = load_program(options.playbook);
  const StaticFiles files(static_folders(options));
  Metrics metrics;
  Stats stats;
  const std::unique_ptr<SqliteStore> store = open_store(options.store);
  store->on_commit = [&](double seconds, std::size_t writes) { metrics.commit(seconds, writes); };
  store->on_error = [&](const std::string& error) {
    metrics.store_errors.Increment();
    spdlog::error("the store failed: {}", error);
  };
  const ProgramLibrary library(*store, program, options.playbook);
  Ingest ingest(*store, library, stats, metrics);
  Retention retention(*store, metrics, options.keep_days);
  retention.expire([](const Expired&) {});  // before there are stats that would have to follow
  release(ingest);
  std::uint64_t unreadable = 0;
  const std::uint64_t batches = ingest.rebuild(unreadable);
  spdlog::info("{} batches in the store, {} programs, serving {}", batches, library.all().size(),
               library.served().hash_text());
  if (unreadable > 0) spdlog::error("{} batches in the store cannot be read: they are not in the stats", unreadable);
  warn_about(options);
  Api api({OriginPolicy(options.origins), AdminToken(options.admin_token), options.demo ? 1 : options.min_visitors},
          ingest, *store, stats, library, files, metrics);
  options.server.max_connections = raise_connection_limit(options.server.max_connections);
  Server server(options.server, api, metrics);
  std::printf("listening on %s\n", server.address().c_str());
  std::fflush(stdout);
  retention.start([&](const Expired& expired) { ingest.follow(expired); });
  server.run();
  retention.stop();
  store->finish();
  spdlog::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("omo-collector"));
  CLI::App app{"Takes batches of events, keeps what consent allows, and shows operators what they add up to.",
               "omo-collector"};
  Options options;
  declare(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    return serve(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "omo-collector: %s\n", error.what());
    return 1;
  }
}
