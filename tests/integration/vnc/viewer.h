// A real VNC viewer for tests: libvncclient on a thread of its own.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "codec/base/frame.h"
#include "gateway/relay/wakeup.h"

struct _rfbClient;

namespace frostgate::test {

// What VncAuth answers to `challenge` (16 bytes, in place).
void vnc_encrypt(unsigned char* challenge, const std::string& password);

class Viewer {
 public:
  // Takes the connected socket, and asks for these encodings. Whether it was let in: admitted(), after the constructor.
  Viewer(int socket, std::string password, const char* encodings = "zrle tight hextile copyrect raw");
  ~Viewer();

  bool admitted() const { return client_ != nullptr; }
  std::string refusal() const { return refusal_; }
  void key(std::uint32_t keysym);  // down and up
  void type(const std::string& text);
  void pointer(int x, int y, int mask);
  void ask_for_size(Size size);
  void ask_again();         // for all of the screen, having forgotten it
  void let_draw_pointer();  // by the server; having forgotten the screen
  Frame screen();
  // Waits until `condition` holds for the screen, for 10 s at most; whether it does.
  bool shows(const std::function<bool(const Frame&)>& condition);
  bool sees_end();  // waits until the connection is over
  int cursors() const { return cursors_; }

 private:
  void loop();
  void forget_screen();
  void post(std::function<void(_rfbClient*)> action);

  std::string password_;
  std::string refusal_;
  _rfbClient* client_ = nullptr;
  std::vector<unsigned char> pixels_;
  std::mutex mutex_;
  Frame screen_;
  std::vector<std::function<void(_rfbClient*)>> actions_;
  relay::Wakeup wakeup_;
  relay::Wakeup changed_;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> stop_ = false;
  std::atomic<int> cursors_ = 0;
  std::thread thread_;
};

}  // namespace frostgate::test
