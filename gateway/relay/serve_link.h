// The relay's side of its channel to serve.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "codec/base/result.h"
#include "gateway/ipc/channel.h"

namespace frostgate::relay {

// Thread-safe. One question at a time; others wait.
class ServeLink {
 public:
  // `on_end` is called on the link's own thread, once: serve wants the session to end (with the text for the user), or
  // has died (no text).
  ServeLink(Descriptor socket, std::function<void(std::optional<std::string>)> on_end);
  ~ServeLink();

  // Blocks until serve answers. Error: unavailable when serve has gone.
  Result<ipc::Message> ask(const nlohmann::json& question);
  Result<void> tell(const nlohmann::json& notice) { return channel_.send(notice); }

  // The first message, before listen().
  Result<ipc::Message> first_message();
  void listen();

 private:
  void receive_all(std::stop_token stop);

  ipc::Channel channel_;
  std::function<void(std::optional<std::string>)> on_end_;
  std::mutex asking_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::optional<ipc::Message> answer_;
  bool gone_ = false;
  std::jthread thread_;
};

}  // namespace frostgate::relay
