// The boxes decided so far, with their times. Bounded: of very many, those in one place are joined over short gaps, then
// over longer ones; more is covered then, never less.
#pragma once

#include <cstddef>
#include <vector>

#include "redaction/plan.h"

namespace frostgate::redaction {

class Ledger {
 public:
  // `most` entries of each kind are kept exactly.
  explicit Ledger(std::size_t most = 1 << 16) : most_(most), masks_due_(most), unread_due_(most) {}

  // A mask without time or area is none.
  void mask(Mask mask);
  void unread(SessionTime from, SessionTime to, const Rect& box, Colour paper);

  // Joined in time, without those that lie wholly in another; sorted by `from`.
  std::vector<Mask> take_masks();
  std::vector<UnreadArea> take_unread();

 private:
  std::size_t most_;
  // How many there may be before they are joined again.
  std::size_t masks_due_;
  std::size_t unread_due_;
  std::vector<Mask> masks_;
  std::vector<UnreadArea> unread_;
};

// Those of `unread` that are not wholly in one mask as long as they last, as far as they are on `screen`: whether there is any type in what a
// mask hides is not told.
std::vector<UnreadArea> beside_masks(std::vector<UnreadArea> unread, const std::vector<Mask>& masks, const Rect& screen);

}  // namespace frostgate::redaction
