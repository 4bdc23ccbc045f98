// Messages of MS-RDPECLIP, by hand.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "gateway/relay/rdp/clipboard.h"
#include "tests/unit/bytes_of.h"

namespace frostgate::test {

inline const std::string kOk("\x01\0", 2);
inline const relay::rdp::Clipboard::Message kMonitorReady = bytes_of(std::string("\x01\0\0\0\0\0\0\0", 8));
inline const relay::rdp::Clipboard::Message kShortList = bytes_of(std::string("\x02\0\0\0\x24\0\0\0\x0D\0\0\0", 12) + std::string(32, '\0'));
inline const relay::rdp::Clipboard::Message kAskForText = bytes_of(std::string("\x04\0\0\0\x04\0\0\0\x0D\0\0\0", 12));

inline relay::copied::Offer of(std::uint32_t copy, std::initializer_list<relay::copied::Kind> those) {
  relay::copied::Offer offer{copy, {}, false};
  for (const relay::copied::Kind one : those) offer.kinds.set(one);
  return offer;
}

}  // namespace frostgate::test
