// Another key-encryption key: everything that the one in use has wrapped is wrapped by it, and media stay as they are. Without a running serve.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "codec/base/result.h"
#include "gateway/base/descriptor.h"
#include "gateway/config/config.h"
#include "storage/crypto/key_encryption_key.h"

namespace frostgate::serve {

// Held while a process has the key-encryption key in use; one that replaces it holds it alone. `unavailable` when another is in the way.
enum class KeyUse { shared, alone };
Result<Descriptor> claim_key(const config::Config& config, KeyUse use);

struct KeyRotation {
  std::string before, after;  // ids
  int rewrapped = 0;
};

// Where the key is in a file: a new one takes its place. May be interrupted anywhere: then the old key, or the new one, is the one that opens everything, and the next start finds out which. The old
// key's file is gone afterwards; backups from before need a copy of it.
Result<KeyRotation> rotate_key(const config::Config& config);

// From the key of an earlier configuration to that of this one, which is made where there is none (but for a credential). May be interrupted anywhere: then one of
// the two opens everything. The old key stays where it is.
Result<KeyRotation> move_key(const config::Config& previous, const config::Config& config);

// What a rotation that was cut short left: the next key takes its place when it is the one that has wrapped `wrapped`, and is removed
// when it is not. Nothing when there is none.
Result<void> finish_key_rotation(const config::Config& config, std::span<const std::byte> wrapped);

}  // namespace frostgate::serve
