// What leads from an admitted client, or one that still has to say who it is, to a target that is recorded.
#include <sys/timex.h>

#include <future>

#include "gateway/base/log.h"
#include "gateway/relay/relayed_session.h"
#include "gateway/relay/screens/phrases.h"

namespace frostgate::relay {
namespace {

constexpr int kGuesses = 3;  // as many as serve takes from a login screen

bool clock_is_synchronised() {
  timex status{};
  return adjtimex(&status) >= 0 && (status.status & STA_UNSYNC) == 0;
}

}  // namespace

void RelayedSession::show_connecting() { first_screen_ = stage_.show(screens::connecting(target_, devices_.withheld())); }

void RelayedSession::flow(std::optional<ipc::Message> answer) {
  const Result<void> reached = reach_target(std::move(answer));
  if (reached || reached.error().kind == ErrorKind::cancelled) return;
  const bool refused = reached.error().kind == ErrorKind::denied;
  end((refused ? "denied: " : "target: ") + reached.error().message,
      Farewell{refused ? screens::denied(id_) : screens::unreachable(reached.error().message, id_)});
}

Error RelayedSession::left() {
  end("the user did not go on");
  front_->end("You have left.");
  return {ErrorKind::cancelled, "the user did not go on"};
}

Result<void> RelayedSession::reach_target(std::optional<ipc::Message> answer) {
  if (!admitted_) TRY(log_in());
  while (true) {
    if (!answer) answer = TRY(link_.ask({{"type", "open_target"}}));
    if (answer->type() == "target") return open_target(*answer);
    answer = TRY(settle(*answer));
  }
}

Result<void> RelayedSession::log_in() {
  TRY(link_.tell({{"type", "login_screen"}}));
  PasswordLogin login;
  login.user = client_.user;
  for (int guess = 0; guess < kGuesses; ++guess) {
    std::optional<screens::Answer> typed = stage_.ask(screens::login(login.user, guess > 0, id_));
    if (!typed || typed->button != 0) return left();
    login.user = std::string(typed->fields.at(0).text());
    login.password = std::move(typed->fields.at(1));
    if (authenticate(login)) {
      show_connecting();
      return {};
    }
  }
  return Error{ErrorKind::denied, "three wrong logins on the gateway's screen"};
}

// What serve wants settled before it opens a target. Nullopt: it may be asked again.
Result<std::optional<ipc::Message>> RelayedSession::settle(ipc::Message& answer) {
  if (answer.type() == "consent") {
    const std::string text = TRY(answer.text("text", 1 << 14));
    const auto agreed = stage_.ask(screens::consent(text, devices_.withheld(), id_));
    if (!agreed || agreed->button != 0) return left();
    TRY(link_.tell({{"type", "consent"}}));
  } else if (answer.type() == "justify") {
    TRY(justify(answer));
  } else if (answer.type() == "choose") {
    TRY(choose_target(answer));
  } else if (answer.type() == "target_account") {
    const std::string proposed = TRY(answer.text("user", 600));
    TRY(ask_account(proposed, false));
    TRY(link_.tell({{"type", "target_account"}}));
  } else if (answer.type() == "wait") {
    const std::string text = TRY(answer.text("text"));
    return std::optional<ipc::Message>(TRY(await_approval(text)));
  } else if (answer.type() == "not_approved") {
    const std::string reason = TRY(answer.text("reason"));
    end("not approved: " + reason, Farewell{screens::not_approved(reason, id_)});
    return Error{ErrorKind::cancelled, reason};
  } else {
    const auto reason = answer.text("reason");
    return Error{ErrorKind::unavailable, reason ? reason.value() : "The target cannot be reached."};
  }
  show_connecting();
  return std::optional<ipc::Message>();
}

Result<ipc::Message> RelayedSession::await_approval(const std::string& text) {
  auto decision = std::async(std::launch::async, [this] {
    Result<ipc::Message> decided = link_.await_answer();
    show_connecting();  // and takes the question down
    return decided;
  });
  const auto pressed = stage_.ask(screens::waiting(text, id_));
  if (pressed) {
    link_.give_up();
    (void)decision.get().has_value();
    return left();
  }
  return decision.get();
}

Result<void> RelayedSession::justify(const ipc::Message& question) {
  const std::string text = TRY(question.text("text"));
  const bool reason = TRY(question.number("reason", 0, 1)) == 1, ticket = TRY(question.number("ticket", 0, 1)) == 1;
  const bool emergency = TRY(question.number("emergency", 0, 1)) == 1;
  const auto said = stage_.ask(screens::justify(text, reason, ticket, emergency, id_));
  const std::size_t leave = emergency ? 2 : 1;
  if (!said || said->button == leave) return left();
  const auto field = [&](bool wanted, std::size_t place) { return wanted ? std::string(said->fields.at(place).text()) : std::string(); };
  return link_.tell({{"type", "justify"}, {"reason", field(reason, 0)}, {"ticket", field(ticket, reason ? 1 : 0)}, {"emergency", said->button == 1 ? 1 : 0}});
}

Result<void> RelayedSession::choose_target(const ipc::Message& answer) {
  std::vector<std::string> targets;
  for (const auto& name : answer.body.value("targets", nlohmann::json::array()))
    if (name.is_string()) targets.push_back(name.get<std::string>());
  if (targets.empty()) return Error{ErrorKind::corrupt, "serve offers no target"};
  const auto chosen = stage_.ask(screens::choose_target(targets, id_));
  if (!chosen || chosen->button != 0) return left();
  if (!admitted(link_.ask({{"type", "choose"}, {"target", targets.at(chosen->choice)}})))
    return Error{ErrorKind::denied, "the chosen target is not allowed"};
  return {};
}

// It goes to the target, and into the stream of what was typed; serve never hears of it.
Result<void> RelayedSession::ask_account(const std::string& proposed, bool refused) {
  std::optional<screens::Answer> typed = stage_.ask(screens::target_account(target_, proposed, refused, id_));
  if (!typed || typed->button != 0) return left();
  const std::string user(typed->fields.at(0).text());
  const std::size_t domain = user.find('\\');
  typed_account_ = TargetLogin{domain == user.npos ? user : user.substr(domain + 1), domain == user.npos ? "" : user.substr(0, domain), std::move(typed->fields.at(1))};
  show_connecting();
  return {};
}

Result<void> RelayedSession::open_target(ipc::Message& answer) {
  if (TRY(devices_.open(answer)) && first_screen_ != 0) show_connecting();
  BackSettings settings = TRY(back_settings(answer));
  stage_.set_clipboard_gate([this](const std::string* text) { return clipboard_.passes(true, text); });
  goes_on_unrecorded_ = TRY(answer.number("goes_on_unrecorded", 0, 1)) == 1;
  const int idle_seconds = static_cast<int>(TRY(answer.number("idle_seconds", 0, 1 << 30)));
  const int max_seconds = static_cast<int>(TRY(answer.number("max_seconds", 0, 1 << 30)));
  RecorderSettings recording;
  recording.keyboard_layout = client_.keyboard_layout;
  recording.states_per_second = static_cast<int>(TRY(answer.number("states_per_second", 1, 30)));
  const auto began = std::chrono::steady_clock::now() - std::chrono::microseconds(TRY(answer.number("elapsed_us", 0, std::int64_t{1} << 50)));
  recording_ = TRY(answer.text("recording", 64));
  // The journals first: a session that cannot be recorded does not connect.
  RecorderJournals journals = TRY(create_journals(answer));

  Result<void> started = start_back(std::move(settings));
  for (int guess = 1; guess < kGuesses && !started && started.error().kind == ErrorKind::denied && typed_account_; ++guess) started = ask_again(std::move(started));
  if (!started) {
    TRY(journals.keystrokes.finish());
    TRY(journals.screen.finish());
    if (started.error().kind == ErrorKind::cancelled) return started;
    return Error{ErrorKind::unavailable, started.error().message};
  }
  recording.already = std::chrono::duration_cast<SessionTime>(std::chrono::steady_clock::now() - began);
  start_recorder(std::move(journals), recording);
  stage_.set_target(recorder_.get());
  stage_.clear(first_screen_);
  if (idle_seconds > 0 || max_seconds > 0)
    watch_thread_ = std::jthread([=, this](std::stop_token stop) { watch(stop, idle_seconds, max_seconds); });
  return {};
}

SessionStarted RelayedSession::session_started() const {
  SessionStarted started;
  started.utc = std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
  started.clock_synchronised = clock_is_synchronised();
  started.session = recording_;
  started.user = user_;
  started.target = target_;
  started.front = front_kind_;
  started.back = protocol_;
  started.lossy = lossy_;
  if (started.lossy) log::warning(id_, "the target shows its screen with loss: redaction will cover more");
  return started;
}

void RelayedSession::with_recorder(const std::function<void(Recorder&)>& use) {
  const std::lock_guard lock(mutex_);
  if (recorder_) use(*recorder_);
}

void RelayedSession::start_recorder(RecorderJournals journals, RecorderSettings settings) {
  const SessionStarted begins = session_started();
  auto recorder = std::make_unique<Recorder>(surface_, input_, std::move(journals), begins, settings, [this](const Error& error) {
    recording_failed(error);
  });
  measure_thread_ = std::jthread([this](std::stop_token stop) { measure(stop); });
  if (typed_account_) recorder->note_secret(typed_account_->password);
  const std::lock_guard lock(mutex_);
  recorder_ = std::move(recorder);
  if (lossy_ != begins.lossy) recorder_->note(PixelsLossy{});  // it became so meanwhile
}

Result<RecorderJournals> RelayedSession::create_journals(const ipc::Message& answer) {
  const auto create = [&](const std::filesystem::path& folder, const char* key_name, const char* file_name) -> Result<storage::JournalWriter> {
    const auto first_file = static_cast<int>(TRY(answer.number(file_name, 0, 1 << 20)));
    std::vector<std::byte> bytes = TRY(answer.bytes(key_name, 32));
    const Secret key{std::span<const std::byte>(bytes)};
    wipe_memory(bytes.data(), bytes.size());
    journals_begun_ = true;
    return storage::JournalWriter::resume(journal_files_, folder, recording_, key, first_file);
  };
  storage::JournalWriter screen = TRY(create("", "journal_key", "journal_file"));
  storage::JournalWriter keystrokes = TRY(create(storage::kKeystrokeFolder, "keystroke_key", "keystroke_file"));
  return RecorderJournals{std::move(screen), std::move(keystrokes)};
}

}  // namespace frostgate::relay
