// What peers announce on virtual channels before they send it: libfreerdp makes room for as much as they say. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "codec/base/result.h"

namespace frostgate::relay::rdp {

// A chunk of drdynvc (MS-RDPEDYC 2.2), with its CHANNEL_FLAG_* and the length of the whole message. Error `corrupt`: it announces more than any message
// of the channels that are spoken here can have.
Result<void> check_announced(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total);

}  // namespace frostgate::relay::rdp
