#include "gateway/relay/rdp/message_assembly.h"

#include <string>
#include <utility>

namespace frostgate::relay::rdp {
namespace {

// CHANNEL_FLAG_FIRST, CHANNEL_FLAG_LAST, CHANNEL_PACKET_COMPRESSED (MS-RDPBCGR 2.2.6.1.1). Nobody may compress: neither side was told that we could undo it.
constexpr std::uint32_t kFirstFlag = 1, kLastFlag = 2, kCompressedFlag = 0x200000;

}  // namespace

Result<std::optional<std::vector<std::byte>>> MessageAssembly::add(std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total) {
  using Whole = std::optional<std::vector<std::byte>>;
  const bool first = (flags & kFirstFlag) != 0, last = (flags & kLastFlag) != 0;
  if (chunk.empty() && !first && !last) return Whole();  // to suspend and resume a channel
  if (total > kLongest) return Error{ErrorKind::corrupt, "a message of " + std::to_string(total) + " bytes on a channel"};
  if ((flags & kCompressedFlag) != 0) return Error{ErrorKind::corrupt, "a compressed message on a channel"};
  if (first == begun_) return Error{ErrorKind::corrupt, first ? "a message on a channel that begins in another" : "a message on a channel that has no beginning"};
  if (first) {
    message_.clear();
    total_ = total;
    begun_ = true;
  }
  if (total != total_ || chunk.size() > total_ - message_.size()) return Error{ErrorKind::corrupt, "a message on a channel that is longer than it says"};
  message_.insert(message_.end(), chunk.begin(), chunk.end());
  if (!last) return Whole();
  if (message_.size() != total_) return Error{ErrorKind::corrupt, "a message on a channel that is shorter than it says"};
  begun_ = false;
  return Whole(std::exchange(message_, {}));
}

}  // namespace frostgate::relay::rdp
