// RDP 8.0's bulk compression, which all that a target says on the graphics channel is wrapped in (MS-RDPEGFX 2.2.5, 3.1.9.1). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codec/base/result.h"

namespace frostgate::relay::rdp {

class BulkDecoder {
 public:
  // What was wrapped in one message, valid until the next call; what it refers to of earlier ones is kept. Error `corrupt`: it cannot be, or is longer than `longest`; room is made only for
  // what is there.
  Result<std::span<const std::byte>> decode(std::span<const std::byte> message, std::size_t longest);

 private:
  class Bits;
  Result<void> add_segment(std::span<const std::byte> segment, std::size_t most);
  bool add_literal(std::byte value, std::size_t most);
  bool add_match(std::size_t distance, std::size_t count, std::size_t most);
  bool decode_segment(Bits& bits, std::size_t most);
  void remember(std::span<const std::byte> bytes);

  std::vector<std::byte> out_;
  std::vector<std::byte> history_;  // a ring, as soon as something came
  std::size_t at_ = 0;              // of it: where the next byte goes
};

}  // namespace frostgate::relay::rdp
