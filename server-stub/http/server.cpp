// SPDX-License-Identifier: Apache-2.0
#include "http/server.h"

#include <spdlog/spdlog.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <csignal>
#include <list>
#include <optional>
#include <utility>

#include "http/json.h"
#include "wire/vocabulary.h"

namespace omo::collector {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;

using Parser = http::request_parser<http::string_body>;

constexpr std::size_t kReadBytes = 8192;
/// How much of a refused body is read and thrown away, so that the client gets to read the answer.
constexpr std::size_t kLingerBytes = 8u << 20;
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::chrono::milliseconds kAcceptPause{100};

auto into(error_code& error) { return net::redirect_error(net::use_awaitable, error); }

/// What ends a coroutine that nobody waits for: an error is a bug or no memory, and must be seen.
auto log_errors() {
  return [](const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      spdlog::error("a connection ended with an error: {}", error.what());
    }
  };
}

Request to_request(const Parser& parser) {
  Request request;
  const auto& message = parser.get();
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return request;
}

/// The answer to what Beast refuses; nullopt = the connection is beyond answering.
std::optional<Response> refusal_of(const error_code& error) {
  if (error == http::error::body_limit) {
    return error_response(413, "too_large", "a batch has at most " + std::to_string(kMaxBodyBytes) + " bytes");
  }
  if (error == http::error::header_limit)
    return error_response(431, "header_too_large", "the request's head is too large");
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return error_response(400, "bad_request", "this is not HTTP/1.1: " + error.message());
  }
  return std::nullopt;
}

http::response<http::string_body> to_message(const Request& request, Response response, bool keep_alive) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(response.status);
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.keep_alive(keep_alive);
  if (response.status != 204 && response.status != 304) message.content_length(response.body.size());
  if (request.method != "HEAD") message.body() = std::move(response.body);
  return message;
}

tcp::endpoint parse_endpoint(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  std::uint16_t port = 0;
  const char* end = listen.data() + listen.size();
  std::from_chars_result parsed{end, std::errc::invalid_argument};
  if (colon != std::string::npos) parsed = std::from_chars(listen.data() + colon + 1, end, port);
  std::string host = listen.substr(0, std::min(colon, listen.size()));
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = net::ip::make_address(host, error);
  if (error || parsed.ec != std::errc{} || parsed.ptr != end) {
    throw ListenError("cannot listen on \"" + listen + "\": write ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080");
  }
  return {address, port};
}

}  // namespace

class Server::Implementation {
 public:
  Implementation(const ServerOptions& options, Api& api, Metrics& metrics)
      : options_(options), api_(api), metrics_(metrics), acceptor_(context_), signals_(context_), deadline_(context_) {
    const tcp::endpoint endpoint = parse_endpoint(options.listen);
    try {
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      std::string hint;
      if (error.code() == net::error::address_in_use) {
        hint = ": another program uses this port; stop it, or choose another with --listen (port 0 takes any free one)";
      }
      throw ListenError("cannot listen on " + options.listen + ": " + error.code().message() + hint);
    }
  }

  [[nodiscard]] std::string address() const {
    const tcp::endpoint endpoint = acceptor_.local_endpoint();
    const std::string host = endpoint.address().to_string();
    return "http://" + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
  }

  void run() {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.async_wait([this](const error_code& error, int) {
      if (!error) stop();
    });
    net::co_spawn(context_, accept(), log_errors());
    context_.run();
  }

 private:
  struct Session {
    explicit Session(tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    bool waits_for_client = true;  ///< for a request or the rest of one
    bool between_requests = true;
  };
  using Sessions = std::list<Session>;

  net::awaitable<void> accept() {
    while (!stopping_) {
      error_code error;
      tcp::socket socket = co_await acceptor_.async_accept(into(error));
      if (stopping_) break;
      if (error) {
        spdlog::warn("cannot accept a connection: {}", error.message());
        close_longest_waiting();
        net::steady_timer pause(context_, kAcceptPause);
        co_await pause.async_wait(into(error));
        continue;
      }
      if (sessions_.size() >= options_.max_connections && !close_longest_waiting()) continue;
      socket.set_option(tcp::no_delay(true), error);
      sessions_.emplace_back(std::move(socket));
      metrics_.connections.Set(static_cast<double>(sessions_.size()));
      net::co_spawn(context_, serve(std::prev(sessions_.end())), log_errors());
    }
  }

  /// Makes room where there is a connection that waits for its client. They are in the order in which they came.
  bool close_longest_waiting() {
    for (Session& session : sessions_) {
      if (!session.waits_for_client) continue;
      session.waits_for_client = false;
      session.stream.close();
      return true;
    }
    return false;
  }

