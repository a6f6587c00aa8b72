// SPDX-License-Identifier: Apache-2.0
// Real sockets and clients that never come to an end, each byte of theirs arriving soon after the one before.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "collector/whole_collector.h"
#include "http/server.h"

namespace omo::collector::timeout_test {

using namespace test;

namespace {

class Client {
 public:
  explicit Client(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False where the server has closed.
  bool send(std::string_view text) {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  /// Everything until the server closes; sends `drop` again and again meanwhile.
  std::string receive_all(std::string_view drop = {}) {
    std::string answer;
    char bytes[4096];
    for (pollfd readable{socket_, POLLIN, 0};;) {
      if (::poll(&readable, 1, drop.empty() ? -1 : 1) == 0) {
        static_cast<void>(send(drop));  // what is wrong shows in what is received
        continue;
      }
      const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
      if (count <= 0) return answer;
      answer.append(bytes, static_cast<std::size_t>(count));
    }
  }

 private:
  int socket_;
};

ServerOptions impatient() {
  using std::chrono::milliseconds;
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.idle_timeout = options.header_timeout = options.body_timeout = milliseconds(200);
  return options;
}

/// Serves on a thread of its own, as the program does, until it is told to stop.
struct Running {
  Running() {
    REQUIRE_THAT(ask("GET /healthz HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n"), Catch::Contains("200 OK"));
  }
  ~Running() {
    std::raise(SIGTERM);
    thread.join();
  }
  std::string ask(std::string_view begin, std::string_view drop = {}) {
    Client client(server.address());
    REQUIRE((begin.empty() || client.send(begin)));
    return client.receive_all(drop);
  }

  Collector collector;
  Server server{impatient(), collector.api, collector.metrics};
  std::thread thread{[this] { server.run(); }};
};

}  // namespace

TEST_CASE("a client that never comes to an end is cut off without an answer, however steadily it sends") {
  Running running;
  SECTION("nothing at all") { CHECK(running.ask("").empty()); }
  SECTION("a head") { CHECK(running.ask("GET /healthz HTTP/1.1\r\nHost: c\r\nX: ", "x").empty()); }
  SECTION("a head, not begun well") { CHECK(running.ask("G").empty()); }
  SECTION("a body of stated length") {
    CHECK(running.ask("POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: 60000\r\n\r\n", "x").empty());
  }
  SECTION("a chunked body") {
    CHECK(
        running.ask("POST /v1/events HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n").empty());
  }
  SECTION("a second request on a connection that was served") {
    const std::string answer = running.ask("GET /healthz HTTP/1.1\r\nHost: c\r\n\r\nGET /he");
    CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200 OK") && Catch::EndsWith("ok\n"));
  }
}

}  // namespace omo::collector::timeout_test
