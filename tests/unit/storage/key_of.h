// A key that is told from others by its first byte.
#pragma once

#include "codec/base/secret.h"

namespace frostgate::storage {

inline Secret key_of(int value) {
  Secret key(32);
  key.bytes()[0] = static_cast<std::byte>(value);
  return key;
}

}  // namespace frostgate::storage
