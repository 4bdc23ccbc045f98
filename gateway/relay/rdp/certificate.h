// The fingerprint by which a target's certificate is pinned.
#pragma once

#include <string>
#include <string_view>

namespace frostgate::relay::rdp {

// SHA-256 of the first certificate of a PEM text (RFC 7468), over its DER, lower-case hex. Empty when there is none.
std::string certificate_fingerprint(std::string_view pem);

}  // namespace frostgate::relay::rdp