  net::awaitable<void> serve(Sessions::iterator session) {
    struct Leave {
      Implementation& server;
      Sessions::iterator session;
      ~Leave() {
        server.sessions_.erase(session);
        server.metrics_.connections.Set(static_cast<double>(server.sessions_.size()));
      }
    } leave{*this, session};
    while (!stopping_ && co_await await_request(*session)) {
      if (!co_await serve_request(*session)) break;
    }
    error_code ignored;  // the client may have closed first
    session->stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  /// Waits for the first bytes of a request.
  net::awaitable<bool> await_request(Session& session) {
    if (session.buffer.size() > 0) co_return true;
    session.waits_for_client = session.between_requests = true;
    session.stream.expires_after(options_.idle_timeout);
    error_code error;
    const std::size_t bytes = co_await session.stream.async_read_some(session.buffer.prepare(kReadBytes), into(error));
    session.buffer.commit(bytes);
    session.between_requests = false;
    co_return !error;
  }

  /// Reads one request and answers it. False = the connection cannot go on.
  net::awaitable<bool> serve_request(Session& session) {
    Parser parser;
    parser.header_limit(options_.max_header_bytes);
    parser.body_limit(kMaxBodyBytes);
    error_code error;
    session.stream.expires_after(options_.header_timeout);
    co_await http::async_read_header(session.stream, session.buffer, parser, into(error));
    Request request = to_request(parser);
    if (error) co_return co_await refuse(session, request, refusal_of(error));
    if (parser.get().version() != 11 && parser.get().version() != 10) {
      co_return co_await refuse(session, request, error_response(505, "http_version", "this is not HTTP/1.1"));
    }
    if (parser.get().version() == 11 && request.header("Host") == nullptr) {
      co_return co_await refuse(session, request, error_response(400, "no_host", "HTTP/1.1 requires a Host header"));
    }
    std::optional<Response> refused = api_.check(request);
    if (refused && !parser.is_done()) co_return co_await refuse(session, request, std::move(refused));
    if (!refused) {
      co_await read_body(session, parser, request, error);
      if (error) co_return co_await refuse(session, request, refusal_of(error));
      request.body = std::move(parser.get().body());
      session.waits_for_client = false;
      session.stream.expires_never();
      refused = co_await ask(request);
    }
    co_return co_await answer(session, request, *std::move(refused), parser.get().keep_alive());
  }

  net::awaitable<void> read_body(Session& session, Parser& parser, const Request& request, error_code& error) {
    if (parser.is_done()) co_return;
    session.stream.expires_after(options_.body_timeout);
    const std::string* expect = request.header("Expect");
    if (expect != nullptr && equal_ignoring_case(*expect, "100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await net::async_write(session.stream, net::buffer(kContinue), into(error));
      if (error) co_return;
    }
    co_await http::async_read(session.stream, session.buffer, parser, into(error));
  }

  /// The API's answer, which may come from a thread of the store, on this thread.
  net::awaitable<Response> ask(const Request& request) {
    auto start = [this, &request](auto handler) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      // Nothing else keeps the context running while the store works.
      auto work = std::make_shared<net::executor_work_guard<net::io_context::executor_type>>(context_.get_executor());
      api_.handle(request, [this, shared, work](Response response) {
        net::post(context_,
                  [shared, work, response = std::move(response)]() mutable { (*shared)(std::move(response)); });
      });
    };
    return net::async_initiate<const net::use_awaitable_t<>, void(Response)>(std::move(start), net::use_awaitable);
  }

  net::awaitable<bool> answer(Session& session, const Request& request, Response response, bool keep_alive) {
    api_.finish(request, response);
    const bool stay = keep_alive && !stopping_;
    auto message = to_message(request, std::move(response), stay);
    error_code error;
    session.stream.expires_after(options_.write_timeout);
    co_await http::async_write(session.stream, message, into(error));
    co_return !error && stay;
  }

  /// Answers where the rest of the request was not read, and closes so that the client can read the answer.
  net::awaitable<bool> refuse(Session& session, const Request& request, std::optional<Response> refusal) {
    if (!refusal) co_return false;
    session.waits_for_client = false;
    co_await answer(session, request, *std::move(refusal), false);
    error_code error;
    session.stream.socket().shutdown(tcp::socket::shutdown_send, error);
    session.stream.expires_after(kLingerTime);
    std::size_t discarded = 0;
    while (!error && discarded < kLingerBytes) {
      session.buffer.clear();
      discarded += co_await session.stream.async_read_some(session.buffer.prepare(kReadBytes), into(error));
    }
    co_return false;
  }

  void stop() {
    spdlog::info("stopping: requests under way are finished first");
    stopping_ = true;
    error_code ignored;  // nothing can be done about a listener that does not close
    acceptor_.close(ignored);
    for (Session& session : sessions_) {
      if (session.between_requests) session.stream.close();
    }
    deadline_.expires_after(options_.stop_timeout);
    deadline_.async_wait([this](const error_code& error) {
      if (!error) context_.stop();
    });
    watch_end();
  }

  /// The deadline alone must not keep the context running.
  void watch_end() {
    if (sessions_.empty()) {
      deadline_.cancel();
      return;
    }
    auto poll = std::make_shared<net::steady_timer>(context_, std::chrono::milliseconds(10));
    poll->async_wait([this, poll](const error_code& error) {
      if (!error) watch_end();
    });
  }

  ServerOptions options_;
  Api& api_;
  Metrics& metrics_;
  net::io_context context_{1};
  tcp::acceptor acceptor_;
  net::signal_set signals_;
  net::steady_timer deadline_;
  Sessions sessions_;
  bool stopping_ = false;
};

Server::Server(const ServerOptions& options, Api& api, Metrics& metrics)
    : implementation_(std::make_unique<Implementation>(options, api, metrics)) {}

Server::~Server() = default;

std::string Server::address() const { return implementation_->address(); }

void Server::run() { implementation_->run(); }

}  // namespace omo::collector
