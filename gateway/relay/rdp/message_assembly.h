// Whole messages of a static virtual channel out of its chunks (MS-RDPBCGR 3.1.5.2.2.1). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "codec/base/result.h"

namespace frostgate::relay::rdp {

class MessageAssembly {
 public:
  // One READ or WRITE of a device and its header; what Windows sends is 64 KiB and less.
  static constexpr std::size_t kLongest = (4u << 20) + 4096;

  // A chunk as it came, with its CHANNEL_FLAG_* and the length of the whole message; the message, when it was the last one. Error `corrupt`: a message that
  // is too long (no room is made for what is only announced), begins in another, or has another length than was said.
  Result<std::optional<std::vector<std::byte>>> add(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total);

 private:
  std::vector<std::byte> message_;
  std::size_t total_ = 0;  // of it
  bool begun_ = false;
};

}  // namespace frostgate::relay::rdp
