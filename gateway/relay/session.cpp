#include "gateway/relay/session.h"

#include <signal.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "gateway/relay/back.h"
#include "gateway/relay/front.h"
#include "gateway/relay/journal_files.h"
#include "gateway/relay/rdp_library.h"
#include "gateway/relay/recorder.h"
#include "gateway/relay/serve_link.h"
#include "storage/crypto/hex.h"

namespace frostgate::relay {
namespace {

constexpr int kConnectSeconds = 10;
// When serve dies, its relays close their journals and are gone within 5 s.
constexpr auto kOrphanPatience = std::chrono::seconds(4);

bool clock_is_synchronised() {
  timex status{};
  return adjtimex(&status) >= 0 && (status.status & STA_UNSYNC) == 0;
}

class Session : public FrontHost {
 public:
  explicit Session(Descriptor channel)
      : link_(std::move(channel), [this](std::optional<std::string> message) { serve_says_end(std::move(message)); }) {}

  int run();

  bool authenticate(const PasswordLogin& login) override;
  Secret ntlm_hash(const NtlmExchange& exchange) override;
  Result<std::array<std::byte, 16>> vnc_challenge() override;
  bool check_vnc_response(std::span<const std::byte, 16> response, bool encrypted) override;
  Result<InputSink*> client_ready(const ClientProfile& profile) override;

 private:
  Result<void> start();
  bool admitted(const Result<ipc::Message>& answer);
  Result<void> open_target(ipc::Message& answer, const ClientProfile& profile);
  Result<RecorderJournals> create_journals(const ipc::Message& answer);
  Result<void> start_back(const std::string& protocol, BackSettings settings);
  void end(const std::string& reason, const std::string& message);
  void serve_says_end(std::optional<std::string> message);
  void finish();

  std::string id_ = "-";
  std::string user_, target_, front_kind_;
  ServeLink link_;
  JournalFiles journal_files_{link_};
  Surface surface_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<Back> back_;
  std::unique_ptr<Recorder> recorder_;
  std::jthread back_thread_;

