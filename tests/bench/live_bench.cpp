// How far live is behind a dense session (1920x1080, 5 states a second: typing, a log that scrolls, a table of processes that is drawn anew,
// window switches), and what following a session costs. The clock is made of the worker's own CPU time, as on a core that it has to itself: what
// else the machine does changes nothing. Run it with OMP_THREAD_LIMIT=1.
//
//   live_bench      SECONDS=60 in the environment for another length
#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "codec/ffmpeg_messages.h"
#include "gateway/redact/recording_redaction.h"
#include "tests/unit/gateway/redact/session_history.h"

namespace frostgate::redact {
namespace {

constexpr Size kScreen{1920, 1080};
constexpr SessionTime kState = std::chrono::milliseconds(200);
constexpr SessionTime kFlush = std::chrono::seconds(1);

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

class Keep final : public FilmSink {
 public:
  Result<void> store(const std::vector<Segment>& segments) override {
    stored += static_cast<int>(segments.size());
    return {};
  }
  Result<void> begin_generation() override {
    ++generations;
    return {};
  }
  int stored = 0;
  int generations = 1;
};

// The screen of somebody who works in two terminals and a table.
class DenseScreen {
 public:
  Frame next(int state) {
    redaction::Canvas canvas(kScreen, {0.16, 0.2, 0.25});
    canvas.rectangle({20, 20, 900, 1040}, {1, 1, 1});
    canvas.rectangle({940, 20, 960, 500}, {0.05, 0.05, 0.05});
    const bool other_window = state / 150 % 2 == 1;  // a switch each 30 s
    canvas.rectangle({940, 540, 960, 520}, other_window ? redaction::Ink{0.9, 0.9, 0.8} : redaction::Ink{0.85, 0.9, 0.95});
    type(state);
    for (std::size_t i = 0; i < typed_.size(); ++i) canvas.text(30, 44 + static_cast<int>(i) * 18, typed_[i], 13);
    // 8 lines a second for half of the time.
    if (state / 100 % 2 == 0) scroll(state % 5 < 3 ? 2 : 1);
    for (std::size_t i = 0; i < log_.size(); ++i) canvas.text(950, 42 + static_cast<int>(i) * 18, log_[i], 13, {0.8, 0.9, 0.8});
    for (int row = 0; row < 24; ++row) {
      const int value = state / 5 * 7 + row * 13;  // anew each second
      const std::string text = other_window ? "the chapter about row " + std::to_string(row) + " of the manual"
                                            : std::to_string(1200 + row) + " admin  " + std::to_string(value % 97) + "." +
                                                  std::to_string(value % 10) + " process-" + std::to_string(row);
      canvas.text(950, 564 + row * 20, text, 13);
    }
    return canvas.frame();
  }

 private:
  void type(int state) {
    static const std::string words = "systemctl restart nginx && tail -f /var/log/syslog | grep error; echo the report is ready for review ";
    for (int i = 0; i < 2; ++i) typed_.back() += words[static_cast<std::size_t>(state * 2 + i) % words.size()];
    if (typed_.back().size() < 90) return;
    typed_.push_back("$ ");
    if (typed_.size() > 55) typed_.erase(typed_.begin());
  }
  void scroll(int lines) {
    for (int i = 0; i < lines; ++i) {
      const unsigned a = random_() % 1000, b = random_() % 256;
      log_.push_back("10:" + std::to_string(number_ / 60 % 60) + ":" + std::to_string(number_ % 60) + " host-" + std::to_string(b) +
                     " request " + std::to_string(number_) + " took " + std::to_string(a) + " ms from the cache");
      ++number_;
    }
    while (log_.size() > 26) log_.erase(log_.begin());
  }

  std::vector<std::string> typed_{"$ "}, log_;
  std::mt19937 random_{7};
  int number_ = 0;
};

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

void run(int seconds) {
  HistoryJournal journal;
  auto source = journal.source();
  Keep film;
  StageClock clock;
  auto redaction = RecordingRedaction::open({source, journal.recording, journal.key}, storage::JournalGrowth::growing, redactor(), film, clock).value();
  DenseScreen screen;
  std::vector<double> youngest, oldest;  // of each piece, when it was made
  double now = 0, worked = 0;            // session seconds on the worker's clock
  const int states = seconds * 5;
  SessionTime flushed{};
  for (int state = 0; state < states; ++state) {
    const SessionTime at = kState * state;
    journal.write({at, screen.next(state), {}});
    if (at - flushed < kFlush && state + 1 < states) continue;
    flushed = at;
    journal.flush();
    now = std::max(now, std::chrono::duration<double>(at).count());
    for (bool more = true; more;) {
      const double before = cpu_seconds();
      more = redaction.step().value();
      const std::vector<Segment> pieces = more ? redaction.watch(redaction.at()).value() : std::vector<Segment>();
      const double cost = cpu_seconds() - before;
      now += cost;
      worked += cost;
      for (const Segment& piece : pieces) {
        if (piece.kind == SegmentKind::init) continue;
        youngest.push_back(now - std::chrono::duration<double>(piece.start + piece.duration).count());
        oldest.push_back(now - std::chrono::duration<double>(piece.start).count());
      }
    }
  }
  redaction.stop_watching();
  journal.finish(kState * states);
  const double before = cpu_seconds();
  while (redaction.step().value()) {}
  if (!redaction.finish([]() -> Result<void> { return {}; })) std::abort();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("session %d s, followed and watched with %.2f s of CPU a session second\n", seconds, worked / seconds);
  std::printf("live behind, by the end of each piece:   median %.2f s, 95 %% %.2f s, most %.2f s\n", percentile(youngest, 0.5),
              percentile(youngest, 0.95), percentile(youngest, 1));
  std::printf("live behind, by its beginning:           median %.2f s, 95 %% %.2f s\n", percentile(oldest, 0.5), percentile(oldest, 0.95));
  std::printf("film ready %.2f s of CPU after the session's end; %d segments stored in %d generations\n", cpu_seconds() - before, film.stored,
              film.generations);
  for (const auto& [stage, cost] : clock.seconds()) std::printf("  %-8s %.1f ms a state\n", stage.c_str(), cost * 1000 / states);
  std::printf("most memory %ld MB, of which this program's drawing needs some\n", usage.ru_maxrss / 1024);
}

TEST_CASE("following and watching a dense session") {
  codec::silence_ffmpeg();
  const char* seconds = std::getenv("SECONDS");
  run(seconds ? std::atoi(seconds) : 60);
}

}  // namespace
}  // namespace frostgate::redact
