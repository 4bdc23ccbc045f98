// The graphics pipeline to an RDP client (MS-RDPEGFX): one surface as large as the screen; planar bitmaps, exact, and AVC420 for what moves. Not
// libfreerdp's progressive codec: it takes 3 to 8 times the planar encoder's time, more than AVC420 does, and more bytes than that, with loss.
// The front's thread, but for what libfreerdp's channel thread reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/base/geometry.h"
#include "gateway/relay/rdp/frame_window.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/front_screen.h"
#include "gateway/relay/rdp/planar_encoder.h"
#include "gateway/relay/rdp/video_encoder.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

// Whether a client that advertises this takes AVC420.
bool takes_avc(const RDPGFX_CAPSET& set);

class GraphicsChannel {
 public:
  // `happened` is raised when the client has answered, from another thread.
  GraphicsChannel(HANDLE channel_manager, rdpContext* context, Wakeup& happened);
  ~GraphicsChannel();
  GraphicsChannel(const GraphicsChannel&) = delete;
  GraphicsChannel& operator=(const GraphicsChannel&) = delete;

  // When dynamic channels are ready. False: the client cannot have it.
  bool open();
  // Whether the client has said what it can do, and has been answered: frames may be sent.
  bool ready();
  // Makes the surface, of this size, anew. False: the connection is broken.
  bool reset(Size size);
  // Whether the client has not caught up: what it has not acknowledged is enough, and what changes meanwhile merges.
  bool behind() const { return window_.behind(); }
  // Whether the client takes video, and there is an encoder for this size.
  bool takes_video() const { return video_ && size_.width % 2 == 0 && size_.height % 2 == 0; }
  // One frame that changes these rectangles, each at most kMaxHeight high: `moving` with loss when the client takes video, exactly otherwise. False:
  // the connection is broken.
  bool send(FrontScreen& screen, const std::vector<Rect>& rects, const std::vector<Rect>& moving);

  static constexpr int kMaxHeight = 64;

 private:
  struct Free {
    void operator()(RdpgfxServerContext* channel) const { rdpgfx_server_context_free(channel); }
  };
  static GraphicsChannel& of(RdpgfxServerContext* channel) { return *static_cast<GraphicsChannel*>(channel->custom); }
  static UINT caps_advertised(RdpgfxServerContext* channel, const RDPGFX_CAPS_ADVERTISE_PDU* pdu);
  static UINT acknowledged(RdpgfxServerContext* channel, const RDPGFX_FRAME_ACKNOWLEDGE_PDU* pdu);
  bool send_rect(FrontScreen& screen, const Rect& changed);
  bool send_video(FrontScreen& screen, const std::vector<Rect>& moving);

  const HANDLE manager_;
  Wakeup& happened_;
  std::unique_ptr<RdpgfxServerContext, Free> channel_;
  PlanarEncoder planar_;
  std::unique_ptr<VideoEncoder> video_encoder_;  // while something moves
  std::chrono::steady_clock::time_point moved_;
  std::mutex mutex_;
  std::optional<RDPGFX_CAPSET> advertised_;  // not answered yet
  bool open_ = false;
  bool confirmed_ = false;
  bool video_ = false;
  Size size_;  // of the surface; empty: there is none
  FrameWindow window_;
};

}  // namespace frostgate::relay::rdp
