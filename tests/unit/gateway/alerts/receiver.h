// A server on the loopback that keeps what each connection sends: HTTP requests, or everything until the other end closes.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/descriptor.h"
#include "gateway/serve/listener.h"

namespace frostgate {

inline constexpr const char* kAccepted = "HTTP/1.1 204 No Content\r\n\r\n";

class Receiver {
 public:
  Receiver() : listening_(serve::listen_on({"127.0.0.1", 0}).value()), thread_([this](std::stop_token stop) { run(stop); }) {}

  std::uint16_t port() const { return listening_.port; }
  // Once a request is whole. Empty: the client waits for ever.
  void answer_with(const std::string& answer) {
    const std::lock_guard lock(mutex_);
    answer_ = answer;
  }
  // What came, once there are so many; fewer after ten seconds.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(10), [&] { return received_.size() >= count; });
    return received_;
  }

 private:
  static bool whole(const std::string& text) {
    const std::size_t end = text.find("\r\n\r\n"), length = text.find("Content-Length: ");
    if (end == std::string::npos || length == std::string::npos || length > end) return false;
    return text.size() >= end + 4 + std::stoul(text.substr(length + 16));
  }

  void run(std::stop_token stop) {
    std::vector<Descriptor> silent;
    while (!stop.stop_requested()) {
      pollfd waiting{listening_.socket.fd(), POLLIN, 0};
      if (poll(&waiting, 1, 50) <= 0) continue;
      Descriptor client(accept(listening_.socket.fd(), nullptr, nullptr));
      std::string text;
      char buffer[4096];
      while (!whole(text)) {
        const ssize_t got = read(client.fd(), buffer, sizeof buffer);
        if (got <= 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
      }
      std::string answer;
      {
        const std::lock_guard lock(mutex_);
        received_.push_back(text);
        answer = answer_;
      }
      if (answer.empty()) silent.push_back(std::move(client));
      else if (write(client.fd(), answer.data(), answer.size()) < 0) return;
      came_.notify_all();
    }
  }

  serve::ListeningSocket listening_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::string answer_ = kAccepted;
  std::vector<std::string> received_;
  std::jthread thread_;
};

}  // namespace frostgate
