// The RDP server of a session's user: a libfreerdp peer on the accepted socket.
#include "gateway/relay/front.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <utility>

#include "gateway/crypto/library_server.h"
#include "gateway/relay/complaint.h"
#include "gateway/relay/rdp/bitmap_encoder.h"
#include "gateway/relay/rdp/clipboard_channel.h"
#include "gateway/relay/rdp/corked.h"
#include "gateway/relay/rdp/disconnect.h"
#include "gateway/relay/rdp/display_channel.h"
#include "gateway/relay/rdp/event_handle.h"
#include "gateway/relay/rdp/front_bridge.h"
#include "gateway/relay/rdp/front_input.h"
#include "gateway/relay/rdp/front_pointer.h"
#include "gateway/relay/rdp/front_screen.h"
#include "gateway/relay/rdp/front_settings.h"
#include "gateway/relay/rdp/graphics_channel.h"
#include "gateway/relay/rdp/greeting.h"
#include "gateway/relay/rdp/virtual_channels.h"
#include "gateway/relay/rdp_library.h"

namespace frostgate::relay {
namespace rdp {

constexpr int kGreetingSeconds = 10;
// Between two looks at what the client sent, so that a key does not wait for a whole screen; the latter in a frame of the graphics pipeline.
constexpr int kPiecesInARow = 8, kTilesInAFrame = 128, kPictureTurns = 8;
// A client that has the graphics pipeline opens it within some round trips; then bitmaps need not be sent first. What was shown with loss waits for a busy line.
constexpr std::chrono::milliseconds kGraphicsPatience(1500), kSettlingPatience(2000);
constexpr DWORD kGraphicsTick = 20;
constexpr int kGoodbyeMilliseconds = 1000;

class RdpFront;

// libfreerdp allocates and frees it; it knows only the first part.
struct FrontContext {
  rdpContext base;
  RdpFront* front;
};

struct FreePeer {
  void operator()(freerdp_peer* peer) const {
    freerdp_peer_context_free(peer);
    freerdp_peer_free(peer);
  }
};

class RdpFront final : public Front {
 public:
  RdpFront(int client, TlsIdentity identity)
      : client_(client), watched_(fcntl(client, F_DUPFD_CLOEXEC, 0)), identity_(std::move(identity)) {}
  ~RdpFront() override;

  Result<void> run(FrontHost& host, Surface& surface) override;
  void end(const std::string& message) override;
  void clipboard(const std::string& text) override { clipboard_.offer(text), wake_.raise(); }
  void pass(copied::Item item) override { clipboard_.pass(std::move(item)), wake_.raise(); }
  void join(std::shared_ptr<ChannelBridge> bridge) override { bridge_.join(std::move(bridge)); }

 private:
  static RdpFront& of(rdpContext* context) { return *reinterpret_cast<FrontContext*>(context)->front; }
  static RdpFront& of(rdpInput* input) { return of(input->context); }

  Result<void> prepare_peer(Security security);
  bool ntlm_hash(const NtlmQuestion& question, BYTE* hash);
  BOOL logon(SEC_WINNT_AUTH_IDENTITY* identity, bool automatic);
  void set_callbacks();
  BOOL capabilities();
  BOOL refuse(const Error& why);
  bool announce(Size size);
  BOOL post_connect();
  BOOL activate();
  Result<void> serve();
  Result<void> show();
  bool graphics_awaited();
  std::optional<Motion::Clock::time_point> settling();
  bool picture_waits();
  bool show_frame();
  bool process_channels();
  bool process_long();
  bool receive(UINT16 channel, std::span<const std::byte> chunk, UINT32 flags, size_t total);
  DWORD patience();
  bool resize();
  bool invite_back();
  bool read_peer(const HANDLE* handles, DWORD count);
  void say_goodbye(UINT32 error_info);
  bool write_blocked() { return peer_->IsWriteBlocked(peer_.get()); }

