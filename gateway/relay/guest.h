// Somebody else who looks at a session while its user works in it: a page that speaks RFB in a WebSocket and is shown what the user is shown. Nothing
// that it sends reaches the target, a screen of the gateway's or a clipboard.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "gateway/base/descriptor.h"
#include "gateway/relay/front.h"

namespace frostgate::relay {

// Made and destroyed on one thread, which is not its own.
class Guest final : public FrontHost {
 public:
  // `client`: a stream socket whose upgrade has been answered. `left` is called on the guest's thread, once, when nobody looks any more. `surface` shows a
  // screen already and outlives it.
  Guest(Descriptor client, Surface& surface, std::function<void()> left);
  ~Guest() override;  // shows it out

  // From any thread.
  void show_out() { front_->end(""); }
  bool gone() const { return gone_; }

  bool authenticate(const PasswordLogin&) override { return false; }
  Result<std::array<std::byte, 16>> vnc_challenge() override;
  bool check_vnc_response(std::span<const std::byte, 16>, bool) override { return false; }
  bool enter() override { return true; }  // serve has let it in
  Result<InputSink*> client_ready(const ClientProfile&) override { return &deaf_; }

 private:
  struct Deaf final : InputSink {
    void key(const KeyEvent&) override {}
    void pointer(const PointerEvent&) override {}
    void lock_keys(const LockKeys&) override {}
    void request_screen(const ScreenWish&) override {}
  };

  Deaf deaf_;
  std::unique_ptr<Front> front_;
  std::atomic<bool> gone_ = false;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace frostgate::relay
