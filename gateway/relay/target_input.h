// Where a session's input goes while its target may come and go: to the connection of now, or nowhere.
#pragma once

#include <bit>
#include <cstdint>
#include <mutex>
#include <utility>

#include "gateway/relay/back.h"

namespace frostgate::relay {

// From any thread.
class TargetInput final : public InputSink {
 public:
  // `back` outlives it, or until another takes its place; null: input is dropped.
  void set(Back* back) {
    const std::lock_guard lock(mutex_);
    back_ = back;
  }
  // What the client wished last; an empty size: nothing.
  ScreenWish wished() const {
    const std::lock_guard lock(mutex_);
    return wished_;
  }
  // Keys and buttons that were pressed while there was a target, a key's repeats included.
  std::int64_t strokes() const {
    const std::lock_guard lock(mutex_);
    return strokes_;
  }

  void key(const KeyEvent& event) override {
    const std::lock_guard lock(mutex_);
    if (!back_) return;
    strokes_ += event.down ? 1 : 0;
    back_->key(event);
  }
  void pointer(const PointerEvent& event) override {
    const std::lock_guard lock(mutex_);
    if (!back_) return;
    strokes_ += std::popcount(static_cast<std::uint8_t>(event.buttons & ~buttons_));
    buttons_ = event.buttons;
    back_->pointer(event);
  }
  void lock_keys(const LockKeys& state) override {
    const std::lock_guard lock(mutex_);
    if (back_) back_->lock_keys(state);
  }
  void request_screen(const ScreenWish& wish) override {
    const std::lock_guard lock(mutex_);
    wished_ = wish;
    if (back_) back_->request_screen(wish);
  }
  void clipboard(const std::string& text) override {
    const std::lock_guard lock(mutex_);
    if (back_) back_->clipboard(text);
  }
  void pass(copied::Item item) {
    const std::lock_guard lock(mutex_);
    if (back_) back_->pass(std::move(item));
  }

 private:
  mutable std::mutex mutex_;
  Back* back_ = nullptr;
  ScreenWish wished_;
  std::uint8_t buttons_ = 0;  // that are down
  std::int64_t strokes_ = 0;
};

}  // namespace frostgate::relay
