// One session of the relay: joins a front, serve, the gateway's screens, a back and the recorder. Its threads: the front's (run() and the FrontHost calls), the flow's
// (what leads to the target, as far as it asks the user), the back's, the watch's (time limits), the farewell's (a last screen), and the link's.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/relay/back.h"
#include "gateway/relay/front.h"
#include "gateway/relay/guest.h"
#include "gateway/relay/journal_files.h"
#include "gateway/relay/recorder.h"
#include "gateway/relay/screens/stage.h"
#include "gateway/relay/serve_link.h"
#include "gateway/relay/session_clipboard.h"
#include "gateway/relay/session_devices.h"
#include "gateway/relay/target_input.h"

namespace frostgate::relay {

class RelayedSession final : public FrontHost {
 public:
  explicit RelayedSession(Descriptor channel);
  ~RelayedSession() override;

  int run();  // the process's exit status

  bool authenticate(const PasswordLogin& login) override;
  Secret ntlm_hash(const NtlmExchange& exchange) override;
  Result<std::array<std::byte, 16>> vnc_challenge() override;
  bool check_vnc_response(std::span<const std::byte, 16> response, bool encrypted) override;
  Result<std::vector<std::byte>> sign_handshake(std::uint16_t scheme, std::span<const std::byte> content) override;
  bool enter() override;
  Result<InputSink*> client_ready(const ClientProfile& profile) override;
  void copied_no_text(std::string_view what) override { clipboard_.keep_back(true, what); }
  void pass(copied::Item item) override { clipboard_.from_client(std::move(item)); }

 private:
  Result<void> start(ipc::Message& message);
  bool admitted(const Result<ipc::Message>& answer);

  // What leads to the target. A `cancelled` error has been dealt with.
  void show_connecting();
  void flow(std::optional<ipc::Message> answer);
  Result<void> reach_target(std::optional<ipc::Message> answer);
  Result<void> log_in();
  Result<std::optional<ipc::Message>> settle(ipc::Message& answer);
  Result<ipc::Message> await_approval(const std::string& text);
  Result<void> justify(const ipc::Message& question);
  Result<void> choose_target(const ipc::Message& answer);
  Result<void> ask_account(const std::string& proposed, bool refused);
  Result<void> open_target(ipc::Message& answer);
  Result<RecorderJournals> create_journals(const ipc::Message& answer);
  void start_recorder(RecorderJournals journals, RecorderSettings settings);
  SessionStarted session_started() const;
  void with_recorder(const std::function<void(Recorder&)>& use);
  Error left();  // the user does not want to go on

  // The connection to the target (session_target.cpp).
  Result<BackSettings> back_settings(ipc::Message& answer);
  Result<void> start_back(BackSettings settings);
  Result<void> ask_again(Result<void> refused);
  Result<void> connect_back(BackSettings settings);
  Result<void> try_back(BackSettings settings);
  void target_is_lossy();
  void run_back();
  void take_input();
  Result<void> regain_target(const std::string& why);
  bool leaves_within(std::uint64_t screen, std::chrono::seconds patience);

  // How it ends: the first end() counts. With a dialog: the user sees it for as long, or until answered.
  struct Farewell {
    screens::Dialog dialog;
    std::chrono::seconds shown{60};
  };
  struct Cause {
    bool client_lost;               // the connection broke, and the user may go on in another
    std::string recording_failure;  // why it can be recorded no more; empty: it could
  };
  void end(const std::string& reason, std::optional<Farewell> farewell = std::nullopt, Cause cause = {});
  void serve_says_end(const ServeLink::End& order);
  void orphaned();
  bool ending() const;
  void finish();
  bool close_journals();

  // Tells serve how long changes take on their way, now and then and in the end.
  void measure(std::stop_token stop);
  void tell_delays();

  // Serve's word, by an approval (session_pause.cpp). The user is told on a screen, also when it is recorded again.
  void pause_recording(RecordingPaused pause, std::optional<std::chrono::seconds> longest);
  void record_again(const std::string& why);
  void recording_switched(bool paused, const std::optional<UtcTime>& until);
  void recording_failed(const Error& error);

  // Others who look on, by serve's word (session_guests.cpp). The user and the film are told of each.
  void let_in(ServeLink::Invitation invitation);
  void show_out(int number);
  void guest_left(int number, GuestSeen guest);
  void tell_guest_left(int number);
  void show_all_out();

  void watch(std::stop_token stop, int idle_seconds, int max_seconds);
  void warn_of_idleness(std::stop_token stop, int idle_seconds);
  void warn_of_time(std::chrono::steady_clock::time_point end, std::stop_token stop);

  std::string id_ = "-";
  std::string user_, target_, front_kind_;
  bool admitted_ = false;
  std::string recording_;  // whose journal this relay writes: of its own session, or of one that goes on
  bool journals_begun_ = false;
  ClientProfile client_;
  ServeLink link_;
  JournalFiles journal_files_{link_};
  SessionDevices devices_{{id_, link_, client_.other_channels, [this](auto bridge) { front_->join(std::move(bridge)); }}};
  Surface surface_;
  screens::Stage stage_{surface_};
  std::unique_ptr<Front> front_;
  TargetInput input_;
  std::string protocol_;  // the target's
  Graphics graphics_ = Graphics::bitmaps;  // what the target is offered at least; of the back's thread, once that runs
  std::atomic<bool> lossy_ = false;
  std::optional<TargetLogin> typed_account_;  // on the target, where its users are asked; for as long as the session lasts
  bool goes_on_unrecorded_ = false;  // when the recording fails; as the rule says
  SessionClipboard clipboard_{{id_, link_, [this](const auto& use) { with_recorder(use); }, [this] { return stage_.locked(); },
                               [this](copied::Item item) { front_->pass(std::move(item)); }, [this](copied::Item item) { input_.pass(std::move(item)); }}};
  std::uint64_t first_screen_ = 0;

  std::mutex closing_;          // of the journals: once, by whoever comes first; guards what follows
  std::optional<bool> closed_;  // and whether a later connection can go on with them

  mutable std::mutex mutex_;   // guards what follows
  std::string end_reason_;     // the first one; empty: it goes on
  Cause cause_{};              // of that
  bool has_screen_ = false;    // the client shows the Surface, or is about to
  std::unique_ptr<Recorder> recorder_;
  std::map<int, std::unique_ptr<Guest>> guests_;  // by serve's number; some have gone
  std::unique_ptr<Back> back_;  // changed by the back's thread alone, which may read it without the lock

  std::jthread back_thread_, flow_thread_, watch_thread_, farewell_thread_, measure_thread_;
};

}  // namespace frostgate::relay
