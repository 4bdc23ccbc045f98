// What the gateway adds between a target and its user. For VNC and for RDP, one client is connected to a target and one
// through a running gateway to a target of the same kind. A square flips on one target at a time and is waited for at
// its client; keys go the other way. The paths take turns, in changing order: what else the machine does slows them
// alike, and they do not slow each other. Started by run.sh.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "gateway/relay/back.h"
#include "tests/bench/bench_target.h"

namespace frostgate::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Point kPlace{640, 448};
constexpr int kPatienceMilliseconds = 3000;
constexpr std::uint16_t kScancodeOfA = 0x1E;

struct Options {
  std::vector<std::string> vnc_displays;  // of the direct path's target and of the relayed one's
  std::vector<std::uint16_t> vnc_targets, rdp_targets;
  std::vector<std::string> vnc_tickets, rdp_logins;  // of one connection each
  std::string vnc_password, certificate, key;
  std::uint16_t vnc_gateway = 0, rdp_gateway = 0;
  int serve = 0, flips = 200, side = 64;
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "relay_bench: %s\n", why.c_str());
  std::exit(1);
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

int connect_to(std::uint16_t port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("nothing listens on port " + std::to_string(port));
  return connection;
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A user's client: what it decodes is in its Surface.
class Client {
 public:
  Client(const std::string& protocol, std::uint16_t port, const std::string& user, const std::string& password, Size size)
      : reader_(surface_) {
    relay::BackSettings settings;
    settings.socket = connect_to(port);
    settings.name = protocol + " on port " + std::to_string(port);
    settings.login.user = user;
    settings.login.password = Secret::from_text(password);
    settings.wanted_size = size;
    settings.keyboard_layout = 0x409;
    back_ = protocol == "rdp" ? relay::make_rdp_back(std::move(settings)) : relay::make_vnc_back(std::move(settings));
    const Clock::time_point start = Clock::now();
    if (const Result<void> done = back_->connect(surface_, 20); !done) fail(done.error().message);
    connected_after_ = milliseconds_since(start);
    thread_ = std::jthread([this] { (void)back_->run().has_value(); });
  }
  ~Client() { back_->end(); }

  double connected_after() const { return connected_after_; }  // milliseconds, with the first picture
  int descriptor() const { return reader_.changed.descriptor(); }
  bool shows(FrameView picture, Point place) {
    bool same = false;
    reader_.take([&](const relay::Surface::Reader::Look& look) {
      const Rect rect{place.x, place.y, picture.size.width, picture.size.height};
      if (!Rect::of(look.frame.size()).contains(rect)) return;
      const FrameView shown{look.frame.view().at(place.x, place.y), picture.size, look.frame.stride()};
      // A picture may come in many parts, and the client's painting waits for us: few pixels first.
      const Rect middle_row{0, picture.size.height / 2, picture.size.width, 1};
      const Rect last_row{0, picture.size.height - 1, picture.size.width, 1};
      same = same_pixels(shown, picture, middle_row) && same_pixels(shown, picture, last_row) &&
             same_pixels(shown, picture, Rect::of(picture.size));
    });
    return same;
  }
  void tap_key() {
    for (const bool down : {true, false}) back_->key({.down = down, .scancode = kScancodeOfA, .keysym = 'a'});
  }

 private:
  relay::Surface surface_;
  relay::Surface::Reader reader_;
  std::unique_ptr<relay::Back> back_;
  double connected_after_ = 0;
  std::jthread thread_;
};

bool records(int process) {
  std::error_code gone;
  for (const auto& file : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd", gone)) {
    if (std::filesystem::read_symlink(file, gone).string().find("/journal/") != std::string::npos) return true;
  }
  return false;
}

// Those of serve's children that relay a session: it starts redaction workers too, and keeps a relay in reserve.
std::set<int> relays_of(int serve) {
  std::set<int> out;
  std::error_code gone;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(serve) + "/task", gone)) {
    std::ifstream in(thread.path() / "children");
    for (int child = 0; in >> child;)
      if (text_of("/proc/" + std::to_string(child) + "/cmdline").find(std::string("\0relay\0", 7)) != std::string::npos && records(child)) {
        out.insert(child);
      }
  }
  return out;
}

