#include "gateway/relay/rdp/graphics_channel.h"

#include <algorithm>
#include <array>

namespace frostgate::relay::rdp {
namespace {

constexpr UINT16 kSurface = 1;

// The newest that the client has; all of them have planar bitmaps.
constexpr std::array kVersions{RDPGFX_CAPVERSION_107, RDPGFX_CAPVERSION_106, RDPGFX_CAPVERSION_105, RDPGFX_CAPVERSION_104,
                               RDPGFX_CAPVERSION_103, RDPGFX_CAPVERSION_102, RDPGFX_CAPVERSION_101, RDPGFX_CAPVERSION_10,
                               RDPGFX_CAPVERSION_81,  RDPGFX_CAPVERSION_8};

// The encoders' pictures are as large as a screen and more.
constexpr auto kEncoderKept = std::chrono::seconds(10);

// What a person waits without noticing; and what an exact picture may take that is not shown roughly first.
constexpr std::chrono::milliseconds kUnnoticed(100);
constexpr std::chrono::duration<double> kPatience = std::chrono::milliseconds(250);

// What is not acknowledged teaches nothing of the line.
constexpr std::size_t kMostInAFrame = 256 * 1024;

// A planar bitmap of dense type or a photo has more bytes for a pixel than the first, and at most the other. Flat windows have a tenth of it, for which
// progressive bitmaps take more.
constexpr double kDense = 0.4, kMostBytes = 3;

// Outwards to a grid of four pixels, and four wide also at the edge: libfreerdp's clients end the channel at a planar bitmap
// that is one pixel wide.
Rect on_grid(const Rect& rect, Size screen) {
  const int left = std::max(0, std::min(rect.x / 4 * 4, screen.width - 4));
  return Rect::between(left, rect.y / 4 * 4, (rect.right() + 3) / 4 * 4, (rect.bottom() + 3) / 4 * 4)
      .intersected(Rect::of(screen));
}

}  // namespace

// MS-RDPEGFX 2.2.3: from version 10 on a client says that it cannot, before that it can.
bool takes_avc(const RDPGFX_CAPSET& set) {
  if (set.version >= RDPGFX_CAPVERSION_10) return (set.flags & RDPGFX_CAPS_FLAG_AVC_DISABLED) == 0;
  return set.version == RDPGFX_CAPVERSION_81 && (set.flags & RDPGFX_CAPS_FLAG_AVC420_ENABLED) != 0;
}

// 2.2.3.1, 2.2.3.2: one that says it is thin takes RemoteFX without progress alone.
bool takes_progressive(const RDPGFX_CAPSET& set) {
  return set.version >= RDPGFX_CAPVERSION_10 || (set.flags & RDPGFX_CAPS_FLAG_THINCLIENT) == 0;
}

GraphicsChannel::GraphicsChannel(HANDLE channel_manager, rdpContext* context, Wakeup& happened)
    : manager_(channel_manager), happened_(happened), channel_(rdpgfx_server_context_new(channel_manager)) {
  if (!channel_) return;
  channel_->custom = this;
  channel_->rdpcontext = context;
  channel_->CapsAdvertise = caps_advertised;
  channel_->FrameAcknowledge = acknowledged;
}

GraphicsChannel::~GraphicsChannel() {
  if (open_) channel_->Close(channel_.get());
}

bool GraphicsChannel::open() {
  open_ = channel_ && channel_->Open(channel_.get());
  return open_;
}

UINT GraphicsChannel::caps_advertised(RdpgfxServerContext* channel, const RDPGFX_CAPS_ADVERTISE_PDU* pdu) {
  GraphicsChannel& self = of(channel);
  for (const UINT32 version : kVersions) {
    const RDPGFX_CAPSET* end = pdu->capsSets + pdu->capsSetCount;
    const RDPGFX_CAPSET* found = std::find_if(static_cast<const RDPGFX_CAPSET*>(pdu->capsSets), end,
                                              [&](const RDPGFX_CAPSET& set) { return set.version == version; });
    if (found == end) continue;
    const std::lock_guard lock(self.mutex_);
    self.advertised_ = *found;
    break;
  }
  self.happened_.raise();
  return CHANNEL_RC_OK;
}

UINT GraphicsChannel::acknowledged(RdpgfxServerContext* channel, const RDPGFX_FRAME_ACKNOWLEDGE_PDU* pdu) {
  GraphicsChannel& self = of(channel);
  static_assert(FrameWindow::kSuspend == SUSPEND_FRAME_ACKNOWLEDGEMENT);
  self.window_.acknowledge(pdu->frameId, pdu->queueDepth, FrameWindow::Clock::now());
  self.happened_.raise();
  return CHANNEL_RC_OK;
}

bool GraphicsChannel::ready() {
  std::optional<RDPGFX_CAPSET> chosen;
  {
    const std::lock_guard lock(mutex_);
    chosen.swap(advertised_);
  }
  if (!chosen) return confirmed_;
  RDPGFX_CAPS_CONFIRM_PDU confirm{};
  confirm.capsSet = &*chosen;
  confirmed_ = channel_->CapsConfirm(channel_.get(), &confirm) == CHANNEL_RC_OK;
  video_ = takes_avc(*chosen);
  progressive_ = takes_progressive(*chosen);
  // Whoever advertises again has forgotten its surfaces.
  size_ = {};
  return confirmed_;
}

bool GraphicsChannel::reset(Size size) {
  RDPGFX_DELETE_SURFACE_PDU remove{};
  remove.surfaceId = kSurface;
  if (!size_.empty() && channel_->DeleteSurface(channel_.get(), &remove) != CHANNEL_RC_OK) return false;
  MONITOR_DEF monitor{};
  monitor.right = size.width - 1;
  monitor.bottom = size.height - 1;
  monitor.flags = MONITOR_PRIMARY;
  RDPGFX_RESET_GRAPHICS_PDU output{};
  output.width = static_cast<UINT32>(size.width);
  output.height = static_cast<UINT32>(size.height);
  output.monitorCount = 1;
  output.monitorDefArray = &monitor;
  RDPGFX_CREATE_SURFACE_PDU surface{};
  surface.surfaceId = kSurface;
  surface.width = static_cast<UINT16>(size.width);
  surface.height = static_cast<UINT16>(size.height);
  surface.pixelFormat = GFX_PIXEL_FORMAT_XRGB_8888;
  RDPGFX_MAP_SURFACE_TO_OUTPUT_PDU place{};
  place.surfaceId = kSurface;
  size_ = size;
  video_encoder_.reset();
  progressive_encoder_.reset();
  return channel_->ResetGraphics(channel_.get(), &output) == CHANNEL_RC_OK &&
         channel_->CreateSurface(channel_.get(), &surface) == CHANNEL_RC_OK &&
         channel_->MapSurfaceToOutput(channel_.get(), &place) == CHANNEL_RC_OK;
}

bool GraphicsChannel::send(FrontScreen& screen, const std::vector<Rect>& settled, const std::vector<Rect>& rects, const std::vector<Rect>& moving) {
  RDPGFX_START_FRAME_PDU start{};
  RDPGFX_END_FRAME_PDU end{};
  start.frameId = end.frameId = window_.next();
  bytes_ = 0;
  if (channel_->StartFrame(channel_.get(), &start) != CHANNEL_RC_OK) return false;
  // Roughly again, it would never be exact.
  for (const Rect& rect : settled) {
    if (!send_rect(screen, rect, nullptr)) return false;
  }
  const bool roughly = takes_long(rects);
  std::vector<Rect> dense;
  for (const Rect& rect : rects) {
    if (bytes_ > kMostInAFrame) {
      screen.make_due(rect);
      continue;
    }
    // What is coded goes on its way while the rest is: libfreerdp only queues it.
    if (!send_rect(screen, rect, roughly ? &dense : nullptr) || !WTSVirtualChannelManagerCheckFileDescriptor(manager_)) return false;
  }
  if (!dense.empty() && !send_progressive(screen, dense)) return false;
  if (!moving.empty() && !send_video(screen, moving)) return false;
  const auto now = std::chrono::steady_clock::now();
  if (video_encoder_ && now - moved_ > kEncoderKept) video_encoder_.reset();
  if (progressive_encoder_ && now - progressed_ > kEncoderKept) progressive_encoder_.reset();
  window_.complete(bytes_, now);
  return channel_->EndFrame(channel_.get(), &end) == CHANNEL_RC_OK;
}

int GraphicsChannel::unhurried_tiles(int most) {
  unhurried_tiles_ = std::clamp(window_.delay() < kUnnoticed ? unhurried_tiles_ * 2 : unhurried_tiles_ / 2, 1, most);
  return unhurried_tiles_;
}

// Whether they would hold up what comes after them for longer than a person waits gladly, if they were a photo.
bool GraphicsChannel::takes_long(const std::vector<Rect>& rects) const {
  const std::optional<double> rate = window_.rate();
  if (!progressive_ || !rate) return false;
  double pixels = 0;
  for (const Rect& rect : rects) pixels += static_cast<double>(rect.area());
  return pixels * kMostBytes > *rate * kPatience.count();
}

bool GraphicsChannel::send_progressive(FrontScreen& screen, const std::vector<Rect>& dense) {
  if (!progressive_encoder_) progressive_encoder_ = ProgressiveEncoder::open(size_);
  progressed_ = std::chrono::steady_clock::now();
  std::span<const std::uint8_t> coded;
  if (progressive_encoder_) {
    std::vector<Rect> tiles;
    for (const Rect& rect : dense) tiles.push_back(screen.with_loss(rect));
    coded = progressive_encoder_->encode(screen, tiles);
  }
  if (!coded.empty()) return command(RDPGFX_CODECID_CAPROGRESSIVE, Rect::of(size_), coded);
  progressive_ = false;
  return std::all_of(dense.begin(), dense.end(), [&](const Rect& rect) { return send_rect(screen, rect, nullptr); });
}

bool GraphicsChannel::send_video(FrontScreen& screen, const std::vector<Rect>& moving) {
  moved_ = std::chrono::steady_clock::now();
  if (takes_video() && !video_encoder_) video_encoder_ = VideoEncoder::open(size_);
  RDPGFX_AVC420_BITMAP_STREAM* bitmap = takes_video() && video_encoder_ ? video_encoder_->encode(screen, moving) : nullptr;
  if (!bitmap) {
    video_ = false;
    return std::all_of(moving.begin(), moving.end(), [&](const Rect& rect) { return send_rect(screen, rect, nullptr); });
  }
  RDPGFX_SURFACE_COMMAND command{};
  command.surfaceId = kSurface;
  command.codecId = RDPGFX_CODECID_AVC420;
  command.format = PIXEL_FORMAT_BGRX32;
  command.right = command.width = static_cast<UINT32>(size_.width);
  command.bottom = command.height = static_cast<UINT32>(size_.height);
  command.extra = bitmap;
  bytes_ += bitmap->length;
  return channel_->SurfaceCommand(channel_.get(), &command) == CHANNEL_RC_OK;
}

bool GraphicsChannel::send_rect(FrontScreen& screen, const Rect& changed, std::vector<Rect>* dense) {
  const Rect rect = on_grid(changed, screen.size());
  const auto encoded = planar_.encode(screen.pixels(rect), PlanarEncoder::Rows::from_top);
  if (!dense || static_cast<double>(encoded.size()) < kDense * static_cast<double>(rect.area())) return command(RDPGFX_CODECID_PLANAR, rect, encoded);
  dense->push_back(changed);
  return true;
}

bool GraphicsChannel::command(UINT16 codec, const Rect& where, std::span<const std::uint8_t> bytes) {
  RDPGFX_SURFACE_COMMAND command{};
  command.surfaceId = kSurface;
  command.codecId = codec;
  command.format = PIXEL_FORMAT_BGRX32;
  command.left = static_cast<UINT32>(where.x);
  command.top = static_cast<UINT32>(where.y);
  command.right = static_cast<UINT32>(where.right());
  command.bottom = static_cast<UINT32>(where.bottom());
  command.width = static_cast<UINT32>(where.width);
  command.height = static_cast<UINT32>(where.height);
  command.length = static_cast<UINT32>(bytes.size());
  command.data = const_cast<BYTE*>(bytes.data());  // only read
  bytes_ += bytes.size();
  return channel_->SurfaceCommand(channel_.get(), &command) == CHANNEL_RC_OK;
}

}  // namespace frostgate::relay::rdp
