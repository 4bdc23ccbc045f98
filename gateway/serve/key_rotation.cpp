#include "gateway/serve/key_rotation.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "gateway/access/access.h"
#include "gateway/evidence/keys.h"
#include "gateway/serve/catalog_access.h"
#include "gateway/serve/core.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/target_account.h"
#include "storage/catalog/keys.h"
#include "storage/catalog/rewrapping.h"

namespace frostgate::serve {
namespace {

using catalog::WrappedKind;
using storage::KeyEncryptionKey;

std::filesystem::path next_file(const config::Config& config) { return config.key_file().string() + ".next"; }

std::string context_of(WrappedKind kind, const std::string& owner) {
  switch (kind) {
    case WrappedKind::journal_key: return evidence::key_context(owner, "journal");
    case WrappedKind::keystroke_key: return evidence::key_context(owner, "keystrokes");
    case WrappedKind::film_key: return evidence::key_context(owner, "film");
    case WrappedKind::credential: return credential_context(owner);
    case WrappedKind::personal_credential: return personal_context(owner);
    case WrappedKind::ticket: return access::kTicketContext;
    case WrappedKind::second_factor: return access::kTotpContext + owner;
  }
  return "";
}

Result<void> take_place(const config::Config& config) {
  storage::FileSystem& files = storage::real_file_system();
  const Result<void> removed = files.remove(config.key_file());
  if (!removed && removed.error().kind != ErrorKind::not_found) return removed;
  TRY(files.rename_new(next_file(config), config.key_file()));
  return files.sync_directory(config.key_file().parent_path());
}

}  // namespace

Result<Descriptor> claim_key(const config::Config& config, KeyUse use) {
  const std::string path = (config.data_dir / "key.lock").string();
  Descriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) return Error{ErrorKind::io, "cannot open " + path + ": " + std::strerror(errno)};
  if (flock(file.fd(), (use == KeyUse::alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return file;
  return Error{ErrorKind::unavailable, use == KeyUse::alone ? "frostgate serve uses the key: stop it first" : "the key is being rotated: start again when that is done"};
}

namespace {

Result<int> rewrap_by(catalog::Catalog& catalog, const KeyEncryptionKey& before, const KeyEncryptionKey& after) {
  const auto rewrap = [&](WrappedKind kind, const std::string& owner, std::span<const std::byte> value) -> Result<std::vector<std::byte>> {
    const std::string context = context_of(kind, owner);
    const Result<Secret> key = before.unwrap(value, context);
    if (key) return after.wrap(key.value(), context);
    // A ticket that nobody can read opens nothing: it need not stop this.
    if (kind == WrappedKind::ticket) return std::vector<std::byte>(value.begin(), value.end());
    return key.error().within(context);
  };
  return catalog::rewrap_all(
      catalog, rewrap,
      {catalog::LedgerEvent::key, "key-encryption key", "", R"({"rotated_from":")" + before.id() + R"(","rotated_to":")" + after.id() + "\"}", utc_now()});
}

}  // namespace

Result<KeyRotation> rotate_key(const config::Config& config) {
  if (!key_in_file(config)) return Error{ErrorKind::unsupported, "the key is no file: name the next one in the configuration, and say --previous with the one of before"};
  storage::FileSystem& files = storage::real_file_system();
  const Descriptor claimed = TRY(claim_key(config, KeyUse::alone));
  const auto catalog = TRY(open_existing_catalog(config));
  const auto wrapped = TRY(catalog::Keys(*catalog).any_wrapped());
  if (wrapped) TRY(finish_key_rotation(config, *wrapped));
  const KeyEncryptionKey before = TRY(KeyEncryptionKey::load(files, config.key_file()));
  const KeyEncryptionKey after = TRY(KeyEncryptionKey::load_or_create(files, next_file(config)));
  const Result<int> done = rewrap_by(*catalog, before, after);
  if (!done && done.error().kind != ErrorKind::unavailable) return done.error();
  TRY(take_place(config));
  if (!done) return done.error();
  return KeyRotation{before.id(), after.id(), done.value()};
}

Result<KeyRotation> move_key(const config::Config& previous, const config::Config& config) {
  if (previous.data_dir != config.data_dir || previous.postgresql != config.postgresql) {
    return Error{ErrorKind::invalid, "the two configurations are of different gateways: data_dir and postgresql must be the same"};
  }
  const Descriptor claimed = TRY(claim_key(config, KeyUse::alone));
  const auto catalog = TRY(open_existing_catalog(config));
  const auto wrapped = TRY(catalog::Keys(*catalog).any_wrapped());
  if (wrapped && key_in_file(previous)) TRY(finish_key_rotation(previous, *wrapped));
  const KeyEncryptionKey after = TRY(load_or_create_key(config));
  if (wrapped && after.wrapped_this(*wrapped)) return Error{ErrorKind::exists, "everything is wrapped by the " + place_of_key(config) + " already"};
  const KeyEncryptionKey before = TRY(load_key(previous));
  const int done = TRY(rewrap_by(*catalog, before, after));
  return KeyRotation{before.id(), after.id(), done};
}

Result<void> finish_key_rotation(const config::Config& config, std::span<const std::byte> wrapped) {
  storage::FileSystem& files = storage::real_file_system();
  const Result<KeyEncryptionKey> next = KeyEncryptionKey::load(files, next_file(config));
  if (!next) return next.error().kind == ErrorKind::not_found ? Result<void>() : next.error();
  return next.value().wrapped_this(wrapped) ? take_place(config) : files.remove(next_file(config));
}

}  // namespace frostgate::serve
