// The RDP client of a session: libfreerdp paints its own frame buffer, whole frames of it go to the Surface.
#include "gateway/relay/back.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/relay/complaint.h"
#include "gateway/relay/rdp/back_context.h"
#include "gateway/relay/rdp/back_display.h"
#include "gateway/relay/rdp/back_input.h"
#include "gateway/relay/rdp/back_pointer.h"
#include "gateway/relay/rdp/back_screen.h"
#include "gateway/relay/rdp/back_settings.h"
#include "gateway/relay/rdp/certificate.h"
#include "gateway/relay/rdp/channel_bridge.h"
#include "gateway/relay/rdp/clipboard_channel.h"
#include "gateway/relay/rdp/corked.h"
#include "gateway/relay/rdp/disconnect.h"
#include "gateway/relay/rdp/dynamic_channels.h"
#include "gateway/relay/rdp/event_handle.h"
#include "gateway/relay/rdp/front_settings.h"
#include "gateway/relay/rdp/target_graphics.h"
#include "gateway/relay/rdp_library.h"
#include "gateway/relay/size_wish.h"

namespace frostgate::relay {
namespace rdp {

// A target that opens a frame and never closes it is shown anyway.
constexpr auto kLongestFrame = std::chrono::milliseconds(200);
// A target agrees to its graphics when it is ready for them; one that does not shows bitmaps, or something later.
constexpr auto kGraphicsPatience = std::chrono::seconds(5);

Error impossible_screen(Size size) {
  return {ErrorKind::unsupported, "a screen of " + std::to_string(size.width) + "x" + std::to_string(size.height) + " pixels"};
}

class RdpBack final : public Back {
 public:
  explicit RdpBack(BackSettings settings)
      : settings_(std::move(settings)),
        watched_(fcntl(settings_.socket, F_DUPFD_CLOEXEC, 0)),
        input_(settings_.keyboard_layout) {}
  ~RdpBack() override;

  Result<void> connect(Surface& surface, int seconds) override;
  Result<void> run() override;
  void end() override;
  std::string certificate() const override { return certificate_; }
  bool certificate_refused() const override { return certificate_refused_; }
  bool lossy() const override { return lossy_; }
  std::optional<Graphics> wants() const override { return wants_; }

  void key(const KeyEvent& event) override { input_.push(event); }
  void pointer(const PointerEvent& event) override { input_.push(event); }
  void lock_keys(const LockKeys& state) override { input_.push(state); }
  void clipboard(const std::string& text) override { clipboard_.offer(text), input_.arrived.raise(); }
  void pass(copied::Item item) override { clipboard_.pass(std::move(item)), input_.arrived.raise(); }
  void request_screen(const ScreenWish& wish) override { display_.request(wish); }

 private:
  using Clock = std::chrono::steady_clock;
  static RdpBack& of(rdpContext* context) { return *back_context(context).back; }
  static int verify_certificate(freerdp* instance, const BYTE* pem, size_t length, const char*, UINT16, DWORD);
  static BOOL post_connect(freerdp* instance);
  static void post_disconnect(freerdp* instance) { gdi_free(instance); }
  static BOOL receive(freerdp* instance, UINT16 channel, const BYTE* data, size_t size, UINT32 flags, size_t total);
  static BOOL send_cut(freerdp* instance, UINT16 channel, const BYTE* data, size_t size);
  static BOOL begin_paint(rdpContext* context);
  static BOOL end_paint(rdpContext* context);
  static BOOL desktop_resize(rdpContext* context);
  static BOOL frame_marker(rdpContext* context, const SURFACE_FRAME_MARKER* marker);
  static BOOL surface_bits(rdpContext* context, const SURFACE_BITS_COMMAND* command);
  static BOOL bitmap_update(rdpContext* context, const BITMAP_UPDATE* update);

  Result<void> prepare(Surface& surface, int seconds);
  void open_channels();
  Result<void> connect_before(int seconds);
  Result<void> await_graphics();
  Result<void> serve(std::optional<Clock::time_point> until);
  DWORD patience(std::optional<Clock::time_point> until) const;
  bool send(const char* channel, std::span<const std::byte> message);
  bool send_bridged();
  bool writable() const;
  std::optional<BridgedChannel> bridged(UINT16 channel) const;
  bool refuse(const Error& why);
  Error over();
  Result<void> resize(Size size);
  void commit();
  void note_lossy();

