// Cuts a socket off when time is up, whatever a library is doing with it: libvncclient limits single reads only.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace frostgate::relay::vnc {

class Deadline {
 public:
  // `socket` must stay open as long as this lives.
  Deadline(int socket, std::chrono::milliseconds limit)
      : thread_([this, socket, limit](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any waiting;
          std::unique_lock lock(mutex);
          waiting.wait_for(lock, stop, limit, [] { return false; });
          if (stop.stop_requested()) return;
          passed_ = true;
          shutdown(socket, SHUT_RDWR);
        }) {}

  bool passed() const { return passed_; }

 private:
  std::atomic<bool> passed_ = false;
  std::jthread thread_;  // last: it uses the flag, and is joined first
};

}  // namespace frostgate::relay::vnc
