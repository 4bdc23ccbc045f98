#include "gateway/backup/backup_manifest.h"

#include <nlohmann/json.hpp>

#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"
#include "storage/manifest/json_reader.h"
#include "storage/manifest/times.h"
#include "storage/vault/sealed_file.h"

namespace frostgate::backup {
namespace {

constexpr const char* kFormat = "frostgate backup v1";
constexpr std::int64_t kMaxBytes = std::int64_t{1} << 50;
constexpr std::uint64_t kMaxKeyBytes = 4096;

BackupObject read_object(storage::JsonReader in) {
  BackupObject out;
  out.name = in.text("name");
  out.object = in.text("object");
  out.plain_size = static_cast<std::uint64_t>(in.number("plain_size", 0, kMaxBytes));
  out.sha256 = in.digest("sha256");
  out.sealed_size = static_cast<std::uint64_t>(in.number("sealed_size", 0, kMaxBytes));
  out.sealed_sha256 = in.digest("sealed_sha256");
  in.nothing_else();
  return out;
}

BackupManifest read_manifest(storage::JsonReader in) {
  BackupManifest out;
  in.word("format", {kFormat});
  out.node = in.text("node");
  out.made = in.time("made");
  out.entries = in.number("entries", 0, 999'999'999'999);
  out.link = in.text("link");
  in.array("objects", [&](storage::JsonReader object) { out.objects.push_back(read_object(object)); });
  in.nothing_else();
  return out;
}

}  // namespace

Result<std::string> to_json(const BackupManifest& manifest) {
  nlohmann::json objects = nlohmann::json::array();
  for (const BackupObject& object : manifest.objects) {
    objects.push_back({{"name", object.name},
                       {"object", object.object},
                       {"plain_size", object.plain_size},
                       {"sha256", object.sha256},
                       {"sealed_size", object.sealed_size},
                       {"sealed_sha256", object.sealed_sha256}});
  }
  return storage::json_text({{"format", kFormat},
                             {"node", manifest.node},
                             {"made", storage::utc_text(manifest.made)},
                             {"entries", manifest.entries},
                             {"link", manifest.link},
                             {"objects", objects}});
}

Result<BackupManifest> parse_backup_manifest(std::span<const std::byte> json) { return storage::read_json(json, "the backup's manifest", read_manifest); }

Result<OpenedBackup> OpenedBackup::open(const std::filesystem::path& folder, const storage::KeyEncryptionKey& kek) {
  storage::FileSystem& files = storage::real_file_system();
  // Opening a store would make one.
  TRY(files.status(folder / kManifestObject));
  OpenedBackup out{TRY(storage::DirectoryObjectStore::open(files, folder)), Secret(), {}};
  const auto wrapped = TRY(out.objects.read(kKeyObject, 0, kMaxKeyBytes));
  out.key = TRY(kek.unwrap(wrapped, kKeyContext));
  auto sealed = TRY(storage::SealedFile::open(out.objects, kManifestObject, out.key, kManifestObject));
  const auto text = TRY(sealed.read(0, std::uint64_t{64} << 20));
  out.manifest = TRY(parse_backup_manifest(text));
  return out;
}

Result<std::vector<std::byte>> OpenedBackup::read(const BackupObject& object) {
  if (!storage::valid_object_key(object.object)) return Error{ErrorKind::corrupt, "the backup's manifest names an impossible object"};
  auto sealed = TRY(storage::SealedFile::open(objects, object.object, key, object.object));
  std::vector<std::byte> plain = TRY(sealed.read(0, object.plain_size + 1));
  const bool same = plain.size() == object.plain_size && sealed.sealed_size() == object.sealed_size &&
                    storage::to_hex(storage::Sha256::of(plain)) == object.sha256;
  if (!same) return Error{ErrorKind::corrupt, object.object + " is not what the backup's manifest says"};
  return plain;
}

}  // namespace frostgate::backup
