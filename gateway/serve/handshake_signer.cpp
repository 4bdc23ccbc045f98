#include "gateway/serve/handshake_signer.h"

#include <limits>
#include <utility>

#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::serve {

Result<void> HandshakeSigner::identify(std::shared_ptr<const crypto::PemIdentity> identity, nlohmann::json& start) {
  TRY(storage::random_bytes(nonce_));
  start["certificate"] = identity->certificate;
  start["nonce"] = storage::to_hex(nonce_);
  identity_ = std::move(identity);
  return {};
}

Result<RelayReply> HandshakeSigner::sign(const ipc::Message& message) {
  const auto identity = std::exchange(identity_, nullptr);
  if (!identity) return Error{ErrorKind::denied, "asked for a signature that is not due"};
  const auto scheme = message.number("scheme", 0, std::numeric_limits<std::uint16_t>::max());
  const auto content = message.bytes("content", crypto::kLongestHandshakeContent);
  if (!scheme || !content) return Error{ErrorKind::denied, "asked for a signature that makes no sense"};
  const auto signature = crypto::sign_handshake(*identity, static_cast<std::uint16_t>(scheme.value()), content.value(), nonce_);
  if (!signature) return Error{ErrorKind::denied, "asked for a signature " + signature.error().message};
  return RelayReply{{{"type", "handshake_signature"}, {"signature", storage::to_hex(signature.value())}}, {}, false};
}

}  // namespace frostgate::serve
