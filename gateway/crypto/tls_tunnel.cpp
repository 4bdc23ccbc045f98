#include "gateway/crypto/tls_tunnel.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include "codec/base/free_with.h"
#include "gateway/base/descriptor.h"
#include "gateway/crypto/remote_key.h"

namespace frostgate::crypto {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr milliseconds kFarewell{1000};  // for what a tunnel that is closed has not delivered yet

using Context = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, FreeWith<SSL_free>>;

Error unusable() { return {ErrorKind::unsupported, "TLS cannot be set up"}; }

// OpenSSL writes to sockets without MSG_NOSIGNAL.
void survive_closed_sockets() {
  static std::once_flag once;
  std::call_once(once, [] { std::signal(SIGPIPE, SIG_IGN); });
}

Result<Context> make_context(const SSL_METHOD* method) {
  survive_closed_sockets();
  ERR_clear_error();
  Context context(SSL_CTX_new(method));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) return unusable();
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

Result<void> identify(SSL* server, const ServerIdentity& identity) {
  const IdentityParts parts = TRY(parts_of(identity));
  if (!restrict_server(server) || SSL_use_cert_and_key(server, parts.certificate.get(), parts.key.get(), parts.behind.get(), 1) != 1)
    return Error{ErrorKind::invalid, "the gateway's certificate cannot be used for TLS"};
  begin_server_random(identity.nonce);
  return {};
}

Result<void> use_trust(SSL_CTX* context, const TlsTrust& trust) {
  if (!trust.pinned.empty() || trust.authorities.empty()) return {};
  const Bio text = reader_of(trust.authorities);
  int count = 0;
  for (Certificate one; one.reset(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)), one; ++count) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), one.get()) != 1) return unusable();
  }
  if (count == 0) return Error{ErrorKind::invalid, "there is no certificate among those of the authorities to trust"};
  X509_VERIFY_PARAM* wanted = SSL_CTX_get0_param(context);
  in6_addr address;
  const bool numeric = inet_pton(AF_INET, trust.host.c_str(), &address) == 1 || inet_pton(AF_INET6, trust.host.c_str(), &address) == 1;
  const int set = numeric ? X509_VERIFY_PARAM_set1_ip_asc(wanted, trust.host.c_str())
                          : X509_VERIFY_PARAM_set1_host(wanted, trust.host.c_str(), trust.host.size());
  if (set != 1 || trust.host.empty()) return Error{ErrorKind::invalid, "the target has no name that a certificate could be for"};
  return {};
}

// GnuTLS, which the VNC programs use, has no other anonymous ones in common with OpenSSL.
Result<void> use_no_certificates(SSL_CTX* context) {
  constexpr const char* kCiphers =
      "ADH-AES256-GCM-SHA384:ADH-AES128-GCM-SHA256:AECDH-AES256-SHA:AECDH-AES128-SHA:@SECLEVEL=0";
  if (SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) != 1 || SSL_CTX_set_cipher_list(context, kCiphers) != 1 ||
      SSL_CTX_set_dh_auto(context, 1) != 1)
    return unusable();
  return {};
}

std::string fingerprint_of(const SSL* session) {
  const Certificate certificate(SSL_get1_peer_certificate(session));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1) return {};
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

Error handshake_failure() {
  const unsigned long code = ERR_get_error();
  const char* reason = ERR_reason_error_string(code);
  if (code == 0) return {ErrorKind::unavailable, "it left during the TLS handshake"};
  return {ErrorKind::corrupt, std::string("the TLS handshake failed: ") + (reason ? reason : "no reason is known")};
}

Result<void> shake_hands(SSL* session, const TlsHandshake& with) {
  while (true) {
    ERR_clear_error();
    const int done = SSL_do_handshake(session);
    if (done == 1) return {};
    const int wants = SSL_get_error(session, done);
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) return handshake_failure();
    const auto left = std::chrono::ceil<milliseconds>(with.deadline - Clock::now()).count();
    if (left <= 0) return Error{ErrorKind::timeout, "the TLS handshake took too long"};
    pollfd waiting[] = {{with.socket, static_cast<short>(wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT), 0},
                        {with.stop, POLLIN, 0}};
    poll(waiting, 2, static_cast<int>(left));
    if (waiting[1].revents != 0) return Error{ErrorKind::cancelled, "the session was ended"};
  }
}

}  // namespace

