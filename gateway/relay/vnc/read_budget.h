// How much a target may send for one message. Its lengths are its own to choose (RFC 6143 7.7.6: a rectangle of ZRLE says how many bytes follow, up to 2 GB for the library), and
// libvncclient reads as many before it looks at anything else.
#pragma once

#include <cstdint>

namespace frostgate::relay::vnc {

// Of the calling thread: from now on the library reads so many bytes, and then as if the connection had ended.
void set_read_budget(std::uint64_t bytes);
bool read_budget_spent();

// For the library's reads: whether so many more may be read.
bool take_from_read_budget(std::uint64_t bytes);

}  // namespace frostgate::relay::vnc
