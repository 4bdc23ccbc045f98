// Records an X screen as a journal, at most 5 states a second, and notes with each state where the windows are.
//
// usage: session_recorder JOURNAL_DIRECTORY WINDOWS.jsonl     (of $DISPLAY, until SIGTERM)
//
// WINDOWS.jsonl: a line {"epoch": seconds at session time 0}, then one line per state: {"at": seconds, "windows": [...]},
// bottom to top, each with its outer rectangle, its client's name and place, and the client's cell size where it has one.
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "codec/tiles/event_coding.h"
#include "codec/tiles/tile_encoder.h"
#include "storage/journal/journal_writer.h"
#include "tests/bench/session_journal.h"

namespace {

using namespace frostgate;
using nlohmann::json;

constexpr auto kInterval = std::chrono::milliseconds(200);
volatile sig_atomic_t stopped = 0;

struct FreeX {
  void operator()(void* data) const { XFree(data); }
};

std::vector<Window> children(Display* display, Window window) {
  Window root, parent, *list = nullptr;
  unsigned count = 0;
  if (!XQueryTree(display, window, &root, &parent, &list, &count)) return {};
  const std::unique_ptr<Window, FreeX> owner(list);
  return {list, list + count};
}

// The program's own window below what the window manager put around it.
std::optional<Window> client_of(Display* display, Window window) {
  XClassHint hint{};
  if (XGetClassHint(display, window, &hint)) {
    XFree(hint.res_name);
    XFree(hint.res_class);
    return window;
  }
  for (const Window child : children(display, window)) {
    if (const auto found = client_of(display, child)) return found;
  }
  return std::nullopt;
}

json described(Display* display, Window root, Window window, const XWindowAttributes& outer) {
  json entry{{"x", outer.x}, {"y", outer.y}, {"width", outer.width + 2 * outer.border_width}, {"height", outer.height + 2 * outer.border_width}};
  const std::optional<Window> client = client_of(display, window);
  if (!client) return entry;
  char* name = nullptr;
  if (XFetchName(display, *client, &name) && name) entry["name"] = std::unique_ptr<char, FreeX>(name).get();
  int x = 0, y = 0;
  Window child;
  XTranslateCoordinates(display, *client, root, 0, 0, &x, &y, &child);
  XSizeHints hints{};
  long supplied = 0;
  entry["client"] = {{"x", x}, {"y", y}};
  if (XGetWMNormalHints(display, *client, &hints, &supplied) && (supplied & PResizeInc) && (supplied & PBaseSize)) {
    entry["client"]["cell"] = {hints.width_inc, hints.height_inc};
    entry["client"]["border"] = {hints.base_width / 2, hints.base_height / 2};
  }
  return entry;
}

json windows_of(Display* display, Window root) {
  json all = json::array();
  for (const Window window : children(display, root)) {
    XWindowAttributes outer{};
    if (XGetWindowAttributes(display, window, &outer) && outer.map_state == IsViewable) all.push_back(described(display, root, window, outer));
  }
  return all;
}

Frame grabbed(Display* display, Window root, Size size) {
  XImage* image = XGetImage(display, root, 0, 0, static_cast<unsigned>(size.width), static_cast<unsigned>(size.height), AllPlanes, ZPixmap);
  Frame frame(size);
  if (!image) return frame;
  frame.copy_from({reinterpret_cast<const std::uint8_t*>(image->data), size, image->bytes_per_line}, Rect::of(size));
  XDestroyImage(image);
  return frame;
}

Result<void> record(Display* display, const char* directory, const char* windows_file) {
  const Window root = DefaultRootWindow(display);
  XWindowAttributes screen{};
  XGetWindowAttributes(display, root, &screen);
  const Size size{screen.width, screen.height};
  storage::JournalWriter journal =
      TRY(storage::JournalWriter::create(storage::real_file_system(), directory, bench::kSession, bench::session_key()));
  codec::TileEncoder tiles;
  std::ofstream windows(windows_file);
  const auto start = std::chrono::steady_clock::now();
  const double epoch = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  windows << json{{"epoch", epoch}}.dump() << '\n';
  TRY(journal.append(storage::JournalEntryKind::event, SessionTime(0), codec::encode_event(SessionStarted{{}, false, bench::kSession, "", "", "", "", false})));
  for (auto due = start; !stopped; due += kInterval) {
    std::this_thread::sleep_until(due);
    const auto at = std::chrono::duration_cast<SessionTime>(std::chrono::steady_clock::now() - start);
    // Nothing may move between the picture and the list of windows.
    XGrabServer(display);
    const Frame frame = grabbed(display, root, size);
    json state{{"at", static_cast<double>(at.count()) / 1e6}, {"windows", windows_of(display, root)}};
    XUngrabServer(display);
    XFlush(display);
    const auto payload = tiles.encode(frame.view(), Rect::of(size));
    if (!payload) continue;
    TRY(journal.append(storage::JournalEntryKind::state, at, *payload));
    TRY(journal.flush());
    windows << state.dump() << '\n';
  }
  const auto end = std::chrono::duration_cast<SessionTime>(std::chrono::steady_clock::now() - start);
  TRY(journal.append(storage::JournalEntryKind::event, end, codec::encode_event(SessionEnded{"end"})));
  TRY(journal.finish());
  windows.flush();
  if (!windows) return Error{ErrorKind::io, "the list of windows cannot be written"};
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: session_recorder JOURNAL_DIRECTORY WINDOWS.jsonl\n");
    return 2;
  }
  signal(SIGTERM, [](int) { stopped = 1; });
  // A window may end while it is looked at.
  XSetErrorHandler([](Display*, XErrorEvent*) { return 0; });
  const std::unique_ptr<Display, int (*)(Display*)> display(XOpenDisplay(nullptr), XCloseDisplay);
  if (!display) {
    std::fprintf(stderr, "no display\n");
    return 1;
  }
  const Result<void> recorded = record(display.get(), argv[1], argv[2]);
  if (!recorded) std::fprintf(stderr, "%s\n", recorded.error().message.c_str());
  return recorded ? 0 : 1;
}
