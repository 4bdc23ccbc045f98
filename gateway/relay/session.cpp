#include "gateway/relay/session.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include <algorithm>

#include "gateway/base/forgetful_heap.h"
#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "gateway/relay/probe.h"
#include "gateway/relay/rdp_library.h"
#include "gateway/relay/relayed_session.h"
#include "gateway/relay/screens/painter.h"
#include "gateway/relay/screens/phrases.h"
#include "storage/crypto/hex.h"

namespace frostgate::relay {

constexpr int kLargePiece = 256 << 10;

RelayedSession::RelayedSession(Descriptor channel)
    : link_(std::move(channel),
            {.on_end = [this](const ServeLink::End& order) { serve_says_end(order); },
             .on_orphaned = [this] { orphaned(); },
             .on_lock =
                 [this](bool locked) {
                   log::warning(id_, "the user's input is {}", locked ? "locked" : "unlocked");
                   stage_.lock_input(locked);
                 },
             .on_pause = [this](RecordingPaused pause, std::optional<std::chrono::seconds> longest) { pause_recording(std::move(pause), longest); },
             .on_go_on = [this](const std::string& why) { record_again(why); },
             .on_join = [this](ServeLink::Invitation invitation) { let_in(std::move(invitation)); },
             .on_show_out = [this](int number) { show_out(number); }}) {}

Result<void> RelayedSession::start(ipc::Message& message) {
  id_ = TRY(message.text("session", 64));
  front_kind_ = TRY(message.text("front"));
  if (message.descriptors.size() != 1) return Error{ErrorKind::invalid, "serve passed no client"};
  const int client = message.descriptors[0].release();
  if (front_kind_ == "browser") {
    front_ = make_vnc_front(client, "Frostgate", {.identity = {}, .browser = true});
    return {};
  }
  TlsIdentity identity;
  identity.certificate = TRY(message.text("certificate", 1 << 18));
  const std::vector<std::byte> nonce = TRY(message.bytes("nonce", identity.nonce.size()));
  if (nonce.size() != identity.nonce.size()) return Error{ErrorKind::invalid, "serve made no nonce"};
  std::copy(nonce.begin(), nonce.end(), identity.nonce.begin());
  if (front_kind_ == "rdp") {
    front_ = make_rdp_front(client, std::move(identity));
  } else {
    const bool plaintext_tickets = TRY(message.number("plaintext_tickets", 0, 1)) == 1;
    front_ = make_vnc_front(client, "Frostgate", {.identity = std::move(identity), .plaintext_tickets = plaintext_tickets});
  }
  return {};
}

int RelayedSession::run() {
  Result<ipc::Message> first = link_.first_message();
  if (!first && first.error().kind == ErrorKind::unavailable) return 0;  // serve ended, and no client came
  if (first && first.value().type() == "probe") return probe(link_, std::move(first).value());
  const Result<void> started = first ? start(first.value()) : Result<void>(first.error());
  if (!started) {
    log::error(id_, "cannot start: {}", started.error().message);
    return 1;
  }
  link_.listen();
  const Result<void> served = front_->run(*this, surface_);
  if (served) end("the user left");
  else end(served.error().message, std::nullopt, {.client_lost = served.error().kind == ErrorKind::unavailable, .recording_failure = {}});
  finish();
  return 0;
}

bool RelayedSession::admitted(const Result<ipc::Message>& answer) {
  const ipc::Message* message = answer ? &answer.value() : nullptr;
  if (!message || message->type() != "admitted") return false;
  const auto user = message->text("user"), target = message->text("target");
  if (!user || !target) return false;
  user_ = user.value();
  target_ = target.value();
  devices_.learn(*message);
  return admitted_ = true;
}

bool RelayedSession::authenticate(const PasswordLogin& login) {
  return admitted(link_.ask({{"type", "authenticate"},
                             {"user", login.user},
                             {"domain", login.domain},
                             {"password", login.password.text()}}));
}

Secret RelayedSession::ntlm_hash(const NtlmExchange& exchange) {
  Result<ipc::Message> answer = link_.ask({{"type", "ntlm"},
                                           {"user", exchange.user},
                                           {"domain", exchange.domain},
                                           {"challenge", storage::to_hex(exchange.challenge)},
                                           {"session_key", storage::to_hex(exchange.session_key)},
                                           {"mic", storage::to_hex(exchange.mic)},
                                           {"messages", storage::to_hex(exchange.messages)}});
  if (!admitted(answer)) return {};
  Result<std::vector<std::byte>> hash = answer.value().bytes("hash", 16);
  if (!hash || hash.value().size() != 16) return {};
  Secret out{std::span<const std::byte>(hash.value())};
  wipe_memory(hash.value().data(), hash.value().size());
  return out;
}

Result<std::array<std::byte, 16>> RelayedSession::vnc_challenge() {
  const ipc::Message answer = TRY(link_.ask({{"type", "vnc_challenge"}}));
  const std::vector<std::byte> bytes = TRY(answer.bytes("bytes", 16));
  std::array<std::byte, 16> out{};
  if (bytes.size() != out.size()) return Error{ErrorKind::corrupt, "serve sent no challenge"};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

bool RelayedSession::check_vnc_response(std::span<const std::byte, 16> response, bool encrypted) {
  return admitted(link_.ask(
      {{"type", "vnc_response"}, {"bytes", storage::to_hex(response)}, {"encrypted", encrypted ? 1 : 0}}));
}

Result<std::vector<std::byte>> RelayedSession::sign_handshake(std::uint16_t scheme, std::span<const std::byte> content) {
  constexpr std::size_t kLongestSignature = 2048;  // RSA with 16384 bits
  const ipc::Message answer = TRY(link_.ask({{"type", "sign_handshake"}, {"scheme", scheme}, {"content", storage::to_hex(content)}}));
  return answer.bytes("signature", kLongestSignature);
}

bool RelayedSession::enter() { return admitted(link_.ask({{"type", "enter"}})); }

// A target that needs no question first is connected at once, so that the client learns its size at the start.
Result<InputSink*> RelayedSession::client_ready(const ClientProfile& profile) {
  client_ = profile;
  if (!client_.size.acceptable()) client_.size = {};  // as if it had said none
  stage_.set_client(client_.size, client_.keyboard_layout);
  {
    const std::lock_guard lock(mutex_);
    has_screen_ = true;
  }
  std::optional<ipc::Message> answer;
  if (admitted_) {
    answer = TRY(link_.ask({{"type", "open_target"}}));
    if (answer->type() == "target") {
      const Result<void> reached = reach_target(std::move(answer));
      if (reached) return &stage_;
      if (ending()) return reached.error();
      show_connecting();
      end("target: " + reached.error().message, Farewell{screens::unreachable(reached.error().message, id_)});
      return &stage_;
    }
  }
  show_connecting();
  flow_thread_ = std::jthread([this, first = std::move(answer)]() mutable { flow(std::move(first)); });
  return &stage_;
}

int run(int channel) {
  signal(SIGPIPE, SIG_IGN);
  forget_what_is_freed();
  // Pictures and what is coded of them come and go in pieces of megabytes: they go back to the system when they go, and not one heap
  // for each of libfreerdp's threads keeps them.
  mallopt(M_MMAP_THRESHOLD, kLargePiece);
  mallopt(M_ARENA_MAX, 2);
  // What libraries read from disk, while there is one.
  tzset();
  rdp::prepare_library();
  const Result<void> fonts = screens::load_fonts();
  if (!fonts) log::error("-", "{}", fonts.error().message);
  Result<void> inside = enter_sandbox();
  if (inside) inside = leave_file_system();
  if (!inside) {
    log::error("-", "{}", inside.error().message);
    return 1;
  }
  // No time of a session's begins before its client has come.
  pollfd client{channel, POLLIN, 0};
  while (poll(&client, 1, -1) < 0 && errno == EINTR) {
  }
  return RelayedSession(Descriptor(channel)).run();
}

}  // namespace frostgate::relay
