#include "gateway/backup/backup.h"

#include <cstdio>

#include "gateway/backup/backup_manifest.h"
#include "gateway/backup/configured_files.h"
#include "gateway/serve/catalog_access.h"
#include "gateway/serve/catalog_copy.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/key_rotation.h"
#include "storage/byte_order.h"
#include "storage/catalog/copies.h"
#include "storage/catalog/ledger.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/crypto/random.h"
#include "storage/vault/sealed_file.h"

namespace frostgate::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPieceBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{16} << 20;

class Writer {
 public:
  Writer(storage::DirectoryObjectStore& objects, Secret key) : objects_(objects), key_(std::move(key)) {}

  Result<void> put(const std::string& name, std::span<const std::byte> plain) {
    char object[32];
    std::snprintf(object, sizeof object, "object/%06zu", manifest.objects.size());
    const auto sealed = TRY(storage::seal_file(key_, object, plain));
    TRY(objects_.put_if_absent(object, sealed));
    manifest.objects.push_back({name, object, plain.size(), storage::to_hex(storage::Sha256::of(plain)), sealed.size(), storage::to_hex(storage::Sha256::of(sealed))});
    return {};
  }

  Result<void> put_manifest() {
    const std::string text = TRY(to_json(manifest));
    const auto sealed = TRY(storage::seal_file(key_, kManifestObject, storage::bytes_of(text)));
    std::string sums;
    for (const BackupObject& object : manifest.objects) sums += object.sealed_sha256 + "  " + object.object + "\n";
    sums += storage::to_hex(storage::Sha256::of(sealed)) + "  " + kManifestObject + "\n";
    TRY(objects_.put_if_absent("SHA256SUMS", storage::bytes_of(sums)));
    return objects_.put_if_absent(kManifestObject, sealed);
  }

  BackupManifest manifest;

 private:
  storage::DirectoryObjectStore& objects_;
  Secret key_;
};

Result<void> check_empty(const fs::path& folder) {
  std::error_code failure;
  if (!fs::exists(folder, failure)) return {};
  if (fs::is_directory(folder, failure) && fs::is_empty(folder, failure)) return {};
  return Error{ErrorKind::exists, folder.string() + " is not an empty folder: a backup goes into a new one"};
}

Result<void> note_ledger(catalog::Catalog& catalog, BackupManifest& manifest) {
  const auto last = catalog::Ledger(catalog).last();
  if (!last) return last.error().kind == ErrorKind::not_found ? Result<void>() : last.error();
  manifest.entries = last.value().number;
  manifest.link = last.value().link;
  return {};
}

Result<void> put_copy(const fs::path& copy, Writer& writer) {
  storage::FileSystem& files = storage::real_file_system();
  {
    const auto catalog = TRY(catalog::Catalog::open({copy, 1}));
    TRY(note_ledger(*catalog, writer.manifest));
  }
  const std::uint64_t size = TRY(files.status(copy)).size;
  for (std::uint64_t at = 0; at < size; at += kPieceBytes) {
    const auto piece = TRY(files.read(copy, at, kPieceBytes));
    TRY(writer.put(kCatalogName, piece));
  }
  return {};
}

Result<void> put_catalog(const config::Config& config, Writer& writer, UtcTime now) {
  const Descriptor claimed = TRY(serve::claim_catalog_copy(config));
  const fs::path copy = serve::catalog_copy(config);
  const auto catalog = TRY(serve::open_existing_catalog(config));
  const Result<void> made = catalog::write_copy(*catalog, copy, now);
  const Result<void> put = made ? put_copy(copy, writer) : made;
  const Result<void> removed = storage::real_file_system().remove(copy);
  return put ? removed : put;
}

}  // namespace

Result<Backup> write_backup(const config::Config& config, const fs::path& config_file, const fs::path& folder, const std::string& node, UtcTime now, storage::FileSystem& files) {
  TRY(check_empty(folder));
  if (config.postgresql.empty()) TRY(files.status(config.catalog_file()));
  // Nobody may change the key while what it wraps is copied.
  const Descriptor claimed = TRY(serve::claim_key(config, serve::KeyUse::shared));
  const auto kek = TRY(serve::load_key(config));
  Secret key = TRY(storage::new_data_key());
  const auto wrapped = TRY(kek.wrap(key, kKeyContext));
  auto objects = TRY(storage::DirectoryObjectStore::open(files, folder));
  TRY(objects.put_if_absent(kKeyObject, wrapped));
  Writer writer(objects, std::move(key));
  for (const ConfiguredFile& file : TRY(configured_files(config, config_file))) {
    const auto bytes = TRY(files.read_whole(file.path, kMaxFileBytes));
    TRY(writer.put(file.name, bytes));
  }
  const std::size_t configured = writer.manifest.objects.size();
  TRY(put_catalog(config, writer, now));
  writer.manifest.node = node;
  writer.manifest.made = now;
  TRY(writer.put_manifest());
  Backup out{configured + 1, 0, writer.manifest.entries};
  for (const BackupObject& object : writer.manifest.objects) out.bytes += object.sealed_size;
  return out;
}

}  // namespace frostgate::backup
