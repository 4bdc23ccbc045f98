// Where a session comes from.
#pragma once

#include <optional>
#include <string>

namespace frostgate::serve {

// A browser is a VNC client in a page of the portal.
enum class FrontKind { rdp, vnc, browser };
inline const char* to_string(FrontKind kind) { return kind == FrontKind::rdp ? "rdp" : kind == FrontKind::vnc ? "vnc" : "browser"; }

// Who connects from a page, as their sign-in to the portal has proved, and where they want to go.
struct BrowserVisit {
  std::string user, target;
  std::string web_session;   // its id: the session lasts no longer
  std::string peer_address;  // without the port
  bool operator==(const BrowserVisit&) const = default;
};

struct SessionOrigin {
  std::string id;
  FrontKind front = FrontKind::rdp;
  std::string peer_address;  // without the port
  std::optional<BrowserVisit> visit{};  // of a browser
};

}  // namespace frostgate::serve
