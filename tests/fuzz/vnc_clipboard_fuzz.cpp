// Extended cut texts, as a hostile target may send them: two bytes of length each.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/relay/vnc/extended_clipboard.h"

using frostgate::relay::vnc::ExtendedClipboard;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ExtendedClipboard clipboard;
  clipboard.offer("ours");
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (rest.size() >= 2) {
    const std::size_t length = static_cast<unsigned char>(rest[0]) * std::size_t{256} + static_cast<unsigned char>(rest[1]);
    clipboard.receive(rest.substr(2, length));
    rest.remove_prefix(std::min(rest.size(), 2 + length));
    if (const auto text = clipboard.take_text(); text && (text->empty() || text->find('\0') != text->npos)) std::abort();
    for (int said = 0; clipboard.next(); ++said)
      if (said > 4) std::abort();
  }
  return 0;
}
