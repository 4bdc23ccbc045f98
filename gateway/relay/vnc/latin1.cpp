#include "gateway/relay/vnc/latin1.h"

namespace frostgate::relay::vnc {

std::string latin1_of(std::string_view utf8) {
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto first = static_cast<unsigned char>(utf8[at++]);
    if (first < 0x80) {
      if (first != '\r' || at >= utf8.size() || utf8[at] != '\n') out += static_cast<char>(first);
      continue;
    }
    const std::size_t begin = at;
    while (at < utf8.size() && (static_cast<unsigned char>(utf8[at]) & 0xc0) == 0x80) ++at;
    // Two bytes from C2 and C3 make U+0080 to U+00FF.
    const bool latin = (first == 0xc2 || first == 0xc3) && at - begin == 1;
    out += latin ? static_cast<char>((first & 3) << 6 | (static_cast<unsigned char>(utf8[begin]) & 0x3f)) : '?';
  }
  return out;
}

std::string utf8_of(std::string_view latin1) {
  std::string out;
  for (const char c : latin1) {
    const auto value = static_cast<unsigned char>(c);
    if (value < 0x80) out += c;
    else out += {static_cast<char>(0xc0 | value >> 6), static_cast<char>(0x80 | (value & 0x3f))};
  }
  return out;
}

}  // namespace frostgate::relay::vnc
