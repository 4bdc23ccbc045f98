#include "tests/integration/vnc/viewer.h"

#include <rfb/rfbclient.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "gateway/relay/back.h"

extern "C" void rfbClientEncryptBytes(unsigned char* bytes, char* passwd);

// libvncserver 0.9.14 loses an iterator (24 bytes) at each SetDesktopSize.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:rfbGetClientIterator\n"; }

namespace frostgate::test {
namespace {

char tag;
Viewer& viewer_of(rfbClient* client) { return *static_cast<Viewer*>(rfbClientGetClientData(client, &tag)); }
thread_local std::string last_log;

void remember(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  last_log = text;
}

}  // namespace

void vnc_encrypt(unsigned char* challenge, const std::string& password) {
  std::string copy = password;
  copy.resize(8);
  rfbClientEncryptBytes(challenge, copy.data());
}

Viewer::Viewer(int socket, std::string password, const char* encodings) : password_(std::move(password)) {
  rfbClient* client = rfbGetClient(8, 3, 4);
  rfbClientSetClientData(client, &tag, this);
  client->sock = socket;
  SetNonBlocking(socket);
  client->listenSpecified = TRUE;
  client->format.redShift = 16;
  client->format.greenShift = 8;
  client->format.blueShift = 0;
  client->canHandleNewFBSize = TRUE;
  client->appData.enableJPEG = FALSE;
  client->appData.useRemoteCursor = TRUE;
  client->appData.encodingsString = encodings;
  // Of the front's ways in, the one for which no certificate and no user name are needed.
  static const std::uint32_t kVncAuth[] = {rfbVncAuth, 0};
  SetClientAuthSchemes(client, kVncAuth, -1);
  client->GetPassword = [](rfbClient* c) { return strdup(viewer_of(c).password_.c_str()); };
  client->MallocFrameBuffer = [](rfbClient* c) -> rfbBool {
    viewer_of(c).pixels_.assign(static_cast<std::size_t>(c->width * c->height) * 4, 0);
    c->frameBuffer = viewer_of(c).pixels_.data();
    return TRUE;
  };
  client->FinishedFrameBufferUpdate = [](rfbClient* c) {
    Viewer& viewer = viewer_of(c);
    const std::lock_guard lock(viewer.mutex_);
    viewer.screen_ = Frame::copy_of({viewer.pixels_.data(), {c->width, c->height}, std::ptrdiff_t{c->width} * 4});
    viewer.changed_.raise();
  };
  client->GotCursorShape = [](rfbClient* c, int, int, int, int, int) { ++viewer_of(c).cursors_; };
  // The library's log is one for the process. The back silences it once, with its first connection: let that be over.
  const std::unique_ptr<relay::Back> back = relay::make_vnc_back({});
  relay::Surface nowhere;
  (void)back->connect(nowhere, 1).has_value();
  rfbClientLog = rfbClientErr = remember;
  if (!rfbInitClient(client, nullptr, nullptr)) {
    refusal_ = last_log;
    return;
  }
  client_ = client;
  thread_ = std::thread([this] { loop(); });
}

Viewer::~Viewer() {
  if (client_ == nullptr) return;
  stop_ = true;
  wakeup_.raise();
  thread_.join();
  client_->frameBuffer = nullptr;
  std::free(client_->rcSource);
  std::free(client_->rcMask);
  rfbClientCleanup(client_);
}

void Viewer::loop() {
  while (!stop_) {
    if (client_->buffered == 0) {
      pollfd waiting[] = {{client_->sock, POLLIN, 0}, {wakeup_.descriptor(), POLLIN, 0}};
      poll(waiting, 2, -1);
      wakeup_.lower();
      std::vector<std::function<void(rfbClient*)>> actions;
      {
        const std::lock_guard lock(mutex_);
        actions.swap(actions_);
      }
      for (const auto& action : actions) action(client_);
      if (waiting[0].revents == 0) continue;
    }
    if (!HandleRFBServerMessage(client_)) break;
  }
  ended_ = true;
  changed_.raise();
}

void Viewer::post(std::function<void(rfbClient*)> action) {
  const std::lock_guard lock(mutex_);
  actions_.push_back(std::move(action));
  wakeup_.raise();
}

void Viewer::key(std::uint32_t keysym) {
  post([=](rfbClient* client) {
    SendKeyEvent(client, keysym, TRUE);
    SendKeyEvent(client, keysym, FALSE);
  });
}

void Viewer::type(const std::string& text) {
  for (const char character : text) key(static_cast<unsigned char>(character));
}

void Viewer::pointer(int x, int y, int mask) {
  post([=](rfbClient* client) { SendPointerEvent(client, x, y, mask); });
}

void Viewer::ask_for_size(Size size) {
  post([=](rfbClient* client) {
    SendExtDesktopSize(client, static_cast<std::uint16_t>(size.width), static_cast<std::uint16_t>(size.height));
  });
}

void Viewer::forget_screen() {
  std::fill(pixels_.begin(), pixels_.end(), std::uint8_t{0});
  const std::lock_guard lock(mutex_);
  screen_ = Frame(screen_.size());
}

void Viewer::ask_again() {
  post([this](rfbClient* client) {
    forget_screen();
    SendFramebufferUpdateRequest(client, 0, 0, client->width, client->height, FALSE);
  });
}

void Viewer::let_draw_pointer() {
  post([this](rfbClient* client) {
    forget_screen();
    client->appData.useRemoteCursor = FALSE;
    SetFormatAndEncodings(client);
    SendIncrementalFramebufferUpdateRequest(client);
  });
}

Frame Viewer::screen() {
  const std::lock_guard lock(mutex_);
  return screen_;
}

bool Viewer::shows(const std::function<bool(const Frame&)>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition(screen())) return true;
    pollfd waiting{changed_.descriptor(), POLLIN, 0};
    poll(&waiting, 1, 100);
    changed_.lower();
  }
  return false;
}

bool Viewer::sees_end() {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!ended_ && std::chrono::steady_clock::now() < deadline) {
    pollfd waiting{changed_.descriptor(), POLLIN, 0};
    poll(&waiting, 1, 100);
  }
  return ended_;
}

}  // namespace frostgate::test
