// Whether what Frostgate holds is what it published: `frostgate verify`. Reads only, and needs no running serve.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/catalog/catalog.h"
#include "storage/crypto/key_encryption_key.h"
#include "storage/file_system.h"
#include "storage/object_store.h"

namespace frostgate::evidence {

struct Holdings {
  catalog::Catalog& catalog;
  storage::ObjectStore& objects;
  const storage::KeyEncryptionKey* kek = nullptr;  // without it what is sealed is compared, but not opened
  std::vector<std::string> trusted;                // fingerprints of the certificates that may have signed
  std::string timestamp_certificates;              // PEM; empty: time-stamps are compared, but not checked
  storage::FileSystem::Path head_directory{};      // where heads of this ledger were copied to; empty: nowhere
};

struct Problem {
  std::string where;     // a recording's id, or "ledger", "heads", "vault"
  std::string sentence;
};

// Of one recording: its row, its policy's text, its manifest, all its objects, its keys; of one that was deleted, its tombstone. Nothing where
// all is well.
std::vector<Problem> verify_recording(const Holdings& holdings, const std::string& recording);

struct Verification {
  std::int64_t recordings = 0;  // looked at
  std::int64_t films = 0;       // with a film
  std::int64_t ledger_entries = 0;
  std::vector<Problem> problems;
  // Films that are lost and, by what is signed, not by anybody's deed here: newer than the backup from which the catalog was restored.
  std::vector<Problem> losses;
  // What is to be known and is nothing wrong: that the catalog was restored, that objects of what was deleted on purpose are still there.
  std::vector<Problem> notes;
};

// A signed head of the ledger, from the vault or from where copies of it were sent.
struct SignedHead {
  std::vector<std::byte> text, signature;
};

// Every recording, the ledger, the heads in the vault, those in the directory that they are copied to and those given, and objects that belong to nothing.
Verification verify_everything(const Holdings& holdings, const std::vector<SignedHead>& outside_heads);

// The ledger against itself and its heads alone.
Verification verify_ledger(const Holdings& holdings, const std::vector<SignedHead>& outside_heads);

}  // namespace frostgate::evidence
