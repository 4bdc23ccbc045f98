#include <signal.h>

#include <mutex>

#include "gateway/relay/back.h"
#include "gateway/relay/rdp/freerdp_compat.h"
#include "gateway/relay/rdp_library.h"
#include "tests/integration/rdp/front_fixture.h"
#include "tests/integration/rdp/surface_copy.h"

using namespace frostgate;
using namespace frostgate::relay;
using namespace frostgate::test;

TEST_CASE("an RDP front shows a real client every pixel of the Surface, and its input arrives") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 1);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  REQUIRE(eventually([&] { return gateway.host.ready.load(); }));
  CHECK(gateway.host.profile.size == kScreen);
  CHECK(eventually([&] { return shows(display, frame); }, 20));

  const Frame other = picture(kScreen, 2);
  for (const Rect changed : {Rect{3, 5, 1, 1}, Rect{61, 63, 7, 70}, Rect{1000, 700, 24, 68}, Rect{130, 200, 333, 111}}) {
    frame.copy_from(other.view(), changed);
    gateway.surface.commit(frame.view(), changed);
  }
  CHECK(eventually([&] { return shows(display, frame); }, 20));

  REQUIRE(test::run({"xdotool", "mousemove", "200", "300", "click", "1", "click", "4", "click", "5", "key", "a", "key", "Right"},
              at(display, folder)) == 0);
  Input& input = gateway.host.input;
  CHECK(eventually([&] {
    return input.has_pointer([](const PointerEvent& e) { return e.position == Point{200, 300} && e.buttons == 1; });
  }));
  CHECK(eventually([&] { return input.has_pointer([](const PointerEvent& e) { return e.wheel == 120; }); }));
  CHECK(eventually([&] { return input.has_pointer([](const PointerEvent& e) { return e.wheel == -120; }); }));
  CHECK(eventually([&] { return input.has_key([](const KeyEvent& e) { return e.down && e.scancode == 0x1E; }); }));
  CHECK(eventually([&] { return input.has_key([](const KeyEvent& e) { return !e.down && e.scancode == 0x1E; }); }));
  CHECK(eventually(
      [&] { return input.has_key([](const KeyEvent& e) { return e.scancode == (kExtendedKey | 0x4D); }); }));

  CursorShape cursor{{32, 32}, {4, 6}, std::vector<std::uint8_t>(32 * 32 * 4, 255)};
  gateway.surface.set_cursor(cursor);
  gateway.end("enough");
  CHECK(eventually([&] { return gateway.finished.load() && !client.running(); }));
  CHECK(gateway.result);
}

TEST_CASE("an RDP front follows the Surface to other sizes") {
  TemporaryFolder folder;
  XDisplay display(folder, {1280, 1024});
  Gateway gateway(folder);
  const Frame small = picture({801, 603}, 3);
  gateway.surface.commit(small.view(), Rect::of(small.size()));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return shows(display, small); }, 20));
  const Frame large = picture({1152, 864}, 4);
  gateway.surface.commit(large.view(), Rect::of(large.size()));
  CHECK(eventually([&] { return shows(display, large); }, 20));
  CHECK(client.running());
}

TEST_CASE("an RDP client with 24 bits per pixel sees exact colours too") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  const Frame frame = picture(kScreen, 5);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen, 24), at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return shows(display, frame); }, 20));
}

