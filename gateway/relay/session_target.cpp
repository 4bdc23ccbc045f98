// A session's connection to its target: the first one, and those that follow when the network breaks. The client stays, and sees
// on a screen of the gateway's what is tried.
#include <algorithm>
#include <future>
#include <thread>

#include "gateway/base/log.h"
#include "gateway/relay/relayed_session.h"
#include "gateway/relay/screens/phrases.h"
#include "gateway/relay/target_settings.h"

namespace frostgate::relay {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr int kConnectSeconds = 10;
constexpr seconds kBeforeTry[] = {seconds(1), seconds(2), seconds(4), seconds(8), seconds(15)};
constexpr int kTries = std::size(kBeforeTry);
constexpr auto kTargetTick = std::chrono::milliseconds(100);

}  // namespace

// What a `target` message says of the connection itself.
Result<BackSettings> RelayedSession::back_settings(ipc::Message& answer) {
  protocol_ = TRY(answer.text("protocol"));
  BackSettings settings = TRY(target_settings(answer));
  if (TRY(answer.number("asked", 0, 1)) == 1) {
    if (!typed_account_) return Error{ErrorKind::invalid, "the user was not asked for an account"};
    settings.login = {typed_account_->user, typed_account_->domain, typed_account_->password.clone()};
  }
  const ScreenWish wished = input_.wished();
  settings.wanted_size = wished.size.empty() ? client_.size : wished.size;
  settings.scale = wished.scale.value_or(client_.scale);
  settings.keyboard_layout = client_.keyboard_layout;
  settings.on_clipboard = [this](const std::string& text) {
    if (clipboard_.passes(false, &text)) front_->clipboard(text);
  };
  settings.on_copied_no_text = [this](std::string_view what) { clipboard_.keep_back(false, what); };
  settings.graphics = graphics_ = std::max(graphics_, settings.graphics);
  settings.on_lossy = [this] { target_is_lossy(); };
  settings.on_copied = [this](copied::Item item) { clipboard_.from_target(std::move(item)); };
  clipboard_.open(answer, front_kind_ == "rdp" && protocol_ == "rdp");
  settings.bridge = devices_.bridge();
  return settings;
}

// On the thread that runs it afterwards. A target that wants to show its screen in another way than it was offered is asked again.
Result<void> RelayedSession::connect_back(BackSettings settings) {
  while (true) {
    const Result<void> done = try_back(std::move(settings));
    const std::optional<Graphics> wanted = done || !back_ ? std::nullopt : back_->wants();
    if (!wanted || *wanted <= graphics_) return done;
    graphics_ = *wanted;
    log::info(id_, "target {} shows no bitmaps; it is offered {}", target_, graphics_ == Graphics::video ? "AVC420" : "the graphics pipeline");
    ipc::Message answer = TRY(link_.ask({{"type", "reopen_target"}}));
    if (answer.type() != "target") return done;
    settings = TRY(back_settings(answer));
  }
}

Result<void> RelayedSession::try_back(BackSettings settings) {
  std::unique_ptr<Back> back = TRY(make_back(protocol_, std::move(settings)));
  {
    const std::lock_guard lock(mutex_);
    if (!end_reason_.empty()) return Error{ErrorKind::cancelled, "the session was ended"};
    back_ = std::move(back);
  }
  const Result<void> done = back_->connect(surface_, kConnectSeconds);
  if (done) {
    if (back_->lossy()) lossy_ = true;
    TRY(link_.tell({{"type", "back_connected"}, {"certificate", back_->certificate()}, {"graphics", static_cast<int>(graphics_)}}));
    return {};
  }
  if (done.error().kind == ErrorKind::cancelled) return done;
  if (back_->wants()) log::info(id_, "target {}: {}", target_, done.error().message);
  else log::error(id_, "target {}: {}", target_, done.error().message);
  const bool credential = done.error().kind == ErrorKind::denied;
  TRY(link_.tell({{"type", "back_failed"}, {"certificate", back_->certificate()}, {"certificate_refused", back_->certificate_refused() ? 1 : 0},
                  {"credential_refused", credential ? 1 : 0}}));
  return Error{done.error().kind, credential ? "The target \"" + target_ + "\" refused " + (typed_account_ ? "the user name or the password." : "the stored credential. Tell your administrator.")
                                             : "The target \"" + target_ + "\" cannot be used: " + done.error().message};
}

