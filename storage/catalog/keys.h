// The wrapped keys of a recording: independent, so that destroying one makes what it protected unreadable for ever.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/time.h"
#include "storage/catalog/catalog.h"

namespace frostgate::catalog {

enum class KeyKind { journal, keystrokes, film };
const char* to_string(KeyKind kind);

struct KeyRecord {
  KeyKind kind = KeyKind::journal;
  UtcTime created;
  std::optional<UtcTime> destroyed;
};

// As it is added.
struct WrappedKey {
  KeyKind kind = KeyKind::journal;
  std::vector<std::byte> bytes;
};

class Keys {
 public:
  explicit Keys(Catalog& catalog) : database_(catalog.database()) {}

  // Committed and synced when it returns a value: only then may the first byte under this key be written. The recording's row
  // comes first (`not_found` otherwise). `exists` also when such a key was destroyed: a recording never gets a second one.
  Result<void> add(const std::string& recording, KeyKind kind, std::span<const std::byte> wrapped, UtcTime now);
  // The wrapped key; `not_found` when there is none or it was destroyed.
  Result<std::vector<std::byte>> find(const std::string& recording, KeyKind kind);
  // Something that the key-encryption key has wrapped and that is still wanted (a recording's key, a target's credential), to
  // see whether that key is the right one; nullopt when the catalog holds nothing of the kind.
  Result<std::optional<std::vector<std::byte>>> any_wrapped();
  Result<std::vector<KeyRecord>> list(const std::string& recording);
  // Overwrites the wrapped key and empties the write-ahead log, so that neither file holds a copy; that it existed and when it was
  // destroyed stays known. Call it again until it succeeds: `unavailable` means that the row is gone, but that a reader
  // kept the log from being emptied. Destroying twice is no error and keeps the first time. What backups hold is not its concern.
  Result<void> destroy(const std::string& recording, KeyKind kind, UtcTime now);

 private:
  Database& database_;
};

}  // namespace frostgate::catalog
