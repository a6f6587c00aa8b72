// SPDX-License-Identifier: Apache-2.0
// Sockets: HTTP/1.1 on one thread, with limits and time-outs, so that slow or broken clients cost a connection and
// nothing else. Only server.cpp knows Boost.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "http/api.h"
#include "http/metrics.h"

namespace omo::collector {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  ///< ADDRESS:PORT, [IPV6]:PORT or localhost:PORT; port 0 = any free one
  std::chrono::milliseconds idle_timeout{60'000};    ///< until the next request on an open connection
  std::chrono::milliseconds header_timeout{10'000};  ///< from the first byte of a request to the end of its head
  std::chrono::milliseconds body_timeout{15'000};    ///< for the whole body
  std::chrono::milliseconds write_timeout{60'000};   ///< for the whole answer
  std::chrono::milliseconds stop_timeout{10'000};    ///< for requests under way when the collector is stopped
  std::uint32_t max_header_bytes = 16 * 1024;
  std::size_t max_connections = 10'000;  ///< beyond, the connection that waits longest for its client is closed
};

/// The address cannot be listened on; says why and what to do.
class ListenError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Server {
 public:
  /// Binds and listens; throws ListenError. `api` and `metrics` must outlive it.
  Server(const ServerOptions& options, Api& api, Metrics& metrics);
  ~Server();

  [[nodiscard]] std::string address() const;  ///< http://HOST:PORT with the real port
  /// Serves until SIGTERM or SIGINT, then lets requests under way finish.
  void run();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace omo::collector
