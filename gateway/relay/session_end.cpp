// How a session ends: of itself, by serve, by its time limits; and the last screen that the user sees.
#include <unistd.h>

#include <condition_variable>

#include "gateway/base/log.h"
#include "gateway/relay/relayed_session.h"
#include "gateway/relay/screens/phrases.h"

namespace frostgate::relay {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;
constexpr auto kOrphanFarewell = seconds(1);  // a part of ServeLink's patience
constexpr auto kMeasureEvery = seconds(15);
constexpr int kIdleWarning = 60, kTimeWarning = 300;  // seconds before the end, or half of the limit if that is less

int seconds_until(Clock::time_point end) {
  return static_cast<int>(std::max<std::int64_t>(std::chrono::ceil<seconds>(end - Clock::now()).count(), 0));
}

}  // namespace

bool RelayedSession::ending() const {
  const std::lock_guard lock(mutex_);
  return !end_reason_.empty();
}

void RelayedSession::end(const std::string& reason, std::optional<Farewell> farewell, Cause cause) {
  const std::lock_guard lock(mutex_);
  if (!end_reason_.empty()) return;
  end_reason_ = reason;
  cause_ = std::move(cause);
  log::info(id_, "ending: {}", reason);
  // The target is left at once; what it showed is recorded until then.
  if (back_) back_->end();
  if (!farewell) return;
  farewell_thread_ = std::jthread([this, shown = has_screen_, last = std::move(*farewell)]() mutable {
    stage_.set_target(nullptr);
    const std::string text = last.dialog.text.empty() ? last.dialog.title : last.dialog.text;
    if (shown) (void)stage_.ask(std::move(last.dialog), Clock::now() + last.shown);
    front_->end(text);
  });
}

void RelayedSession::serve_says_end(const ServeLink::End& order) {
  if (order.client_lost) {
    end("the client fell silent", std::nullopt, {.client_lost = true, .recording_failure = {}});
    return front_->end(*order.text);
  }
  if (order.text) return end("ended by the gateway: " + *order.text, Farewell{screens::ended(*order.text, id_), order.shown});
  end("the gateway stopped", Farewell{screens::ended("The gateway has stopped.", id_), kOrphanFarewell});
}

// Nobody is left to kill a front that hangs: in a handshake, or in a client that does not read.
void RelayedSession::orphaned() {
  log::error(id_, "still not ended; leaving");
  (void)close_journals();
  _exit(1);
}

RelayedSession::~RelayedSession() { link_.close(); }

// Whether a later connection can go on with them.
bool RelayedSession::close_journals() {
  const std::lock_guard one_at_a_time(closing_);
  if (closed_) return *closed_;
  stage_.set_target(nullptr);
  std::unique_lock lock(mutex_);
  if (!recorder_) return *(closed_ = !journals_begun_);
  const bool pauses = cause_.client_lost;
  const std::string reason = end_reason_;
  lock.unlock();
  const Result<void> closed = pauses ? recorder_->pause() : recorder_->finish(reason);
  if (!closed) log::error(id_, "the journal was not closed: {}", closed.error().message);
  return *(closed_ = closed.has_value());
}

void RelayedSession::finish() {
  stage_.close();
  show_all_out();
  bool records = false;
  {
    const std::lock_guard lock(mutex_);
    if (back_) back_->end();
    records = recorder_ != nullptr;
  }
  // What leads to a target may wait for serve's word, and no longer. What is recorded needs serve to the last: for a journal's next file.
  if (!records) link_.give_up();
  for (std::jthread* thread : {&flow_thread_, &watch_thread_, &farewell_thread_, &measure_thread_}) {
    thread->request_stop();
    if (thread->joinable()) thread->join();
  }
  const bool may_go_on = close_journals() && cause_.client_lost;
  link_.give_up();
  if (back_thread_.joinable()) back_thread_.join();
  devices_.close();
  tell_delays();
  clipboard_.close();
  (void)link_.tell({{"type", "ended"},
                    {"reason", end_reason_},
                    {"client_lost", may_go_on ? 1 : 0},
                    {"recording_failed", cause_.recording_failure},
                    {"strokes", input_.strokes()},
                    {"pasted_bytes", clipboard_.pasted_bytes()},
                    {"copied_bytes", clipboard_.copied_bytes()}})
      .has_value();
}

void RelayedSession::measure(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any waiting;
  std::unique_lock lock(mutex);
  while (!waiting.wait_for(lock, stop, kMeasureEvery, [&] { return stop.stop_requested(); })) tell_delays();
}

void RelayedSession::tell_delays() {
  const Histogram delays = surface_.take_delays();
  // Nothing depends on it.
  if (!delays.empty()) (void)link_.tell({{"type", "delays"}, {"counts", delays.counts()}, {"sum_us", delays.sum().count()}}).has_value();
}

void RelayedSession::watch(std::stop_token stop, int idle_seconds, int max_seconds) {
  const Clock::time_point last = Clock::now() + seconds(max_seconds);
  bool warned = false;
  std::mutex mutex;
  std::condition_variable_any waiting;
  while (!stop.stop_requested() && !ending()) {
    if (max_seconds > 0 && Clock::now() >= last)
      return end("the longest time for a session is over",
                 Farewell{screens::ended("The session has lasted as long as it may.", id_), seconds(30)});
    if (max_seconds > 0 && !warned && seconds_until(last) <= std::min(kTimeWarning, max_seconds / 2)) {
      warned = true;
      warn_of_time(last, stop);
    }
    if (idle_seconds > 0 && Clock::now() >= stage_.last_input() + seconds(idle_seconds - std::min(kIdleWarning, idle_seconds / 2)))
      warn_of_idleness(stop, idle_seconds);
    std::unique_lock lock(mutex);
    waiting.wait_for(lock, stop, std::chrono::milliseconds(500), [] { return false; });
  }
}

void RelayedSession::warn_of_idleness(std::stop_token stop, int idle_seconds) {
  const Clock::time_point last = stage_.last_input() + seconds(idle_seconds);
  const std::uint64_t screen = stage_.show(screens::idle(seconds_until(last)));
  while (!stop.stop_requested() && !ending()) {
    if (stage_.answer_within(screen, std::chrono::milliseconds(250))) return stage_.clear(screen);
    if (stage_.last_input() + seconds(idle_seconds) > last) return;  // on another screen of ours, which took this one's place
    if (Clock::now() >= last)
      return end("nothing was typed or clicked for " + std::to_string(idle_seconds) + " s",
                 Farewell{screens::ended("Nothing was typed or clicked for too long.", id_), seconds(60)});
    stage_.reword(screen, screens::idle_text(seconds_until(last)));
  }
}

void RelayedSession::warn_of_time(Clock::time_point last, std::stop_token stop) {
  const std::uint64_t screen = stage_.show(screens::time_is_short(seconds_until(last)));
  while (!stop.stop_requested() && !ending() && Clock::now() < last) {
    if (stage_.answer_within(screen, std::chrono::milliseconds(250))) break;
    stage_.reword(screen, screens::time_text(seconds_until(last)));
  }
  if (!ending()) stage_.clear(screen);
}

}  // namespace frostgate::relay
