// The user's input on its way to an RDP target (MS-RDPBCGR 2.2.8.1).
#pragma once

#include <deque>
#include <mutex>
#include <variant>

#include "gateway/relay/input.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp/key_strokes.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

class BackInput {
 public:
  using Item = std::variant<KeyEvent, PointerEvent, LockKeys>;

  // `layout` is the target's keyboard.
  explicit BackInput(std::uint32_t layout) : strokes_(layout) {}

  // Raised when something waits to be sent.
  Wakeup arrived;

  // From any thread. Pointer movements that nothing else depends on replace each other. A target that takes nothing
  // for thousands of events loses the newest: its session is about to end.
  void push(Item item);

  // Sends what has been pushed, on the connection's loop thread. False: the connection is broken.
  bool send(rdpInput* input, Size screen);

 private:
  bool send_item(rdpInput* input, Size screen, const KeyEvent& key);
  bool send_item(rdpInput* input, Size screen, const PointerEvent& pointer);
  bool send_item(rdpInput* input, Size screen, const LockKeys& locks);
  bool send_wheel(rdpInput* input, UINT16 axis, int amount);

  std::mutex mutex_;
  std::deque<Item> waiting_;
  KeyStrokes strokes_;
  PointerEvent sent_;  // the pointer as the target knows it
};

}  // namespace frostgate::relay::rdp
