// The recording of one session: its row and its keys, the files of its journal, what its relays tell of it, and its end. It lasts as long as the session does, over all of
// the connections that its user comes back by.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "gateway/ipc/channel.h"
#include "gateway/serve/core.h"
#include "gateway/serve/session_volume.h"
#include "storage/catalog/recordings.h"

namespace frostgate::serve {

// Not thread-safe: one thread, that of the relay.
class SessionRecording {
 public:
  SessionRecording(Core& core, std::string id) : core_(core), id_(std::move(id)) {}

  struct Keys {
    Secret screen, keystrokes;  // of the journal's two streams
  };
  // Makes the keys and the folder, and `row` with what it says of session and Grant; the rest of it is filled in here. On an error nothing is recorded, and no session may begin.
  Result<Keys> begin(catalog::Recording row, UtcTime now);
  bool begun() const { return began_.has_value(); }
  Microseconds lasts() const;  // since it began
  Result<Keys> keys() const;
  // The first numbers that no file of the journal has.
  int next_file() const;
  int next_keystroke_file() const;

  // A new file of the journal, for a relay, which has no file system. Errors: corrupt says what the relay did that it may not; io: the disk takes none.
  Result<Descriptor> make_file(const ipc::Message& message);

  // The relay's word that its recorder has failed and the session goes on (message `unrecorded`). Why; the error says what the relay did that it may not.
  Result<std::string> goes_on_without(const ipc::Message& message);
  // A relay's last word (message `ended`).
  void relay_says_end(const ipc::Message& message);
  void relay_ended(double cpu_seconds);
  // Another relay goes on with it.
  void resumed();
  int resumed_times() const { return returns_; }
  // Whether the relay of now has a file of it.
  bool used() const { return used_; }
  // Whether its journals were left so that another relay can go on with them. A relay that had been taken over may say anything; what follows would be read by nobody.
  bool paused() const;
  // Closes journals that nobody goes on with. False: that could not be done, and the log says why.
  bool close_paused(const std::string& reason) const;

  // Why a recorder failed, and the session ended for it; empty: it did not.
  const std::string& failure() const { return failure_; }
  // Closes the row, with `report` of the session, and queues its redaction.
  void end(nlohmann::json report, const std::string& reason, bool interrupted, UtcTime now);

 private:
  std::filesystem::path keystrokes() const;

  Core& core_;
  const std::string id_;  // of the session
  std::filesystem::path directory_;  // of the journal
  std::optional<std::chrono::steady_clock::time_point> began_;
  bool used_ = false, told_ = false;  // by the relay of now: the latter says that it has ended
  int returns_ = 0;
  std::string unrecorded_, failure_;  // the former: why nothing is recorded any more, though the session goes on
  double cpu_seconds_ = 0;  // of relays that have gone, as:
  std::optional<SessionVolume> volume_ = SessionVolume();  // nullopt once one did not tell
};

}  // namespace frostgate::serve
