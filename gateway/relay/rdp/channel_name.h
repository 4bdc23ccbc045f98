// The name of a static virtual channel as a client says it (MS-RDPBCGR 2.2.1.3.4.1): eight bytes of its own choice.
#pragma once

#include <string>
#include <string_view>

namespace frostgate::relay::rdp {

// As a log may show it: what is no letter, digit, '_' or '-' of ASCII becomes '?', and nothing follows the eighth character.
inline std::string shown_channel_name(std::string_view name) {
  std::string shown(name.substr(0, 8));
  for (char& c : shown) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!plain) c = '?';
  }
  return shown;
}

}  // namespace frostgate::relay::rdp
