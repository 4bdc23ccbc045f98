// What the kernel knows of a client's connection, which the relay carries: whether anybody is still there.
#pragma once

#include <chrono>

#include "gateway/base/descriptor.h"

namespace frostgate::serve {

class ClientLine {
 public:
  // Keeps a descriptor of its own: as long as it lives, closing the other does not end the connection. Lets the kernel ask a silent
  // client for a sign of life every kProbe, and give up on one that answers nothing for kGiveUp.
  explicit ClientLine(int socket);

  static constexpr std::chrono::milliseconds kProbe{3000}, kGiveUp{15000};

  // Whether the client's machine has acknowledged or sent anything within the last `span`. Never when its end is closed, or broken.
  bool heard_within(std::chrono::milliseconds span) const;

 private:
  Descriptor socket_;
};

}  // namespace frostgate::serve