  std::mutex mutex_;
  std::string end_reason_;  // the first one
};

Result<void> Session::start() {
  ipc::Message message = TRY(link_.first_message());
  id_ = TRY(message.text("session", 64));
  front_kind_ = TRY(message.text("front"));
  if (message.descriptors.size() != 1) return Error{ErrorKind::invalid, "serve passed no client"};
  const int client = message.descriptors[0].release();
  TlsIdentity identity;
  identity.certificate = TRY(message.text("certificate", 1 << 18));
  identity.private_key = TRY(message.take_secret("private_key", 1 << 16));
  if (front_kind_ == "rdp") {
    front_ = make_rdp_front(client, std::move(identity));
  } else {
    const bool plaintext_tickets = TRY(message.number("plaintext_tickets", 0, 1)) == 1;
    front_ = make_vnc_front(client, "Frostgate", {std::move(identity), plaintext_tickets});
  }
  return {};
}

int Session::run() {
  if (const Result<void> started = start(); !started) {
    log::error(id_, "cannot start: {}", started.error().message);
    return 1;
  }
  link_.listen();
  const Result<void> served = front_->run(*this, surface_);
  if (served) end("the user left", "");
  else end("the client's connection failed: " + served.error().message, "");
  finish();
  return 0;
}

bool Session::admitted(const Result<ipc::Message>& answer) {
  if (!answer || answer.value().type() != "admitted") return false;
  const auto user = answer.value().text("user"), target = answer.value().text("target");
  if (!user || !target) return false;
  user_ = user.value();
  target_ = target.value();
  return true;
}

bool Session::authenticate(const PasswordLogin& login) {
  return admitted(link_.ask({{"type", "authenticate"},
                             {"user", login.user},
                             {"domain", login.domain},
                             {"password", std::string(login.password.text())}}));
}

Secret Session::ntlm_hash(const NtlmExchange& exchange) {
  Result<ipc::Message> answer = link_.ask({{"type", "ntlm"},
                                           {"user", exchange.user},
                                           {"domain", exchange.domain},
                                           {"challenge", storage::to_hex(exchange.challenge)},
                                           {"session_key", storage::to_hex(exchange.session_key)},
                                           {"mic", storage::to_hex(exchange.mic)},
                                           {"messages", storage::to_hex(exchange.messages)}});
  if (!admitted(answer)) return {};
  Result<std::vector<std::byte>> hash = answer.value().bytes("hash", 16);
  if (!hash || hash.value().size() != 16) return {};
  Secret out{std::span<const std::byte>(hash.value())};
  wipe_memory(hash.value().data(), hash.value().size());
  return out;
}

Result<std::array<std::byte, 16>> Session::vnc_challenge() {
  const ipc::Message answer = TRY(link_.ask({{"type", "vnc_challenge"}}));
  const std::vector<std::byte> bytes = TRY(answer.bytes("bytes", 16));
  std::array<std::byte, 16> out{};
  if (bytes.size() != out.size()) return Error{ErrorKind::corrupt, "serve sent no challenge"};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

bool Session::check_vnc_response(std::span<const std::byte, 16> response, bool encrypted) {
  return admitted(link_.ask(
      {{"type", "vnc_response"}, {"bytes", storage::to_hex(response)}, {"encrypted", encrypted ? 1 : 0}}));
}

Result<InputSink*> Session::client_ready(const ClientProfile& profile) {
  ipc::Message answer = TRY(link_.ask({{"type", "open_target"}}));
  if (answer.type() != "target") {
    const auto reason = answer.text("reason");
    const std::string text = reason ? reason.value() : "The target cannot be reached.";
    end("refused: " + text, "");
    return Error{ErrorKind::unavailable, text};
  }
  const Result<void> opened = open_target(answer, profile);
  if (!opened) {
    end("target: " + opened.error().message, "");
    return opened.error();
  }
  return recorder_.get();
}

Result<void> Session::open_target(ipc::Message& answer, const ClientProfile& profile) {
  if (answer.descriptors.size() != 1) return Error{ErrorKind::invalid, "serve passed no connection to the target"};
  const std::string protocol = TRY(answer.text("protocol"));
  BackSettings settings;
  settings.name = target_;
  settings.login.user = TRY(answer.text("user"));
  settings.login.domain = TRY(answer.text("domain"));
  settings.login.password = TRY(answer.take_secret("credential"));
  settings.pinned_certificate = TRY(answer.text("pinned_certificate"));
  settings.authorities = TRY(answer.text("authorities", 1 << 18));
  settings.host = TRY(answer.text("host", 255));
  settings.wanted_size = profile.size;
  settings.keyboard_layout = profile.keyboard_layout;
  settings.socket = answer.descriptors[0].release();
  // The journals first: a session that cannot be recorded does not connect.
  RecorderJournals journals = TRY(create_journals(answer));
  RecorderSettings recording;
  recording.keyboard_layout = profile.keyboard_layout;
  recording.states_per_second = static_cast<int>(TRY(answer.number("states_per_second", 1, 30)));

  TRY(start_back(protocol, std::move(settings)));
  TRY(link_.tell({{"type", "back_connected"}, {"certificate", back_->certificate()}}));
  SessionStarted started;
  started.utc = std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
  started.clock_synchronised = clock_is_synchronised();
  started.session = id_;
  started.user = user_;
  started.target = target_;
  started.front = front_kind_;
  started.back = protocol;
  started.lossy = back_->lossy();
  if (started.lossy) log::warning(id_, "the target offers only lossy graphics: redaction will cover more");
  recorder_ = std::make_unique<Recorder>(surface_, *back_, std::move(journals), std::move(started), recording,
                                         [this](const Error& error) {
                                           end("recording failed: " + error.message,
                                               "The session cannot be recorded any more and was ended.");
                                         });
  return {};
}

Result<RecorderJournals> Session::create_journals(const ipc::Message& answer) {
  const auto create = [&](const std::filesystem::path& folder, const char* key_name) -> Result<storage::JournalWriter> {
    std::vector<std::byte> bytes = TRY(answer.bytes(key_name, 32));
    const Secret key{std::span<const std::byte>(bytes)};
    wipe_memory(bytes.data(), bytes.size());
    return storage::JournalWriter::create(journal_files_, folder, id_, key);
  };
  storage::JournalWriter screen = TRY(create("", "journal_key"));
  storage::JournalWriter keystrokes = TRY(create(storage::kKeystrokeFolder, "keystroke_key"));
  return RecorderJournals{std::move(screen), std::move(keystrokes)};
}

Result<void> Session::start_back(const std::string& protocol, BackSettings settings) {
  back_ = protocol == "rdp" ? make_rdp_back(std::move(settings)) : make_vnc_back(std::move(settings));
  std::promise<Result<void>> connected;
  std::future<Result<void>> outcome = connected.get_future();
  back_thread_ = std::jthread([this, promise = std::move(connected)]() mutable {
    Result<void> done = back_->connect(surface_, kConnectSeconds);
    const bool usable = done.has_value();
    promise.set_value(std::move(done));
    if (!usable) return;
    if (const Result<void> ran = back_->run(); !ran) {
      end("target: " + ran.error().message, "The connection to the target ended: " + ran.error().message);
    }
  });
  const Result<void> done = outcome.get();
  if (done) return {};
  log::error(id_, "target {}: {}", target_, done.error().message);
  const bool credential = done.error().kind == ErrorKind::denied;
  TRY(link_.tell({{"type", "back_failed"}, {"certificate", back_->certificate()}, {"credential_refused", credential ? 1 : 0}}));
  return Error{done.error().kind, credential ? "The target \"" + target_ + "\" refused the stored credential. Tell your administrator."
                                             : "The target \"" + target_ + "\" cannot be used: " + done.error().message};
}

void Session::end(const std::string& reason, const std::string& message) {
  {
    const std::lock_guard lock(mutex_);
    if (!end_reason_.empty()) return;
    end_reason_ = reason;
  }
  log::info(id_, "ending: {}", reason);
  if (!message.empty()) front_->end(message);
}

void Session::serve_says_end(std::optional<std::string> message) {
  end(message ? "ended by the gateway: " + *message : "the gateway stopped", message.value_or("The gateway has stopped."));
  if (message) return;
  // Nobody is left to kill a front that hangs in a handshake.
  std::thread([id = id_] {
    std::this_thread::sleep_for(kOrphanPatience);
    log::error(id, "still not ended; leaving");
    _exit(1);
  }).detach();
}

void Session::finish() {
  if (recorder_) {
    const Result<void> closed = recorder_->finish(end_reason_);
    if (!closed) log::error(id_, "the journal was not closed: {}", closed.error().message);
  }
  if (back_) back_->end();
  if (back_thread_.joinable()) back_thread_.join();
  (void)link_.tell({{"type", "ended"}, {"reason", end_reason_}}).has_value();
}

}  // namespace

int run(int channel) {
  signal(SIGPIPE, SIG_IGN);
  // What libraries read from disk, while there is one.
  tzset();
  rdp::prepare_library();
  Result<void> inside = enter_sandbox();
  if (inside) inside = leave_file_system();
  if (!inside) {
    log::error("-", "{}", inside.error().message);
    return 1;
  }
  return Session(Descriptor(channel)).run();
}

}  // namespace frostgate::relay