struct TlsTunnel::State {
  // Bytes on their way in one direction.
  struct Stretch {
    std::array<char, 16384> bytes;  // a TLS record
    std::size_t begin = 0, end = 0;
    bool over = false;  // the source will give no more
    bool pending() const { return begin < end; }
    bool wants_more() const { return !pending() && !over; }
    void taken(std::size_t count) { begin = 0, end = count; }
  };

  Context context;
  Session session;
  int socket = -1;
  Descriptor plain, inner;
  Stretch from_peer, to_peer;
  short socket_events = 0, inner_events = 0;
  std::atomic<bool> closing = false;
  std::atomic<bool> said_goodbye = false;  // by the peer
  std::jthread thread;  // last: joined before the rest goes

  void carry();
  bool step();
  bool from_peer_step();
  bool to_peer_step();
  bool wait_for(int result);
};

// Whether the call may be tried again later; notes what it waits for.
bool TlsTunnel::State::wait_for(int result) {
  const int wants = SSL_get_error(session.get(), result);
  if (wants == SSL_ERROR_WANT_READ) socket_events |= POLLIN;
  else if (wants == SSL_ERROR_WANT_WRITE) socket_events |= POLLOUT;
  else return false;
  return true;
}

bool TlsTunnel::State::from_peer_step() {
  bool moved = false;
  if (from_peer.wants_more()) {
    ERR_clear_error();
    const int size = SSL_read(session.get(), from_peer.bytes.data(), static_cast<int>(from_peer.bytes.size()));
    if (size > 0) from_peer.taken(static_cast<std::size_t>(size)), moved = true;
    else if (!wait_for(size)) {
      said_goodbye = SSL_get_error(session.get(), size) == SSL_ERROR_ZERO_RETURN;
      from_peer.over = moved = true;
    }
    if (from_peer.over) shutdown(inner.fd(), SHUT_WR);
  }
  while (from_peer.pending()) {
    const ssize_t sent = send(inner.fd(), from_peer.bytes.data() + from_peer.begin, from_peer.end - from_peer.begin,
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) {
      if (sent < 0 && errno == EAGAIN) inner_events |= POLLOUT;
      else from_peer.begin = from_peer.end;  // nobody reads it any more
      break;
    }
    from_peer.begin += static_cast<std::size_t>(sent);
    moved = true;
  }
  return moved;
}

bool TlsTunnel::State::to_peer_step() {
  bool moved = false;
  if (to_peer.wants_more()) {
    const ssize_t size = recv(inner.fd(), to_peer.bytes.data(), to_peer.bytes.size(), MSG_DONTWAIT);
    if (size > 0) to_peer.taken(static_cast<std::size_t>(size)), moved = true;
    else if (size < 0 && errno == EAGAIN) inner_events |= POLLIN;
    else to_peer.over = true;
  }
  if (to_peer.pending()) {
    ERR_clear_error();
    const int sent = SSL_write(session.get(), to_peer.bytes.data() + to_peer.begin, static_cast<int>(to_peer.end - to_peer.begin));
    if (sent > 0) to_peer.begin += static_cast<std::size_t>(sent), moved = true;
    else if (!wait_for(sent)) to_peer.over = true, to_peer.begin = to_peer.end;
  }
  return moved;
}

// Moves what can be moved; waits when nothing can. False: it is over.
bool TlsTunnel::State::step() {
  socket_events = inner_events = 0;
  const bool received = from_peer_step();
  const bool sent = to_peer_step();
  if (to_peer.over && !to_peer.pending()) return false;
  if (received || sent) return true;
  pollfd waiting[] = {{socket_events ? socket : -1, socket_events, 0}, {inner_events ? inner.fd() : -1, inner_events, 0}};
  return poll(waiting, 2, closing ? static_cast<int>(kFarewell.count()) : -1) != 0;
}

void TlsTunnel::State::carry() {
  std::optional<Clock::time_point> end;
  while (step()) {
    if (closing && !end) end = Clock::now() + kFarewell;
    if (end && Clock::now() > *end) break;
  }
  ERR_clear_error();
  SSL_shutdown(session.get());
  shutdown(socket, SHUT_WR);
  inner.reset();
}

