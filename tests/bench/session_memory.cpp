// session_memory [HOURS]: writes the journal of an administrator's day at 1080p, with a state every two seconds, takes it
// through both passes of a redaction as a worker does, with Tesseract, an atlas that begins empty, and the encoder of the film,
// and prints memory and CPU for each hour of it. Fails when the memory grows with the session, or passes 300 MB.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <variant>

#include "codec/ffmpeg_messages.h"
#include "codec/segment_encoder.h"
#include "codec/tiles/tile_encoder.h"
#include "gateway/redact/journal_player.h"
#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "storage/journal/journal_writer.h"
#include "tests/unit/redaction/tracking/cell_type.h"
#include "tests/unit/storage/temporary_directory.h"

using namespace frostgate;
using namespace frostgate::redaction;

namespace {

constexpr Size kScreen{1920, 1080};
constexpr int kRows = 60;
constexpr auto kStep = std::chrono::seconds(2);
constexpr long kMostMegabytes = 300;

long megabytes(const char* field) {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with(field)) return std::strtol(line.c_str() + std::string(field).size() + 1, nullptr, 10) / 1024;
  }
  return -1;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Commands and their output, a secret a minute, a clock, a pager that goes up and down, a window that is dragged about.
class Day {
 public:
  FrameView state(int number) {
    const int kind = number / 30 % 4;
    if (kind == 3) {
      drag(number);
    } else if (kind == 2) {
      page(number);
    } else {
      scroll(line_of(number));
    }
    canvas_.rectangle({1700, 1040, 200, 30}, kPaper);
    Canvas& canvas = canvas_;
    canvas.text(1720, 1060, std::to_string(number / 1800 % 24) + ":" + std::to_string(number / 30 % 60), 13.3333);
    return canvas_.view();
  }

 private:
  static std::string line_of(int number) {
    if (number % 30 == 7) return "DB_PASSWORD=x" + std::to_string(number * 7919) + "Qk";
    return "Jan 12 10:" + std::to_string(number % 60) + " web" + std::to_string(number % 9) + " nginx worker " + std::to_string(number) + " exited";
  }
  void scroll(const std::string& line) {
    const Frame before = canvas_.frame();
    const int top = kFirstBaseline - kAscent;
    for (int y = top; y < top + (kRows - 1) * kCellHeight; ++y) std::memcpy(canvas_.frame().row(y), before.row(y + kCellHeight), static_cast<std::size_t>(kScreen.width) * kBytesPerPixel);
    canvas_.rectangle({0, top + (kRows - 1) * kCellHeight, kScreen.width, kCellHeight}, kPaper);
    write_cells(canvas_, kRows - 1, line);
  }
  void page(int number) {
    canvas_.rectangle({0, 0, kScreen.width, 1040}, kPaper);
    for (int row = 0; row < kRows; ++row) write_cells(canvas_, row, line_of((number % 3) * 20 + row));
  }
  void drag(int number) {
    canvas_.rectangle({0, 0, kScreen.width, 1040}, kPaper);
    for (int row = 0; row < 20; ++row) write_cells(canvas_, row, line_of(row + 7));
    canvas_.rectangle({40 + number % 30 * 9, 60 + number % 30 * 4, 500, 300}, {0.8, 0.82, 0.85});
  }

  Canvas canvas_{kScreen};
};

void check(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

class Watch {
 public:
  explicit Watch(const char* pass) : pass_(pass) {}
  void at(SessionTime at) {
    if (at < due_) return;
    const long now = megabytes("VmRSS:");
    std::printf("%s %2ld h: %ld MB now, %ld MB at most, %.1f s of CPU\n", pass_, static_cast<long>(due_ / std::chrono::hours(1)), now,
                megabytes("VmHWM:"), cpu_seconds());
    std::fflush(stdout);
    if (due_ == std::chrono::hours(1)) first_ = now;
    last_ = now;
    due_ += std::chrono::hours(1);
  }
  // What was there after an hour is there after eight.
  bool flat() const { return last_ - first_ < 40 && megabytes("VmHWM:") <= kMostMegabytes; }

 private:
  const char* pass_;
  SessionTime due_ = std::chrono::hours(1);
  long first_ = 0, last_ = 0;
};

SessionTime played(storage::JournalSource& source, const Secret& key, const std::function<void(const redact::RecordedState&)>& state) {
  auto player = redact::JournalPlayer::open(source, "day", key);
  if (!player) std::exit(1);
  while (true) {
    const auto recorded = player.value().next();
    if (!recorded) std::exit(1);
    if (!recorded.value()) return player.value().summary().end;
    if (const auto* seen = std::get_if<redact::RecordedState>(&*recorded.value())) state(*seen);
  }
}

}  // namespace

int main(int argc, char** argv) {
  // Tesseract looks for it only when the process begins.
  if (!std::getenv("OMP_THREAD_LIMIT")) {
    setenv("OMP_THREAD_LIMIT", "1", 1);
    execv("/proc/self/exe", argv);
  }
  codec::silence_ffmpeg();
  const int hours = argc > 1 ? std::atoi(argv[1]) : 8;
  storage::TemporaryDirectory folder;
  const Secret key(std::vector<std::byte>(32, std::byte{9}));
  {
    auto writer = storage::JournalWriter::create(storage::real_file_system(), folder.path() / "j", "day", key);
    if (!writer) return 1;
    codec::TileEncoder encoder;
    Day day;
    for (int number = 0; number <= hours * 1800; ++number) {
      const FrameView view = day.state(number);
      const auto state = encoder.encode(view, Rect::of(kScreen));
      if (!state) continue;
      check(writer.value().append(storage::JournalEntryKind::state, kStep * number, *state));
      check(writer.value().flush());
    }
    check(writer.value().finish());
    std::printf("journal of %d h: %.1f MB, %.1f s of CPU\n", hours, static_cast<double>(writer.value().bytes_written()) / 1e6, cpu_seconds());
  }
  storage::DirectoryJournalSource source(storage::real_file_system(), folder.path() / "j");
  auto reader = make_tesseract_reader({});
  if (!reader) return 1;
  auto redactor = Redactor::make({}, std::move(reader).value(), Detectors::make({}).value(), {1, 2});
  Watch analysis("analysis");
  const SessionTime end = played(source, key, [&](const redact::RecordedState& state) {
    analysis.at(state.at);
    check(redactor.value().observe({state.at, state.frame, state.damage}));
  });
  auto plan = redactor.value().finish(end);
  if (!plan) return 1;
  std::printf("%zu masks, %zu unread areas, %.3f %% covered\n", plan.value().masks().size(), plan.value().unread().size(), plan.value().report().covered_fraction() * 100);
  const bool flat = analysis.flat();
  Renderer renderer(std::move(plan).value());
  auto encoder = codec::SegmentEncoder::open({});
  if (!encoder) return 1;
  Watch film("film");
  std::size_t bytes = 0;
  played(source, key, [&](const redact::RecordedState& state) {
    film.at(state.at);
    auto segments = encoder.value().add(renderer.render(state.at, state.frame, state.damage), state.at);
    if (!segments) std::exit(1);
    for (const Segment& segment : *segments) bytes += segment.bytes.size();
  });
  std::printf("film: %.1f MB\n", static_cast<double>(bytes) / 1e6);
  if (!flat || !film.flat()) {
    std::printf("memory grows with the session, or is more than %ld MB\n", kMostMegabytes);
    return 1;
  }
  return 0;
}
