#include "gateway/relay/rdp/display_channel.h"

#include <vector>

namespace frostgate::relay::rdp {
namespace {

constexpr UINT32 kMostMonitors = 16;

}  // namespace

DisplayChannel::DisplayChannel(HANDLE channel_manager, rdpContext* context, Wakeup& happened)
    : happened_(happened), channel_(disp_server_context_new(channel_manager)) {
  if (!channel_) return;
  channel_->custom = this;
  channel_->rdpcontext = context;
  channel_->MaxNumMonitors = kMostMonitors;
  channel_->MaxMonitorAreaFactorA = channel_->MaxMonitorAreaFactorB = DISPLAY_CONTROL_MAX_MONITOR_WIDTH;
  channel_->DispMonitorLayout = laid_out;
}

DisplayChannel::~DisplayChannel() {
  if (open_) channel_->Close(channel_.get());
}

bool DisplayChannel::open() {
  open_ = channel_ && channel_->Open(channel_.get()) == CHANNEL_RC_OK;
  return open_ && channel_->DisplayControlCaps(channel_.get()) == CHANNEL_RC_OK;
}

UINT DisplayChannel::laid_out(DispServerContext* channel, const DISPLAY_CONTROL_MONITOR_LAYOUT_PDU* pdu) {
  DisplayChannel& self = *static_cast<DisplayChannel*>(channel->custom);
  std::vector<Monitor> monitors;
  std::optional<DisplayScale> scale;  // the first monitor's, or the primary's
  for (UINT32 i = 0; i < pdu->NumMonitors && i < kMostMonitors; ++i) {
    const DISPLAY_CONTROL_MONITOR_LAYOUT& monitor = pdu->Monitors[i];
    monitors.push_back({monitor.Left, monitor.Top, monitor.Width, monitor.Height});
    if (!scale || (monitor.Flags & DISPLAY_CONTROL_MONITOR_PRIMARY) != 0) scale = DisplayScale::checked(monitor.DesktopScaleFactor, monitor.DeviceScaleFactor);
  }
  if (const auto size = size_around(monitors)) {
    const std::lock_guard lock(self.mutex_);
    self.wish_.wish({*size, scale});
  }
  self.happened_.raise();
  return CHANNEL_RC_OK;
}

std::optional<ScreenWish> DisplayChannel::take(SizeWish::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  return wish_.take(now);
}

std::optional<std::chrono::milliseconds> DisplayChannel::wait(SizeWish::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  return wish_.wait(now);
}

}  // namespace frostgate::relay::rdp