TEST_CASE("an RDP client with the graphics pipeline sees every pixel, and follows to other sizes") {
  TemporaryFolder folder;
  XDisplay display(folder, {1280, 1024});
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 7);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  command.push_back("/gfx");
  command.push_back("/log-level:DEBUG");
  Program client(command, at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] { return shows(display, frame); }, 20));
  const Frame other = picture(kScreen, 8);
  for (const Rect changed : {Rect{3, 5, 1, 1}, Rect{61, 63, 7, 70}, Rect{1000, 700, 24, 68}, Rect{130, 200, 333, 111}}) {
    frame.copy_from(other.view(), changed);
    gateway.surface.commit(frame.view(), changed);
    CHECK(eventually([&] { return shows(display, frame); }, 20));
  }
  // More frames than a client may leave unacknowledged, faster than it can.
  for (unsigned i = 0; i < 40; ++i) {
    frame = picture(kScreen, 100 + i);
    gateway.surface.commit(frame.view(), Rect::of(kScreen));
  }
  CHECK(eventually([&] { return shows(display, frame); }, 20));
  Frame large = picture({1153, 863}, 9);
  gateway.surface.commit(large.view(), Rect::of(large.size()));
  CHECK(eventually([&] { return shows(display, large); }, 20));
  large.row(862)[1152 * 4] ^= 0xFF;
  gateway.surface.commit(large.view(), Rect{1152, 862, 1, 1});
  CHECK(eventually([&] { return shows(display, large); }, 20));
  CHECK(client.running());
  // It was the pipeline that showed them.
  CHECK(text_of(folder / "xfreerdp.log").find("Loading Dynamic Virtual Channel rdpgfx") != std::string::npos);
}

TEST_CASE("an RDP client with 16 bits per pixel sees the colours that it can show") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  const Frame frame = picture(kScreen, 12);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen, 16), at(display, folder), folder / "xfreerdp.log");
  CHECK(eventually([&] {
    const Frame shown = display.screenshot();
    // Five or six bits of each channel.
    for (int y = 0; y < kScreen.height; ++y) {
      for (int x = 0; x < kScreen.width * 4; ++x) {
        if (x % 4 != 3 && std::abs(shown.view().at(0, y)[x] - frame.view().at(0, y)[x]) > 8) return false;
      }
    }
    return true;
  }, 20));
}

TEST_CASE("an RDP client whose window changes asks for another size, and shows it when the target has it") {
  TemporaryFolder folder;
  XDisplay display(folder, {1280, 1024});
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 10);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  command.push_back("/dynamic-resolution");
  SECTION("with bitmaps") {}
  SECTION("with the pipeline") { command.push_back("/gfx"); }
  Program client(command, at(display, folder), folder / "xfreerdp.log");
  REQUIRE(eventually([&] { return shows(display, frame); }, 20));
  // xfreerdp waits a little before it believes that dragging is over.
  const Size wanted{900, 700};
  CHECK(eventually([&] {
    (void)test::run({"xdotool", "search", "--onlyvisible", "--class", "xfreerdp", "windowsize", "900", "700"}, at(display, folder));
    return gateway.host.input.wished().size == wanted;
  }, 20));
  frame = picture(wanted, 11);
  gateway.surface.commit(frame.view(), Rect::of(wanted));
  CHECK(eventually([&] { return shows(display, frame); }, 20));
}

TEST_CASE("an RDP client is told when the target cannot be reached") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  gateway.host.unreachable = true;
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  CHECK(client.wait() != 0);
  CHECK(eventually([&] { return gateway.finished.load(); }));
  REQUIRE_FALSE(gateway.result);
  CHECK(gateway.result.error().message == "the target is away");
}

TEST_CASE("a client that stops reading holds nothing up and sees the last state when it goes on") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 6);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  Program client(xfreerdp(gateway.port, "Ticket-123", kScreen), at(display, folder), folder / "xfreerdp.log");
  REQUIRE(eventually([&] { return shows(display, frame); }, 20));
  client.signal(SIGSTOP);
  for (unsigned seed = 7; seed < 47; ++seed) {
    frame = picture(kScreen, seed);
    gateway.surface.commit(frame.view(), Rect::of(kScreen));
  }
  client.signal(SIGCONT);
  CHECK(eventually([&] { return shows(display, frame); }, 20));

  client.signal(SIGSTOP);
  for (unsigned seed = 47; seed < 67; ++seed)
    gateway.surface.commit(picture(kScreen, seed).view(), Rect::of(kScreen));
  gateway.end("enough");
  CHECK(eventually([&] { return gateway.finished.load(); }, 5));
  client.signal(SIGCONT);
}

