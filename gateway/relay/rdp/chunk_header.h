// How chunks of a static virtual channel (MS-RDPBCGR 2.2.6.1.1) are sent one at a time, so that a long message leaves room for a picture or a key between them.
#pragma once

#include <cstdint>

namespace frostgate::relay::rdp {

// libfreerdp 2.11 sends messages as a whole, and writes into each chunk how long the message is and where in it the chunk stands. While a thread has one of
// these, the chunk that it sends gets these words instead (chunk_header_hook.cpp).
struct ChunkHeader {
  std::uint32_t length = 0;  // of the chunk
  std::uint32_t total = 0;   // of the message
  std::uint32_t flags = 0;   // CHANNEL_FLAG_FIRST, CHANNEL_FLAG_LAST
  bool written = false;
};
extern thread_local ChunkHeader* chunk_header;

}  // namespace frostgate::relay::rdp