TlsTunnel::TlsTunnel(std::unique_ptr<State> state) : state_(std::move(state)) {}

TlsTunnel::~TlsTunnel() {
  state_->closing = true;
  // What the other descriptors of it still hold must not keep the thread.
  shutdown(state_->plain.fd(), SHUT_RDWR);
}

int TlsTunnel::plain() const { return state_->plain.fd(); }

namespace {

enum class Role { server, client };

Result<void> begin(SSL_CTX* context, Session& session, Role role, const TlsHandshake& with, const ServerIdentity* identity = nullptr) {
  fcntl(with.socket, F_SETFL, fcntl(with.socket, F_GETFL) | O_NONBLOCK);
  session.reset(SSL_new(context));
  if (!session || SSL_set_fd(session.get(), with.socket) != 1) return unusable();
  role == Role::server ? SSL_set_accept_state(session.get()) : SSL_set_connect_state(session.get());
  if (identity) TRY(identify(session.get(), *identity));
  const Result<void> shaken = shake_hands(session.get(), with);
  end_server_random();
  return shaken;
}

template <class State>
Result<void> open_plain_end(State& state, int socket) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
    return Error{ErrorKind::unavailable, "there is no descriptor left for TLS"};
  state.plain = Descriptor(pair[0]);
  state.inner = Descriptor(pair[1]);
  state.socket = socket;
  state.thread = std::jthread([&state] { state.carry(); });
  return {};
}

}  // namespace

Result<std::unique_ptr<TlsTunnel>> TlsTunnel::accept(const TlsHandshake& with, const ServerIdentity& identity) {
  auto state = std::make_unique<State>();
  state->context = TRY(make_context(TLS_server_method()));
  TRY(begin(state->context.get(), state->session, Role::server, with, &identity));
  TRY(open_plain_end(*state, with.socket));
  return std::unique_ptr<TlsTunnel>(new TlsTunnel(std::move(state)));
}

// OpenSSL looks at the certificate in any case. The handshake runs to its end, so that what was shown is known, and nothing is sent to who is not trusted.
Result<std::unique_ptr<TlsTunnel>> TlsTunnel::connect(const TlsHandshake& with, const TlsTrust& trust, ShownCertificate& shown) {
  auto state = std::make_unique<State>();
  state->context = TRY(make_context(TLS_client_method()));
  TRY(use_trust(state->context.get(), trust));
  TRY(begin(state->context.get(), state->session, Role::client, with));
  shown.fingerprint = fingerprint_of(state->session.get());
  shown.refused = !trust.pinned.empty() && trust.pinned != shown.fingerprint;
  if (shown.refused)
    return Error{ErrorKind::corrupt, "it shows the certificate " + shown.fingerprint + " instead of the one that is known; somebody may be in between"};
  const long verdict = SSL_get_verify_result(state->session.get());
  shown.refused = trust.pinned.empty() && !trust.authorities.empty() && (verdict != X509_V_OK || shown.fingerprint.empty());
  if (shown.refused) return Error{ErrorKind::corrupt, std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(verdict)};
  TRY(open_plain_end(*state, with.socket));
  return std::unique_ptr<TlsTunnel>(new TlsTunnel(std::move(state)));
}

bool TlsTunnel::peer_said_goodbye() const { return state_->said_goodbye; }

Result<std::unique_ptr<TlsTunnel>> TlsTunnel::accept_anonymous(const TlsHandshake& with) {
  auto state = std::make_unique<State>();
  state->context = TRY(make_context(TLS_server_method()));
  TRY(use_no_certificates(state->context.get()));
  TRY(begin(state->context.get(), state->session, Role::server, with));
  TRY(open_plain_end(*state, with.socket));
  return std::unique_ptr<TlsTunnel>(new TlsTunnel(std::move(state)));
}

Result<std::unique_ptr<TlsTunnel>> TlsTunnel::connect_anonymous(const TlsHandshake& with) {
  auto state = std::make_unique<State>();
  state->context = TRY(make_context(TLS_client_method()));
  TRY(use_no_certificates(state->context.get()));
  TRY(begin(state->context.get(), state->session, Role::client, with));
  TRY(open_plain_end(*state, with.socket));
  return std::unique_ptr<TlsTunnel>(new TlsTunnel(std::move(state)));
}

}  // namespace frostgate::crypto
