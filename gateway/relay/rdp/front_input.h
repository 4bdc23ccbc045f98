// An RDP client's input (MS-RDPBCGR 2.2.8.1), as it goes to the sink. One thread.
#pragma once

#include "gateway/relay/input.h"
#include "gateway/relay/rdp/freerdp_compat.h"

namespace frostgate::relay::rdp {

class FrontInput {
 public:
  // Nothing is passed on before there is a sink.
  void attach(InputSink* sink) { sink_ = sink; }
  void set_screen(Size screen) { screen_ = screen; }
  void request_screen(const ScreenWish& wish) {
    if (sink_) sink_->request_screen(wish);
  }

  std::optional<bool> clipboard_offered() { return sink_ ? sink_->clipboard_offered() : std::nullopt; }
  void clipboard(const std::string& text) {
    if (sink_) sink_->clipboard(text);
  }

  void keyboard(UINT16 flags, std::uint16_t code);
  void unicode(UINT16 flags, std::uint16_t code);
  void mouse(UINT16 flags, UINT16 x, UINT16 y);
  void extended_mouse(UINT16 flags, UINT16 x, UINT16 y);
  void synchronize(UINT32 flags);

 private:
  void move_to(UINT16 x, UINT16 y);
  void set_button(std::uint8_t button, bool down);

  InputSink* sink_ = nullptr;
  Size screen_;
  PointerEvent pointer_;
};

}  // namespace frostgate::relay::rdp
