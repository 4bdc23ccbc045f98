// The way back: from a backup and the key-encryption key, beside a vault that is there, to a gateway that can start.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/file_system.h"

namespace frostgate::backup {

struct Restore {
  std::filesystem::path folder;       // the backup
  std::filesystem::path key_file;     // a copy of the key-encryption key (mode 0600); empty: it is where `key_config`, a configuration, says
  std::filesystem::path key_config;
  std::filesystem::path config_file;  // where the configuration belongs: all other places follow from it
  bool replace = false;               // what is there and differs is replaced, and lost
  std::string node;
};

struct Restored {
  UtcTime made;              // the backup
  std::int64_t entries = 0;  // of the ledger in it
  std::vector<std::filesystem::path> files;  // what was written; a catalog in PostgreSQL is none
  std::vector<std::string> deleted;          // recordings that the catalog had, and that were deleted since
  std::vector<std::string> problems;         // a sentence each
};

// While no serve runs (`unavailable`; on PostgreSQL also while anybody else is connected). All of the backup is opened and compared with its manifest, and the catalog in it checked, before anything is
// replaced; the catalog comes last, so that after an error or a power cut the same call goes on. `exists` names what differs and may not be replaced.
// What tombstones in the vault, or in evidence.head_directory, say was deleted is deleted in the catalog before it takes its place. That it was restored is signed, and in its ledger.
// `files` is what places are written by, but for small files that are replaced, and the catalog's own.
Result<Restored> restore(const Restore& wanted, UtcTime now, storage::FileSystem& files = storage::real_file_system());

}  // namespace frostgate::backup
