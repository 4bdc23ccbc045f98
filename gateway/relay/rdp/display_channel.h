// The display control channel of an RDP client (MS-RDPEDISP): it says how large its window is, and how large things are shown there.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/size_wish.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

class DisplayChannel {
 public:
  // `happened` is raised when the client wishes another screen, from another thread.
  DisplayChannel(HANDLE channel_manager, rdpContext* context, Wakeup& happened);
  ~DisplayChannel();
  DisplayChannel(const DisplayChannel&) = delete;
  DisplayChannel& operator=(const DisplayChannel&) = delete;

  // When dynamic channels are ready. False: the client cannot have it.
  bool open();
  // As SizeWish; from the front's thread.
  std::optional<ScreenWish> take(SizeWish::Clock::time_point now);
  std::optional<std::chrono::milliseconds> wait(SizeWish::Clock::time_point now);

 private:
  struct Free {
    void operator()(DispServerContext* channel) const { disp_server_context_free(channel); }
  };
  static UINT laid_out(DispServerContext* channel, const DISPLAY_CONTROL_MONITOR_LAYOUT_PDU* pdu);

  Wakeup& happened_;
  std::unique_ptr<DispServerContext, Free> channel_;
  bool open_ = false;
  std::mutex mutex_;
  SizeWish wish_;
};

}  // namespace frostgate::relay::rdp
