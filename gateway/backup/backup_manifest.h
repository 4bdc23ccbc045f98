// What a backup consists of. Format: storage/FORMAT.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"
#include "codec/base/time.h"
#include "storage/crypto/key_encryption_key.h"
#include "storage/object_store.h"

namespace frostgate::backup {

inline constexpr const char* kKeyObject = "key";
inline constexpr const char* kManifestObject = "manifest";
inline constexpr const char* kCatalogName = "catalog";
inline constexpr const char* kKeyContext = "frostgate backup v1";

struct BackupObject {
  std::string name;    // of the file it is, or is a piece of: see configured_files.h, or "catalog"
  std::string object;  // where it lies in the backup, sealed
  std::uint64_t plain_size = 0;
  std::string sha256;  // of the plain bytes; 64 lower-case hex digits
  std::uint64_t sealed_size = 0;
  std::string sealed_sha256;
};

struct BackupManifest {
  std::string node;
  UtcTime made;
  std::int64_t entries = 0;  // of the ledger in it
  std::string link;          // its last; empty: it had none
  std::vector<BackupObject> objects;  // pieces of a file in their order
};

Result<std::string> to_json(const BackupManifest& manifest);
Result<BackupManifest> parse_backup_manifest(std::span<const std::byte> json);

// A backup as it lies in a folder: everything in it is sealed by its own key, and that key is wrapped by the key-encryption key.
struct OpenedBackup {
  storage::DirectoryObjectStore objects;
  Secret key;
  BackupManifest manifest;

  // `denied` when another key-encryption key made it, `corrupt` when a byte of what was read was changed.
  static Result<OpenedBackup> open(const std::filesystem::path& folder, const storage::KeyEncryptionKey& kek);
  // The plain bytes; `corrupt` when they are not what the manifest says.
  Result<std::vector<std::byte>> read(const BackupObject& object);
};

}  // namespace frostgate::backup
