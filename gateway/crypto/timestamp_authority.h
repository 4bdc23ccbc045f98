// Asks a time-stamp authority over HTTP (RFC 3161 3.4).
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "codec/base/result.h"

namespace frostgate::crypto {

// Posts a request and returns the response, unchecked (DER, at most 1 MiB). `url` begins with http://. `unavailable` when there is no answer
// within `patience`, or one of another kind. Blocks.
Result<std::vector<std::byte>> ask_timestamp_authority(const std::string& url, std::span<const std::byte> request,
                                                       std::chrono::seconds patience);

}  // namespace frostgate::crypto
