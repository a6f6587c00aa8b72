// SPDX-License-Identifier: Apache-2.0
// The API without sockets. One table line is one request: read them to learn which address answers what.
#include <catch2/catch.hpp>

#include "collector/whole_collector.h"

namespace omo::collector::http_test {

using namespace test;

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
      {"GET", "/v1/stats/sources", {token}, "", 200},
      {"GET", "/v1/stats/pages?by=page_type", {token}, "", 200},
      {"GET", "/v1/stats/paths?by=page_type&limit=5", {token}, "", 200},
      {"GET", "/v1/stats/paths?by=weather", {token}, "", 400},
      {"GET", "/v1/stats/pages?limit=0", {token}, "", 400},
      {"GET", "/v1/stats/segments?seen_days=30", {token}, "", 200},
      {"GET", "/v1/stats/segments?seen_days=0", {token}, "", 400},
      {"GET", "/v1/stats/segments?seen_days=758", {token}, "", 400},
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

TEST_CASE("by default no row is shown about fewer than ten visitors") {
  Collector collector(ApiOptions{OriginPolicy({}), AdminToken("")}.min_visitors);
  for (std::uint64_t stream = 1; stream <= 9; ++stream) collector.post(sample(stream));
  CHECK(collector.get("/v1/stats/pages").body == R"({"rows":[],"hidden":2,"bots":0,"truncated":0})");
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

}  // namespace omo::collector::http_test
