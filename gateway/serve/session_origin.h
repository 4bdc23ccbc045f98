// Where a session comes from.
#pragma once

#include <string>

namespace frostgate::serve {

enum class FrontKind { rdp, vnc };
inline const char* to_string(FrontKind kind) { return kind == FrontKind::rdp ? "rdp" : "vnc"; }

struct SessionOrigin {
  std::string id;
  FrontKind front = FrontKind::rdp;
  std::string peer_address;  // without the port
};

}  // namespace frostgate::serve
