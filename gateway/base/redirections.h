// What of the user's own machine a session may reach beside screen, keys, pointer and clipboard: a rule of the policy says it, a relay obeys it. The zero
// value allows nothing.
#pragma once

namespace frostgate {

enum class DriveAccess { none, read, full };

struct Redirections {
  DriveAccess drives = DriveAccess::none;
  bool printers = false;
  bool ports = false;       // serial and parallel ones
  bool smartcards = false;
  bool sound = false;       // from the target to the user

  bool devices() const { return drives != DriveAccess::none || printers || ports || smartcards; }
  bool any() const { return devices() || sound; }
  friend bool operator==(const Redirections&, const Redirections&) = default;
};

}  // namespace frostgate