// On the back's thread. The recorder, if there is one by now, notes it; else it begins with it.
void RelayedSession::target_is_lossy() {
  if (lossy_.exchange(true)) return;  // since before it was lost
  log::warning(id_, "the target sends its screen with loss from now on: redaction will cover more");
  with_recorder([&](Recorder& recorder) { recorder.note(PixelsLossy{}); });
}

Result<void> RelayedSession::start_back(BackSettings settings) {
  std::promise<Result<void>> connected;
  std::future<Result<void>> outcome = connected.get_future();
  back_thread_ = std::jthread([this, promise = std::move(connected), settings = std::move(settings)]() mutable {
    Result<void> done = connect_back(std::move(settings));
    const bool usable = done.has_value();
    if (usable) take_input();
    promise.set_value(std::move(done));
    if (usable) run_back();
  });
  return outcome.get();
}

// Whoever types a password mistypes; serve counts.
Result<void> RelayedSession::ask_again(Result<void> refused) {
  TRY(ask_account(typed_account_->domain.empty() ? typed_account_->user : typed_account_->domain + '\\' + typed_account_->user, true));
  ipc::Message answer = TRY(link_.ask({{"type", "reopen_target"}}));
  if (answer.type() != "target") {
    const auto reason = answer.text("reason");
    return reason ? Error{ErrorKind::unavailable, reason.value()} : refused.error();
  }
  return start_back(TRY(back_settings(answer)));
}

void RelayedSession::run_back() {
  while (true) {
    const Result<void> ran = back_->run();
    if (ran) return;
    input_.set(nullptr);
    const std::optional<Graphics> wanted = back_->wants();
    if (wanted) graphics_ = std::max(graphics_, *wanted);
    const bool broke = wanted || ran.error().kind == ErrorKind::io;
    if (!broke)
      return end("target: " + ran.error().message, Farewell{screens::target_left("The connection ended: " + ran.error().message + ".", id_)});
    log::warning(id_, "target {}: {}; trying to reach it again", target_, ran.error().message);
    if (const Result<void> again = regain_target(ran.error().message); !again) {
      if (again.error().kind == ErrorKind::cancelled) return;
      return end("target: " + ran.error().message + ", and could not be reached again: " + again.error().message,
                 Farewell{screens::unreachable(again.error().message, id_)});
    }
    log::info(id_, "target {} is back", target_);
    take_input();
  }
}

void RelayedSession::take_input() {
  input_.set(back_.get());
  clipboard_.target_listens();
}

// Whether the user wants to wait no longer.
bool RelayedSession::leaves_within(std::uint64_t screen, seconds patience) {
  const Clock::time_point due = Clock::now() + patience;
  while (Clock::now() < due && !ending()) {
    if (stage_.answer_within(screen, kTargetTick)) return true;
    std::this_thread::sleep_for(kTargetTick);  // another screen may show, which answers at once
  }
  return false;
}

Result<void> RelayedSession::regain_target(const std::string& why) {
  Result<void> outcome = Error{ErrorKind::unavailable, why};
  for (int attempt = 1; attempt <= kTries; ++attempt) {
    const std::uint64_t screen = stage_.show(screens::reconnecting(target_, attempt, kTries, why));
    if (leaves_within(screen, kBeforeTry[attempt - 1])) return left();
    if (ending()) return Error{ErrorKind::cancelled, "the session was ended"};
    ipc::Message answer = TRY(link_.ask({{"type", "reopen_target"}}));
    if (answer.type() == "target") {
      BackSettings settings = TRY(back_settings(answer));
      outcome = connect_back(std::move(settings));
      if (outcome) {
        stage_.clear(screen);
        const std::lock_guard lock(mutex_);
        if (recorder_) recorder_->note(session_started());
        return {};
      }
      // A refused credential, another certificate, what no second try would change.
      const ErrorKind kind = outcome.error().kind;
      if (kind != ErrorKind::unavailable && kind != ErrorKind::timeout && kind != ErrorKind::io) return outcome;
    } else {
      const auto reason = answer.text("reason");
      outcome = Error{ErrorKind::unavailable, reason ? reason.value() : "The target cannot be reached."};
    }
  }
  return outcome;
}

}  // namespace frostgate::relay
