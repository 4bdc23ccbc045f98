// Secrets from a person, or from a program on a descriptor.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::cli {

// One line from a descriptor, asked for without echo when it is a terminal. Never from an argument: those are seen by `ps`.
Result<Secret> read_secret(int descriptor, const std::string& prompt);

}  // namespace frostgate::cli
