// What a client sent through a front.
#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

#include "gateway/relay/input.h"

namespace frostgate::test {

using namespace relay;

// Remembers what the client sent. Any thread.
class Input : public InputSink {
 public:
  void key(const KeyEvent& event) override {
    const std::lock_guard lock(mutex_);
    keys_.push_back(event);
  }
  void pointer(const PointerEvent& event) override {
    const std::lock_guard lock(mutex_);
    pointers_.push_back(event);
  }
  void lock_keys(const LockKeys&) override {}
  void request_screen(const ScreenWish& wish) override {
    const std::lock_guard lock(mutex_);
    wished_ = wish;
  }
  std::optional<bool> clipboard_offered() override { return true; }
  void clipboard(const std::string& text) override {
    const std::lock_guard lock(mutex_);
    copied_ = text;
  }
  std::string copied() {
    const std::lock_guard lock(mutex_);
    return copied_;
  }
  ScreenWish wished() {
    const std::lock_guard lock(mutex_);
    return wished_;
  }

  template <class Predicate>
  bool has_key(Predicate predicate) {
    const std::lock_guard lock(mutex_);
    return std::any_of(keys_.begin(), keys_.end(), predicate);
  }
  template <class Predicate>
  bool has_pointer(Predicate predicate) {
    const std::lock_guard lock(mutex_);
    return std::any_of(pointers_.begin(), pointers_.end(), predicate);
  }

 private:
  std::mutex mutex_;
  std::vector<KeyEvent> keys_;
  std::vector<PointerEvent> pointers_;
  ScreenWish wished_;
  std::string copied_;
};

}  // namespace frostgate::test