TEST_CASE("a back and a front are the same to each other: pixels, pointer, sizes, all input and copied text") {
  TemporaryFolder folder;
  Gateway gateway(folder);
  const Frame first = picture({1000, 700}, 1);
  gateway.surface.commit(first.view(), Rect::of(first.size()));
  CursorShape cursor{{20, 30}, {4, 6}, std::vector<std::uint8_t>(20 * 30 * 4, 255)};
  for (std::size_t i = 0; i < 4 * 20; i += 4) std::fill_n(cursor.pixels.begin() + static_cast<long>(i), 4, 0);
  gateway.surface.set_cursor(cursor);

  BackSettings settings;
  settings.socket = connect_to(gateway.port);
  settings.name = "front";
  settings.login.user = "alice";
  settings.login.password = Secret::from_text("Ticket-123");
  settings.wanted_size = {640, 480};
  settings.keyboard_layout = 0x409;
  settings.scale = {150, 140};
  std::mutex copying;
  std::string copied;
  settings.on_clipboard = [&](const std::string& text) {
    const std::lock_guard lock(copying);
    copied = text;
  };
  const auto back = make_rdp_back(std::move(settings));
  Surface surface;
  const auto connected = back->connect(surface, 10);
  INFO((connected ? "" : connected.error().message));
  REQUIRE(connected);
  CHECK(gateway.host.profile.keyboard_layout == 0x409);
  CHECK(gateway.host.profile.scale == DisplayScale{150, 140});
  Result<void> ran;
  std::thread thread([&] { ran = back->run(); });

  CHECK(eventually([&] { return equal(surface, first); }));
  CHECK_FALSE(back->lossy());
  std::optional<CursorShape> shown;
  CHECK(eventually([&] {
    copy_of(surface, &shown);
    return shown && shown->size == cursor.size && shown->pixels == cursor.pixels;
  }));
  CHECK((shown && shown->hotspot == cursor.hotspot));
  const Frame second = picture({1234, 567}, 2);
  gateway.surface.commit(second.view(), Rect::of(second.size()));
  CHECK(eventually([&] { return equal(surface, second); }));

  back->key({.down = true, .scancode = kExtendedKey | 0x4B});
  back->key({.down = true, .unicode = 0x4E2D});
  back->key({.down = true, .keysym = 'A'});
  back->key({.down = true, .scancode = kExtended1Key | 0x1D});
  back->pointer({.position = {1233, 566}, .buttons = pointer_button::kRight | pointer_button::kForward});
  back->pointer({.position = {1233, 566}, .buttons = pointer_button::kMiddle, .wheel = -240, .wheel_horizontal = 120});
  Input& input = gateway.host.input;
  const auto has_key = [&](auto predicate) { return eventually([&] { return input.has_key(predicate); }, 3); };
  const auto has_pointer = [&](auto predicate) { return eventually([&] { return input.has_pointer(predicate); }, 3); };
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == (kExtendedKey | 0x4B); }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.unicode == 0x4E2D; }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == 0x2A; }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == 0x1E; }));
  CHECK(has_key([](const KeyEvent& e) { return e.down && e.scancode == (kExtended1Key | 0x1D); }));
  CHECK(has_pointer([](const PointerEvent& e) {
    return e.position == Point{1233, 566} && e.buttons == (pointer_button::kRight | pointer_button::kForward);
  }));
  CHECK(has_pointer([](const PointerEvent& e) { return e.buttons == pointer_button::kMiddle && e.wheel == -240; }));
  CHECK(has_pointer([](const PointerEvent& e) { return e.wheel_horizontal == 120; }));

  // Things shown larger on a screen of the same size are a wish of their own, as where somebody moves a window to another monitor.
  back->request_screen({second.size(), DisplayScale{200, 180}});
  CHECK(eventually([&] { return input.wished() == ScreenWish{{1234, 567}, DisplayScale{200, 180}}; }));
  back->request_screen({{1000, 700}, std::nullopt});
  CHECK(eventually([&] { return input.wished() == ScreenWish{{1000, 700}, DisplayScale{200, 180}}; }));

  const std::string text = "Grüße € \xF0\x9F\x98\x80\nzweite Zeile";
  gateway.copy(text + " vom Ziel");
  CHECK(eventually([&] {
    const std::lock_guard lock(copying);
    return copied == text + " vom Ziel";
  }));
  back->clipboard(text + " vom Benutzer");
  CHECK(eventually([&] { return input.copied() == text + " vom Benutzer"; }));

  gateway.end("enough");
  thread.join();
  REQUIRE_FALSE(ran);
  CHECK(ran.error().message == "front ended the session: an administrator ended the session");
}

