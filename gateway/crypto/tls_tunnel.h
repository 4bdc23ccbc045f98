// TLS for protocols that turn it on in mid-stream (VeNCrypt): the handshake on the caller's thread, then a thread that
// carries bytes between the peer and an ordinary socket, for libraries that know nothing of TLS.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "codec/base/result.h"
#include "gateway/crypto/server_identity.h"

namespace frostgate::crypto {

// How a handshake is bounded.
struct TlsHandshake {
  int socket = -1;  // connected; stays the caller's, and open as long as the tunnel. Becomes non-blocking
  int stop = -1;    // gives up when this becomes readable
  std::chrono::steady_clock::time_point deadline;
};

// What makes a server the right one. With neither, any certificate will do.
struct TlsTrust {
  std::string pinned;       // SHA-256 of its certificate (DER), lower-case hex; comes before the authorities
  std::string authorities;  // PEM
  std::string host;         // with `authorities`: the name or address that its certificate must be for
};

// What a server showed of itself, also to who did not let it in.
struct ShownCertificate {
  std::string fingerprint;  // SHA-256 of it (DER), lower-case hex; empty: none
  bool refused = false;     // it is not to be trusted: another than the pinned one, none where one is pinned, or nobody vouches for it
};

class TlsTunnel {
 public:
  // Errors of all four: corrupt (no TLS, or it failed; for connect also a certificate that is not trusted, as `shown` says), timeout,
  // cancelled, unavailable (the peer left). TLS 1.2 or later, no renegotiation.
  static Result<std::unique_ptr<TlsTunnel>> accept(const TlsHandshake& with, const ServerIdentity& identity);
  static Result<std::unique_ptr<TlsTunnel>> connect(const TlsHandshake& with, const TlsTrust& trust, ShownCertificate& shown);
  // Without certificates (anonymous Diffie-Hellman): nobody listens, but anybody may be in between.
  static Result<std::unique_ptr<TlsTunnel>> accept_anonymous(const TlsHandshake& with);
  static Result<std::unique_ptr<TlsTunnel>> connect_anonymous(const TlsHandshake& with);

  // Delivers what plain() took, for a second at most, and ends the connection.
  ~TlsTunnel();
  TlsTunnel(const TlsTunnel&) = delete;
  TlsTunnel& operator=(const TlsTunnel&) = delete;

  // A stream socket that carries what the peer reads and writes; at its end when the peer has gone. Stays the tunnel's.
  int plain() const;
  // Whether the peer has ended it with TLS's own close_notify; known when plain() is at its end.
  bool peer_said_goodbye() const;

 private:
  struct State;
  explicit TlsTunnel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace frostgate::crypto
