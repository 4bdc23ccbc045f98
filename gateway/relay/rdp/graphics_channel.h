// The graphics pipeline to an RDP client (MS-RDPEGFX): one surface as large as the screen. Planar bitmaps, exact; AVC420 for what moves; and RemoteFX Progressive
// for much at once that planar bitmaps do not make small, over a line on which they would take long. The latter two have loss, and are followed by what is exact.
// The front's thread, but for what libfreerdp's channel thread reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "codec/base/geometry.h"
#include "gateway/relay/rdp/frame_window.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/front_screen.h"
#include "gateway/relay/rdp/planar_encoder.h"
#include "gateway/relay/rdp/progressive_encoder.h"
#include "gateway/relay/rdp/video_encoder.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

// Whether a client that advertises this takes AVC420.
bool takes_avc(const RDPGFX_CAPSET& set);
// Whether it takes RemoteFX Progressive.
bool takes_progressive(const RDPGFX_CAPSET& set);

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
  // Whether its line has nothing to do.
  bool idle() const { return window_.idle(); }
  // How many tiles may go next that nobody waits for, and that hold up what changes meanwhile: more while its line takes them unnoticed, fewer where it does not.
  int unhurried_tiles(int most);
  // Whether the client takes video, and there is an encoder for this size.
  bool takes_video() const { return video_ && size_.width % 2 == 0 && size_.height % 2 == 0; }
  // One frame that changes these rectangles, each of one row of tiles: `settled` exactly, `rects` exactly too, but where they are much for the client's line,
  // `moving` with loss when the client takes video. What of `rects` is too much for a frame is due again. False: the connection is broken.
  bool send(FrontScreen& screen, const std::vector<Rect>& settled, const std::vector<Rect>& rects, const std::vector<Rect>& moving);

 private:
  struct Free {
    void operator()(RdpgfxServerContext* channel) const { rdpgfx_server_context_free(channel); }
  };
  static GraphicsChannel& of(RdpgfxServerContext* channel) { return *static_cast<GraphicsChannel*>(channel->custom); }
  static UINT caps_advertised(RdpgfxServerContext* channel, const RDPGFX_CAPS_ADVERTISE_PDU* pdu);
  static UINT acknowledged(RdpgfxServerContext* channel, const RDPGFX_FRAME_ACKNOWLEDGE_PDU* pdu);
  // Puts it into `dense` in place of sending it, where that is given, when it is not small as a planar bitmap.
  bool send_rect(FrontScreen& screen, const Rect& changed, std::vector<Rect>* dense);
  bool send_progressive(FrontScreen& screen, const std::vector<Rect>& dense);
  bool send_video(FrontScreen& screen, const std::vector<Rect>& moving);
  bool command(UINT16 codec, const Rect& where, std::span<const std::uint8_t> bytes);
  bool takes_long(const std::vector<Rect>& rects) const;

  const HANDLE manager_;
  Wakeup& happened_;
  std::unique_ptr<RdpgfxServerContext, Free> channel_;
  PlanarEncoder planar_;
  std::unique_ptr<VideoEncoder> video_encoder_;  // while something moves
  std::unique_ptr<ProgressiveEncoder> progressive_encoder_;  // while it is of use
  std::chrono::steady_clock::time_point moved_, progressed_;
  std::mutex mutex_;
  std::optional<RDPGFX_CAPSET> advertised_;  // not answered yet
  bool open_ = false;
  bool confirmed_ = false;
  bool video_ = false;
  bool progressive_ = false;
  Size size_;  // of the surface; empty: there is none
  FrameWindow window_;
  int unhurried_tiles_ = 4;
  std::size_t bytes_ = 0;  // of the frame that is being sent
};

}  // namespace frostgate::relay::rdp
