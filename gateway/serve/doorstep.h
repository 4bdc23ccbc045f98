// Connections that have not said a word yet. They cost a descriptor each: a relay is started for a client's first byte.
// VNC servers speak first, so that VNC clients are greeted here. One thread.
#pragma once

#include <poll.h>

#include <chrono>
#include <list>
#include <string>
#include <vector>

#include "gateway/base/descriptor.h"
#include "gateway/serve/relay_broker.h"

namespace frostgate::serve {

class Doorstep {
 public:
  using Clock = std::chrono::steady_clock;

  // At most `most` wait, for `patience`; when one more comes, the one that has waited longest goes.
  Doorstep(std::size_t most, std::chrono::milliseconds patience) : most_(most), patience_(patience) {}

  void arrive(Descriptor client, FrontKind front, Clock::time_point now);

  // What to poll for; the answer goes to take().
  void add_to(std::vector<pollfd>& waiting) const;
  struct Caller {
    Descriptor client;
    FrontKind front = FrontKind::rdp;
  };
  // Those who said something, by the pollfds that add_to() gave, in its order; closes those who left without a word, and those
  // whose time is up.
  std::vector<Caller> take(const pollfd* polled, Clock::time_point now);
  // Until the next one's time is up; -1: nobody waits.
  int milliseconds_left(Clock::time_point now) const;

 private:
  struct Silent {
    Caller caller;
    Clock::time_point since;
  };
  const std::size_t most_;
  const std::chrono::milliseconds patience_;
  std::list<Silent> silent_;  // the one that has waited longest first
};

}  // namespace frostgate::serve
