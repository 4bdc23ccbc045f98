#include "gateway/relay/rdp/back_settings.h"

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/relay/rdp/channel_bridge.h"

using namespace frostgate;
using namespace frostgate::relay;

namespace {

std::unique_ptr<rdpSettings, decltype(&freerdp_settings_free)> applied(const BackSettings& wanted) {
  std::unique_ptr<rdpSettings, decltype(&freerdp_settings_free)> settings(freerdp_settings_new(0), freerdp_settings_free);
  REQUIRE(settings);
  REQUIRE(rdp::apply(wanted, 7, 10, settings.get()));
  return settings;
}

}  // namespace

TEST_CASE("a target is told how large the client's screen shows things, and nothing that the protocol does not know") {
  BackSettings wanted;
  wanted.scale = DisplayScale::checked(150, 140);
  auto settings = applied(wanted);
  CHECK(freerdp_settings_get_uint32(settings.get(), FreeRDP_DesktopScaleFactor) == 150);
  CHECK(freerdp_settings_get_uint32(settings.get(), FreeRDP_DeviceScaleFactor) == 140);
  for (const auto& [desktop, device] : {std::pair<std::uint32_t, std::uint32_t>{0, 0}, {99, 100}, {501, 100}, {150, 150}, {0xFFFFFFFF, 180}}) {
    CHECK(DisplayScale::checked(desktop, device) == DisplayScale{100, 100});
  }
  CHECK(DisplayScale::checked(500, 180) == DisplayScale{500, 180});
  CHECK(DisplayScale::checked(100, 100) == DisplayScale{100, 100});
}

TEST_CASE("a target is told the client's layout, and US where the client names none, because its keys are typed as on that") {
  for (const auto& [named, told] : {std::pair<UINT32, UINT32>{0, 0x409}, {0x409, 0x409}, {0x407, 0x407}, {0x419, 0x419}}) {
    BackSettings wanted;
    wanted.keyboard_layout = named;
    const auto settings = applied(wanted);
    CHECK(freerdp_settings_get_uint32(settings.get(), FreeRDP_KeyboardLayout) == told);
  }
}

TEST_CASE("messages of channels are cut into chunks of a length that the standard knows, whatever the target says of it") {
  const auto settings = applied(BackSettings());
  for (const auto& [said, used] : {std::pair<UINT32, UINT32>{0, 1600}, {1, 1600}, {1600, 1600}, {4096, 4096}, {16256, 16256}, {16257, 16256}, {0xFFFFFFFF, 16256}}) {
    REQUIRE(freerdp_settings_set_uint32(settings.get(), rdp::kChannelChunk, said));
    rdp::limit_channel_chunks(settings.get());
    CHECK(freerdp_settings_get_uint32(settings.get(), rdp::kChannelChunk) == used);
  }
}

TEST_CASE("a target is offered the channels that something passes on, with the one of sound beside that of devices, and sound where it is played") {
  const auto offered = [](const std::optional<Redirections>& passed) {
    BackSettings wanted;
    if (passed) wanted.bridge = std::make_shared<rdp::ChannelBridge>(*passed, [](const rdp::DeviceFact&) {});
    const auto settings = applied(wanted);
    CHECK_FALSE(freerdp_settings_get_bool(settings.get(), FreeRDP_DeviceRedirection));
    CHECK(bool(freerdp_settings_get_bool(settings.get(), FreeRDP_AudioPlayback)) == (passed && passed->sound));
    std::vector<std::string> names;
    const auto* channels = static_cast<const CHANNEL_DEF*>(freerdp_settings_get_pointer(settings.get(), FreeRDP_ChannelDefArray));
    REQUIRE(channels);
    for (UINT32 i = 0; i < freerdp_settings_get_uint32(settings.get(), FreeRDP_ChannelCount); ++i) names.emplace_back(channels[i].name);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(offered(std::nullopt) == Names{"cliprdr", "drdynvc"});
  CHECK(offered(Redirections{.drives = DriveAccess::read}) == Names{"cliprdr", "drdynvc", "rdpdr", "rdpsnd"});
  CHECK(offered(Redirections{.smartcards = true, .sound = true}) == Names{"cliprdr", "drdynvc", "rdpdr", "rdpsnd"});
  CHECK(offered(Redirections{.sound = true}) == Names{"cliprdr", "drdynvc", "rdpsnd"});
}

TEST_CASE("a target is offered the graphics pipeline only where it wants it, and no lossy bitmaps beside") {
  for (const auto& [graphics, offered] : {std::pair{Graphics::bitmaps, false}, {Graphics::pipeline, true}, {Graphics::video, true}}) {
    BackSettings wanted;
    wanted.graphics = graphics;
    const auto settings = applied(wanted);
    CHECK(bool(freerdp_settings_get_bool(settings.get(), FreeRDP_SupportGraphicsPipeline)) == offered);
    for (const size_t codec : {FreeRDP_RemoteFxCodec, FreeRDP_NSCodec, FreeRDP_JpegCodec}) CHECK_FALSE(freerdp_settings_get_bool(settings.get(), codec));
  }
}
