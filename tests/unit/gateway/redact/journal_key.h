// Whose journal the tests of the worker write, and the keys it may have.
#pragma once

#include <vector>

#include "codec/base/secret.h"

namespace frostgate::redact {

inline constexpr const char* kRecording = "r1";

inline Secret journal_key(int number = 9) { return Secret(std::vector<std::byte>(32, static_cast<std::byte>(number))); }

}  // namespace frostgate::redact
