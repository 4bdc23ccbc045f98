#include "gateway/relay/serve_link.h"

namespace frostgate::relay {
namespace {

constexpr auto kStartPatience = std::chrono::seconds(10);
constexpr std::int64_t kLongestFarewell = 300;
constexpr auto kTick = std::chrono::milliseconds(100);

}  // namespace

ServeLink::ServeLink(Descriptor socket, Orders orders) : channel_(std::move(socket)), orders_(std::move(orders)) {}

ServeLink::~ServeLink() { thread_.request_stop(); }

Result<ipc::Message> ServeLink::first_message() {
  auto message = TRY(channel_.receive(kStartPatience));
  if (!message) return Error{ErrorKind::timeout, "serve said nothing"};
  return std::move(*message);
}

void ServeLink::listen() {
  thread_ = std::jthread([this](std::stop_token stop) { receive_all(stop); });
}

void ServeLink::receive_all(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto message = channel_.receive(kTick);
    if (!message) {
      give_up();
      return orders_.on_end({});
    }
    if (!message.value()) continue;
    if (message.value()->type() == "end") {
      const auto text = message.value()->text("message");
      const auto seconds = message.value()->number("seconds", 0, kLongestFarewell);
      const auto lost = message.value()->number("client_lost", 0, 1);
      orders_.on_end({text ? text.value() : "The session was ended.", std::chrono::seconds(seconds ? seconds.value() : 0), lost && lost.value() == 1});
      continue;
    }
    if (message.value()->type() == "lock_input") {
      const auto locked = message.value()->number("locked", 0, 1);
      orders_.on_lock(!locked || locked.value() == 1);
      continue;
    }
    const std::lock_guard lock(mutex_);
    answer_ = std::move(*message.value());
    answered_.notify_all();
  }
}

Result<ipc::Message> ServeLink::ask(const nlohmann::json& question) {
  const std::lock_guard one_at_a_time(asking_);
  TRY(channel_.send(question));
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
