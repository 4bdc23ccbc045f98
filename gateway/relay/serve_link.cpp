#include "gateway/relay/serve_link.h"

namespace frostgate::relay {
namespace {

constexpr auto kStartPatience = std::chrono::seconds(10);
constexpr auto kTick = std::chrono::milliseconds(100);

}  // namespace

ServeLink::ServeLink(Descriptor socket, std::function<void(std::optional<std::string>)> on_end)
    : channel_(std::move(socket)), on_end_(std::move(on_end)) {}

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
      {
        const std::lock_guard lock(mutex_);
        gone_ = true;
      }
      answered_.notify_all();
      return on_end_(std::nullopt);
    }
    if (!message.value()) continue;
    if (message.value()->type() == "end") {
      const auto text = message.value()->text("message");
      on_end_(text ? text.value() : "The session was ended.");
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
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [&] { return answer_.has_value() || gone_; });
  if (!answer_) return Error{ErrorKind::unavailable, "serve has gone"};
  ipc::Message out = std::move(*answer_);
  answer_.reset();
  return out;
}

}  // namespace frostgate::relay
