// HTTP/1.1 over TLS >= 1.2: reads requests within limits, hands them to one function, writes its answers. Knows nothing of what they mean.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "codec/base/result.h"
#include "gateway/config/config.h"
#include "gateway/crypto/tls_identity.h"
#include "gateway/http/message.h"

namespace frostgate::http {

struct ServerLimits {
  std::size_t connections = 1024;  // one more is closed at once
  std::size_t connections_per_address = 512;
  std::uint32_t header_bytes = 16 * 1024;
  std::uint64_t body_bytes = 1 << 20;
  std::chrono::milliseconds handshake{5000};
  std::chrono::milliseconds header{5000};  // from its first byte to its last
  std::chrono::milliseconds body{20000};
  std::chrono::milliseconds idle{60000};   // between two requests
  std::chrono::milliseconds write{30000};  // for each piece of an answer
  int threads = 6;
  int waiting_threads = 12;  // for requests that wait for something
};

class Server {
 public:
  // Called for each request, by several threads at once; may block for a moment.
  using Handle = std::function<Response(Request&)>;
  // Whether the request may have to wait: it is handled by the threads for those, so that all others are answered meanwhile.
  using Waits = std::function<bool(const Request&)>;
  // What clients see; asked at each connection, so that a renewed certificate is taken.
  using Identity = std::function<std::shared_ptr<const crypto::PemIdentity>()>;

  // Listens from now on until destroyed. Error: io, with the address.
  static Result<std::unique_ptr<Server>> open(const config::ListenAddress& address, Identity identity, Handle handle,
                                              const Waits& waits = {}, const ServerLimits& limits = {});
  // Cuts all connections.
  ~Server();

  std::uint16_t port() const;

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace frostgate::http
