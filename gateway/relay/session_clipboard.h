// What goes over a session's clipboard, as the Grant lets it, and what is said of it in the log, to serve and in the recording: text, which is fetched and handed
// on whole; pictures and files, which stay where they are until they are pasted (paste_gate.h). Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/relay/paste_gate.h"
#include "gateway/relay/recorder.h"
#include "gateway/relay/serve_link.h"

namespace frostgate::relay {

class SessionClipboard {
 public:
  // Of the session; all of it outlives this.
  struct Session {
    const std::string& id;
    ServeLink& link;
    std::function<void(const std::function<void(Recorder&)>& use)> with_recorder;  // calls it while there is one
    std::function<bool()> locked;                                                  // the user may only look
    std::function<void(copied::Item)> to_client, to_target;
  };
  explicit SessionClipboard(Session session);

  // From a `target` message, before the connection begins. `spoken`: both sides have a clipboard for pictures and files.
  void open(const ipc::Message& answer, bool spoken);
  void target_listens() { gate_.offer_again(); }
  void close() { gate_.close(); }

  // Whether a copied text may pass, with a line in the log. Null: there is some, which would have to be fetched.
  bool passes(bool to_target, const std::string* text);
  // Something was copied that no rule lets pass.
  void keep_back(bool to_target, std::string_view what) { refuse(to_target, what, "which no rule lets pass"); }
  void from_client(copied::Item item) { gate_.from_client(std::move(item), PasteGate::Clock::now()); }
  void from_target(copied::Item item) { gate_.from_target(std::move(item), PasteGate::Clock::now()); }

  // Of text that passed.
  std::int64_t pasted_bytes() const { return pasted_bytes_; }
  std::int64_t copied_bytes() const { return copied_bytes_; }

 private:
  void note(bool to_target, bool passed);
  bool recorded();
  void tell_refused(bool to_target, std::string_view what);
  void refuse(bool to_target, std::string_view what, std::string_view why);
  void passed(const PasteGate::Passed& passed);

  const Session session_;
  std::atomic<bool> text_to_target_ = false, text_to_client_ = false;
  std::atomic<std::int64_t> pasted_bytes_ = 0, copied_bytes_ = 0;
  PasteGate gate_;
};

}  // namespace frostgate::relay