  BackSettings settings_;
  const int watched_;  // our own duplicate of the socket, to shut it down while libfreerdp owns the other
  rdpContext* context_ = nullptr;
  bool connected_ = false;
  BackInput input_;
  BackDisplay display_{input_.arrived, settings_.scale};
  ClipboardChannel clipboard_{Clipboard::Role::client,
                              {[this](std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total) {
                                 return send_chunk(context_->instance, freerdp_channels_get_id_by_name(context_->instance, ClipboardChannel::kName), chunk, flags, total);
                               },
                               [this] { return settings_.on_clipboard != nullptr; },
                               [this](const std::string& text) { settings_.on_clipboard(text); },
                               [this](std::string_view what) { if (settings_.on_copied_no_text) settings_.on_copied_no_text(what); },
                               [this](copied::Item item) { if (settings_.on_copied) settings_.on_copied(std::move(item)); }}};
  std::optional<TargetGraphics> graphics_;  // where the target is offered the pipeline
  std::optional<DynamicChannels> dynamic_;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> lossy_ = false;
  Progress progress_;
  std::optional<Graphics> wants_;
  bool painted_ = false;  // something of the target
  std::string certificate_;
  bool certificate_refused_ = false;
  std::optional<Error> failure_;  // why a callback broke the connection off
  SizeChanges size_changes_;
  BackScreen screen_;
  bool in_frame_ = false;
  Clock::time_point frame_began_;
  pSurfaceFrameMarker gdi_frame_marker_ = nullptr;
  pSurfaceBits gdi_surface_bits_ = nullptr;
  pBitmapUpdate gdi_bitmap_update_ = nullptr;
  pReceiveChannelData receive_ = nullptr;  // libfreerdp's own
  pSendChannelData send_ = nullptr;
};

RdpBack::~RdpBack() {
  if (settings_.bridge) settings_.bridge->detach(BridgeEnd::target);
  if (context_) {
    if (connected_) freerdp_disconnect(context_->instance);
    freerdp_client_context_free(context_);
  }
  if (watched_ >= 0) close(watched_);
  if (settings_.socket >= 0) close(settings_.socket);
}

Result<void> RdpBack::prepare(Surface& surface, int seconds) {
  prepare_library();
  RDP_CLIENT_ENTRY_POINTS entry_points{};
  entry_points.Size = sizeof entry_points;
  entry_points.Version = RDP_CLIENT_INTERFACE_VERSION;
  entry_points.ContextSize = sizeof(BackContext);
  context_ = freerdp_client_context_new(&entry_points);
  if (!context_ || watched_ < 0) return Error{ErrorKind::unavailable, "no memory or descriptor for a connection"};
  back_context(context_).back = this;
  back_context(context_).surface = &surface;
  back_context(context_).screen = &screen_;
  freerdp* instance = context_->instance;
  // None of libfreerdp's own channels is loaded.
  know_state_changes(context_);
  PubSub_SubscribeConnectionStateChange(context_->pubSub, [](void* of_it, auto* event) {
    int& state = of(static_cast<rdpContext*>(of_it)).progress_.state;
    state = std::max(state, event->state);
  });
  instance->PostConnect = post_connect;
  instance->PostDisconnect = post_disconnect;
  instance->VerifyX509Certificate = verify_certificate;
  receive_ = std::exchange(instance->ReceiveChannelData, receive);
  send_ = std::exchange(instance->SendChannelData, send_cut);
  if (settings_.bridge) settings_.bridge->attach(BridgeEnd::target, input_.arrived);
  TRY(apply(settings_, settings_.socket, seconds, context_->settings));
  open_channels();
  return {};
}

void RdpBack::open_channels() {
  std::vector<DynamicChannel*> channels{&display_};
  if (settings_.graphics != Graphics::bitmaps) {
    graphics_.emplace(desktop_size(context_->settings), settings_.graphics == Graphics::video, TargetGraphics::Ends{[this](Size now) { return resize(now); },
                                                                                         [this](FrameView picture, const Rect& to) { screen_.paint(picture, to); },
                                                                                         [this] { commit(); }, [this] { note_lossy(); }});
    channels.push_back(&*graphics_);
  }
  dynamic_.emplace(std::move(channels), [this](std::span<const std::byte> message) { return send(DynamicChannels::kName, message); });
}

// freerdp_connect(), broken off after `seconds` by shutting the socket down.
Result<void> RdpBack::connect_before(int seconds) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::atomic<bool> timed_out = false;
  const std::jthread watchdog([&](std::stop_token stop) {
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, std::chrono::seconds(seconds), [] { return false; });
    if (stop.stop_requested()) return;
    timed_out = true;
    shutdown(watched_, SHUT_RDWR);
  });
  settings_.socket = -1;  // libfreerdp closes it from here on
  forget_complaint();
  connected_ = freerdp_connect(context_->instance);
  wipe_password(context_->settings);
  settings_.login.password.wipe();
  if (connected_) return {};
  if (ended_) return Error{ErrorKind::cancelled, "ended while connecting to " + settings_.name};
  if (certificate_refused_)
    return Error{ErrorKind::corrupt, settings_.name + " shows the certificate " + certificate_ +
                                         ", which is not the pinned one; somebody may be in between"};
  if (timed_out)
    return Error{ErrorKind::timeout, settings_.name + " did not finish connecting within " + std::to_string(seconds) + " s"};
  if (failure_) return failure_->within(settings_.name + " sent what cannot be");
  progress_.encrypted = !certificate_.empty();
  if (settings_.graphics == Graphics::bitmaps && wants_pipeline(context_, progress_)) wants_ = Graphics::pipeline;
  return connect_error(context_, settings_.name, progress_);
}

