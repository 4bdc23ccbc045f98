#include "gateway/crypto/ntlm.h"

#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

#include "codec/base/free_with.h"
#include "gateway/base/utf16.h"
#include "gateway/crypto/passwords.h"

namespace frostgate::crypto {
namespace {

using Digest16 = std::array<std::byte, 16>;
using Bytes = std::span<const std::byte>;

using LibraryContext = std::unique_ptr<OSSL_LIB_CTX, FreeWith<OSSL_LIB_CTX_free>>;
using Provider = std::unique_ptr<OSSL_PROVIDER, FreeWith<OSSL_PROVIDER_unload>>;
using DigestKind = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;
using CipherKind = std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, FreeWith<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>>;

const unsigned char* raw(Bytes bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(Digest16& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// A library context of its own: the old algorithms are there for NTLM and for nothing else of the process.
struct OldAlgorithms {
  OldAlgorithms() {
    if (!context) return;
    standard.reset(OSSL_PROVIDER_load(context.get(), "default"));
    legacy.reset(OSSL_PROVIDER_load(context.get(), "legacy"));
    if (!standard || !legacy) return;
    md4.reset(EVP_MD_fetch(context.get(), "MD4", nullptr));
    rc4.reset(EVP_CIPHER_fetch(context.get(), "RC4", nullptr));
    hmac.reset(EVP_MAC_fetch(context.get(), "HMAC", nullptr));
  }
  bool usable() const { return md4 && rc4 && hmac; }

  LibraryContext context{OSSL_LIB_CTX_new()};
  Provider standard, legacy;
  DigestKind md4;
  CipherKind rc4;
  Mac hmac;
};

const OldAlgorithms& old_algorithms() {
  static const OldAlgorithms algorithms;
  return algorithms;
}

Digest16 hmac_md5(Bytes key, std::initializer_list<Bytes> parts) {
  char md5[] = "MD5";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", md5, 0), OSSL_PARAM_construct_end()};
  const MacContext mac(EVP_MAC_CTX_new(old_algorithms().hmac.get()));
  Digest16 out{};
  std::size_t size = 0;
  bool done = mac && EVP_MAC_init(mac.get(), raw(key), key.size(), parameters) == 1;
  for (const Bytes part : parts) done = done && EVP_MAC_update(mac.get(), raw(part), part.size()) == 1;
  if (!done || EVP_MAC_final(mac.get(), raw(out), &size, out.size()) != 1 || size != out.size()) std::abort();
  return out;
}

Digest16 md4(Bytes bytes) {
  Digest16 out{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), raw(out), &size, old_algorithms().md4.get(), nullptr) != 1) std::abort();
  return out;
}

Digest16 rc4(const Digest16& key, Bytes bytes) {
  Digest16 out{};
  int size = 0;
  const CipherContext cipher(EVP_CIPHER_CTX_new());
  if (!cipher || EVP_DecryptInit_ex2(cipher.get(), old_algorithms().rc4.get(), raw(key), nullptr, nullptr) != 1 ||
      EVP_DecryptUpdate(cipher.get(), raw(out), &size, raw(bytes), static_cast<int>(bytes.size())) != 1)
    std::abort();
  return out;
}

std::optional<std::string> upper_case(const std::string& name) {
  std::string out = name;
  for (char& c : out) {
    if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

}  // namespace

Result<Secret> ntlm_hash_when_proven(const NtlmProof& proof, const Secret& password) {
  if (!old_algorithms().usable()) {
    return Error{ErrorKind::unsupported, "OpenSSL has no legacy provider here; NLA cannot be checked without it"};
  }
  const auto user = upper_case(proof.user);
  const auto wide_user = user ? to_utf16(*user) : std::nullopt, wide_domain = to_utf16(proof.domain);
  auto wide_password = to_utf16(password.text());
  if (!wide_user || !wide_domain || !wide_password) return Secret();
  Digest16 nt_hash = md4(*wide_password);
  wipe_memory(wide_password->data(), wide_password->size());
  const Digest16 hash = hmac_md5(nt_hash, {*wide_user, *wide_domain});
  wipe_memory(nt_hash.data(), nt_hash.size());
  Secret out{Bytes(hash)};

  const Digest16 proof_string = hmac_md5(hash, {proof.challenge});
  const Digest16 session_base_key = hmac_md5(hash, {proof_string});
  const Digest16 session_key = rc4(session_base_key, proof.session_key);
  const Digest16 mic = hmac_md5(session_key, {proof.messages});
  if (!equal_in_constant_time(mic, proof.mic)) return Secret();
  return out;
}

}  // namespace frostgate::crypto
