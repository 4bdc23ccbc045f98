#include "storage/crypto/aead.h"

#include "storage/crypto/openssl_handles.h"

namespace frostgate::storage {

void seal(const Secret& key, const Nonce& nonce, std::span<const std::byte> associated,
          std::span<const std::byte> plain, std::vector<std::byte>& out) {
  require(key.size() == kKeyBytes && plain.size() <= kMaxSealBytes && associated.size() <= kMaxSealBytes);
  const std::size_t start = out.size();
  out.resize(start + plain.size() + kTagBytes);
  std::byte* const sealed = out.data() + start;
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  require(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, as_unsigned(key.bytes().data()),
                                        as_unsigned(nonce.data())) == 1);
  require(EVP_EncryptUpdate(context.get(), nullptr, &length, as_unsigned(associated.data()),
                            static_cast<int>(associated.size())) == 1);
  require(EVP_EncryptUpdate(context.get(), as_unsigned(sealed), &length, as_unsigned(plain.data()),
                            static_cast<int>(plain.size())) == 1);
  require(EVP_EncryptFinal_ex(context.get(), as_unsigned(sealed) + length, &length) == 1);
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, sealed + plain.size()) == 1);
}

Result<void> open(const Secret& key, const Nonce& nonce, std::span<const std::byte> associated,
                  std::span<const std::byte> sealed, std::vector<std::byte>& out) {
  require(key.size() == kKeyBytes && associated.size() <= kMaxSealBytes);
  if (sealed.size() < kTagBytes || sealed.size() > kMaxSealBytes + kTagBytes) {
    return Error{ErrorKind::corrupt, "sealed bytes of an impossible size"};
  }
  const std::size_t size = sealed.size() - kTagBytes;
  const std::size_t start = out.size();
  out.resize(start + size);
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  require(context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, as_unsigned(key.bytes().data()),
                                        as_unsigned(nonce.data())) == 1);
  require(EVP_DecryptUpdate(context.get(), nullptr, &length, as_unsigned(associated.data()),
                            static_cast<int>(associated.size())) == 1);
  require(EVP_DecryptUpdate(context.get(), as_unsigned(out.data() + start), &length, as_unsigned(sealed.data()),
                            static_cast<int>(size)) == 1);
  // OpenSSL only reads the tag here.
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes,
                              const_cast<std::byte*>(sealed.data() + size)) == 1);
  if (EVP_DecryptFinal_ex(context.get(), as_unsigned(out.data() + start) + length, &length) != 1) {
    wipe_memory(out.data() + start, size);  // unauthenticated bytes stay nowhere
    out.resize(start);
    return Error{ErrorKind::corrupt, "sealed bytes do not open: another key, or changed bytes"};
  }
  return {};
}

}  // namespace frostgate::storage
