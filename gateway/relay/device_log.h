// What a session did with its user's devices, in words: lines of the log, and what serve notes in the audit log (gateway/ipc/FORMAT.md, `device`). So many a
// minute; what is beyond is counted, and said as one number.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "gateway/relay/rdp/device_fact.h"

namespace frostgate::relay {

class DeviceLog {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kLines = 120;  // in kWindow
  static constexpr int kTold = 60;
  static constexpr auto kWindow = std::chrono::minutes(1);

  // Both are called by whoever calls below, one at a time.
  struct Ends {
    std::function<void(const std::string& line)> log;
    std::function<void(const nlohmann::json& message)> tell;
  };
  explicit DeviceLog(Ends ends) : ends_(std::move(ends)) {}

  // From any thread.
  void note(const rdp::DeviceFact& fact, Clock::time_point now);
  // Says what was counted only; before the session ends.
  void finish();

 private:
  void say_more();
  void line(const std::string& text);
  bool tell(const nlohmann::json& message);

  const Ends ends_;
  std::mutex mutex_;  // guards what follows
  Clock::time_point began_{};  // the window
  int lines_ = 0, told_ = 0;   // in it, also those that were only counted
  std::int64_t more_files_ = 0;
  std::uint64_t more_to_target_ = 0, more_to_client_ = 0;
};

}  // namespace frostgate::relay
