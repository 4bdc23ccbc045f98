// The boxes decided so far, with their times.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "redaction/plan.h"

namespace frostgate::redaction {

class Ledger {
 public:
  void mask(const std::string& rule, SessionTime from, SessionTime to, const Rect& box, Colour paper);
  void unread(SessionTime from, SessionTime to, const Rect& box, Colour paper);

  // Joined in time, without those that lie wholly in another; sorted by `from`.
  std::vector<Mask> take_masks();
  std::vector<UnreadArea> take_unread();

 private:
  std::map<std::string, std::vector<UnreadArea>> masks_;
  std::vector<UnreadArea> unread_;
};

}  // namespace frostgate::redaction
