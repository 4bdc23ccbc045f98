// libfreerdp 2.11 asks winpr's exported Stream_EnsureCapacity() for room for a chunk's data when it has just written the chunk's header: there it is put right
// (chunk_header.h). FreeRDP 3 sends chunks as they are asked for. Takes the symbol's place as fast_sleep.cpp does.
#include <dlfcn.h>

#include <cstring>

#include <winpr/stream.h>

#include "gateway/relay/rdp/chunk_header.h"

extern "C" BOOL Stream_EnsureCapacity(wStream* stream, size_t size) {
  using Original = BOOL (*)(wStream*, size_t);
  static const auto original = reinterpret_cast<Original>(dlsym(RTLD_NEXT, "Stream_EnsureCapacity"));
  auto* const header = frostgate::relay::rdp::chunk_header;
  constexpr std::uint32_t kFirst = 1, kLast = 2;
  if (header && size == header->length && Stream_GetPosition(stream) >= 8) {
    std::uint32_t words[2];  // the length of the message, and flags
    std::memcpy(words, Stream_Pointer(stream) - 8, sizeof words);
    if (words[0] == header->length && (words[1] & (kFirst | kLast)) == (kFirst | kLast)) {
      words[0] = header->total;
      words[1] = (words[1] & ~(kFirst | kLast)) | header->flags;
      std::memcpy(Stream_Pointer(stream) - 8, words, sizeof words);
      header->written = true;
    }
  }
  return original(stream, size);
}
