#include "gateway/crypto/ntlm.h"

#include <catch2/catch.hpp>
#include <string>

#include "gateway/base/utf16.h"
#include "storage/crypto/hex.h"
#include "tests/unit/bytes_of.h"

using namespace frostgate;
using namespace frostgate::crypto;

namespace {

// User, domain, password and hash are those of MS-NLMP 4.2.4.1.1. The MIC was computed by Python's hmac and an RC4 written
// out: HMAC(RC4(HMAC(hash, HMAC(hash, challenge)), session key), messages), all HMAC-MD5.
NtlmProof proof_of_password() {
  NtlmProof proof;
  proof.user = "User";
  proof.domain = "Domain";
  for (int i = 0; i < 64; ++i) proof.challenge.push_back(static_cast<std::byte>(i));
  proof.session_key.fill(std::byte{0x55});
  proof.messages = bytes_of("negotiate challenge authenticate");
  const std::string mic = "\x6b\xf3\x51\x9a\x7d\xe3\x93\x15\x0e\xba\x26\x2a\xdb\x0d\xfa\xb2";
  for (std::size_t i = 0; i < mic.size(); ++i) proof.mic[i] = static_cast<std::byte>(mic[i]);
  return proof;
}

std::string hash_for(const NtlmProof& proof, const std::string& password) {
  const auto hash = ntlm_hash_when_proven(proof, Secret::from_text(password));
  REQUIRE(hash);
  return storage::to_hex(hash.value().bytes());
}

}  // namespace

TEST_CASE("the hash of a password goes out only against messages whose MIC its owner made") {
  const NtlmProof proof = proof_of_password();
  CHECK(hash_for(proof, "Password") == "0c868a403bfd7a93a3001ef22ef02e3f");
  CHECK(hash_for(proof, "password").empty());
  CHECK(hash_for(proof, "").empty());
  CHECK(hash_for(proof, "Passwor").empty());
  for (std::size_t i = 0; i < 8; ++i) {
    std::string other = "Password";
    other[i] = 'x';
    CHECK(hash_for(proof, other).empty());
  }
  for (std::size_t i = 0; i < proof.mic.size(); ++i) {
    NtlmProof changed = proof;
    changed.mic[i] ^= std::byte{1};
    CHECK(hash_for(changed, "Password").empty());
  }
  NtlmProof changed = proof;
  changed.messages.pop_back();
  CHECK(hash_for(changed, "Password").empty());
  changed = proof;
  changed.challenge[0] = std::byte{9};
  CHECK(hash_for(changed, "Password").empty());
  changed = proof;
  changed.session_key[15] = std::byte{0};
  CHECK(hash_for(changed, "Password").empty());
  changed = proof;
  changed.domain = "domain";
  CHECK(hash_for(changed, "Password").empty());
  changed = proof;
  changed.mic.fill(std::byte{0});
  CHECK(hash_for(changed, "Password").empty());
}

TEST_CASE("NLA takes a user's name in any case, and no name that it cannot fold") {
  NtlmProof proof = proof_of_password();
  proof.user = "uSER";
  CHECK_FALSE(hash_for(proof, "Password").empty());
  proof.user = "\xC3\xBCser";
  CHECK(hash_for(proof, "Password").empty());
  proof = proof_of_password();
  proof.domain = "\xFF";
  CHECK(hash_for(proof, "Password").empty());
}

TEST_CASE("UTF-8 becomes UTF-16 little-endian; what is not UTF-8 becomes nothing") {
  CHECK(to_utf16("").value().empty());
  CHECK(to_utf16("a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80") == bytes_of(std::string("a\0\xFC\0\xAC\x20\x3D\xD8\x00\xDE", 10)));
  for (const char* bad : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82"}) {
    CHECK_FALSE(to_utf16(bad));
  }
}
