// Boost 1.74's coroutines use std::exchange without including it.
#include <utility>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "codec/base/secret.h"
#include "gateway/base/log.h"
#include "gateway/base/source_network.h"
#include "gateway/http/server.h"

namespace frostgate::http {
namespace {

namespace net = boost::asio;
namespace ssl = net::ssl;
namespace beast = boost::beast;
namespace bhttp = beast::http;
using net::ip::tcp;
using Failure = boost::system::error_code;
using TlsStream = ssl::stream<beast::tcp_stream>;
using Local = net::local::stream_protocol::socket;

constexpr std::size_t kPieceBytes = 256 * 1024, kCarriedBytes = 16 * 1024;
constexpr auto kStreamTick = std::chrono::milliseconds(200);

Method method_of(bhttp::verb verb) {
  switch (verb) {
    case bhttp::verb::get: return Method::get;
    case bhttp::verb::head: return Method::head;
    case bhttp::verb::post: return Method::post;
    case bhttp::verb::put: return Method::put;
    case bhttp::verb::delete_: return Method::del;
    default: return Method::other;
  }
}

Request request_of(bhttp::request<bhttp::string_body>&& in, const std::string& peer) {
  Request out;
  out.method = method_of(in.method());
  out.target = std::string(in.target());
  out.peer = peer;
  for (const auto& field : in) {
    std::string name(field.name_string());
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string& value = out.headers[name];
    value += (value.empty() ? "" : ", ") + std::string(field.value());
  }
  out.body = std::move(in.body());
  return out;
}

// Without the identity's text OpenSSL would read nothing.
std::shared_ptr<ssl::context> context_of(const crypto::PemIdentity& identity) {
  auto out = std::make_shared<ssl::context>(ssl::context::tls_server);
  out->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                   ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_cipher_list(out->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  out->use_certificate_chain(net::buffer(identity.certificate));
  const auto key = identity.private_key.bytes();
  out->use_private_key(net::const_buffer(key.data(), key.size()), ssl::context::pem);
  return out;
}

// Who is connected, counted.
class Doors {
 public:
  explicit Doors(const ServerLimits& limits) : limits_(limits) {}

  class Place {
   public:
    Place(Doors& doors, std::string address) : doors_(doors), address_(std::move(address)), network_(source_network(address_)) {
      const std::lock_guard lock(doors_.mutex_);
      std::size_t& here = doors_.by_network_[network_];
      taken_ = doors_.all_ < doors_.limits_.connections && here < doors_.limits_.connections_per_address;
      if (taken_) ++here, ++doors_.all_;
      if (here == 0) doors_.by_network_.erase(network_);
    }
    ~Place() {
      if (!taken_) return;
      const std::lock_guard lock(doors_.mutex_);
      --doors_.all_;
      if (--doors_.by_network_[network_] == 0) doors_.by_network_.erase(network_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool taken() const { return taken_; }
    const std::string& address() const { return address_; }

   private:
    Doors& doors_;
    std::string address_, network_;
    bool taken_ = false;
  };

 private:
  const ServerLimits& limits_;
  std::mutex mutex_;
  std::size_t all_ = 0;
  std::map<std::string, std::size_t> by_network_;
};

Response refusal(int status, const std::string& title, const std::string& code) {
  Response out;
  out.status = status;
  out.headers = {{"Content-Type", "application/problem+json"}};
  out.body = R"({"type":"about:blank","title":")" + title + R"(","status":)" + std::to_string(status) + R"(,"code":")" + code + "\"}";
  return out;
}

// What of a request could not be read; nothing when there is nobody to tell.
std::optional<Response> refusal_of(const Failure& failure) {
  if (failure == bhttp::error::body_limit) return refusal(413, "The body is too large", "too_large");
  if (failure == bhttp::error::header_limit) return refusal(431, "The headers are too large", "too_large");
  if (failure.category() != bhttp::make_error_code(bhttp::error::end_of_stream).category()) return std::nullopt;
  if (failure == bhttp::error::end_of_stream || failure == bhttp::error::partial_message) return std::nullopt;
  return refusal(400, "This is no HTTP/1.1 request", "invalid");
}

// Asks for answers: what may wait has threads of its own, and the connection's are free meanwhile.
class Answerer {
 public:
  Answerer(Server::Handle handle, Server::Waits waits, int threads) : handle_(std::move(handle)), waits_(std::move(waits)), waiting_(static_cast<std::size_t>(threads)) {}

  net::awaitable<Response> operator()(Request& request) const {
    if (!waits_ || !waits_(request)) co_return handle_(request);
    const auto answer = [this, &request]() -> net::awaitable<Response> { co_return handle_(request); };
    co_return co_await net::co_spawn(waiting_, answer, net::use_awaitable);
  }

  void stop() {
    waiting_.stop();
    waiting_.join();
  }

 private:
  const Server::Handle handle_;
  const Server::Waits waits_;
  mutable net::thread_pool waiting_;
};

// One client, from its handshake to its end.
class Connection {
 public:
  Connection(tcp::socket socket, ssl::context& context, const ServerLimits& limits, const Answerer& answerer, const std::string& peer)
      : stream_(beast::tcp_stream(std::move(socket)), context), limits_(limits), answerer_(answerer), peer_(peer) {}

  net::awaitable<void> run() {
    Failure failure;
    within(limits_.handshake);
    co_await stream_.async_handshake(ssl::stream_base::server, net::redirect_error(net::use_awaitable, failure));
    bool again = !failure;
    while (again) again = co_await one_request();
    within(std::chrono::milliseconds(1000));
    co_await stream_.async_shutdown(net::redirect_error(net::use_awaitable, failure));
  }

 private:
  void within(std::chrono::milliseconds time) { beast::get_lowest_layer(stream_).expires_after(time); }

  net::awaitable<bool> one_request() {
    Failure failure;
    if (buffer_.size() == 0) {
      within(limits_.idle);
      const std::size_t first = co_await stream_.async_read_some(buffer_.prepare(4096), net::redirect_error(net::use_awaitable, failure));
      if (failure) co_return false;
      buffer_.commit(first);
    }
    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(limits_.header_bytes);
    parser.body_limit(limits_.body_bytes);
    within(limits_.header);
    co_await bhttp::async_read_header(stream_, buffer_, parser, net::redirect_error(net::use_awaitable, failure));
    if (!failure && !parser.is_done()) {
      within(limits_.body);
      if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
        bhttp::response<bhttp::empty_body> go_on(bhttp::status::continue_, 11);
        co_await bhttp::async_write(stream_, go_on, net::redirect_error(net::use_awaitable, failure));
        if (failure) co_return false;
      }
      co_await bhttp::async_read(stream_, buffer_, parser, net::redirect_error(net::use_awaitable, failure));
    }
    if (failure) {
      std::optional<Response> told = refusal_of(failure);
      if (told) co_await answer(*told, false, false);
      co_return false;
    }
    const bool keep = parser.get().keep_alive() && parser.get().version() == 11;
    Request request = request_of(parser.release(), peer_);
    Response response = co_await answerer_(request);
    wipe_memory(request.body.data(), request.body.size());  // passwords and shares come this way
    co_return co_await answer(response, keep, request.method == Method::head);
  }

  // Whether the connection is good for another request.
  net::awaitable<bool> answer(Response& response, bool keep, bool head_only) {
    bhttp::response<bhttp::buffer_body> out(static_cast<bhttp::status>(response.status), 11);
    for (const auto& [name, value] : response.headers) out.insert(name, value);
    const auto* text = std::get_if<std::string>(&response.body);
    const auto* source = std::get_if<ByteSource>(&response.body);
    if (text && response.status != 204 && response.status != 304) out.content_length(text->size());
    if (source) out.content_length(source->size);
    if (std::holds_alternative<Stream>(response.body)) out.chunked(true);
    out.keep_alive(keep);
    out.body().data = nullptr;
    out.body().size = 0;
    out.body().more = true;
    bhttp::response_serializer<bhttp::buffer_body> serializer(out);
    Failure failure;
    within(limits_.write);
    co_await bhttp::async_write_header(stream_, serializer, net::redirect_error(net::use_awaitable, failure));
    if (failure) co_return false;
    if (head_only) co_return keep;
    if (const auto* upgrade = std::get_if<Upgrade>(&response.body)) {
      co_await carry(*upgrade->socket);
      co_return false;
    }
    bool written = false;
    if (text) written = co_await write(serializer, out, text->data(), text->size(), true);
    else if (source) written = co_await write_source(serializer, out, *source);
    else written = co_await write_stream(serializer, out, std::get<Stream>(response.body));
    co_return written && keep;
  }

  using Serializer = bhttp::response_serializer<bhttp::buffer_body>;
  using Message = bhttp::response<bhttp::buffer_body>;

  net::awaitable<bool> write(Serializer& serializer, Message& out, const void* data, std::size_t size, bool last) {
    Failure failure;
    within(limits_.write);
    out.body().data = size == 0 ? nullptr : const_cast<void*>(data);
    out.body().size = size;
    out.body().more = !last;
    co_await bhttp::async_write(stream_, serializer, net::redirect_error(net::use_awaitable, failure));
    if (failure == bhttp::error::need_buffer) failure = {};
    co_return !failure;
  }

  net::awaitable<bool> write_source(Serializer& serializer, Message& out, const ByteSource& source) {
    if (source.size == 0) co_return co_await write(serializer, out, nullptr, 0, true);
    for (std::uint64_t done = 0; done < source.size;) {
      const std::uint64_t wanted = std::min<std::uint64_t>(kPieceBytes, source.size - done);
      Result<std::vector<std::byte>> piece = source.read(done, wanted);
      // The length was promised: a cut connection is the only honest answer.
      if (!piece || piece.value().size() != wanted) {
        log::error("-", "http: an answer was cut: {}", piece ? "it is shorter than it should be" : piece.error().message);
        co_return false;
      }
      done += wanted;
      if (!co_await write(serializer, out, piece.value().data(), piece.value().size(), done == source.size)) co_return false;
    }
    co_return true;
  }

  net::awaitable<bool> write_stream(Serializer& serializer, Message& out, const Stream& stream) {
    net::steady_timer timer(co_await net::this_coro::executor);
    while (true) {
      const StreamPiece piece = stream();
      if (piece.failed) co_return false;
      if (piece.over || !piece.bytes.empty()) {
        if (!co_await write(serializer, out, piece.bytes.data(), piece.bytes.size(), piece.over)) co_return false;
        if (piece.over) co_return true;
        continue;
      }
      timer.expires_after(kStreamTick);
      Failure failure;
      co_await timer.async_wait(net::redirect_error(net::use_awaitable, failure));
      if (failure) co_return false;
    }
  }

  // Bytes both ways, as they are: what one side does not take is not read from the other. Its own deadline, since the stream has one for both ways.
  net::awaitable<void> carry(Descriptor& session) {
    const auto executor = co_await net::this_coro::executor;
    Local inner(executor);
    Failure failure;
    inner.assign(Local::protocol_type(), session.release(), failure);
    if (failure) co_return;
    beast::get_lowest_layer(stream_).expires_never();
    net::steady_timer over(executor, net::steady_timer::time_point::max());
    bool receiving = true;
    net::co_spawn(executor, carry_in(inner), [&](const std::exception_ptr&) {
      receiving = false;
      over.cancel();
    });
    co_await carry_out(inner);
    beast::get_lowest_layer(stream_).cancel();
    inner.shutdown(Local::shutdown_both, failure);
    while (receiving) co_await over.async_wait(net::redirect_error(net::use_awaitable, failure));
  }

  net::awaitable<void> carry_in(Local& inner) {
    Failure failure;
    // First what came right behind the request.
    co_await net::async_write(inner, buffer_.data(), net::redirect_error(net::use_awaitable, failure));
    std::vector<char> piece(kCarriedBytes);
    while (!failure) {
      const std::size_t size = co_await stream_.async_read_some(net::buffer(piece), net::redirect_error(net::use_awaitable, failure));
      if (!failure) co_await net::async_write(inner, net::buffer(piece, size), net::redirect_error(net::use_awaitable, failure));
    }
    inner.shutdown(Local::shutdown_send, failure);
  }

  net::awaitable<void> carry_out(Local& inner) {
    const auto executor = co_await net::this_coro::executor;
    net::steady_timer deadline(executor);
    const auto here = std::make_shared<bool>(true);
    Failure failure;
    std::vector<char> piece(kCarriedBytes);
    while (true) {
      const std::size_t size = co_await inner.async_read_some(net::buffer(piece), net::redirect_error(net::use_awaitable, failure));
      if (failure) break;
      deadline.expires_after(limits_.write);
      deadline.async_wait([this, still = std::weak_ptr(here)](const Failure& cancelled) {
        if (cancelled || still.expired()) return;
        log::warning("-", "http: {} takes nothing of its session: cut", peer_);
        beast::get_lowest_layer(stream_).close();
      });
      co_await net::async_write(stream_, net::buffer(piece, size), net::redirect_error(net::use_awaitable, failure));
      deadline.cancel();
      if (failure) break;
    }
  }

  TlsStream stream_;
  beast::flat_buffer buffer_;
  const ServerLimits& limits_;
  const Answerer& answerer_;
  const std::string peer_;
};

}  // namespace

struct Server::State {
  State(Identity given_identity, Handle handle, Waits waits, const ServerLimits& given_limits)
      : identity(std::move(given_identity)), limits(given_limits), doors(limits), io(limits.threads), acceptor(io),
        answerer(std::move(handle), std::move(waits), limits.waiting_threads) {}

