#include "storage/crypto/key_encryption_key.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/byte_order.h"
#include "storage/crypto/aead.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"

namespace frostgate::storage {

namespace {

constexpr std::string_view kFileMagic = "FGKEK001";
constexpr std::string_view kWrapMagic = "FGWRAP01";
constexpr std::size_t kMaxWrappedKey = 4096;

std::vector<std::byte> associated_data(std::span<const std::byte> head, std::string_view context) {
  std::vector<std::byte> bytes(head.begin(), head.end());
  append_text(bytes, context);
  return bytes;
}

Result<void> write_key_file(FileSystem& files, const std::filesystem::path& path) {
  const Secret key = TRY(new_data_key());
  std::array<std::byte, 8> suffix{};
  TRY(random_bytes(suffix));
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  const std::filesystem::path temporary = path.string() + ".new-" + to_hex(suffix);
  TRY(files.make_directories(directory));
  std::unique_ptr<AppendFile> file = TRY(files.create(temporary));
  const auto write = [&]() -> Result<void> {
    TRY(file->append(bytes_of(kFileMagic)));
    TRY(file->append(key.bytes()));
    TRY(file->sync());
    TRY(files.rename_new(temporary, path));
    return files.sync_directory(directory);
  };
  Result<void> written = write();
  // Somebody else may have made the key in the meantime; then that one counts.
  if (!written) (void)files.remove(temporary);
  return written;
}

}  // namespace

KeyEncryptionKey::KeyEncryptionKey(Secret key) : wrapping_key_(hkdf_sha256(key, {}, "frostgate kek wrap v1")) {
  const Secret id = hkdf_sha256(key, {}, "frostgate kek id v1");
  std::copy_n(id.bytes().begin(), id_.size(), id_.begin());
}

KeyEncryptionKey::KeyEncryptionKey(TokenKey key) : wrapping_key_(std::move(key)), id_(std::get<TokenKey>(wrapping_key_).id()) {}

KeyEncryptionKey KeyEncryptionKey::of_token(TokenKey key) { return KeyEncryptionKey(std::move(key)); }

Result<KeyEncryptionKey> KeyEncryptionKey::load_credential(FileSystem& files, const std::filesystem::path& path) {
  const FileStatus status = TRY(files.status(path));
  const std::string name = "credential " + path.string();
  if (!status.regular) return Error{ErrorKind::denied, name + " is not a regular file"};
  if ((status.permissions & 07) != 0) return Error{ErrorKind::denied, name + " is open to everybody"};
  return read(files, path, name);
}

Result<KeyEncryptionKey> KeyEncryptionKey::load_or_create(FileSystem& files, const std::filesystem::path& path) {
  Result<KeyEncryptionKey> loaded = load(files, path);
  if (loaded || loaded.error().kind != ErrorKind::not_found) return loaded;
  const Result<void> written = write_key_file(files, path);
  if (!written && written.error().kind != ErrorKind::exists) return written.error();
  return load(files, path);
}

Result<KeyEncryptionKey> KeyEncryptionKey::load(FileSystem& files, const std::filesystem::path& path) {
  const FileStatus status = TRY(files.status(path));
  const std::string name = "key file " + path.string();
  if (!status.regular) return Error{ErrorKind::denied, name + " is not a regular file"};
  if (!status.owned_by_us) return Error{ErrorKind::denied, name + " belongs to another user"};
  if ((status.permissions & 077) != 0) {
    return Error{ErrorKind::denied, name + " is open to others: chmod 600 it, and consider the key known"};
  }
  return read(files, path, name);
}

Result<KeyEncryptionKey> KeyEncryptionKey::read(FileSystem& files, const std::filesystem::path& path, const std::string& name) {
  std::vector<std::byte> bytes = TRY(files.read_whole(path, 4096));
  const bool whole = bytes.size() == kFileMagic.size() + kKeyBytes &&
                     std::ranges::equal(std::span(bytes).first(kFileMagic.size()), bytes_of(kFileMagic));
  Secret key(whole ? std::span<const std::byte>(bytes).subspan(kFileMagic.size()) : std::span<const std::byte>());
  wipe_memory(bytes.data(), bytes.size());
  if (!whole) return Error{ErrorKind::corrupt, name + " does not hold a key"};
  return KeyEncryptionKey(std::move(key));
}

Result<std::vector<std::byte>> KeyEncryptionKey::wrap(const Secret& key, std::string_view context) const {
  if (key.empty() || key.size() > kMaxWrappedKey) return Error{ErrorKind::invalid, "a key of impossible size"};
  Nonce nonce{};
  TRY(random_bytes(nonce));
  std::vector<std::byte> wrapped;
  append_text(wrapped, kWrapMagic);
  wrapped.insert(wrapped.end(), id_.begin(), id_.end());
  wrapped.insert(wrapped.end(), nonce.begin(), nonce.end());
  const std::vector<std::byte> associated = associated_data(wrapped, context);
  if (const auto* token = std::get_if<TokenKey>(&wrapping_key_)) {
    const std::vector<std::byte> sealed = TRY(token->seal(nonce, associated, key.bytes()));
    wrapped.insert(wrapped.end(), sealed.begin(), sealed.end());
  } else {
    seal(std::get<Secret>(wrapping_key_), nonce, associated, key.bytes(), wrapped);
  }
  return wrapped;
}

Result<Secret> KeyEncryptionKey::unwrap(std::span<const std::byte> wrapped, std::string_view context) const {
  const std::size_t head = kWrapMagic.size() + kIdBytes + Nonce{}.size();
  if (wrapped.size() <= head + kTagBytes || wrapped.size() > head + kTagBytes + kMaxWrappedKey ||
      !std::ranges::equal(wrapped.first(kWrapMagic.size()), bytes_of(kWrapMagic))) {
    return Error{ErrorKind::corrupt, "this is not a wrapped key"};
  }
  const auto id = wrapped.subspan(kWrapMagic.size(), kIdBytes);
  if (!std::ranges::equal(id, id_)) {
    return Error{ErrorKind::denied, "the key was wrapped by key-encryption key " + to_hex(id) + ", not by " + to_hex(id_)};
  }
  Nonce nonce{};
  std::ranges::copy(wrapped.subspan(kWrapMagic.size() + kIdBytes, nonce.size()), nonce.begin());
  const std::vector<std::byte> associated = associated_data(wrapped.first(head), context);
  if (const auto* token = std::get_if<TokenKey>(&wrapping_key_)) return token->unseal(nonce, associated, wrapped.subspan(head));
  std::vector<std::byte> plain;
  TRY(open(std::get<Secret>(wrapping_key_), nonce, associated, wrapped.subspan(head), plain));
  Secret key{std::span<const std::byte>(plain)};
  wipe_memory(plain.data(), plain.size());
  return key;
}

bool KeyEncryptionKey::wrapped_this(std::span<const std::byte> wrapped) const {
  return wrapped.size() >= kWrapMagic.size() + kIdBytes &&
         std::ranges::equal(wrapped.subspan(kWrapMagic.size(), kIdBytes), id_);
}

std::string KeyEncryptionKey::id() const { return to_hex(id_); }

}  // namespace frostgate::storage
