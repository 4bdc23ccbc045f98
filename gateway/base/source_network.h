// From where somebody comes, as far as it can be held against them.
#pragma once

#include <string>

namespace frostgate {

// What to count by: an IPv4 address itself (also when it is written as IPv6), of an IPv6 address the /64 that its owner may choose any of ("2001:db8:0:1::/64"), and anything else as
// it is.
std::string source_network(const std::string& address);

}  // namespace frostgate