  std::shared_ptr<ssl::context> current_context() {
    const auto now = identity();
    if (now != last_identity) {
      context = context_of(*now);
      last_identity = now;
    }
    return context;
  }

  net::awaitable<void> serve(tcp::socket socket, std::shared_ptr<ssl::context> tls, std::string address) {
    const Doors::Place place(doors, std::move(address));
    if (!place.taken()) co_return;
    try {
      Connection connection(std::move(socket), *tls, limits, answerer, place.address());
      co_await connection.run();
    } catch (const std::exception& problem) {
      log::error("-", "http: a connection from {} ended badly: {}", place.address(), problem.what());
    }
  }

  net::awaitable<void> accept_all() {
    while (acceptor.is_open()) {
      Failure failure;
      tcp::socket socket(net::make_strand(io));
      co_await acceptor.async_accept(socket, net::redirect_error(net::use_awaitable, failure));
      if (failure == net::error::operation_aborted) co_return;
      if (!failure) start(std::move(socket));
      else co_await pause();
    }
  }

  void start(tcp::socket socket) {
    Failure failure;
    const auto peer = socket.remote_endpoint(failure);
    if (failure) return;
    // Or an answer's body waits until the client has acknowledged its head, which it puts off for 40 ms.
    socket.set_option(tcp::no_delay(true), failure);
    try {
      std::shared_ptr<ssl::context> tls = current_context();
      const auto executor = socket.get_executor();
      net::co_spawn(executor, serve(std::move(socket), std::move(tls), peer.address().to_string()), net::detached);
    } catch (const std::exception& problem) {
      log::error("-", "http: a connection could not be taken: {}", problem.what());
    }
  }

