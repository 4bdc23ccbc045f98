// Where a session comes from.
#pragma once

#include <optional>
#include <string>

#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// A browser is a VNC client in a page of the portal.
using FrontKind = catalog::Front;

// Who connects from a page, as their sign-in to the portal has proved, and where they want to go.
struct BrowserVisit {
  std::string user, target;
  std::string web_session;   // its id: the session lasts no longer
  std::string peer_address;  // without the port
  std::string joins{};       // a running session of somebody else's, to look at; empty: it begins one
  bool operator==(const BrowserVisit&) const = default;
};

struct SessionOrigin {
  std::string id;
  FrontKind front = FrontKind::rdp;
  std::string peer_address;  // without the port
  std::optional<BrowserVisit> visit{};  // of a browser
};

}  // namespace frostgate::serve
