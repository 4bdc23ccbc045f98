#include "gateway/relay/rdp/back_screen.h"

#include <catch2/catch.hpp>
#include <memory>

#include "gateway/relay/rdp/back_context.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::relay::rdp;

namespace {

constexpr Size kClientScreen{512, 256};

// libfreerdp's client without a connection, which has painted everything in one colour, shown it, and given its pixels back.
struct PaintedClient {
  PaintedClient() {
    instance->ContextSize = sizeof(BackContext);
    REQUIRE(freerdp_context_new(instance));
    context = instance->context;
    for (const auto& [name, value] : {std::pair{FreeRDP_DesktopWidth, kClientScreen.width}, std::pair{FreeRDP_DesktopHeight, kClientScreen.height}, std::pair{FreeRDP_ColorDepth, 32}})
      REQUIRE(freerdp_settings_set_uint32(context->settings, name, static_cast<UINT32>(value)));
    REQUIRE(gdi_init(instance, PIXEL_FORMAT_BGRX32));
    back_context(context).surface = &surface;
    back_context(context).screen = &screen;
    REQUIRE(screen.begin(context));
    for (int y = 0; y < kClientScreen.height; ++y) paint({0, y, kClientScreen.width, 1}, 0x41);
    screen.paint_all();
    screen.commit();
    screen.rest(ScreenCopy::Clock::now());
    REQUIRE(int{context->gdi->primary_buffer[100 * context->gdi->stride]} == 0);
  }
  ~PaintedClient() {
    gdi_free(instance);
    freerdp_context_free(instance);
    freerdp_free(instance);
  }
  // As the graphics pipeline does.
  void paint(const Rect& rect, std::uint8_t value) {
    Frame picture({rect.width, rect.height});
    for (int y = 0; y < rect.height; ++y) std::fill_n(picture.row(y), rect.width * kBytesPerPixel, value);
    screen.paint(picture.view(), rect);
  }
  int shown(int x, int y) const {
    int value = 0;
    surface.read_target([&](const Frame& frame) { value = frame.view().at(x, y)[0]; });
    return value;
  }

  Surface surface;
  BackScreen screen;
  freerdp* instance = freerdp_new();
  rdpContext* context = nullptr;
};

}  // namespace

TEST_CASE("drawing orders read what the target painted long ago and what it has just painted, though the pixels were given back in between") {
  PaintedClient client;
  client.paint({200, 100, 20, 20}, 0x11);
  SCRBLT_ORDER move{};
  move.nXSrc = 190, move.nYSrc = 90, move.nWidth = 40, move.nHeight = 40;
  move.nLeftRect = 300, move.nTopRect = 10, move.bRop = 0xCC;  // source copy
  client.screen.forget_painted();
  REQUIRE(client.context->update->primary->ScrBlt(client.context, &move));
  DSTBLT_ORDER invert{};
  invert.nLeftRect = 400, invert.nTopRect = 200, invert.nWidth = invert.nHeight = 10, invert.bRop = 0x55;  // not destination
  REQUIRE(client.context->update->primary->DstBlt(client.context, &invert));
  client.screen.take_painted();
  REQUIRE(client.screen.pending());
  client.screen.commit();
  CHECK(client.shown(200, 100) == 0x11);
  CHECK(client.shown(305, 15) == 0x41);
  CHECK(client.shown(310, 20) == 0x11);
  CHECK(client.shown(329, 39) == 0x11);
  CHECK(client.shown(330, 40) == 0x41);
  CHECK(client.shown(400, 200) == 0xBE);
  CHECK(client.shown(399, 200) == 0x41);
  CHECK(client.shown(0, 255) == 0x41);
}

TEST_CASE("what a target painted without an order is shown, and nothing beside it changes") {
  PaintedClient client;
  client.paint({60, 60, 10, 10}, 0x22);
  client.screen.commit();
  CHECK(client.shown(60, 60) == 0x22);
  CHECK(client.shown(59, 60) == 0x41);
  CHECK(client.shown(70, 69) == 0x41);
  CHECK_FALSE(client.screen.pending());
}

TEST_CASE("a picture lies on what was drawn before it, and under what is drawn after it") {
  PaintedClient client;
  const auto blacken = [&](const Rect& rect) {
    DSTBLT_ORDER black{};
    black.nLeftRect = rect.x, black.nTopRect = rect.y, black.nWidth = rect.width, black.nHeight = rect.height;
    REQUIRE(client.context->update->primary->DstBlt(client.context, &black));
  };
  client.screen.forget_painted();
  blacken({10, 10, 30, 10});
  client.paint({20, 10, 30, 10}, 0x33);
  blacken({30, 10, 10, 10});
  client.screen.take_painted();
  client.screen.commit();
  CHECK(client.shown(10, 10) == 0);
  CHECK(client.shown(20, 10) == 0x33);
  CHECK(client.shown(30, 10) == 0);
  CHECK(client.shown(40, 10) == 0x33);
  CHECK(client.shown(50, 10) == 0x41);
}

TEST_CASE("a picture that a target paints while it is being connected stays, and around it the screen is black") {
  PaintedClient client;
  client.screen.restart();
  client.paint({20, 10, 30, 10}, 0x33);
  client.screen.paint_all();
  client.screen.commit();
  CHECK(client.shown(20, 10) == 0x33);
  CHECK(client.shown(19, 10) == 0);
}

TEST_CASE("very many small orders change nothing between them") {
  PaintedClient client;
  client.screen.forget_painted();
  constexpr int kStep = 16;
  for (int y = 5; y < kClientScreen.height; y += kStep)
    for (int x = 5; x < kClientScreen.width; x += kStep) {
      OPAQUE_RECT_ORDER black{};
      black.nLeftRect = x, black.nTopRect = y, black.nWidth = black.nHeight = 2;
      REQUIRE(client.context->update->primary->OpaqueRect(client.context, &black));
    }
  client.screen.take_painted();
  client.screen.commit();
  int wrong = 0;
  for (int y = 0; y < kClientScreen.height; ++y)
    for (int x = 0; x < kClientScreen.width; ++x) {
      const bool painted = (x % kStep == 5 || x % kStep == 6) && (y % kStep == 5 || y % kStep == 6);
      wrong += client.shown(x, y) != (painted ? 0 : 0x41);
    }
  CHECK(wrong == 0);
}
