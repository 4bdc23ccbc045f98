// How far a client is behind with the frames of the graphics pipeline (MS-RDPEGFX 3.3.5.12): what it has not acknowledged is
// bounded, so that what changes meanwhile merges; and how much its line takes, by when it acknowledges how much.
// The front's thread sends, libfreerdp's channel thread acknowledges.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace frostgate::relay::rdp {

class FrameWindow {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint32_t kMaxUnacknowledged = 4;
  // A client that says it as its queue's depth acknowledges no more, and is not waited for until it says another (2.2.2.13).
  static constexpr std::uint32_t kSuspend = 0xFFFFFFFF;
  // So many bytes on their way say what the line takes, and a few when they queue. Other frames say how far it reaches, or are a burst that it lets pass.
  static constexpr std::size_t kTelling = 32 * 1024, kFew = 4 * 1024;
  static constexpr std::chrono::milliseconds kQueue{50};

  // The number of the frame that is sent now.
  std::uint32_t next();
  // That frame has so many bytes, all handed over by now.
  void complete(std::size_t bytes, Clock::time_point now);
  void acknowledge(std::uint32_t frame, std::uint32_t queue_depth, Clock::time_point now);

  bool behind() const;
  // Whether nothing is on its way, as far as the client says.
  bool idle() const;
  // Bytes a second that the client took when it was last to be told; none before, and of a client that acknowledges nothing.
  std::optional<double> rate() const;
  // How long the last frame that was acknowledged was on its way.
  Clock::duration delay() const;

 private:
  struct OnItsWay {
    std::size_t bytes = 0;  // this frame's
    std::size_t all = 0;  // and those before it that were not acknowledged
    std::optional<Clock::time_point> complete;
  };

  // A client cannot acknowledge what was not sent: then the difference is large, and it waits for itself.
  std::uint32_t unacknowledged() const { return sent_ - acknowledged_; }

  mutable std::mutex mutex_;
  std::uint32_t sent_ = 0, acknowledged_ = 0;
  bool acknowledges_ = true;
  std::array<OnItsWay, kMaxUnacknowledged> frames_;  // by their number
  std::optional<double> rate_;
  Clock::duration delay_{};
  std::optional<Clock::duration> least_delay_;  // as far as the line reaches
};

}  // namespace frostgate::relay::rdp