  // Out of descriptors, most likely: not at full speed.
  net::awaitable<void> pause() {
    net::steady_timer timer(io, kStreamTick);
    Failure failure;
    co_await timer.async_wait(net::redirect_error(net::use_awaitable, failure));
  }

  Identity identity;
  ServerLimits limits;
  Doors doors;
  std::shared_ptr<const crypto::PemIdentity> last_identity;
  std::shared_ptr<ssl::context> context;
  net::io_context io;
  tcp::acceptor acceptor;
  Answerer answerer;
  std::vector<std::jthread> threads;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  state_->io.stop();
  state_->threads.clear();
  state_->answerer.stop();
}

std::uint16_t Server::port() const {
  Failure failure;
  return state_->acceptor.local_endpoint(failure).port();
}

Result<std::unique_ptr<Server>> Server::open(const config::ListenAddress& address, Identity identity, Handle handle, const Waits& waits, const ServerLimits& limits) {
  auto state = std::make_unique<State>(std::move(identity), std::move(handle), waits, limits);
  const std::string where = address.host + " port " + std::to_string(address.port);
  try {
    const tcp::endpoint endpoint(net::ip::make_address(address.host), address.port);
    state->acceptor.open(endpoint.protocol());
    state->acceptor.set_option(net::socket_base::reuse_address(true));
    state->acceptor.bind(endpoint);
    state->acceptor.listen();
    state->current_context();
  } catch (const std::exception& problem) {
    return Error{ErrorKind::io, "cannot listen for HTTPS on " + where + ": " + problem.what()};
  }
  net::co_spawn(state->io, state->accept_all(), net::detached);
  for (int i = 0; i < limits.threads; ++i) state->threads.emplace_back([raw = state.get()] { raw->io.run(); });
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

}  // namespace frostgate::http
