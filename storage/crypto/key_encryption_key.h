// The key that wraps the recordings' data keys, so that the catalog may hold them: in a file of its own (0600), in a credential of systemd, or in a PKCS#11 token, which it never leaves.
// Thread-safe.
// Formats: storage/FORMAT.md.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "storage/crypto/token_key.h"
#include "storage/file_system.h"

namespace frostgate::storage {

class KeyEncryptionKey {
 public:
  // Makes the file, and its directory, when there is none: losing the file loses every recording. `denied` when anybody
  // but its owner may read or write it, or when it is not this process's own.
  static Result<KeyEncryptionKey> load_or_create(FileSystem& files, const std::filesystem::path& path);

  // `not_found` when there is none.
  static Result<KeyEncryptionKey> load(FileSystem& files, const std::filesystem::path& path);

  // The same file's content, as systemd hands it to a service: whose it is depends on the unit. `denied` when everybody may read it.
  static Result<KeyEncryptionKey> load_credential(FileSystem& files, const std::filesystem::path& path);
  // `unwrap` then is `unavailable` when the token does not answer.
  static KeyEncryptionKey of_token(TokenKey key);

  // `context` (recording, stream, version) is authenticated, not stored: unwrapping needs the same.
  Result<std::vector<std::byte>> wrap(const Secret& key, std::string_view context) const;
  // `corrupt` for changed bytes or another context, `denied` when another KEK wrapped it.
  Result<Secret> unwrap(std::span<const std::byte> wrapped, std::string_view context) const;

  // Whether it says to have been wrapped by this key.
  bool wrapped_this(std::span<const std::byte> wrapped) const;

  // Names this key without telling anything about it: 16 hexadecimal digits.
  std::string id() const;

 private:
  static constexpr std::size_t kIdBytes = 8;

  explicit KeyEncryptionKey(Secret key);
  explicit KeyEncryptionKey(TokenKey key);
  static Result<KeyEncryptionKey> read(FileSystem& files, const std::filesystem::path& path, const std::string& name);

  std::variant<Secret, TokenKey> wrapping_key_;
  std::array<std::byte, kIdBytes> id_{};
};

}  // namespace frostgate::storage
