// The display control channel towards an RDP target (MS-RDPEDISP): asks it for another size and scale.
#pragma once

#include <mutex>
#include <optional>

#include "codec/base/geometry.h"
#include "gateway/relay/input.h"
#include "gateway/relay/rdp/dynamic_channels.h"
#include "gateway/relay/wakeup.h"

namespace frostgate::relay::rdp {

class BackDisplay final : public DynamicChannel {
 public:
  // `happened` is raised when there is something to send; `scale`: what the target was told.
  BackDisplay(Wakeup& happened, DisplayScale scale) : happened_(happened), scale_(scale) {}

  // From any thread. The last one counts, also when it comes before the target has opened the channel.
  void request(const ScreenWish& wish);
  // On the connection's thread; `now` is the target's size. False: the connection is broken.
  bool send(Size now);

  std::string_view name() const override { return "Microsoft::Windows::RDS::DisplayControl"; }
  std::size_t longest() const override { return 1024; }
  bool opened(Send send) override;
  Result<void> receive(std::span<const std::byte> message) override;
  void closed() override;

 private:
  Wakeup& happened_;
  Send send_;             // the target listens
  bool capable_ = false;  // it has said so
  DisplayScale scale_;    // that it knows
  std::mutex mutex_;
  std::optional<ScreenWish> wished_;
};

}  // namespace frostgate::relay::rdp
