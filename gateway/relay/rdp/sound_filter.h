// What passes between a target and a client on the channel of sound (MS-RDPEA): its messages as they are, in the formats that the two agree on. What the client
// is too slow for is left out, and confirmed to the target in its place. Datagrams, which would go past the gateway, are not agreed on. Pure and bounded: whole
// messages go in and come out. One thread at a time.
#pragma once

#include "codec/base/result.h"
#include "gateway/relay/rdp/device_filter.h"

namespace frostgate::relay::rdp {

class SoundFilter {
 public:
  // A whole message. Error `corrupt`: who sent it is broken or hostile, and is to be cut. `crowded`: the client does not take what waits for it.
  Result<void> from_client(ChannelMessage message, Passing& out);
  Result<void> from_target(ChannelMessage message, bool crowded, Passing& out);
  // Whoever comes next begins anew.
  void target_gone() { *this = SoundFilter(); }

 private:
  Result<void> wave(ChannelMessage message, bool crowded, bool whole, Passing& out);

  // Answers that the target waits for, and so may have.
  int formats_ = 0, qualities_ = 0, trainings_ = 0, waves_ = 0;
  ChannelMessage wave_info_;  // whose sound comes in the next message (2.2.3.3, 2.2.3.4)
  bool sound_due_ = false, left_out_ = false;  // and whether it is to be left out
};

}  // namespace frostgate::relay::rdp
