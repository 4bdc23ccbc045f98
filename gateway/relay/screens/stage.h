// Puts the gateway's own screens in front of a session's target, and the user's input where it belongs: to the screen that
// shows, or to the target. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "codec/base/secret.h"
#include "gateway/relay/keyboard.h"
#include "gateway/relay/screens/dialog.h"
#include "gateway/relay/surface.h"

namespace frostgate::relay::screens {

struct Answer {
  std::size_t button = 0;
  std::size_t choice = 0;
  std::vector<Secret> fields;
};

class Stage final : public InputSink {
 public:
  using Clock = std::chrono::steady_clock;

  // `surface` outlives it.
  explicit Stage(Surface& surface) : surface_(surface) {}

  // What the client said of itself: the size of screens before there is a target, and the layout of its keyboard.
  void set_client(Size size, std::uint32_t keyboard_layout);

  // Shows the dialog until it is answered; nullopt when `until` passed first, or close() or another dialog came. Nothing
  // that was held or pressed on the screen reaches the target.
  std::optional<Answer> ask(Dialog dialog, std::optional<Clock::time_point> until = std::nullopt);
  // Shows the dialog and returns its number; it stays until the next, or clear().
  std::uint64_t show(Dialog dialog);
  // Of the dialog of that number, when it still shows: other words, as a countdown has; the answer, if it comes within
  // `patience`; its end, so that the target is seen.
  void reword(std::uint64_t number, const std::string& text);
  std::optional<Answer> answer_within(std::uint64_t number, std::chrono::milliseconds patience);
  void clear(std::uint64_t number);
  // No dialog is answered any more, also none that comes.
  void close();

  // Where input goes while no screen shows. `target` outlives the stage, or null again.
  void set_target(InputSink* target);
  // Asked about each text that the user has copied, on the front's thread: whether the target gets it. None: no.
  void set_clipboard_gate(std::function<bool(const std::string* text)> gate);
  // Input is dropped, and keys and buttons that are down are let go on the target first.
  void lock_input(bool locked);
  bool locked() const;
  // When the user last did something.
  Clock::time_point last_input() const;

  void key(const KeyEvent& event) override;
  void pointer(const PointerEvent& event) override;
  void lock_keys(const LockKeys& state) override;
  std::optional<bool> clipboard_offered() override;
  void request_screen(const ScreenWish& wish) override;
  void clipboard(const std::string& text) override;

 private:
  std::uint64_t raise(Dialog dialog);
  void paint_now();
  void uncover();
  void press(std::size_t button);
  void let_go();

  Surface& surface_;
  mutable std::mutex mutex_;
  std::condition_variable answered_;
  Size client_size_{1280, 800};
  std::unique_ptr<Keyboard> keyboard_ = std::make_unique<Keyboard>(0);
  std::unique_ptr<DialogState> state_;
  std::optional<Answer> answer_;
  std::uint64_t showing_ = 0;  // counts the dialogs
  Frame behind_;
  InputSink* target_ = nullptr;
  std::function<bool(const std::string*)> clipboard_gate_;
  std::vector<KeyEvent> down_;  // on the target
  PointerEvent passed_;         // to the target, the last one
  std::uint8_t kept_buttons_ = 0;  // that are down since a screen of ours or the lock had them
  bool locked_ = false;
  std::optional<LockKeys> missed_locks_;  // while locked
  bool closed_ = false;
  Clock::time_point last_input_ = Clock::now();
};

}  // namespace frostgate::relay::screens
