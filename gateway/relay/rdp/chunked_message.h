// A message of a static virtual channel on its way in chunks (MS-RDPBCGR 3.1.5.2.1), so that other things can go between them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace frostgate::relay::rdp {

class ChunkedMessage {
 public:
  ChunkedMessage() = default;
  explicit ChunkedMessage(std::vector<std::byte> message) : message_(std::move(message)) {}

  // `bytes` are of the message, which outlives this.
  struct Chunk {
    std::span<const std::byte> bytes;
    std::uint32_t flags = 0;  // CHANNEL_FLAG_FIRST, CHANNEL_FLAG_LAST
    std::size_t total = 0;    // of the message
  };
  // While it is not done.
  Chunk next() {
    const auto bytes = std::span<const std::byte>(message_).subspan(sent_).first(std::min(kLongest, message_.size() - sent_));
    const std::uint32_t flags = (sent_ == 0 ? kFirst : 0) | (sent_ + bytes.size() == message_.size() ? kLast : 0);
    sent_ += bytes.size();
    return {bytes, flags, message_.size()};
  }
  bool begun() const { return sent_ > 0; }
  bool done() const { return sent_ == message_.size(); }
  std::size_t size() const { return message_.size(); }
  std::vector<std::byte> take() && { return std::move(message_); }  // before it has begun

 private:
  static constexpr std::size_t kLongest = 1600;  // CHANNEL_CHUNK_LENGTH
  static constexpr std::uint32_t kFirst = 1, kLast = 2;
  std::vector<std::byte> message_;
  std::size_t sent_ = 0;
};

}  // namespace frostgate::relay::rdp
