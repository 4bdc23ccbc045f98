#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp_library.h"
#include "tests/integration/rdp/front_fixture.h"
#include "tests/integration/rdp/surface_copy.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::test;

namespace {

// A client of libfreerdp's with settings of our own, which connects and leaves.
class BareClient {
 public:
  explicit BareClient(std::uint16_t port) : instance_(freerdp_new()) {
    REQUIRE(freerdp_context_new(instance_));
    instance_->PostConnect = [](freerdp* of) -> BOOL { return gdi_init(of, PIXEL_FORMAT_BGRX32); };
    instance_->PostDisconnect = gdi_free;
    rdpSettings* settings = this->settings();
    REQUIRE(freerdp_settings_set_string(settings, FreeRDP_ServerHostname, "127.0.0.1"));
    REQUIRE(freerdp_settings_set_uint32(settings, FreeRDP_ServerPort, port));
    REQUIRE(freerdp_settings_set_string(settings, FreeRDP_Username, "alice"));
    REQUIRE(freerdp_settings_set_string(settings, FreeRDP_Password, "Ticket-123"));
    for (const size_t on : {FreeRDP_IgnoreCertificate, FreeRDP_SoftwareGdi}) REQUIRE(freerdp_settings_set_bool(settings, on, TRUE));
    for (const size_t off : {FreeRDP_NlaSecurity, FreeRDP_RdpSecurity}) REQUIRE(freerdp_settings_set_bool(settings, off, FALSE));
  }
  ~BareClient() {
    freerdp_disconnect(instance_);
    freerdp_context_free(instance_);
    freerdp_free(instance_);
  }
  rdpSettings* settings() { return instance_->context->settings; }
  rdpUpdate* update() { return instance_->context->update; }
  bool shows(const Frame& frame) {
    const rdpGdi* gdi = instance_->context->gdi;
    const FrameView shown{gdi->primary_buffer, {gdi->width, gdi->height}, static_cast<std::ptrdiff_t>(gdi->stride)};
    return shown.size == frame.size() && same_pixels(shown, frame.view(), Rect::of(frame.size()));
  }
  bool connect() { return freerdp_connect(instance_); }
  // Takes what the server sends until `done`, for a while.
  template <class Done>
  bool receives(Done done) {
    return eventually([&] { return done() || !freerdp_check_event_handles(instance_->context) || done(); });
  }
  // As receives(), for as long: whether `done` did not come about, and the connection lives.
  template <class Done>
  bool receives_none(std::chrono::milliseconds span, Done done) {
    const auto end = std::chrono::steady_clock::now() + span;
    while (std::chrono::steady_clock::now() < end) {
      if (!freerdp_check_event_handles(instance_->context) || done()) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));  // it has no event to wait for that says "nothing came"
    }
    return true;
  }

 private:
  freerdp* instance_;
};

}  // namespace

TEST_CASE("each static channel that a client names and the gateway does not speak is told, by a name that a log can show") {
  rdp::prepare_library();
  TemporaryFolder folder;
  Gateway gateway(folder);
  const Frame frame = picture(kScreen, 13);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  BareClient client(gateway.port);
  for (const char* name : {"cliprdr", "rdpdr", "my,\x1b\n1", "other"}) REQUIRE(rdp::add_static_channel(client.settings(), name));
  REQUIRE(client.connect());
  CHECK(gateway.host.profile.other_channels == std::vector<std::string>{"rdpdr", "my???1", "other"});
}

TEST_CASE("a client gets a cookie with which it tries to come back by itself, another each time") {
  rdp::prepare_library();
  TemporaryFolder folder;
  std::vector<std::string> cookies;
  for (int i = 0; i < 2; ++i) {
    Gateway gateway(folder);
    const Frame frame = picture(kScreen, 14);
    gateway.surface.commit(frame.view(), Rect::of(kScreen));
    BareClient client(gateway.port);
    REQUIRE(client.connect());
    const auto* cookie = static_cast<const ARC_SC_PRIVATE_PACKET*>(freerdp_settings_get_pointer(client.settings(), FreeRDP_ServerAutoReconnectCookie));
    REQUIRE(cookie);
    CHECK(client.receives([&] { return cookie->cbLen == 28; }));
    cookies.emplace_back(reinterpret_cast<const char*>(cookie->arcRandomBits), 16);
  }
  CHECK(cookies[0] != cookies[1]);
}

TEST_CASE("a client with several monitors is asked for one surface around all of them") {
  rdp::prepare_library();
  TemporaryFolder folder;
  Gateway gateway(folder);
  const Frame frame = picture(kScreen, 15);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  BareClient client(gateway.port);
  // The primary one, and another to the left of it and lower, as mstsc names them; the desktop's size is the primary one's.
  rdpMonitor monitors[] = {{0, 0, 1920, 1080, 1, 0, {}}, {-1280, 200, 1280, 1024, 0, 0, {}}};
  std::copy(std::begin(monitors), std::end(monitors), static_cast<rdpMonitor*>(const_cast<void*>(freerdp_settings_get_pointer(client.settings(), FreeRDP_MonitorDefArray))));
  REQUIRE(freerdp_settings_set_uint32(client.settings(), FreeRDP_DesktopWidth, 1920));
  REQUIRE(freerdp_settings_set_uint32(client.settings(), FreeRDP_DesktopHeight, 1080));
  Size wanted{1920, 1080};
  SECTION("two") {
    REQUIRE(freerdp_settings_set_bool(client.settings(), FreeRDP_UseMultimon, TRUE));
    REQUIRE(freerdp_settings_set_uint32(client.settings(), FreeRDP_MonitorCount, 2));
    wanted = {3200, 1224};
  }
  SECTION("one") {}
  REQUIRE(client.connect());
  CHECK(gateway.host.profile.size == wanted);
}

TEST_CASE("a client that is minimised is sent no picture, and the one of then when it shows again, while the Surface goes on") {
  rdp::prepare_library();
  TemporaryFolder folder;
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 16);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  BareClient client(gateway.port);
  REQUIRE(freerdp_settings_set_uint32(client.settings(), FreeRDP_ColorDepth, 32));
  REQUIRE(client.connect());
  REQUIRE(client.receives([&] { return client.shows(frame); }));

  REQUIRE(client.update()->SuppressOutput(client.update()->context, 0, nullptr));
  // Until it has arrived pictures may come.
  bool quiet = false;
  for (unsigned seed = 100; seed < 140 && !quiet; ++seed) {
    frame = picture(kScreen, seed);
    gateway.surface.commit(frame.view(), Rect::of(kScreen));
    quiet = client.receives_none(std::chrono::milliseconds(500), [&] { return client.shows(frame); });
  }
  CHECK(quiet);
  CHECK(equal(gateway.surface, frame));
  const RECTANGLE_16 all{0, 0, static_cast<UINT16>(kScreen.width), static_cast<UINT16>(kScreen.height)};
  REQUIRE(client.update()->SuppressOutput(client.update()->context, 1, &all));
  CHECK(client.receives([&] { return client.shows(frame); }));
}