Result<void> RdpBack::connect(Surface& surface, int seconds) {
  TRY(prepare(surface, seconds));
  if (ended_) return Error{ErrorKind::cancelled, "ended before connecting to " + settings_.name};
  TRY(connect_before(seconds));
  if (freerdp_settings_get_uint32(context_->settings, FreeRDP_ColorDepth) < 24) note_lossy();
  if (graphics_) TRY(await_graphics());
  screen_.paint_all();
  commit();
  return {};
}

// What the target makes of the graphics that it was offered shows only when it is connected: one that wants others breaks off.
Result<void> RdpBack::await_graphics() {
  Result<void> agreed = serve(Clock::now() + kGraphicsPatience);
  if (!agreed && !graphics_->agreed() && !failure_ && settings_.graphics == Graphics::pipeline) wants_ = Graphics::video;
  if (agreed && ended_) return Error{ErrorKind::cancelled, "ended while connecting to " + settings_.name};
  return agreed;
}

Result<void> RdpBack::run() { return serve(std::nullopt); }

// Until end(); or, with `until`, until the target has agreed to its graphics, shows something, or that time has come.
Result<void> RdpBack::serve(std::optional<Clock::time_point> until) {
  const EventHandle wake = event_of(input_.arrived.descriptor(), WINPR_FD_READ), room = event_of(watched_, WINPR_FD_WRITE);
  if (!wake || !room) return Error{ErrorKind::unavailable, "no event for the connection's loop"};
  while (!ended_ && !(until && (graphics_->agreed() || painted_ || Clock::now() >= *until))) {
    forget_complaint();
    // Before the first wait too: what came with the end of the handshake is already read from the socket.
    const bool alive = input_.send(context_->input, screen_.size()) && display_.send(screen_.size()) && freerdp_check_event_handles(context_) &&
                       clipboard_.flush(ClipboardChannel::Clock::now(), [] { return false; }) && send_bridged();
    if (ended_) break;
    if (!alive || failure_ || freerdp_shall_disconnect(context_->instance)) return over();
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    DWORD count = freerdp_get_event_handles(context_, handles, MAXIMUM_WAIT_OBJECTS - 2);
    if (count == 0) return over();
    handles[count++] = wake.get();
    if (!screen_.pending()) screen_.rest(Clock::now());
    DWORD patience = this->patience(until);
    if (settings_.bridge && settings_.bridge->waits(BridgeEnd::target)) {
      if (writable()) patience = 0;
      else handles[count++] = room.get();
    }
    if (WaitForMultipleObjects(count, handles, FALSE, patience) == WAIT_FAILED)
      return Error{ErrorKind::io, "waiting for " + settings_.name + " failed"};
  }
  return {};
}

// How long nothing may happen before the loop has to look.
DWORD RdpBack::patience(std::optional<Clock::time_point> until) const {
  const auto copied = clipboard_.wait(ClipboardChannel::Clock::now());
  DWORD patience = copied ? static_cast<DWORD>(copied->count()) : INFINITE;
  for (const auto& end : {until, screen_.pending() ? std::nullopt : screen_.next_rest()}) {
    if (end) patience = std::min(patience, static_cast<DWORD>(std::chrono::ceil<std::chrono::milliseconds>(std::max(*end - Clock::now(), Clock::duration::zero())).count()));
  }
  return patience;
}

// For libfreerdp's callbacks, which may only say no.
bool RdpBack::refuse(const Error& why) {
  failure_ = why;
  return false;
}

// Where the connection is still open, libfreerdp broke it off for what the target sent, and to try again would bring the same.
Error RdpBack::over() {
  if (!graphics_ && !failure_ && wants_pipeline(context_, progress_)) wants_ = Graphics::pipeline;
  if (failure_) return failure_->within(settings_.name + " sent what cannot be");
  const Error why = disconnect_error(context_, settings_.name);
  if (why.kind != ErrorKind::io || last_complaint().empty() || !is_open(watched_)) return why;
  return {ErrorKind::corrupt, settings_.name + " sent what cannot be: " + last_complaint()};
}