double cpu_milliseconds(int process) {  // proc(5), stat: fields 14 and 15, counted behind the name
  const std::string stat = text_of("/proc/" + std::to_string(process) + "/stat");
  std::istringstream in(stat.substr(std::min(stat.rfind(')') + 1, stat.size())));
  std::vector<std::string> fields{std::istream_iterator<std::string>(in), {}};
  if (fields.size() < 13) fail("the relay has gone");
  return (std::stod(fields[11]) + std::stod(fields[12])) * 1000.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// What the process alone costs, and its part of what it shares (proc(5), smaps_rollup).
double pss_mebibytes(int process) {
  std::istringstream in(text_of("/proc/" + std::to_string(process) + "/smaps_rollup"));
  for (std::string word; in >> word;) {
    double kibibytes = 0;
    if (word == "Pss:" && in >> kibibytes) return kibibytes / 1024;
  }
  return 0;
}

struct Path {
  Target* target = nullptr;
  std::optional<Client> client = std::nullopt;
  std::vector<double> flips = {}, keys = {}, connects = {};
};

struct Protocol {
  const char* name = nullptr;
  Path direct, through;
  int relay = 0;
  double cpu = 0, seconds = 0, pss = 0;
};

// Text-like: two colours in cells, as a flip of a window's part has them. Differs from any other `number`'s everywhere.
Frame picture_of(int side, unsigned number) {
  Frame frame({side, side});
  const std::uint32_t paper = 0x00F0F0F0 - number * 0x010305 % 0x404040, ink = 0x00102030 + number * 0x030201 % 0x404040;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const unsigned cell = static_cast<unsigned>((x / 8) * 31 + (y / 16) * 17 + static_cast<int>(number));
      const unsigned hash = (cell * 2654435761U) ^ static_cast<unsigned>((x % 8 / 2) * 97 + (y % 16 / 3) * 131);
      const std::uint32_t colour = (hash >> 7) % 3 == 0 ? ink : paper;
      std::memcpy(frame.row(y) + std::ptrdiff_t{x} * kBytesPerPixel, &colour, sizeof colour);
    }
  }
  return frame;
}

// Waits for `descriptor` until `done`; how long it took since `start`.
template <class Done>
double wait_for(int descriptor, Clock::time_point start, const char* what, const Done& done) {
  for (;;) {
    pollfd waiting{descriptor, POLLIN, 0};
    const int left = kPatienceMilliseconds - static_cast<int>(milliseconds_since(start));
    if (left <= 0 || poll(&waiting, 1, left) <= 0) fail(std::string(what) + " did not arrive");
    const double now = milliseconds_since(start);
    if (done()) return now;
  }
}

void flip(Path& path, FrameView picture) {
  const Clock::time_point start = Clock::now();
  path.target->paint(picture, kPlace);
  path.flips.push_back(
      wait_for(path.client->descriptor(), start, "a flip", [&] { return path.client->shows(picture, kPlace); }));
}