namespace {

// One picture of a film: soft colours that drift, as a codec likes them.
Frame film_picture(Size size, int number) {
  Frame frame(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      std::uint8_t* pixel = frame.row(y) + x * 4;
      pixel[0] = static_cast<std::uint8_t>(std::abs((x + 4 * number) % 510 - 255));
      pixel[1] = static_cast<std::uint8_t>(std::abs((y + 3 * number) % 510 - 255));
      pixel[2] = static_cast<std::uint8_t>(std::abs((x / 2 + y / 2) % 510 - 255));
    }
  }
  return frame;
}

// The mean difference of a colour within `area`, of 255.
double difference(const Frame& a, const Frame& b, const Rect& area) {
  std::int64_t sum = 0;
  for (int y = area.y; y < area.bottom(); ++y)
    for (int x = area.x; x < area.right(); ++x)
      for (int c = 0; c < 3; ++c) sum += std::abs(a.row(y)[x * 4 + c] - b.row(y)[x * 4 + c]);
  return static_cast<double>(sum) / (3.0 * static_cast<double>(area.area()));
}

constexpr Rect kFilm{100, 90, 640, 500};

// Leaves the film's last picture in `frame`. After each, `seen` is called with its number.
template <class Seen>
void play_film(Surface& surface, Frame& frame, Seen seen) {
  for (int number = 0; number < 40; ++number) {
    frame.copy_from(film_picture(kScreen, number).view(), kFilm);
    surface.commit(frame.view(), kFilm);
    std::this_thread::sleep_for(std::chrono::milliseconds(40));  // the film's pace is what makes it one
    seen(number);
  }
}

}  // namespace

TEST_CASE("an RDP client that takes AVC420 sees a film as video in the right colours, and every pixel when it has come to rest") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 11);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  command.insert(command.end(), {"/gfx:AVC420", "/log-filters:com.freerdp.channels.rdpgfx.client:DEBUG"});
  const std::string log = folder / "xfreerdp.log";
  Program client(command, at(display, folder), log);
  REQUIRE(eventually([&] { return shows(display, frame); }, 20));
  REQUIRE(text_of(log).find("H264_METABLOCK") == std::string::npos);

  double nearest = 255;
  play_film(gateway.surface, frame, [&](int number) {
    if (number > 20) nearest = std::min(nearest, difference(display.screenshot(), frame, kFilm));
  });
  CHECK(text_of(log).find("H264_METABLOCK") != std::string::npos);
  CHECK(nearest < 6);
  CHECK(eventually([&] { return shows(display, frame); }, 20));
  CHECK(client.running());
}

TEST_CASE("an RDP client with the graphics pipeline that does not ask for AVC420 is sent none, whatever moves") {
  TemporaryFolder folder;
  XDisplay display(folder, kScreen);
  Gateway gateway(folder);
  Frame frame = picture(kScreen, 12);
  gateway.surface.commit(frame.view(), Rect::of(kScreen));
  auto command = xfreerdp(gateway.port, "Ticket-123", kScreen);
  command.insert(command.end(), {"/gfx", "/log-filters:com.freerdp.channels.rdpgfx.client:DEBUG"});
  const std::string log = folder / "xfreerdp.log";
  Program client(command, at(display, folder), log);
  REQUIRE(eventually([&] { return shows(display, frame); }, 20));
  play_film(gateway.surface, frame, [](int) {});
  CHECK(eventually([&] { return shows(display, frame); }, 20));
  CHECK(client.running());
  CHECK(text_of(log).find("H264_METABLOCK") == std::string::npos);  // with these filters the client above says it
}
