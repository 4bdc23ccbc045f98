// The display control channel towards an RDP target (MS-RDPEDISP): asks it for another size and scale. Of libfreerdp's dynamic channels this is
// the only one; a target that wants to open others is refused by the library.
#pragma once

#include <mutex>
#include <optional>

#include <freerdp/client/disp.h>

#include "codec/base/geometry.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/input.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

class BackDisplay {
 public:
  // `happened` is raised when there is something to send.
  BackDisplay(Wakeup& happened, DisplayScale scale) : happened_(happened), scale_(scale) {}

  // In libfreerdp's PreConnect. The context's BackContext names this object.
  bool load(rdpContext* context);
  // From any thread. The last one counts, also when it comes before the target has opened the channel.
  void request(const ScreenWish& wish);
  // On the connection's thread; `now` is the target's size. False: the connection is broken.
  bool send(Size now);

 private:
  void opened(DispClientContext* channel);
  void closed();
  static UINT capable(DispClientContext* channel, UINT32 monitors, UINT32 factor_a, UINT32 factor_b);

  Wakeup& happened_;
  std::mutex mutex_;  // guards what follows; libfreerdp's channel thread changes it too
  DispClientContext* channel_ = nullptr;
  bool capable_ = false;
  DisplayScale scale_;  // that the target knows
  std::optional<ScreenWish> wished_;
};

}  // namespace frostgate::relay::rdp
