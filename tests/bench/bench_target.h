// Targets that a bench paints on and that tell when a key has reached them.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "codec/base/frame.h"
#include "gateway/relay/front.h"

struct _XDisplay;  // Xlib's macros stay out of what includes this

namespace frostgate::bench {

class Target {
 public:
  virtual ~Target() = default;
  virtual Size size() const = 0;
  // Shows `picture` at `place`; returns as soon as the screen's owner has been told.
  virtual void paint(FrameView picture, Point place) = 0;
  virtual int key_descriptor() const = 0;  // readable when something has arrived
  virtual unsigned keys_down() = 0;        // how many keys went down since the last call
};

// The root window of an X display, which a VNC server shares.
class XTarget final : public Target {
 public:
  explicit XTarget(const std::string& display);
  ~XTarget() override;
  bool open() const { return display_ != nullptr; }
  Size size() const override;
  void paint(FrameView picture, Point place) override;
  int key_descriptor() const override;
  unsigned keys_down() override;

 private:
  _XDisplay* display_;
};

// A Surface that an RDP front of our own serves to every client that comes: no capturing, no frame clock, hence no
// noise. Listens on 127.0.0.1:port.
class RdpTarget final : public Target {
 public:
  RdpTarget(Size size, std::uint16_t port, std::string certificate, const std::string& key);
  ~RdpTarget() override;
  bool listening() const { return listener_ >= 0; }
  Size size() const override { return surface_.size(); }
  void paint(FrameView picture, Point place) override;
  int key_descriptor() const override { return sink_.arrived.descriptor(); }
  unsigned keys_down() override;

 private:
  struct Sink final : relay::InputSink {
    void key(const relay::KeyEvent& event) override;
    void pointer(const relay::PointerEvent&) override {}
    void lock_keys(const relay::LockKeys&) override {}
    void request_screen(const relay::ScreenWish&) override {}
    std::atomic<unsigned> keys = 0;
    relay::Wakeup arrived;
  };
  struct Host final : relay::FrontHost {
    Host(Sink& to, const crypto::PemIdentity& own) : sink(to), identity(own) {}
    Result<std::vector<std::byte>> sign_handshake(std::uint16_t scheme, std::span<const std::byte> content) override {
      return crypto::sign_handshake(identity, scheme, content, {});
    }
    bool authenticate(const relay::PasswordLogin&) override { return true; }
    Result<std::array<std::byte, 16>> vnc_challenge() override { return Error{ErrorKind::unsupported, "not VNC"}; }
    bool check_vnc_response(std::span<const std::byte, 16>, bool) override { return false; }
    Result<relay::InputSink*> client_ready(const relay::ClientProfile&) override { return &sink; }
    Sink& sink;
    const crypto::PemIdentity& identity;
  };
  struct Guest {
    std::unique_ptr<relay::Front> front;
    std::jthread thread;
  };
  void welcome();

  crypto::PemIdentity identity_;
  Frame screen_;
  relay::Surface surface_;
  Sink sink_;
  Host host_{sink_, identity_};
  int listener_ = -1;
  std::list<Guest> guests_;  // of the acceptor's, until it has ended
  std::jthread acceptor_;
};

}  // namespace frostgate::bench
