// Randomness for keys, salts and nonces, from the operating system through OpenSSL.
#pragma once

#include <cstddef>
#include <span>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::storage {

Result<void> random_bytes(std::span<std::byte> out);

// A data key: 32 random bytes, the key of one stream of one recording.
Result<Secret> new_data_key();

}  // namespace frostgate::storage
