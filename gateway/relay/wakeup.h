// A flag that a poll loop can wait for: raised from any thread, lowered by the loop. An eventfd.
#pragma once

namespace frostgate::relay {

class Wakeup {
 public:
  Wakeup();  // aborts when the process is out of descriptors: a session cannot run without
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void raise();
  bool lower();  // whether it was raised
  int descriptor() const { return fd_; }

 private:
  int fd_;
};

}  // namespace frostgate::relay
