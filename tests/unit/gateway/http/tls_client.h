// A client of the HTTPS server that sends what it is told, byte by byte, and reads what comes back.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/tcp_client.h"
#include "gateway/crypto/tls_tunnel.h"

namespace frostgate::http {

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port) {
    auto socket = connect_tcp("127.0.0.1", port, kPatience);
    REQUIRE(socket);
    socket_ = std::move(socket).value();
    crypto::ShownCertificate shown;
    auto tunnel = crypto::TlsTunnel::connect({socket_.fd(), -1, std::chrono::steady_clock::now() + kPatience}, {}, shown);
    REQUIRE(tunnel);
    tunnel_ = std::move(tunnel).value();
  }

  // False: the server has closed it.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!waited(POLLOUT)) return false;
      const ssize_t sent = ::send(tunnel_->plain(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  struct Received {
    int status = 0;  // 0: the connection ended without an answer
    std::string headers, body;
  };
  // The next answer; a body only with a Content-Length.
  Received receive() {
    Received out;
    std::size_t end;
    while ((end = read_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return out;
    }
    out.headers = read_.substr(0, end);
    read_.erase(0, end + 4);
    out.status = std::stoi(out.headers.substr(out.headers.find(' ') + 1));
    const std::string length = "Content-Length: ";
    const std::size_t at = out.headers.find(length);
    const std::size_t size = at == std::string::npos ? 0 : std::stoul(out.headers.substr(at + length.size()));
    while (read_.size() < size) {
      if (!more()) return {};
    }
    out.body = read_.substr(0, size);
    read_.erase(0, size);
    return out;
  }
  // Sends nothing, and waits for the server to close.
  bool ends() {
    while (more()) read_.clear();
    return over_;
  }

 private:
  static constexpr std::chrono::seconds kPatience{60};

  // The tunnel's socket does not block.
  bool waited(short what) const {
    pollfd one{tunnel_->plain(), what, 0};
    return poll(&one, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) == 1;
  }

  bool more() {
    if (!waited(POLLIN)) return false;
    char piece[4096];
    const ssize_t size = recv(tunnel_->plain(), piece, sizeof piece, 0);
    over_ = size == 0;
    if (size > 0) read_.append(piece, static_cast<std::size_t>(size));
    return size > 0;
  }

  Descriptor socket_;
  std::unique_ptr<crypto::TlsTunnel> tunnel_;
  std::string read_;
  bool over_ = false;
};

}  // namespace frostgate::http
