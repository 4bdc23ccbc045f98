#include "gateway/serve/key_provider.h"

#include "storage/file_system.h"

namespace frostgate::serve {
namespace {

constexpr std::uint64_t kMaxTokenPinBytes = 256;

Result<Secret> read_pin(const std::filesystem::path& file) {
  storage::FileSystem& files = storage::real_file_system();
  const auto status = files.status(file);
  if (!status) return Error{ErrorKind::unavailable, "the token's PIN cannot be read: " + status.error().message};
  if ((status.value().permissions & 07) != 0) return Error{ErrorKind::denied, "the token's PIN in " + file.string() + " is open to everybody"};
  std::vector<std::byte> bytes = TRY(files.read_whole(file, kMaxTokenPinBytes));
  std::size_t size = bytes.size();
  while (size > 0 && (bytes[size - 1] == std::byte{'\n'} || bytes[size - 1] == std::byte{'\r'})) --size;
  Secret pin{std::span<const std::byte>(bytes).first(size)};
  wipe_memory(bytes.data(), bytes.size());
  return pin;
}

Result<storage::KeyEncryptionKey> token_key(const config::Config& config, bool create) {
  const Secret pin = TRY(read_pin(config.key.pin));
  const storage::TokenSettings settings{config.key.module, config.key.token, config.key.key};
  storage::TokenKey key = TRY(create ? storage::TokenKey::open_or_create(settings, pin) : storage::TokenKey::open(settings, pin));
  return storage::KeyEncryptionKey::of_token(std::move(key));
}

}  // namespace

bool key_in_file(const config::Config& config) { return config.key.module.empty() && config.key.credential.empty(); }

Result<storage::KeyEncryptionKey> load_key(const config::Config& config) {
  if (!config.key.module.empty()) return token_key(config, false);
  storage::FileSystem& files = storage::real_file_system();
  if (!config.key.credential.empty()) return storage::KeyEncryptionKey::load_credential(files, config.key.credential);
  return storage::KeyEncryptionKey::load(files, config.key_file());
}

Result<storage::KeyEncryptionKey> load_or_create_key(const config::Config& config) {
  if (!config.key.module.empty()) return token_key(config, true);
  if (!config.key.credential.empty()) return load_key(config);
  return storage::KeyEncryptionKey::load_or_create(storage::real_file_system(), config.key_file());
}

std::string place_of_key(const config::Config& config) {
  if (!config.key.module.empty()) return "key \"" + config.key.key + "\" of the token \"" + config.key.token + "\"";
  if (!config.key.credential.empty()) return "credential " + config.key.credential.string();
  return "key file " + config.key_file().string();
}

}  // namespace frostgate::serve
