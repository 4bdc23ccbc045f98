#include "gateway/relay/rdp/x224_peek.h"

namespace frostgate::relay::rdp {
namespace {

constexpr std::size_t kTpktHeader = 4;                     // version 3, reserved, length (big-endian, of everything)
constexpr std::size_t kShortest = kTpktHeader + 7;         // X.224: length indicator, code, two references, class
constexpr std::size_t kLengthIndicator = 4, kCode = 5;
constexpr unsigned kConnectionRequest = 0xE0;

unsigned at(std::span<const std::byte> bytes, std::size_t i) { return std::to_integer<unsigned>(bytes[i]); }

}  // namespace

Peek peek_x224(std::span<const std::byte> bytes) {
  if (bytes.size() > 0 && at(bytes, 0) != 3) return {};
  if (bytes.size() > 1 && at(bytes, 1) != 0) return {};
  if (bytes.size() > kCode && at(bytes, kCode) != kConnectionRequest) return {};
  if (bytes.size() < kTpktHeader) return {Greeting::incomplete, kShortest};
  const std::size_t length = at(bytes, 2) << 8 | at(bytes, 3);
  if (length < kShortest || length > kLongestConnectionRequest) return {};
  // The length indicator does not count itself; 255 is reserved, and then there is nothing to compare.
  if (bytes.size() > kLengthIndicator && at(bytes, kLengthIndicator) + kTpktHeader + 1 != length) return {};
  if (bytes.size() < length) return {Greeting::incomplete, length};
  return {Greeting::rdp, length};
}

}  // namespace frostgate::relay::rdp
