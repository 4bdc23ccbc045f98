// The graphics pipeline of an RDP target (MS-RDPEGFX), for one that shows its screen in no other way: our own client, since what comes is hostile. Version 8, whose pictures are
// uncompressed, planar, or RemoteFX Progressive; or 8.1, with which a target may send AVC420 too. On the connection's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "codec/base/frame.h"
#include "gateway/relay/rdp/bulk_decoder.h"
#include "gateway/relay/rdp/dynamic_channels.h"
#include "gateway/relay/rdp/graphics_surfaces.h"
#include "gateway/relay/rdp/planar_decoder.h"
#include "gateway/relay/rdp/progressive_picture.h"

namespace frostgate::relay::rdp {

class AvcPicture;

class TargetGraphics final : public DynamicChannel {
 public:
  // Of one frame, compressed or not: a screen of 4096x2160 as it is.
  static constexpr std::size_t kLongestMessage = 36u << 20;

  struct Ends {
    std::function<Result<void>(Size)> resize;                                      // the screen has another size from now on
    std::function<void(FrameView picture, const Rect& to)> paint;                  // on the screen, where there may be no room for all of it
    std::function<void()> frame_ended;
    std::function<void()> lossy;                                                   // what comes next is not exact; at most once
  };

  // `screen`: its size at first. `with_video`: the target is told that it may send AVC420.
  TargetGraphics(Size screen, bool with_video, Ends ends);
  ~TargetGraphics() override;

  // Whether the target has agreed to what it was told.
  bool agreed() const { return agreed_; }

  std::string_view name() const override;
  std::size_t longest() const override { return kLongestMessage; }
  bool opened(Send send) override;
  Result<void> receive(std::span<const std::byte> message) override;
  void closed() override;

 private:
  class Order;
  Result<void> obey(std::uint32_t command, Order order);
  Result<void> confirm(Order& order);
  Result<void> reset(Order& order);
  Result<void> create(Order& order);
  Result<void> map(Order& order);
  Result<void> fill(Order& order);
  Result<void> copy(Order& order);
  Result<void> paste_kept(Order& order);
  Result<void> show_picture(Order& order);
  Result<void> show_progressive(Order& order);
  Result<void> show_video(std::uint32_t number, GraphicsSurface& surface, std::span<const std::byte> bytes);
  Result<void> end_frame(std::uint32_t frame);
  void show();
  void tell_lossy();

  const Ends ends_;
  const bool with_video_;
  Size screen_;
  Send send_;
  bool agreed_ = false, in_frame_ = false, lossy_ = false;
  std::uint32_t frames_ = 0;  // that were shown
  BulkDecoder bulk_;
  GraphicsSurfaces surfaces_;
  PlanarDecoder planar_;
  std::optional<ProgressivePicture> progressive_;
  std::map<std::uint32_t, std::unique_ptr<AvcPicture>> videos_;  // by surface
};

}  // namespace frostgate::relay::rdp