void RdpBack::end() {
  ended_ = true;
  input_.arrived.raise();
  // Whatever libfreerdp is blocked in, it returns: the session is over for the target either way.
  if (watched_ >= 0) shutdown(watched_, SHUT_RDWR);
}

int RdpBack::verify_certificate(freerdp* instance, const BYTE* pem, size_t length, const char*, UINT16, DWORD) {
  constexpr int kRefuse = 0, kAcceptOnce = 2;
  RdpBack& back = of(instance->context);
  back.certificate_ = certificate_fingerprint({reinterpret_cast<const char*>(pem), length});
  const std::string& pinned = back.settings_.pinned_certificate;
  back.certificate_refused_ = back.certificate_.empty() || (!pinned.empty() && pinned != back.certificate_);
  return back.certificate_refused_ ? kRefuse : kAcceptOnce;
}

BOOL RdpBack::post_connect(freerdp* instance) {
  rdpContext* context = instance->context;
  const Size size = desktop_size(context->settings);
  RdpBack& back = of(context);
  if (!size.acceptable()) return back.refuse(impossible_screen(size));
  if (!gdi_init(instance, PIXEL_FORMAT_BGRX32)) return FALSE;
  rdpUpdate* update = context->update;
  back.gdi_frame_marker_ = update->SurfaceFrameMarker;
  back.gdi_surface_bits_ = update->SurfaceBits;
  back.gdi_bitmap_update_ = update->BitmapUpdate;
  if (!back.gdi_frame_marker_ || !back.gdi_surface_bits_ || !back.gdi_bitmap_update_ || !back.screen_.begin(context)) return FALSE;
  update->BeginPaint = begin_paint;
  update->EndPaint = end_paint;
  update->DesktopResize = desktop_resize;
  update->SurfaceFrameMarker = frame_marker;
  update->SurfaceBits = surface_bits;
  update->BitmapUpdate = bitmap_update;
  show_pointers_on_surface(context->graphics);
  return TRUE;
}

BOOL RdpBack::receive(freerdp* instance, UINT16 channel, const BYTE* data, size_t size, UINT32 flags, size_t total) {
  RdpBack& back = of(instance->context);
  const std::span<const std::byte> chunk = std::as_bytes(std::span(data, size));
  if (const auto one = back.bridged(channel)) {
    const Result<void> taken = back.settings_.bridge->receive(BridgeEnd::target, *one, chunk, flags, total, ChannelBridge::Clock::now());
    return taken ? TRUE : BOOL{back.refuse(taken.error())};
  }
  const bool dynamic = channel == freerdp_channels_get_id_by_name(instance, DynamicChannels::kName);
  if (!dynamic && channel != freerdp_channels_get_id_by_name(instance, ClipboardChannel::kName)) return back.receive_(instance, channel, data, size, flags, total);
  const Result<void> taken = dynamic ? back.dynamic_->receive(chunk, flags, total) : back.clipboard_.receive(chunk, flags, total, ClipboardChannel::Clock::now());
  return taken ? TRUE : BOOL{back.refuse(taken.error())};
}

// Whoever sends on a static channel, libfreerdp too: it cuts the message into chunks.
BOOL RdpBack::send_cut(freerdp* instance, UINT16 channel, const BYTE* data, size_t size) {
  limit_channel_chunks(instance->context->settings);
  return of(instance->context).send_(instance, channel, data, size);
}

bool RdpBack::send(const char* channel, std::span<const std::byte> message) {
  const auto* data = reinterpret_cast<const BYTE*>(message.data());
  freerdp* instance = context_->instance;
  return instance->SendChannelData(instance, freerdp_channels_get_id_by_name(instance, channel), data, message.size());
}

std::optional<BridgedChannel> RdpBack::bridged(UINT16 channel) const {
  for (const BridgedChannel one : {BridgedChannel::devices, BridgedChannel::sound}) {
    if (settings_.bridge && channel == freerdp_channels_get_id_by_name(context_->instance, ChannelBridge::name_of(one))) return one;
  }
  return std::nullopt;
}

bool RdpBack::writable() const {
  pollfd socket{watched_, POLLOUT, 0};
  return poll(&socket, 1, 0) > 0;
}

