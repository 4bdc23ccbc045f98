#include "gateway/serve/relay_login.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::serve {
namespace {

constexpr std::size_t kMaxNtlmBytes = 1 << 16;

Error wrong(const std::string& what) { return {ErrorKind::invalid, what}; }

Result<crypto::NtlmProof> ntlm_proof(ipc::Message& message) {
  crypto::NtlmProof out;
  out.user = TRY(message.text("user", 256));
  out.domain = TRY(message.text("domain", 256));
  out.challenge = TRY(message.bytes("challenge", kMaxNtlmBytes));
  out.messages = TRY(message.bytes("messages", kMaxNtlmBytes));
  const auto session_key = TRY(message.bytes("session_key", 16)), mic = TRY(message.bytes("mic", 16));
  if (session_key.size() != 16 || mic.size() != 16) return wrong("not 16 bytes");
  std::copy(session_key.begin(), session_key.end(), out.session_key.begin());
  std::copy(mic.begin(), mic.end(), out.mic.begin());
  return out;
}

}  // namespace

Result<RelayLogin::Proof> RelayLogin::prove(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now) {
  const std::string type = message.type();
  // A browser's way in was proved at its door.
  if (guesses_left_ <= 0 || origin.visit.has_value() != (type == "enter")) return wrong("said who its user is out of turn");
  if (type == "authenticate") return by_password(core, origin, message, now);
  if (type == "ntlm") return by_ntlm(core, origin, message, now);
  if (type == "vnc_response") return by_response(core, origin, message, now);
  --guesses_left_;
  return Proof{access::Identity{origin.visit->user, origin.visit->target}};
}

Result<RelayLogin::Proof> RelayLogin::by_password(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now) {
  --guesses_left_;
  const Result<Secret> user = message.take_secret("user", 256), password = message.take_secret("password", 1024);
  const Result<std::string> domain = message.text("domain", 256);
  if (!user || !domain || !password) return wrong("sent a login that makes no sense");
  const std::string_view name = user.value().text();
  // A ticket travels in the user name, for clients that would ask their user for a password otherwise.
  if (origin.front == FrontKind::rdp && name.find('#') != name.npos) {
    return Proof{core.access->by_rdp_ticket(name, origin.id, origin.peer_address, now)};
  }
  // mstsc takes DOMAIN\user apart before it sends it.
  const std::string login = (domain.value().empty() ? "" : domain.value() + "\\").append(name);
  return Proof{core.access->by_password(login, password.value(), origin.peer_address, now)};
}

Result<RelayLogin::Proof> RelayLogin::by_ntlm(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now) {
  if (origin.front != FrontKind::rdp) return wrong("asked about NLA out of turn");
  --guesses_left_;
  const Result<crypto::NtlmProof> proof = ntlm_proof(message);
  if (!proof) return wrong("sent an NLA proof that makes no sense");
  Result<access::Access::NtlmIdentity> known = core.access->by_ntlm(proof.value(), origin.id, origin.peer_address, now);
  if (!known) return Proof{known.error()};
  return Proof{std::move(known.value().identity), std::move(known.value().hash)};
}

Result<RelayReply> RelayLogin::challenge(const SessionOrigin& origin) {
  if (origin.front != FrontKind::vnc || challenge_) return wrong("asked for a challenge out of turn");
  challenge_.emplace();
  if (const Result<void> made = storage::random_bytes(*challenge_); !made) return made.error().within("could get no challenge");
  return RelayReply{{{"type", "challenge"}, {"bytes", storage::to_hex(*challenge_)}}, {}, false};
}

Result<RelayLogin::Proof> RelayLogin::by_response(Core& core, const SessionOrigin& origin, ipc::Message& message, UtcTime now) {
  if (!challenge_) return wrong("sent a response out of turn");
  --guesses_left_;
  const Result<std::vector<std::byte>> bytes = message.bytes("bytes", 16);
  const Result<std::int64_t> encrypted = message.number("encrypted", 0, 1);
  if (!bytes || bytes.value().size() != 16 || !encrypted) return wrong("sent a response that makes no sense");
  encrypted_ = encrypted.value() == 1;
  const std::span<const std::byte, 16> response(bytes.value().data(), 16);
  return Proof{core.access->by_vnc_response(*challenge_, response, origin.id, origin.peer_address, now)};
}

// A person at a keyboard mistypes; throttling by account and address holds all the same.
Result<RelayReply> RelayLogin::ask_on_screen(const SessionOrigin& origin) {
  if (origin.visit || asks_on_screen_ || guesses_left_ < 1) return wrong("asked for a login screen out of turn");
  asks_on_screen_ = true;
  guesses_left_ = 3;
  return RelayReply{};
}

}  // namespace frostgate::serve
