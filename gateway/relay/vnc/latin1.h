// The text of RFB's plain clipboard messages (RFC 6143 7.5.6, 7.6.4): Latin-1 with line feeds.
#pragma once

#include <string>
#include <string_view>

namespace frostgate::relay::vnc {

// A question mark stands for what Latin-1 has not, and for what is no UTF-8. Carriage returns before line feeds go.
std::string latin1_of(std::string_view utf8);
std::string utf8_of(std::string_view latin1);

}  // namespace frostgate::relay::vnc
