// The recorder's tap: notes in the journal what the Surface showed and what happened, on one clock. It never holds up
// the back or a front: states are taken when due, at most N a second; what they replaced is counted.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "codec/base/event.h"
#include "codec/base/keystroke.h"
#include "codec/base/result.h"
#include "codec/tiles/change_encoder.h"
#include "gateway/relay/input.h"
#include "gateway/relay/keyboard.h"
#include "gateway/relay/surface.h"
#include "gateway/relay/wakeup.h"
#include "storage/journal/journal_writer.h"

namespace frostgate::relay {

// The two streams of a session's journal, under a key each.
struct RecorderJournals {
  storage::JournalWriter screen;
  storage::JournalWriter keystrokes;
};

struct RecorderSettings {
  int states_per_second = 5;
  std::uint32_t keyboard_layout = 0;                      // of the user, as in ClientProfile
  // A crash may lose a second: half of it is for the thread to get its turn, and for the disk, on a busy machine.
  Microseconds flush_interval = std::chrono::milliseconds(500);
  Microseconds settling = std::chrono::milliseconds(20);  // recording_pace.h
  SessionTime already{};                                  // how long the session lasts when the recorder begins
  Microseconds still_interval = std::chrono::milliseconds(500);  // while nothing else is written, the journal says so often that the session goes on
};

// An InputSink that notes and forwards. A key that cannot be noted is not forwarded, until a journal fails: who lets the session go on then has its input forwarded. key(), pointer(), lock_keys() and request_screen() from any thread.
class Recorder : public InputSink {
 public:
  // Notes `started` at session time `already`, which is now. `next` and `surface` outlive the recorder; `on_failure` is called
  // once, on the recorder's thread, when a journal cannot be written any more.
  Recorder(Surface& surface, InputSink& next, RecorderJournals journals, SessionStarted started,
           RecorderSettings settings, std::function<void(const Error&)> on_failure);
  // Abandons the journals, unless finish() was called.
  ~Recorder() override;

  // Records what is still pending and closes the journals. Call once; nothing is forwarded afterwards.
  Result<void> finish(const std::string& reason);
  // The same, but the session may go on with another recorder: the journals are paused.
  Result<void> pause();

  // From any thread.
  void note(EventBody event);
  // Text (UTF-8) that went over the clipboard, noted beside the keystrokes when it is short enough for a password.
  void note_copied(const std::string& text);
  // A password of the target's, which the user gave on a screen of the gateway's: noted there too, also while nothing else is.
  void note_secret(const Secret& secret);

  // Records nothing from a moment soon on but that it is so, and goes on after `longest` at the latest, or (nullopt) when it is told to. `told` hears from the recorder's thread,
  // with what was on screen until then and the event on disk, that nothing is recorded (true), and later that it goes on (false). From any thread.
  void suspend(RecordingPaused event, std::optional<std::chrono::seconds> longest, std::function<void(bool suspended)> told);
  // Goes on with the screen as it is then. False when nobody has suspended it: `told` hears nothing.
  bool go_on(const std::string& why);
  bool suspended() const;

  void key(const KeyEvent& event) override;
  void pointer(const PointerEvent& event) override;
  void lock_keys(const LockKeys& state) override;
  void request_screen(const ScreenWish& wish) override;
  std::optional<bool> clipboard_offered() override { return next_.clipboard_offered(); }
  void clipboard(const std::string& text) override { next_.clipboard(text); }

 private:
  using Clock = std::chrono::steady_clock;

  void run(std::stop_token stop);
  Result<void> record_until(std::stop_token stop);
  // `again`: after a time in which nothing was to be recorded, and nothing is counted.
  Result<void> record_state(SessionTime now, bool again = false);
  void rest();
  Result<void> record_input();
  Result<void> record_keystrokes();
  Result<void> flush();
  // Under the mutex, before something is noted: wakes the thread when it has nothing to do yet.
  void wake_for_input();
  Result<void> append(SessionTime at, const EventBody& body);
  // What suspend() and go_on() want, on the recorder's thread; whether a state was taken for it.
  Result<bool> obey();
  Result<void> stop_noting(RecordingPaused event);
  Result<void> note_again(const std::string& why);
  void tell_again();
  // Input is noted by other threads: microseconds of disorder are ironed out, so that the journal's times never go back.
  SessionTime in_order(SessionTime at);
  SessionTime now() const { return settings_.already + std::chrono::duration_cast<SessionTime>(Clock::now() - start_); }
  Result<void> record_rest(const std::string& why);

  InputSink& next_;
  RecorderJournals journals_;
  const RecorderSettings settings_;
  const std::function<void(const Error&)> on_failure_;
  const Clock::time_point start_ = Clock::now();

  codec::TileCopies former_;  // what tiles were when they were recorded, of those that have changed since; under the surface's lock
  Surface::Reader reader_;
  codec::ChangeEncoder encoder_;
  SessionTime noted_until_ = settings_.already;
  std::optional<SessionTime> busy_until_;     // a state was taken then, and rest() not called since
  bool silent_ = false;                       // it is suspended; the recorder's thread's, as is the next
  std::optional<Clock::time_point> goes_on_;  // then at the latest

  struct Suspension {
    RecordingPaused event;
    std::optional<std::chrono::seconds> longest;
  };
  mutable std::mutex mutex_;  // guards what follows
  std::optional<Suspension> suspend_;   // is wanted
  std::optional<std::string> go_on_;    // is wanted, and why
  std::function<void(bool)> told_;      // while it is suspended, or to be
  bool noting_ = true;
  bool dead_ = false;  // a journal cannot be written any more
  std::vector<Event> pending_;
  std::uint32_t keys_ = 0;
  Keyboard keyboard_;
  Keystrokes keystrokes_;
  struct CopiedText {
    SessionTime at{};
    storage::JournalEntryKind kind{};  // copied or secret
    Secret text;
  };
  std::vector<CopiedText> copied_;
  std::optional<Size> recorded_size_;

  Wakeup wake_;
  std::optional<Error> failure_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace frostgate::relay
