// The key-encryption key, wherever the configuration says that it is.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "gateway/config/config.h"
#include "storage/crypto/key_encryption_key.h"

namespace frostgate::serve {

// `not_found` when there is none.
Result<storage::KeyEncryptionKey> load_key(const config::Config& config);
// Makes it first where there is none, but for a credential, which others make.
Result<storage::KeyEncryptionKey> load_or_create_key(const config::Config& config);

// "key file /etc/frostgate/kek", for people.
std::string place_of_key(const config::Config& config);

// Whether it is a file that Frostgate itself makes and replaces.
bool key_in_file(const config::Config& config);

}  // namespace frostgate::serve