void tap(Path& path) {
  (void)path.target->keys_down();
  const Clock::time_point start = Clock::now();
  path.client->tap_key();
  path.keys.push_back(
      wait_for(path.target->key_descriptor(), start, "a key", [&] { return path.target->keys_down() > 0; }));
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

// What lies between the quantiles of both, and between which two values it is in 95 of 100 resamples of what was measured.
std::string added(const std::vector<double>& direct, const std::vector<double>& through, double q) {
  constexpr int kResamples = 1000;
  std::minstd_rand random(4712);
  const auto resampled = [&](const std::vector<double>& values) {
    std::vector<double> out(values.size());
    for (double& value : out) value = values[random() % values.size()];
    return quantile(std::move(out), q);
  };
  std::vector<double> differences(direct.empty() || through.empty() ? 0 : kResamples);
  for (double& difference : differences) difference = resampled(through) - resampled(direct);
  char out[80];
  std::snprintf(out, sizeof out, "%.2f ms [%.2f, %.2f]", quantile(through, q) - quantile(direct, q), quantile(differences, 0.025), quantile(differences, 0.975));
  return out;
}

void print(const Protocol& protocol, const Options& options) {
  const auto line = [](const char* what, const std::vector<double>& values) {
    std::printf("  %-16s p50 %7.2f  p95 %7.2f  p99 %7.2f ms\n", what, quantile(values, 0.5), quantile(values, 0.95),
                quantile(values, 0.99));
  };
  const Path &direct = protocol.direct, &through = protocol.through;
  std::printf("%s: %d flips of %dx%d px and as many keys on each path\n", protocol.name, options.flips, options.side,
              options.side);
  line("connect, direct", direct.connects);
  line("connect, through", through.connects);
  line("flip, direct", direct.flips);
  line("flip, through", through.flips);
  line("key, direct", direct.keys);
  line("key, through", through.keys);
  std::printf("  added, and 95 %% of it resampled: at the median connect %s (of %zu), flip %s, key %s\n", added(direct.connects, through.connects, 0.5).c_str(),
              through.connects.size(), added(direct.flips, through.flips, 0.5).c_str(), added(direct.keys, through.keys, 0.5).c_str());
  std::printf("    at the 99th percentile flip %s, key %s\n", added(direct.flips, through.flips, 0.99).c_str(), added(direct.keys, through.keys, 0.99).c_str());
  std::printf("  relay, recording: %.2f ms of CPU for a flip and a key, %.1f ms in a second of session, %.1f MiB of PSS at %dx%d\n",
              protocol.cpu / options.flips, protocol.cpu / protocol.seconds, protocol.pss, direct.target->size().width,
              direct.target->size().height);
}

void connect(Protocol& protocol, const Options& o) {
  const bool rdp = std::strcmp(protocol.name, "rdp") == 0;
  const Size size = protocol.direct.target->size();
  const auto directly = [&](std::optional<Client>& client) {
    client.emplace(protocol.name, rdp ? o.rdp_targets[0] : o.vnc_targets[0], "bench", o.vnc_password, size);
    protocol.direct.connects.push_back(client->connected_after());
  };
  const auto through = [&](std::optional<Client>& client, std::size_t i) {
    client.emplace(protocol.name, rdp ? o.rdp_gateway : o.vnc_gateway, rdp ? o.rdp_logins[i] : std::string(), rdp ? std::string() : o.vnc_tickets[i], size);
    protocol.through.connects.push_back(client->connected_after());
  };
  directly(protocol.direct.client);
  const std::set<int> before = relays_of(o.serve);
  through(protocol.through.client, 0);
  for (const int child : relays_of(o.serve)) {
    if (!before.contains(child)) protocol.relay = child;
  }
  if (protocol.relay == 0) fail("serve started no relay");
  for (std::size_t i = 1; i < (rdp ? o.rdp_logins : o.vnc_tickets).size(); ++i) {
    std::optional<Client> once;
    directly(once);
    once.reset();
    through(once, i);
  }
}

void measure(Protocol& vnc, Protocol& rdp, const Options& options) {
  std::minstd_rand random(4711);
  constexpr int kWarmUp = 10;
  const auto pause = [&random] { std::this_thread::sleep_for(std::chrono::microseconds(8'000 + random() % 20'000)); };
  std::vector<Path*> paths{&vnc.direct, &vnc.through, &rdp.direct, &rdp.through};
  Clock::time_point start;
  for (int i = 0; i < options.flips + kWarmUp; ++i) {
    if (i == kWarmUp) {
      for (Path* path : paths) path->flips = path->keys = {};
      for (Protocol* protocol : {&vnc, &rdp}) protocol->cpu = cpu_milliseconds(protocol->relay);
      start = Clock::now();
    }
    const Frame picture = picture_of(options.side, static_cast<unsigned>(i) + 1);
    std::shuffle(paths.begin(), paths.end(), random);
    for (Path* path : paths) {
      flip(*path, picture.view());
      pause();
      tap(*path);
      pause();
    }
  }
  for (Protocol* protocol : {&vnc, &rdp}) {
    protocol->cpu = cpu_milliseconds(protocol->relay) - protocol->cpu;
    protocol->seconds = milliseconds_since(start) / 1000;
    protocol->pss = pss_mebibytes(protocol->relay);
  }
}

int run(const Options& o) {
  XTarget vnc_direct(o.vnc_displays[0]), vnc_relayed(o.vnc_displays[1]);
  if (!vnc_direct.open() || !vnc_relayed.open()) fail("the display of a VNC target cannot be opened");
  const std::string certificate = text_of(o.certificate), key = text_of(o.key);
  const Size size = vnc_direct.size();
  RdpTarget rdp_direct(size, o.rdp_targets[0], certificate, key), rdp_relayed(size, o.rdp_targets[1], certificate, key);
  if (!rdp_direct.listening() || !rdp_relayed.listening()) fail("an RDP target's port is taken");
  Protocol vnc{.name = "vnc", .direct = {.target = &vnc_direct}, .through = {.target = &vnc_relayed}};
  Protocol rdp{.name = "rdp", .direct = {.target = &rdp_direct}, .through = {.target = &rdp_relayed}};
  connect(vnc, o);
  connect(rdp, o);
  measure(vnc, rdp, o);
  print(vnc, o);
  print(rdp, o);
  return 0;
}

}  // namespace
}  // namespace frostgate::bench

int main(int count, char** arguments) {
  frostgate::bench::Options o;
  CLI::App app("What the gateway adds to the way of a pixel and of a key; see run.sh");
  app.add_option("--vnc-displays", o.vnc_displays, "Two: the direct path's and the relayed one's")->required()->expected(2);
  app.add_option("--vnc-targets", o.vnc_targets)->required()->expected(2);
  app.add_option("--vnc-password", o.vnc_password)->required();
  app.add_option("--vnc-gateway", o.vnc_gateway)->required();
  app.add_option("--vnc-tickets", o.vnc_tickets, "One for each connection")->required();
  app.add_option("--rdp-targets", o.rdp_targets, "Where the bench itself serves RDP")->required()->expected(2);
  app.add_option("--rdp-gateway", o.rdp_gateway)->required();
  app.add_option("--rdp-logins", o.rdp_logins, "user@target#ticket, as in .rdp files; one for each connection")->required();
  app.add_option("--certificate", o.certificate)->required();
  app.add_option("--key", o.key)->required();
  app.add_option("--serve", o.serve, "Process id of frostgate serve")->required();
  app.add_option("--flips", o.flips);
  app.add_option("--side", o.side);
  CLI11_PARSE(app, count, arguments);
  return frostgate::bench::run(o);
}
