// Backups: all that a gateway cannot do without beside its vault and its key-encryption key. Made while serve runs, or without it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "gateway/config/config.h"
#include "storage/file_system.h"

namespace frostgate::backup {

struct Backup {
  std::size_t files = 0;      // the catalog and configured ones
  std::uint64_t bytes = 0;    // in the folder
  std::int64_t entries = 0;   // of the ledger
};

// Into a new or empty folder (`exists` otherwise), which is whole only when this succeeds: the manifest comes last. Needs the key-encryption key. The catalog's copy lies
// in data_dir in clear until it is sealed. `files` is what the folder is written by.
Result<Backup> write_backup(const config::Config& config, const std::filesystem::path& config_file, const std::filesystem::path& folder, const std::string& node,
                            UtcTime now, storage::FileSystem& files = storage::real_file_system());

}  // namespace frostgate::backup
