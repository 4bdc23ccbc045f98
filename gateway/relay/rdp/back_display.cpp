#include "gateway/relay/rdp/back_display.h"

#include <cstring>
#include <utility>

#include <freerdp/client/channels.h>
#include <freerdp/client/cmdline.h>
#include <freerdp/event.h>

#include "gateway/relay/rdp/back_context.h"

namespace frostgate::relay::rdp {

bool BackDisplay::load(rdpContext* context) {
  PubSub_SubscribeChannelConnected(context->pubSub, [](void* of, auto* event) {
    if (std::strcmp(event->name, DISP_DVC_CHANNEL_NAME) == 0)
      back_context(static_cast<rdpContext*>(of)).display->opened(static_cast<DispClientContext*>(event->pInterface));
  });
  PubSub_SubscribeChannelDisconnected(context->pubSub, [](void* of, auto* event) {
    if (std::strcmp(event->name, DISP_DVC_CHANNEL_NAME) == 0) back_context(static_cast<rdpContext*>(of)).display->closed();
  });
  return freerdp_settings_set_bool(context->settings, FreeRDP_SupportDisplayControl, TRUE) &&
         freerdp_client_load_addins(context->channels, context->settings);
}

void BackDisplay::opened(DispClientContext* channel) {
  const std::lock_guard lock(mutex_);
  channel_ = channel;
  channel_->custom = this;
  channel_->DisplayControlCaps = capable;
}

void BackDisplay::closed() {
  const std::lock_guard lock(mutex_);
  channel_ = nullptr;
  capable_ = false;
}

// Before this a target need not listen (MS-RDPEDISP 1.3.1).
UINT BackDisplay::capable(DispClientContext* channel, UINT32, UINT32, UINT32) {
  BackDisplay& self = *static_cast<BackDisplay*>(channel->custom);
  {
    const std::lock_guard lock(self.mutex_);
    self.capable_ = true;
  }
  self.happened_.raise();
  return CHANNEL_RC_OK;
}

void BackDisplay::request(const ScreenWish& wish) {
  const Size size = wish.size;
  if (size.width < DISPLAY_CONTROL_MIN_MONITOR_WIDTH || size.height < DISPLAY_CONTROL_MIN_MONITOR_HEIGHT || !size.acceptable()) return;
  {
    const std::lock_guard lock(mutex_);
    wished_ = ScreenWish{{size.width / 2 * 2, size.height}, wish.scale};
  }
  happened_.raise();
}

bool BackDisplay::send(Size now) {
  const std::lock_guard lock(mutex_);
  if (!channel_ || !capable_ || !wished_) return true;
  const ScreenWish wish = *std::exchange(wished_, std::nullopt);
  const DisplayScale scale = wish.scale.value_or(scale_);
  if (wish.size == now && scale == scale_) return true;
  scale_ = scale;
  DISPLAY_CONTROL_MONITOR_LAYOUT monitor{};
  monitor.Flags = DISPLAY_CONTROL_MONITOR_PRIMARY;
  monitor.Width = static_cast<UINT32>(wish.size.width);
  monitor.Height = static_cast<UINT32>(wish.size.height);
  monitor.Orientation = ORIENTATION_LANDSCAPE;
  monitor.DesktopScaleFactor = scale_.desktop;
  monitor.DeviceScaleFactor = scale_.device;
  return channel_->SendMonitorLayout(channel_, 1, &monitor) == CHANNEL_RC_OK;
}

}  // namespace frostgate::relay::rdp
