// The server's half of NTLMv2 (MS-NLMP 3.3.2, 3.2.5.1.2): whether a client's messages prove that it knows a password.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::crypto {

// What a client sent, as the one who spoke with it reports.
struct NtlmProof {
  std::string user;    // UTF-8, as the client wrote them
  std::string domain;
  std::vector<std::byte> challenge;               // what NTProofStr authenticates: the server's challenge, the client's blob
  std::array<std::byte, 16> session_key{};        // EncryptedRandomSessionKey
  std::array<std::byte, 16> mic{};
  std::vector<std::byte> messages;                // NEGOTIATE, CHALLENGE, AUTHENTICATE with the MIC's bytes zero
};

// NTOWFv2 of `password` for this user and domain, 16 bytes, when the MIC shows that the client knows the password. Empty when it
// does not. Names of users are upper-cased as ASCII; others prove nothing. Error: unsupported when OpenSSL lacks its
// legacy provider (MD4, RC4).
Result<Secret> ntlm_hash_when_proven(const NtlmProof& proof, const Secret& password);

}  // namespace frostgate::crypto
