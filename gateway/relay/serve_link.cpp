#include "gateway/relay/serve_link.h"

#include "gateway/base/log.h"

namespace frostgate::relay {
namespace {

constexpr auto kStartPatience = std::chrono::seconds(10);
constexpr std::int64_t kLongestFarewell = 300;
constexpr std::int64_t kLongestPause = 24 * 3600;
constexpr std::int64_t kMostGuests = 1 << 20;
constexpr auto kTick = std::chrono::milliseconds(100);
// When serve dies, its relays close their journals and are gone within 5 s. A client that does not let go has two; the rest is for a busy machine.
constexpr auto kOrphanPatience = std::chrono::seconds(2);

}  // namespace

ServeLink::ServeLink(Descriptor socket, Orders orders) : channel_(std::move(socket)), orders_(std::move(orders)) {}

ServeLink::~ServeLink() { close(); }

Result<ipc::Message> ServeLink::first_message() {
  auto message = TRY(channel_.receive(kStartPatience));
  if (!message) return Error{ErrorKind::timeout, "serve said nothing"};
  return std::move(*message);
}

void ServeLink::listen() {
  thread_ = std::jthread([this](std::stop_token stop) { receive_all(stop); });
}

void ServeLink::close() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void ServeLink::receive_all(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto message = channel_.receive(kTick);
    if (!message) {
      give_up();
      orders_.on_end({});
      return await_close(stop);
    }
    if (!message.value() || obeyed(*message.value())) continue;
    const std::lock_guard lock(mutex_);
    answer_ = std::move(*message.value());
    answered_.notify_all();
  }
}

// For those who were told of serve's death.
void ServeLink::await_close(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any waiting;
  std::unique_lock lock(mutex);
  waiting.wait_for(lock, stop, kOrphanPatience, [] { return false; });
  if (!stop.stop_requested()) orders_.on_orphaned();
}

// Whether it is no answer.
bool ServeLink::obeyed(ipc::Message& message) {
  const std::string type = message.type();
  if (type == "end") {
    const auto text = message.text("message");
    const auto seconds = message.number("seconds", 0, kLongestFarewell);
    const auto lost = message.number("client_lost", 0, 1);
    orders_.on_end({text ? text.value() : "The session was ended.", std::chrono::seconds(seconds ? seconds.value() : 0), lost && lost.value() == 1});
  } else if (type == "lock_input") {
    const auto locked = message.number("locked", 0, 1);
    orders_.on_lock(!locked || locked.value() == 1);
  } else if (type == "pause_recording" || type == "stop_recording") {
    pause(message, type == "pause_recording");
  } else if (type == "join") {
    join(message);
  } else if (type == "show_out") {
    if (const auto number = message.number("number", 1, kMostGuests)) orders_.on_show_out(static_cast<int>(number.value()));
  } else if (type == "record_again") {
    const auto why = message.text("why");
    orders_.on_go_on(why ? why.value() : "the gateway said so");
  } else {
    return false;
  }
  return true;
}

// One that makes no sense is not obeyed: it is recorded on.
void ServeLink::pause(const ipc::Message& message, bool goes_on) {
  constexpr std::int64_t kEnd = std::int64_t{1} << 60;
  const auto read = [&]() -> Result<void> {
    RecordingPaused pause;
    pause.from = UtcTime(Microseconds(TRY(message.number("from_us", 0, kEnd))));
    std::optional<std::chrono::seconds> longest;
    if (goes_on) {
      pause.until = UtcTime(Microseconds(TRY(message.number("until_us", 0, kEnd))));
      longest = std::chrono::seconds(TRY(message.number("seconds", 1, kLongestPause)));
    }
    pause.by = TRY(message.text("by"));
    pause.request = TRY(message.text("request"));
    pause.approved_by = TRY(message.text("approved_by"));
    pause.reason = TRY(message.text("reason"));
    orders_.on_pause(std::move(pause), longest);
    return {};
  };
  if (const Result<void> done = read(); !done) log::error("-", "an order to pause or stop the recording makes no sense ({}): it is recorded on", done.error().message);
}

// One that makes no sense lets nobody in.
void ServeLink::join(ipc::Message& message) {
  const auto read = [&]() -> Result<Invitation> {
    Invitation out;
    out.number = static_cast<int>(TRY(message.number("number", 1, kMostGuests)));
    out.guest.user = TRY(message.text("user"));
    out.guest.request = TRY(message.text("request"));
    out.guest.approved_by = TRY(message.text("approved_by"));
    if (message.descriptors.size() != 1) return Error{ErrorKind::corrupt, "it came without its connection"};
    out.client = std::move(message.descriptors[0]);
    return out;
  };
  Result<Invitation> invitation = read();
  if (!invitation) return log::error("-", "a guest that makes no sense ({}) is not let in", invitation.error().message);
  orders_.on_join(std::move(invitation).value());
}

Result<ipc::Message> ServeLink::ask(nlohmann::json question) {
  const std::lock_guard one_at_a_time(asking_);
  TRY(channel_.send(std::move(question)));
  return await_answer();
}

Result<ipc::Message> ServeLink::await_answer() {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [&] { return answer_.has_value() || gone_; });
  if (!answer_) return Error{ErrorKind::unavailable, "serve has gone"};
  ipc::Message out = std::move(*answer_);
  answer_.reset();
  return out;
}

void ServeLink::give_up() {
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
  }
  answered_.notify_all();
}

}  // namespace frostgate::relay