// One message, and what the target sends is read again: libfreerdp blocks until it is written, and a target that does not read because nobody reads what it
// writes would block both for good.
bool RdpBack::send_bridged() {
  if (!settings_.bridge || !writable()) return true;
  const auto next = settings_.bridge->next(BridgeEnd::target);
  const Corked corked(watched_);
  return !next || send(ChannelBridge::name_of(next->channel), next->message);
}

BOOL RdpBack::begin_paint(rdpContext* context) {
  of(context).screen_.forget_painted();
  return TRUE;
}

// After each update PDU.
BOOL RdpBack::end_paint(rdpContext* context) {
  RdpBack& back = of(context);
  back.screen_.take_painted();
  if (!back.in_frame_ || Clock::now() - back.frame_began_ > kLongestFrame) back.commit();
  return TRUE;
}

void RdpBack::commit() {
  if (!screen_.pending()) return;
  painted_ = true;
  screen_.commit();
}

BOOL RdpBack::desktop_resize(rdpContext* context) {
  RdpBack& back = of(context);
  const Result<void> resized = back.resize(desktop_size(context->settings));
  if (!resized) return back.refuse(resized.error());
  back.commit();
  return TRUE;
}

// The screen is black then; who shows it is told when there is something on it.
Result<void> RdpBack::resize(Size size) {
  if (!size.acceptable()) return impossible_screen(size);
  TRY(size_changes_.note(Clock::now()));
  const auto width = static_cast<UINT32>(size.width), height = static_cast<UINT32>(size.height);
  if (!freerdp_settings_set_uint32(context_->settings, FreeRDP_DesktopWidth, width) || !freerdp_settings_set_uint32(context_->settings, FreeRDP_DesktopHeight, height) ||
      !gdi_resize(context_->gdi, width, height))
    return Error{ErrorKind::no_space, "no memory for a screen of another size"};
  screen_.restart();
  screen_.paint_all();
  in_frame_ = false;
  return {};
}

void RdpBack::note_lossy() {
  if (lossy_.exchange(true) || !settings_.on_lossy) return;
  settings_.on_lossy();
}

BOOL RdpBack::frame_marker(rdpContext* context, const SURFACE_FRAME_MARKER* marker) {
  RdpBack& back = of(context);
  back.in_frame_ = marker->frameAction == SURFACECMD_FRAMEACTION_BEGIN;
  if (back.in_frame_) back.frame_began_ = Clock::now();
  return back.gdi_frame_marker_(context, marker);
}

BOOL RdpBack::surface_bits(rdpContext* context, const SURFACE_BITS_COMMAND* command) {
  RdpBack& back = of(context);
  constexpr UINT16 kUncompressed = 0;
  if (command->bmp.codecID != kUncompressed) back.note_lossy();
  return back.gdi_surface_bits_(context, command);
}

// Whether a screen of that size could show it: libfreerdp makes room for it first. Servers round widths up to some pixels more than there are.
bool fits(const BITMAP_DATA& bitmap, Size screen) {
  constexpr UINT32 kRounding = 64;
  const auto width = static_cast<UINT32>(screen.width), height = static_cast<UINT32>(screen.height);
  return bitmap.destLeft < width && bitmap.destTop < height && bitmap.width <= width + kRounding && bitmap.height <= height + kRounding;
}

// A planar stream names its colour loss level and chroma subsampling in its first byte (MS-RDPEGDI 2.2.2.5.1).
BOOL RdpBack::bitmap_update(rdpContext* context, const BITMAP_UPDATE* update) {
  RdpBack& back = of(context);
  for (UINT32 i = 0; i < update->number; ++i) {
    const BITMAP_DATA& bitmap = update->rectangles[i];
    if (!fits(bitmap, back.screen_.size())) return back.refuse({ErrorKind::corrupt, "a picture of " + std::to_string(bitmap.width) + "x" + std::to_string(bitmap.height) + " pixels outside its screen"});
    if (bitmap.bitsPerPixel == 32 && bitmap.compressed && bitmap.bitmapLength > 0 &&
        (bitmap.bitmapDataStream[0] & (PLANAR_FORMAT_HEADER_CLL_MASK | PLANAR_FORMAT_HEADER_CS)) != 0)
      back.note_lossy();
    if (back.screen_.paint(bitmap)) continue;
    BITMAP_UPDATE alone{};
    alone.count = alone.number = 1;
    alone.rectangles = &update->rectangles[i];
    if (!back.gdi_bitmap_update_(context, &alone)) return FALSE;
  }
  return TRUE;
}

}  // namespace rdp

std::unique_ptr<Back> make_rdp_back(BackSettings settings) {
  return std::make_unique<rdp::RdpBack>(std::move(settings));
}

}  // namespace frostgate::relay
