// How far a client is behind with the frames of the graphics pipeline (MS-RDPEGFX 3.3.5.12): what it has not acknowledged is
// bounded, so that what changes meanwhile merges. The front's thread sends, libfreerdp's channel thread acknowledges.
#pragma once

#include <atomic>
#include <cstdint>

namespace frostgate::relay::rdp {

class FrameWindow {
 public:
  static constexpr std::uint32_t kMaxUnacknowledged = 4;
  // A client that says it as its queue's depth acknowledges no more, and is not waited for until it says another (2.2.2.13).
  static constexpr std::uint32_t kSuspend = 0xFFFFFFFF;

  // The number of the frame that is sent now.
  std::uint32_t next() { return ++sent_; }
  void acknowledge(std::uint32_t frame, std::uint32_t queue_depth) {
    acknowledges_ = queue_depth != kSuspend;
    acknowledged_ = frame;
  }
  // A client cannot acknowledge what was not sent: then the difference is large, and it waits for itself.
  bool behind() const { return acknowledges_ && sent_ - acknowledged_ >= kMaxUnacknowledged; }

 private:
  std::uint32_t sent_ = 0;
  std::atomic<std::uint32_t> acknowledged_ = 0;
  std::atomic<bool> acknowledges_ = true;
};

}  // namespace frostgate::relay::rdp