  int client_;         // -1 once libfreerdp owns it
  const int watched_;  // our own duplicate
  TlsIdentity identity_;
  Wakeup wake_;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> admitted_ = false;
  bool passed_nla_ = false;
  FrontHost* host_ = nullptr;
  std::optional<FrontScreen> screen_;
  std::unique_ptr<freerdp_peer, FreePeer> peer_;
  std::unique_ptr<BitmapEncoder> encoder_;
  std::unique_ptr<VirtualChannels> channels_;
  std::unique_ptr<DisplayChannel> display_;
  std::unique_ptr<GraphicsChannel> graphics_;  // when the client can have it
  std::optional<std::chrono::steady_clock::time_point> bitmaps_from_;  // when graphics_ has not become ready
  bool surface_due_ = false;  // the pipeline's, which activation has to make anew
  // From the beginning, because text may be offered from any thread; used when the client has the channel.
  ClipboardChannel clipboard_{Clipboard::Role::server,
                              {[this](std::span<const std::byte> chunk, std::uint32_t flags, std::size_t total) { return channels_->send(ClipboardChannel::kName, chunk, flags, total); },
                               [this] { return input_.clipboard_offered(); }, [this](const std::string& text) { input_.clipboard(text); },
                               [this](std::string_view what) { host_->copied_no_text(what); }, [this](copied::Item item) { host_->pass(std::move(item)); }}};
  FrontBridge bridge_{wake_};
  FrontInput input_;
  std::optional<Error> failure_;  // why a callback broke the connection off
  std::optional<CursorShape> cursor_;
  bool cursor_due_ = false;
  bool opened_channels_ = false;
  bool invited_ = false;     // has its cookie to come back with
  bool active_ = false;      // the client takes graphics now
  bool suppressed_ = false;  // its window is minimised
  int picture_turns_ = 0;    // since the clipboard had one
  Size announced_;           // the size that the client was told
};

RdpFront::~RdpFront() {
  graphics_.reset(), display_.reset(), channels_.reset(), peer_.reset();
  if (client_ >= 0) close(client_);
  if (watched_ >= 0) close(watched_);
}

Result<void> RdpFront::prepare_peer(Security security) {
  prepare_library();
  TRY(crypto::identify_servers(identity_.signed_by(*host_)));
  peer_.reset(freerdp_peer_new(client_));
  if (!peer_) return Error{ErrorKind::unavailable, "no memory for a client"};
  peer_->ContextSize = sizeof(FrontContext);
  const bool made = freerdp_peer_context_new(peer_.get());
  client_ = -1;
  if (!made) return Error{ErrorKind::unavailable, "no memory for a client"};
  reinterpret_cast<FrontContext*>(peer_->context)->front = this;
  TRY(apply(identity_.certificate, security, peer_->context->settings));
  channels_ = VirtualChannels::create(peer_.get());
  if (!channels_) return Error{ErrorKind::unavailable, "no memory for a client"};
  set_callbacks();
  if (!peer_->Initialize(peer_.get())) return Error{ErrorKind::unavailable, "the RDP server does not start"};
  return {};
}

void RdpFront::set_callbacks() {
  freerdp_peer* peer = peer_.get();
  answer_ntlm_hash(peer, [](freerdp_peer* p, const NtlmQuestion& question, BYTE* hash) {
    return of(p->context).ntlm_hash(question, hash);
  });
  peer->Logon = [](freerdp_peer* p, SEC_WINNT_AUTH_IDENTITY* identity, BOOL automatic) -> BOOL {
    return of(p->context).logon(identity, automatic);
  };
  peer->Capabilities = [](freerdp_peer* p) { return of(p->context).capabilities(); };
  peer->PostConnect = [](freerdp_peer* p) { return of(p->context).post_connect(); };
  peer->Activate = [](freerdp_peer* p) { return of(p->context).activate(); };
  peer->VirtualChannelRead = nullptr;
  peer->ReceiveChannelData = [](freerdp_peer* p, UINT16 channel, const BYTE* data, size_t size, UINT32 flags,
                                size_t total) -> BOOL {
    return of(p->context).receive(channel, std::as_bytes(std::span(data, size)), flags, total);
  };

  rdpInput* input = peer->context->input;
  input->KeyboardEvent = [](rdpInput* i, UINT16 flags, auto code) -> BOOL {
    of(i).input_.keyboard(flags, code);
    return TRUE;
  };
  input->UnicodeKeyboardEvent = [](rdpInput* i, UINT16 flags, UINT16 code) -> BOOL {
    of(i).input_.unicode(flags, code);
    return TRUE;
  };
  input->MouseEvent = [](rdpInput* i, UINT16 flags, UINT16 x, UINT16 y) -> BOOL {
    of(i).input_.mouse(flags, x, y);
    return TRUE;
  };
  input->ExtendedMouseEvent = [](rdpInput* i, UINT16 flags, UINT16 x, UINT16 y) -> BOOL {
    of(i).input_.extended_mouse(flags, x, y);
    return TRUE;
  };
  input->SynchronizeEvent = [](rdpInput* i, UINT32 flags) -> BOOL {
    of(i).input_.synchronize(flags);
    return TRUE;
  };

  rdpUpdate* update = peer->context->update;
  // Answered here and never passed on: a minimised window must not blind the recorder.
  update->SuppressOutput = [](rdpContext* context, BYTE allow, const RECTANGLE_16*) -> BOOL {
    of(context).suppressed_ = !allow;
    if (allow) of(context).screen_->make_all_due();
    return TRUE;
  };
  update->RefreshRect = [](rdpContext* context, BYTE count, const RECTANGLE_16* areas) -> BOOL {
    for (BYTE i = 0; i < count; ++i)
      of(context).screen_->make_due(
          Rect::between(areas[i].left, areas[i].top, areas[i].right + 1, areas[i].bottom + 1));
    return TRUE;
  };
}

bool RdpFront::ntlm_hash(const NtlmQuestion& question, BYTE* hash) {
  const Secret answer = host_->ntlm_hash(exchange_of(question));
  if (answer.size() != 16) return false;
  std::memcpy(hash, answer.bytes().data(), answer.size());
  return true;
}

// `automatic`: CredSSP has run to its end, so that the client has shown that it knows the ticket and that it talks with
// the owner of our certificate.
BOOL RdpFront::logon(SEC_WINNT_AUTH_IDENTITY* identity, bool automatic) {
  passed_nla_ = automatic;
  if (automatic && identity->Password) wipe_memory(identity->Password, identity->PasswordLength * sizeof(WCHAR));
  return TRUE;
}

// The client has sent its Client Info PDU and waits for the screen's size. The one place where it is admitted: what
// libfreerdp's Logon callback returns would not end a connection.
BOOL RdpFront::capabilities() {
  if (admitted_) return TRUE;
  rdpSettings* settings = peer_->context->settings;
  PasswordLogin login = take_login(settings);
  // Who brings neither a password nor a ticket is asked on a screen of the gateway's.
  const bool brings_nothing = login.password.empty() && login.user.find('#') == std::string::npos;
  admitted_ = !failure_ && (passed_nla_ || brings_nothing || host_->authenticate(login));
  forget_ticket(login.user);
  if (!admitted_) return refuse({ErrorKind::denied, "the client was not admitted"});
  ClientProfile profile = profile_of(settings);
  profile.user = login.user;
  profile.other_channels = channels_->others();
  announced_ = desktop_size(settings);
  auto ready = host_->client_ready(profile);
  if (!ready) return refuse(ready.error());
  input_.attach(*ready);
  cursor_ = screen_->look(Motion::Clock::now());
  if (screen_->size().empty()) return TRUE;
  // Told now, the target's size costs the client no second activation.
  return announce(screen_->size());
}

BOOL RdpFront::refuse(const Error& why) {
  failure_ = why;
  rdpRdp* rdp = peer_->context->rdp;
  freerdp_set_error_info(rdp, error_info_of(why.kind));
  freerdp_send_error_info(rdp);
  return FALSE;
}

bool RdpFront::announce(Size size) {
  rdpSettings* settings = peer_->context->settings;
  announced_ = size;
  return freerdp_settings_set_uint32(settings, FreeRDP_DesktopWidth, static_cast<UINT32>(size.width)) &&
         freerdp_settings_set_uint32(settings, FreeRDP_DesktopHeight, static_cast<UINT32>(size.height));
}

BOOL RdpFront::post_connect() {
  limit_unsent(watched_);
  // From now on what the client does not take stays in a buffer that we look at, and nothing blocks.
  return admitted_ && freerdp_settings_set_bool(peer_->context->settings, FreeRDP_WaitForOutputBufferFlush, FALSE) &&
         // Also where the client takes it: it would take longer than what it saves, of bitmaps that are compressed already.
         freerdp_settings_set_bool(peer_->context->settings, FreeRDP_CompressionEnabled, FALSE);
}

// A client tries by itself to come back from a lost connection only with a cookie of its server's (MS-RDPBCGR 5.5). Ours opens nothing: nobody reads
// it when the client brings it, and the ticket that it brings again says who it is.
bool RdpFront::invite_back() {
  if (std::exchange(invited_, true)) return true;
  logon_info_ex cookie{};
  cookie.haveCookie = TRUE;
  winpr_RAND(cookie.ArcRandomBits, sizeof cookie.ArcRandomBits);
  return peer_->context->update->SaveSessionInfo(peer_->context, INFO_TYPE_LOGON_EXTENDED_INF, &cookie);
}

BOOL RdpFront::activate() {
  if (!admitted_ || !invite_back()) return FALSE;
  const UINT32 depth = freerdp_settings_get_uint32(peer_->context->settings, FreeRDP_ColorDepth);
  encoder_ = BitmapEncoder::create(depth);
  if (!encoder_) {
    failure_ = Error{ErrorKind::unsupported, "the client wants " + std::to_string(depth) + " bits per pixel"};
    return FALSE;
  }
  active_ = true;
  suppressed_ = false;
  surface_due_ = true;
  const bool pipeline = freerdp_settings_get_bool(peer_->context->settings, FreeRDP_SupportGraphicsPipeline);
  if (!bitmaps_from_) bitmaps_from_ = std::chrono::steady_clock::now();
  if (pipeline && depth == 32 && !graphics_ && channels_->dynamic()) {
    graphics_ = std::make_unique<GraphicsChannel>(channels_->manager(), peer_->context, wake_);
    *bitmaps_from_ += kGraphicsPatience;
  }
  cursor_due_ = cursor_.has_value();
  screen_->make_all_due();
  return TRUE;
}

Result<void> RdpFront::run(FrontHost& host, Surface& surface) {
  host_ = &host;
  const Security security = TRY(await_connection_request(client_, wake_, kGreetingSeconds));
  screen_.emplace(surface);
  TRY(prepare_peer(security));
  const auto served = serve();
  peer_->Disconnect(peer_.get());
  return served;
}

Result<void> RdpFront::serve() {
  const EventHandle wake = event_of(wake_.descriptor(), WINPR_FD_READ);
  const EventHandle changed = event_of(screen_->changed_descriptor(), WINPR_FD_READ);
  const EventHandle writable = event_of(watched_, WINPR_FD_WRITE);
  if (!wake || !changed || !writable) return Error{ErrorKind::unavailable, "no events for the client's loop"};
  for (;;) {
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    const DWORD of_peer = peer_->GetEventHandles(peer_.get(), handles, MAXIMUM_WAIT_OBJECTS - 4);
    if (of_peer == 0) return Error{ErrorKind::unavailable, "the connection to the client is lost"};
    DWORD count = of_peer;
    handles[count++] = wake.get();
    handles[count++] = channels_->event();
    const bool blocked = write_blocked();
    if (blocked) handles[count++] = writable.get();
    if (active_) handles[count++] = changed.get();
    const bool more = !blocked && picture_waits();
    if (WaitForMultipleObjects(count, handles, FALSE, more ? 0 : patience()) == WAIT_FAILED)
      return Error{ErrorKind::io, "waiting for the client failed"};
    (void)wake_.lower();
    if (ended_) {
      say_goodbye(ERRINFO_RPC_INITIATED_DISCONNECT);
      return {};
    }
    const bool alive = read_peer(handles, of_peer) && process_channels() && (!blocked || peer_->DrainOutputBuffer(peer_.get()) >= 0);
    if (failure_) return *failure_;
    if (channels_->abused()) return Error{ErrorKind::corrupt, "the client sent what cannot be: a message of a dynamic channel that nobody can read"};
    if (!alive) return client_end(peer_->context, watched_, admitted_);
    if (active_) TRY(show());
  }
}

// libfreerdp reads only when there is something: before the client is admitted its reads block.
bool RdpFront::read_peer(const HANDLE* handles, DWORD count) {
  forget_complaint();
  for (DWORD i = 0; i < count; ++i) {
    if (WaitForSingleObject(handles[i], 0) == WAIT_OBJECT_0) return peer_->CheckFileDescriptor(peer_.get());
  }
  return true;
}

// Dynamic channels, once the client is admitted; ours are opened when they are there.
bool RdpFront::process_channels() {
  if (!admitted_) return true;
  if (WaitForSingleObject(channels_->event(), 0) == WAIT_OBJECT_0 && !channels_->process()) return false;
  if (active_ && !opened_channels_ && channels_->ready()) {
    opened_channels_ = true;
    if (graphics_ && !graphics_->open()) graphics_.reset();
    display_ = std::make_unique<DisplayChannel>(channels_->manager(), peer_->context, wake_);
    if (!display_->open()) display_.reset();
  }
  if (!process_long()) return false;
  if (!display_) return true;
  if (const auto wish = display_->take(SizeWish::Clock::now())) input_.request_screen(*wish);
  return true;
}

bool RdpFront::receive(UINT16 channel, std::span<const std::byte> chunk, UINT32 flags, size_t total) {
  if (!admitted_) return true;
  ChannelBridge* bridge = bridge_.bridge();
  const auto bridged = bridge ? channels_->bridged(channel) : std::nullopt;
  const Result<void> taken = bridged                            ? bridge->receive(BridgeEnd::client, *bridged, chunk, flags, total, ChannelBridge::Clock::now())
                             : channels_->is_clipboard(channel) ? clipboard_.receive(chunk, flags, total, ClipboardChannel::Clock::now())
                                                                : channels_->receive(channel, chunk, flags, total);
  if (!taken) failure_ = taken.error().within("the client sent what cannot be");
  return taken.has_value();
}

// What may be long. By turns: a line that takes little at a time would be full of it.
bool RdpFront::process_long() {
  if (!active_) return true;
  const bool copying = clipboard_.sending();
  const bool due = !(copying || bridge_.sending()) || !picture_waits() || picture_turns_ >= kPictureTurns;
  const auto blocked = [this] { return write_blocked(); };
  if (!bridge_.send(*channels_, watched_, due, blocked)) return false;
  if (!due) return true;
  picture_turns_ = 0;
  if (!channels_->clipboard()) return true;
  std::optional<Corked> corked;
  if (copying) corked.emplace(watched_);
  return clipboard_.flush(ClipboardChannel::Clock::now(), blocked);
}

// How long nothing may happen before the loop has to look.
DWORD RdpFront::patience() {
  if (ChannelBridge* bridge = bridge_.bridge(); bridge && active_ && !write_blocked() && bridge->waits(BridgeEnd::client)) return 0;
  if (graphics_awaited()) return kGraphicsTick;
  DWORD patience = INFINITE;
  const auto wish = display_ ? display_->wait(SizeWish::Clock::now()) : std::nullopt;
  std::optional<std::chrono::milliseconds> still;
  if (const auto from = settling())
    still = std::max(std::chrono::ceil<std::chrono::milliseconds>(*from - Motion::Clock::now()), std::chrono::milliseconds(0));
  const auto copied = !active_ || write_blocked() ? std::nullopt : clipboard_.wait(ClipboardChannel::Clock::now());
  for (const auto& wait : {wish, still, copied}) {
    if (wait) patience = std::min(patience, static_cast<DWORD>(wait->count()));
  }
  return patience;
}

// Whether there is something to show that the client takes, as far as its line does.
bool RdpFront::picture_waits() {
  return active_ && !suppressed_ && screen_->due() && !(graphics_ && (graphics_awaited() || graphics_->behind()));
}

// From when on what was shown with loss is to be shown exactly: while the line has nothing else to do, or after a while. None: something else comes first.
std::optional<Motion::Clock::time_point> RdpFront::settling() {
  if (!graphics_ || !active_ || suppressed_ || graphics_->behind() || write_blocked()) return {};
  const auto from = screen_->next_settling();
  return !from || (!screen_->due() && graphics_->idle()) ? from : *from + kSettlingPatience;
}

// Whether the pipeline may still come, so that nothing is shown by other means.
bool RdpFront::graphics_awaited() {
  if (!graphics_ || !active_ || graphics_->ready()) return false;
  if (std::chrono::steady_clock::now() < *bitmaps_from_) return true;
  graphics_.reset();
  return false;
}

// One frame of the pipeline, of what is due.
bool RdpFront::show_frame() {
  if (std::exchange(surface_due_, false) && !graphics_->reset(screen_->size())) return false;
  if (graphics_->behind()) return true;
  const Motion::Clock::time_point now = Motion::Clock::now();
  std::vector<Rect> settled, moving;
  if (const auto from = settling(); from && *from <= now) settled = screen_->take_settled(now, graphics_->unhurried_tiles(kTilesInAFrame));
  if (graphics_->takes_video()) moving = screen_->take_moving(now);
  const std::vector<Rect> rects = screen_->take_due(kTilesInAFrame);
  return (settled.empty() && rects.empty() && moving.empty()) || graphics_->send(*screen_, settled, rects, moving);
}

Result<void> RdpFront::show() {
  const Error lost{ErrorKind::unavailable, "the connection to the client is lost"};
  const Motion::Clock::time_point now = Motion::Clock::now();
  if (auto cursor = screen_->look(now)) {
    cursor_ = std::move(cursor);
    cursor_due_ = true;
  }
  input_.set_screen(screen_->size());
  if (!screen_->size().empty() && screen_->size() != announced_) {
    if (!freerdp_settings_get_bool(peer_->context->settings, FreeRDP_DesktopResize))
      return Error{ErrorKind::unsupported, "the client cannot take the size of the target's screen"};
    if (!resize()) return lost;
    return {};
  }
  if (suppressed_ || write_blocked()) return {};
  ++picture_turns_;
  if (std::exchange(cursor_due_, false) && !send_pointer(peer_->context, *cursor_)) return lost;
  if (screen_->size().empty() || graphics_awaited()) return {};
  const Corked corked(watched_);
  if (graphics_ && !show_frame()) return lost;
  for (int sent = 0; !graphics_ && sent < kPiecesInARow && screen_->due() && !write_blocked(); ++sent) {
    if (!screen_->send_tiles(*encoder_, peer_->context)) return lost;
  }
  if (!screen_->due()) screen_->sent();
  return {};
}

// Deactivates the client and tells it the new size; activate() comes when it is ready again.
bool RdpFront::resize() {
  active_ = false;
  peer_->activated = FALSE;
  return announce(screen_->size()) && peer_->context->update->DesktopResize(peer_->context);
}

void RdpFront::say_goodbye(UINT32 error_info) {
  if (!admitted_) return;
  freerdp_set_error_info(peer_->context->rdp, error_info);
  peer_->Close(peer_.get());
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kGoodbyeMilliseconds);
  while (write_blocked() && std::chrono::steady_clock::now() < end) {
    pollfd writable{watched_, POLLOUT, 0};
    if (poll(&writable, 1, kGoodbyeMilliseconds) <= 0 || peer_->DrainOutputBuffer(peer_.get()) < 0) return;
  }
}

// The protocol has numbers for reasons and no room for a sentence.
void RdpFront::end(const std::string&) {
  ended_ = true;
  wake_.raise();
  // Nothing has been promised to this client yet, and libfreerdp may be blocked on it.
  if (!admitted_) shutdown(watched_, SHUT_RDWR);
}

}  // namespace rdp

std::unique_ptr<Front> make_rdp_front(int client, TlsIdentity identity) {
  return std::make_unique<rdp::RdpFront>(client, std::move(identity));
}

}  // namespace frostgate::relay
