// The ways of signing a handshake (SignatureScheme, RFC 8446 4.2.3) by OpenSSL's names, for this room.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <iterator>

namespace frostgate::crypto {

struct SignatureScheme {
  std::uint16_t number;
  const char* key;     // as EVP_PKEY_is_a() knows it
  const char* digest;  // null: the key's own
  bool pss;            // of an RSA key's two paddings; the salt is as long as the digest
};

inline constexpr SignatureScheme kSignatureSchemes[] = {
    {0x0401, "RSA", "SHA256", false},    {0x0501, "RSA", "SHA384", false},    {0x0601, "RSA", "SHA512", false},
    {0x0804, "RSA", "SHA256", true},     {0x0805, "RSA", "SHA384", true},     {0x0806, "RSA", "SHA512", true},
    {0x0809, "RSA-PSS", "SHA256", true}, {0x080a, "RSA-PSS", "SHA384", true}, {0x080b, "RSA-PSS", "SHA512", true},
    {0x0403, "EC", "SHA256", false},     {0x0503, "EC", "SHA384", false},     {0x0603, "EC", "SHA512", false},
    {0x0807, "ED25519", nullptr, false}, {0x0808, "ED448", nullptr, false},
};

// The first for which it holds; null: none.
template <class Holds>
const SignatureScheme* find_scheme(Holds holds) {
  for (const SignatureScheme& scheme : kSignatureSchemes) {
    if (holds(scheme)) return &scheme;
  }
  return nullptr;
}

}  // namespace frostgate::crypto
