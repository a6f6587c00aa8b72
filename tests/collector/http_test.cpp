// SPDX-License-Identifier: Apache-2.0
// The API without sockets. One table line is one request: read them to learn which address answers what.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>

#include "collector/support.h"
#include "http/api.h"
#include "http/scrub.h"
#include "http/target.h"
#include "store/sqlite_store.h"

namespace omo::collector {
namespace {

using namespace test;
namespace fs = std::filesystem;

constexpr std::string_view kToken = "0123456789abcdef0123";

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A site with a page, a folder, a hidden file and a symbolic link out of it.
std::vector<StaticFolder> make_site(const TemporaryFolder& folder) {
  write_file(folder.path() / "secret.txt", "secret");
  write_file(folder.path() / "site/index.html", "<h1>home</h1>");
  write_file(folder.path() / "site/shop/index.html", "<h1>shop</h1>");
  write_file(folder.path() / "site/empty/file.txt", "x");
  write_file(folder.path() / "site/.env", "secret");
  write_file(folder.path() / "site/playbook.omo", "not this one");
  write_file(folder.path() / "dist/engine.wasm", "wasm");
  fs::create_symlink(folder.path() / "secret.txt", folder.path() / "site/link.txt");
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

std::vector<std::uint8_t> sample(std::uint64_t stream = 1) {
  return encode(batch(stream, {page_view(0, "/"), page_view(1, "/shop")}));
}

}  // namespace

TEST_CASE("every address answers every kind of request with its status") {
  const std::vector<std::uint8_t> bytes = sample();
  const std::string body(bytes.begin(), bytes.end());
  const std::pair<std::string, std::string> token{"Authorization", "Bearer " + std::string(kToken)};
  struct Line {
    const char* method;
    const char* target;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    unsigned status;
  };
  const std::vector<Line> lines = {
      // Events: from listed origins, from the collector's own pages, from clients that are no browsers.
      {"POST", "/v1/events", {}, body, 204},
      {"POST", "/v1/events", {{"Origin", "https://shop.example"}}, body, 204},
      {"POST", "/v1/events", {{"Origin", "http://c:1"}, {"Host", "c:1"}}, body, 204},
      {"POST", "/v1/events", {{"Sec-Fetch-Site", "same-origin"}}, body, 204},
      {"POST", "/v1/events", {{"Content-Encoding", "identity"}}, body, 204},
      {"POST", "/v1/events", {{"Content-Type", "text/plain"}}, body, 204},
      {"POST", "/v1/events?x=1", {}, body, 204},
      {"POST", "/v1/events", {{"Origin", "https://evil.example"}}, body, 403},
      {"POST", "/v1/events", {{"Origin", "https://shop.example.evil.example"}}, body, 403},
      {"POST", "/v1/events", {{"Origin", "http://shop.example"}}, body, 403},
      {"POST", "/v1/events", {{"Origin", "null"}}, body, 403},
      {"POST", "/v1/events", {{"Origin", ""}, {"Host", ""}}, body, 403},
      {"POST", "/v1/events", {{"Sec-Fetch-Site", "cross-site"}}, body, 403},
      {"POST", "/v1/events", {{"Content-Encoding", "gzip"}}, body, 415},
      {"POST", "/v1/events", {}, "", 400},
      {"POST", "/v1/events", {}, "hello", 400},
      {"POST", "/v1/events", {}, body + "x", 400},
      {"POST", "/v1/events", {}, body.substr(0, body.size() - 1), 400},
      {"GET", "/v1/events", {}, "", 405},
      {"PUT", "/v1/events", {}, body, 405},
      {"OPTIONS", "/v1/events", {{"Origin", "https://shop.example"}}, "", 204},
      {"OPTIONS", "/v1/events", {{"Origin", "https://evil.example"}}, "", 403},
      {"POST", "/v1/events/", {}, body, 405},
      // Streams.
      {"DELETE", "/v1/streams/0011223344556677", {}, "", 204},
      {"DELETE", "/v1/streams/00112233445566FF", {}, "", 204},
      {"DELETE", "/v1/streams/0011", {}, "", 400},
      {"DELETE", "/v1/streams/001122334455667g", {}, "", 400},
      {"DELETE", "/v1/streams/0011223344556677", {{"Origin", "https://evil.example"}}, "", 403},
      {"GET", "/v1/streams/0011223344556677", {}, "", 405},
      {"OPTIONS", "/v1/streams/0011223344556677", {{"Origin", "https://shop.example"}}, "", 204},
      // Stats: to the admin token only.
      {"GET", "/v1/stats/pages", {token}, "", 200},
      {"GET", "/v1/stats/paths?limit=5", {token}, "", 200},
      {"GET", "/v1/stats/segments", {token}, "", 200},
      {"GET", "/v1/stats/campaigns", {token}, "", 200},
      {"GET", "/v1/stats/hours", {token}, "", 200},
      {"HEAD", "/v1/stats/pages", {token}, "", 200},
      {"GET", "/v1/stats/visitors", {token}, "", 404},
      {"GET", "/v1/stats/visitors", {}, "", 401},
      {"GET", "/v1/stats/pages?limit=0", {token}, "", 400},
      {"GET", "/v1/stats/pages?limit=x", {token}, "", 400},
      {"GET", "/v1/stats/pages", {}, "", 401},
      {"GET", "/v1/stats/pages", {{"Authorization", "Bearer "}}, "", 401},
      {"GET", "/v1/stats/pages", {{"Authorization", "Bearer x"}}, "", 401},
      {"GET", "/v1/stats/pages", {{"Authorization", "Bearer " + std::string(kToken) + "x"}}, "", 401},
      {"GET", "/v1/stats/pages", {{"Authorization", "Basic " + std::string(kToken)}}, "", 401},
      {"GET", "/v1/stats/pages", {{"Cookie", "token=" + std::string(kToken)}}, "", 401},
      {"POST", "/v1/stats/pages", {token}, "", 405},
      // The program, the collector's own state, files.
      {"GET", "/playbook.omo", {}, "", 200},
      {"POST", "/playbook.omo", {}, "", 405},
      {"GET", "/healthz", {}, "", 200},
      {"GET", "/readyz", {}, "", 200},
      {"GET", "/metrics", {}, "", 200},
      {"DELETE", "/metrics", {}, "", 405},
      {"GET", "/", {}, "", 200},
      {"HEAD", "/", {}, "", 200},
      {"POST", "/", {}, "", 405},
      {"GET", "/shop/", {}, "", 200},
      {"GET", "/shop", {}, "", 308},
      {"GET", "/empty/", {}, "", 404},
      {"GET", "/none", {}, "", 404},
      {"GET", "/dist/engine.wasm", {}, "", 200},
      {"GET", "*", {}, "", 400},
      {"GET", "http://c/", {}, "", 400},
  };
  Collector collector;
  for (const Line& line : lines) {
    INFO(line.method << " " << line.target << " " << (line.headers.empty() ? "" : line.headers[0].second));
    CHECK(collector.ask({line.method, line.target, line.headers, line.body}).status == line.status);
  }
}

TEST_CASE("no spelling of a path leads out of the served folders") {
  const char* const kTargets[] = {"/../secret.txt",
                                  "/shop/../../secret.txt",
                                  "/%2e%2e/secret.txt",
                                  "/%2E%2E%2Fsecret.txt",
                                  "/..%2fsecret.txt",
                                  "/.%2e/secret.txt",
                                  "/%252e%252e/secret.txt",
                                  "/..\\secret.txt",
                                  "/%5c..%5csecret.txt",
                                  "/dist/../.env",
                                  "/.env",
                                  "/%2eenv",
                                  "/link.txt",
                                  "//secret.txt",
                                  "/./secret.txt",
                                  "/shop//index.html",
                                  "/secret.txt%00.html",
                                  "/%00",
                                  "/%",
                                  "/%4",
                                  "/%zz",
                                  "/shop/%2e%2e%2f%2e%2e%2fsecret.txt",
                                  "/dist/..%2f..%2fsecret.txt",
                                  "",
                                  "secret.txt"};
  Collector collector;
  for (const char* const target : kTargets) {
    INFO(target);
    const Response response = collector.get(target);
    CHECK((response.status == 400 || response.status == 404));
    CHECK(response.body.find("secret\n") == std::string::npos);
    CHECK(response.body != "secret");
  }
}

TEST_CASE("files come with their type, a policy for pages, and 304 where nothing has changed") {
  Collector collector;
  const Response page = collector.get("/");
  CHECK(*page.header("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.header("Content-Security-Policy")->find("script-src 'self' 'wasm-unsafe-eval';") != std::string::npos);
  CHECK(*page.header("X-Content-Type-Options") == "nosniff");
  CHECK(*page.header("Cache-Control") == "no-cache");
  CHECK(*collector.get("/dist/engine.wasm").header("Content-Type") == "application/wasm");
  CHECK(*collector.get("/shop").header("Location") == "/shop/");
  const Response again = collector.ask({"GET", "/", {{"If-None-Match", *page.header("ETag")}}, {}});
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  write_file(collector.folder.path() / "site/index.html", "<h1>changed</h1>");
  CHECK(collector.ask({"GET", "/", {{"If-None-Match", *page.header("ETag")}}, {}}).status == 200);
}

TEST_CASE("the program is served byte for byte and revalidated by its tag") {
  Collector collector;
  const Response response = collector.get("/playbook.omo");
  const std::vector<std::uint8_t> compiled = compile_playbook();
  CHECK(response.body == std::string(compiled.begin(), compiled.end()));
  CHECK(*response.header("Content-Type") == "application/octet-stream");
  CHECK(collector.ask({"GET", "/playbook.omo", {{"If-None-Match", *response.header("ETag")}}, {}}).status == 304);
}

TEST_CASE("a listed page may read the answer, another may not, and no answer sets a cookie") {
  Collector collector;
  const std::vector<std::uint8_t> bytes = sample();
  const auto ask = [&](std::string origin) {
    return collector.ask(
        {"POST", "/v1/events", {{"Origin", std::move(origin)}}, std::string(bytes.begin(), bytes.end())});
  };
  CHECK(*ask("https://shop.example").header("Access-Control-Allow-Origin") == "https://shop.example");
  CHECK(ask("https://evil.example").header("Access-Control-Allow-Origin") == nullptr);
  CHECK(ask("https://shop.example").header("Set-Cookie") == nullptr);
  CHECK(ask("https://shop.example").header("Access-Control-Allow-Credentials") == nullptr);
  CHECK(*ask("https://evil.example").header("Vary") == "Origin");
}

TEST_CASE("refusals name their reason") {
  Collector collector;
  std::vector<std::uint8_t> flipped = sample();
  flipped.back() ^= 1;
  const Response response = collector.post(flipped);
  CHECK(response.status == 400);
  CHECK(
      response.body ==
      R"({"error":{"status":"bad_checksum","message":"the checksum does not match: bytes were changed on the way"}})");
  CHECK(*collector.get("/v1/events").header("Allow") == "POST, OPTIONS");
  CHECK(collector.ask({"GET", "/v1/stats/pages", {}, {}}).header("WWW-Authenticate") != nullptr);
}

TEST_CASE("a batch counts once however often it is sent") {
  Collector collector;
  for (int i = 0; i < 3; ++i) CHECK(collector.post(sample()).status == 204);
  CHECK(collector.get("/v1/stats/pages").body ==
        R"({"rows":[{"path":"/","views":1,"visitors":1,"engaged_ms_total":0},)"
        R"({"path":"/shop","views":1,"visitors":1,"engaged_ms_total":0}],"hidden":0,"truncated":0})");
  CHECK(collector.metrics.text().find("omo_events_total{result=\"duplicate\"} 4") != std::string::npos);
}

TEST_CASE("a small body that would unfold to millions of values is refused at once") {
  const ProgramView& view = program().view();
  DecodedEvent item_view = event(0, "view_item", {});
  item_view.items = kMaxItems;
  const EventRow& row = view.events()[item_view.event];
  for (std::uint32_t item = 0; item < kMaxItems; ++item) {
    for (std::uint32_t at = row.first_param; at < row.first_param + row.param_count; ++at) {
      if (view.params()[at].item != 0) item_view.params.push_back({at, item, 1, ""});
    }
  }
  DecodedBatch made = batch(1, {});
  for (; made.events.size() <= kMaxBatchValues / item_view.params.size(); ++item_view.sequence) {
    made.events.push_back(item_view);
  }
  const std::vector<std::uint8_t> bytes = encode(made);
  CHECK(bytes.size() < 2000);
  Collector collector;
  const Response response = collector.post(bytes);
  CHECK(response.status == 400);
  CHECK(response.body.find("bad_structure") != std::string::npos);
  made.events.pop_back();
  CHECK(collector.post(encode(made)).status == 204);
}

TEST_CASE("a batch without consent for measurement is refused and not kept") {
  Collector collector;
  std::vector<std::uint8_t> bytes = sample();
  BatchHeader header;
  REQUIRE(read_batch_header(bytes, header) == Status::kOk);
  header.consent = purpose::kAll & ~purpose::kMeasurement;
  write_batch_header(bytes, header, bytes.size() - kBatchHeaderBytes);
  const Response response = collector.post(bytes);
  CHECK(response.status == 422);
  CHECK(response.body.find("not_consented") != std::string::npos);
  CHECK(collector.store.seen(1).empty());
}

TEST_CASE("a batch of a program that was never served is kept aside with the reason") {
  Collector collector;
  std::vector<std::uint8_t> bytes = sample();
  BatchHeader header;
  REQUIRE(read_batch_header(bytes, header) == Status::kOk);
  header.program ^= 1;
  write_batch_header(bytes, header, bytes.size() - kBatchHeaderBytes);
  CHECK(collector.post(bytes).status == 422);
  std::size_t kept = 0;
  collector.store.scan_quarantine([&](const QuarantinedBatch& one) {
    ++kept;
    CHECK(one.raw == bytes);
    CHECK(one.reason == "wrong_program");
  });
  CHECK(kept == 1);
}

TEST_CASE("events that waited longer than a queue may hold are gone; younger ones of the batch stay") {
  Collector collector;
  const std::uint64_t old = kSent - std::uint64_t{kMaxEventAgeMs} - kBatchTimeUnitMs;
  CHECK(collector.post(encode(batch(1, {page_view(0, "/old", old)}))).status == 410);
  CHECK(collector.post(encode(batch(1, {page_view(1, "/old", old), page_view(2, "/new")}))).status == 204);
  CHECK(collector.store.seen(1).intervals() == std::vector<Interval>{{2, 2}});
  CHECK(collector.get("/v1/stats/pages").body.find("/old") == std::string::npos);
}

TEST_CASE("query strings and e-mail addresses never reach the store") {
  CHECK(has_email_address("me@example.com"));
  CHECK(has_email_address("write to taro.yamada@mail.example.co.jp!"));
  CHECK(has_email_address("/u/me%40example.com"));
  for (const char* const text : {"", "@", "a@b", "@home.com", "a @ b.c", "花@市", "/cart", "@omotenashi/js", "5@.x"}) {
    INFO(text);
    CHECK_FALSE(has_email_address(text));
  }
  Collector collector;
  CHECK(collector
            .post(encode(batch(1, {page_view(0, "/reset?token=abc"), page_view(1, "/u/me@example.com"),
                                   event(2, "search", {{"search_term", "me@example.com"}})})))
            .status == 204);
  std::size_t batches = 0;
  collector.store.scan([&](const StoredBatch& stored) {
    ++batches;
    DecodedBatch decoded;
    REQUIRE(decode_batch(stored.raw, program().view(), decoded) == Status::kOk);
    CHECK(decoded.events[0].params[0].text == "/reset");
    CHECK(decoded.events[1].params[0].text == "(removed)");
    CHECK(decoded.events[2].params[0].text == "(removed)");
  });
  CHECK(batches == 1);
}

TEST_CASE("erasing a stream takes its part of the stats, and what is sent again does not count") {
  Collector collector;
  const std::uint64_t stream = 0x8877665544332211;  // bytes 11 22 33 ... in the batch header
  CHECK(collector.post(sample(stream)).status == 204);
  CHECK(collector.post(sample(2)).status == 204);
  CHECK(collector.ask({"DELETE", "/v1/streams/1122334455667788", {}, {}}).status == 204);
  CHECK(collector.post(sample(stream)).status == 204);
  CHECK(collector.get("/v1/stats/pages").body.find(R"("views":1,"visitors":1)") != std::string::npos);
  CHECK(collector.get("/v1/stats/pages").body.find(R"("views":2)") == std::string::npos);
}

TEST_CASE("a restart shows the same stats as before") {
  Collector collector;
  for (std::uint64_t stream = 0; stream < 5; ++stream) {
    DecodedBatch made = batch(stream, {page_view(0, "/"), engagement(1, "/", 900), page_view(2, "/shop"),
                                       promotion(3, "view_promotion", "welcome", "warm"), purchase(4, "A")});
    made.has_membership = true;
    made.segments_on = {0};
    CHECK(collector.post(encode(made)).status == 204);
    CHECK(collector.post(encode(made)).status == 204);
  }
  Stats rebuilt;
  Ingest again(collector.store, collector.library, rebuilt, collector.metrics);
  std::uint64_t unreadable = 1;
  CHECK(again.rebuild(unreadable) == 5);
  CHECK(unreadable == 0);
  CHECK(rebuilt.pages(1) == collector.stats.pages(1));
  CHECK(rebuilt.paths(1) == collector.stats.paths(1));
  CHECK(rebuilt.segments(1) == collector.stats.segments(1));
  CHECK(rebuilt.campaigns(1) == collector.stats.campaigns(1));
  CHECK(rebuilt.hours(1) == collector.stats.hours(1));
}

TEST_CASE("by default no row is shown about fewer than ten visitors") {
  Collector collector(ApiOptions{OriginPolicy({}), AdminToken("")}.min_visitors);
  for (std::uint64_t stream = 1; stream <= 9; ++stream) collector.post(sample(stream));
  CHECK(collector.get("/v1/stats/pages").body == R"({"rows":[],"hidden":2,"truncated":0})");
  collector.post(sample(10));
  CHECK(collector.get("/v1/stats/pages").body.find(R"("visitors":10)") != std::string::npos);
}

TEST_CASE("without a token nobody sees the stats") {
  const AdminToken none("");
  CHECK_FALSE(none.admits({"GET", "/", {{"Authorization", "Bearer "}}, {}}));
  CHECK_FALSE(none.admits({"GET", "/", {{"Authorization", "Bearer x"}}, {}}));
}

TEST_CASE("origins are written as browsers write them") {
  for (const char* const good : {"https://shop.example", "http://localhost:8080", "http://[::1]:80"}) {
    CHECK(OriginPolicy::is_origin(good));
  }
  for (const char* const bad :
       {"", "*", "shop.example", "https://", "https://shop.example/", "https://*.example", "null"}) {
    CHECK_FALSE(OriginPolicy::is_origin(bad));
  }
}

TEST_CASE("bytes in a page's path that are no text do not break the answer") {
  Collector collector;
  CHECK(collector.post(encode(batch(1, {page_view(0, "/\xff\xfe\"<script>")}))).status == 204);
  CHECK(collector.get("/v1/stats/pages").body.find("\xEF\xBF\xBD") != std::string::npos);
}

}  // namespace omo::collector
