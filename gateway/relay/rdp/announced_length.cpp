#include "gateway/relay/rdp/announced_length.h"

#include <string>

namespace frostgate::relay::rdp {
namespace {

constexpr std::uint32_t kFirstChunk = 1;                        // CHANNEL_FLAG_FIRST
constexpr unsigned kDataFirst = 2, kDataFirstCompressed = 6;  // MS-RDPEDYC 2.2.3.1, 2.2.3.3
constexpr std::uint64_t kLongestMessage = 1u << 20;                   // the monitors of a layout, the graphics that a client knows: some kilobytes

Error too_long(std::uint64_t length) { return {ErrorKind::corrupt, "a message of " + std::to_string(length) + " bytes on a dynamic channel"}; }

}  // namespace

Result<void> check_announced(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total) {
  if (total > kLongestMessage) return too_long(total);
  if ((flags & kFirstChunk) == 0 || chunk.empty()) return {};
  const unsigned header = std::to_integer<unsigned>(chunk[0]);
  const unsigned command = header >> 4;
  if (command != kDataFirst && command != kDataFirstCompressed) return {};
  // One, two or four bytes each: the channel's number, and the length.
  const std::size_t number_size = std::size_t{1} << (header & 3), length_size = std::size_t{1} << (header >> 2 & 3);
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < length_size && 1 + number_size + i < chunk.size(); ++i)
    length |= std::to_integer<std::uint64_t>(chunk[1 + number_size + i]) << (8 * i);
  if (length > kLongestMessage) return too_long(length);
  return {};
}

}  // namespace frostgate::relay::rdp
