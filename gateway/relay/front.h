// A front serves the user's client; a back is a client of the target. They meet only in the Surface and the
// InputSink, so that any front serves any back.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "gateway/crypto/server_identity.h"
#include "gateway/relay/copied.h"
#include "gateway/relay/input.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay {

namespace rdp {
class ChannelBridge;
}

struct PasswordLogin {
  std::string user;    // as typed: may carry "@target"
  std::string domain;
  Secret password;
};

// What an RDP client proves by NLA (gateway/crypto/ntlm.h says what each part is).
struct NtlmExchange {
  std::string user;  // carries "@target"
  std::string domain;
  std::vector<std::byte> challenge;
  std::array<std::byte, 16> session_key{};
  std::array<std::byte, 16> mic{};
  std::vector<std::byte> messages;
};

struct ClientProfile {
  Size size;                          // what the client asked for; empty when its protocol does not say (VNC)
  DisplayScale scale;
  std::uint32_t keyboard_layout = 0;  // Windows layout id (0x409 US), 0: unknown
  std::string name;                   // the client's computer name, as it claims
  std::string user;                   // what it claims, for a login screen
  std::vector<std::string> other_channels;  // virtual channels that it wanted and that are not every session's: printable names
};

// The session behind a front. Called on the front's thread; each call may block while serve or the target answers.
// Every refusal reads the same to the client: "denied".
class FrontHost {
 public:
  virtual ~FrontHost() = default;

  // Whether serve admitted this user to a target. Once true, the connection is authenticated.
  virtual bool authenticate(const PasswordLogin& login) = 0;

  // NLA: the password's hash for a client that serve admitted, 16 bytes; empty for everybody else. The client is
  // authenticated when it has finished the handshake with it.
  virtual Secret ntlm_hash(const NtlmExchange&) { return {}; }

  // VncAuth (RFC 6143 7.2.2): serve makes the challenge and checks the response, which came over TLS (`encrypted`) or not.
  virtual Result<std::array<std::byte, 16>> vnc_challenge() = 0;
  virtual bool check_vnc_response(std::span<const std::byte, 16> response, bool encrypted) = 0;

  // What the listener's key signs of this connection's TLS handshake, once (gateway/crypto/handshake_signature.h): the key is serve's. Called before anything else.
  virtual Result<std::vector<std::byte>> sign_handshake(std::uint16_t scheme, std::span<const std::byte> content) {
    (void)scheme, (void)content;
    return Error{ErrorKind::denied, "nobody signs here"};
  }

  // A browser, whose user serve knows since it took the connection. Whether serve admits them still.
  virtual bool enter() { return false; }

  // The client is ready to see a screen. On success the Surface has one, the target's or the gateway's own (which may be
  // followed by the target's, of another size), and the sink lives as long as the front runs. A client that brought no proof
  // of who it is comes here without having been authenticated, and is asked on the gateway's screen; only a front that can
  // show and take input safely (over TLS) may do so. On error the front tells the client the message, if it can, and ends.
  virtual Result<InputSink*> client_ready(const ClientProfile& profile) = 0;

  // The user has copied what the gateway does not pass on; `what` says of which kind. Once in a connection.
  virtual void copied_no_text(std::string_view what) { (void)what; }
  // What the client says of pictures and files, for the target's side.
  virtual void pass(copied::Item item) { (void)item; }
};

// The listener's certificate, whose key signs by FrontHost::sign_handshake().
struct TlsIdentity {
  std::string certificate;  // PEM, with what stands behind it
  crypto::HandshakeNonce nonce{};

  crypto::ServerIdentity signed_by(FrontHost& host) const {
    return {certificate, nonce, [&host](std::uint16_t scheme, std::span<const std::byte> content) { return host.sign_handshake(scheme, content); }};
  }
};

// How a VNC client may come in: with a password or a ticket over TLS, always.
struct VncSecurity {
  TlsIdentity identity;
  bool plaintext_tickets = false;  // also with a ticket and no TLS, if serve agrees for this user and target
  bool browser = false;            // it is a page that speaks RFB in a WebSocket: by FrontHost::enter(), and in no other way
};

class Front {
 public:
  virtual ~Front() = default;
  // Serves the client on the calling thread from its first byte until it leaves, an error, or end(). Owns the
  // client's socket. Ok: the client left of its own accord (RDP: MCS's disconnect ultimatum; VNC: TLS's close_notify, and without TLS
  // any end) or end() was called. Error `unavailable`: the connection to it was lost. The caller limits the time until
  // client_ready() (by ending the process: libfreerdp's handshake cannot be interrupted).
  virtual Result<void> run(FrontHost& host, Surface& surface) = 0;
  // From any thread: makes run() return soon, telling the client why as far as its protocol can.
  virtual void end(const std::string& message) = 0;
  // From any thread: text (UTF-8) that was copied on the target, for the client's clipboard. What takes none drops it.
  virtual void clipboard(const std::string& text) { (void)text; }
  // The same of what the target's side says of pictures and files.
  virtual void pass(copied::Item item) { (void)item; }
  // From any thread, once, when the target is about to be reached: where devices and sound pass. A client that has no such channels has none.
  virtual void join(std::shared_ptr<rdp::ChannelBridge> bridge) { (void)bridge; }
};

// `client` is a connected stream socket; the front takes ownership. A VNC client has been sent the greeting already
// ("RFB 003.008"); a browser has been answered its upgrade, and nothing else.
std::unique_ptr<Front> make_rdp_front(int client, TlsIdentity identity);
std::unique_ptr<Front> make_vnc_front(int client, std::string desktop_name, VncSecurity security);

}  // namespace frostgate::relay
