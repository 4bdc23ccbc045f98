// What redaction costs and how well it reads, on two dense minutes of real programs (record_session.sh). All times are the CPU time of
// the process, so that a busy machine changes little; the reference is the same session decoded and encoded without redaction.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "codec/ffmpeg_messages.h"
#include "codec/film_writer.h"
#include "codec/segment_encoder.h"
#include "codec/video_reader.h"
#include "gateway/redact/journal_player.h"
#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "tests/bench/session_journal.h"
#include "tests/bench/session_score.h"
#include "tests/bench/session_truth.h"
#include "tests/corpus/leak_oracle.h"

namespace {

using namespace frostgate;
namespace fs = std::filesystem;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class T>
T must(Result<T> result) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

void must(const Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::exit(1);
}

// CPU seconds of one whole pass by stage.
struct Cost {
  double decode = 0;  // of both passes
  double analyse = 0;
  double render = 0;
  double encode = 0;
  double session = 0;  // seconds

  double all() const { return decode + analyse + render + encode; }
  double speed() const { return session / all(); }
  double speed_without_encoding() const { return session / (all() - encode); }
};

// The time at which a state is taken to have been recorded.
using Stretch = std::function<SessionTime(SessionTime)>;

SessionTime as_recorded(SessionTime at) { return at; }

// 70 % idle: 28 s of nothing after each 12 s of work.
SessionTime mostly_idle(SessionTime at) {
  const SessionTime work = std::chrono::seconds(12), idle = std::chrono::seconds(28);
  return at + idle * (at / work);
}

class CpuClock {
 public:
  void charge(double& stage) {
    const double now = cpu_seconds();
    stage += now - std::exchange(mark_, now);
  }

 private:
  double mark_ = cpu_seconds();
};

class Session {
 public:
  explicit Session(const fs::path& folder) : source_(storage::real_file_system(), folder / "journal"), key_(bench::session_key()) {}

  SessionTime play(const std::function<Result<void>(const redact::RecordedState&)>& state) {
    redact::JournalPlayer player = must(redact::JournalPlayer::open(source_, bench::kSession, key_));
    while (const auto recorded = must(player.next())) {
      if (const auto* seen = std::get_if<redact::RecordedState>(&*recorded)) must(state(*seen));
    }
    if (!player.summary().complete) must(Result<void>(Error{ErrorKind::corrupt, "the session's journal is not whole"}));
    return player.summary().end;
  }

  redaction::RedactionPlan analyse(redaction::Redactor& redactor, const Stretch& stretch, Cost& cost) {
    CpuClock clock;
    const SessionTime end = play([&](const redact::RecordedState& recorded) -> Result<void> {
      clock.charge(cost.decode);
      TRY(redactor.observe({stretch(recorded.at), recorded.frame, recorded.damage}));
      clock.charge(cost.analyse);
      return {};
    });
    redaction::RedactionPlan plan = must(redactor.finish(stretch(end)));
    clock.charge(cost.analyse);
    return plan;
  }

  std::vector<Segment> film(redaction::RedactionPlan plan, const Stretch& stretch, Cost& cost) {
    CpuClock clock;
    redaction::Renderer renderer(std::move(plan));
    codec::SegmentEncoder encoder = must(codec::SegmentEncoder::open({}));
    std::vector<Segment> film;
    const auto keep = [&](std::vector<Segment> segments) {
      for (Segment& segment : segments) film.push_back(std::move(segment));
    };
    const SessionTime end = stretch(play([&](const redact::RecordedState& recorded) -> Result<void> {
      clock.charge(cost.decode);
      const SessionTime at = stretch(recorded.at);
      const ClearedFrame cleared = renderer.render(at, recorded.frame, recorded.damage);
      clock.charge(cost.render);
      keep(TRY(encoder.add(cleared, at)));
      clock.charge(cost.encode);
      return {};
    }));
    keep(must(encoder.finish(end)));
    clock.charge(cost.encode);
    cost.session = static_cast<double>(end.count()) / 1e6;
    return film;
  }

 private:
  storage::DirectoryJournalSource source_;
  Secret key_;
};

// The redactor that saw nothing decides nothing: its film is the session as it was.
redaction::RedactionPlan nothing_decided() {
  struct Nobody final : redaction::LineReader {
    Result<redaction::TextLine> read(const redaction::LineImage&) override { return redaction::TextLine{}; }
  };
  return must(must(redaction::Redactor::make({}, std::make_unique<Nobody>(), must(redaction::Detectors::make({})), {1, 2})).finish(SessionTime(0)));
}

redaction::Redactor make_redactor() {
  return must(redaction::Redactor::make({}, must(redaction::make_tesseract_reader({})), must(redaction::Detectors::make({})), {1, 2}));
}

struct Pass {
  Cost cost;
  bench::Decided decided;
  std::vector<Segment> film;
};

Pass whole_pass(Session& session, const Stretch& stretch) {
  Pass pass;
  redaction::Redactor redactor = make_redactor();
  redaction::RedactionPlan plan = session.analyse(redactor, stretch, pass.cost);
  pass.decided = {plan.masks(), plan.unread(), plan.report()};
  pass.film = session.film(std::move(plan), stretch, pass.cost);
  return pass;
}

void print(const char* name, const Cost& cost, const Cost& reference) {
  std::printf("%-28s %7.2f %7.2f %7.2f %7.2f %8.2f  %6.1f  %6.1f  %5.2f\n", name, cost.decode, cost.analyse, cost.render, cost.encode, cost.all(),
              cost.speed(), cost.speed_without_encoding(), cost.all() / reference.all());
}

// Decodes the film and looks where the secrets stood. Returns the secrets that can be made out, of all.
std::pair<std::size_t, std::size_t> recognisable(Session& session, const bench::SessionTruth& truth, const std::vector<Segment>& film, bool explain) {
  std::string folder = (fs::temp_directory_path() / "frostgate-bench-XXXXXX").string();
  if (!mkdtemp(folder.data())) std::exit(1);
  const fs::path path = fs::path(folder) / "film.mp4";
  must(codec::write_film(codec::film_parts(film), path));
  codec::VideoReader video = must(codec::VideoReader::open(path));
  std::optional<codec::VideoFrame> shown = must(video.next()), next = must(video.next());
  std::size_t state = 0, seen = 0, all = 0;
  session.play([&](const redact::RecordedState& recorded) -> Result<void> {
    while (next && next->at <= recorded.at + std::chrono::milliseconds(1)) {
      shown = std::move(next);
      next = TRY(video.next());
    }
    for (const bench::TruthRow& row : truth.rows(state)) {
      if (!row.visible || !truth.stable(state, row)) continue;
      for (const Rect& cells : truth.secret_cells(row)) {
        ++all;
        const double like = corpus::likeness(recorded.frame, shown->frame.view(), cells, row.cell.width);
        if (like <= corpus::kRecognisable) continue;
        ++seen;
        if (explain) std::printf("FILM SHOWS state %zu, likeness %.2f: %s\n", state, like, row.text.c_str());
      }
    }
    ++state;
    return {};
  });
  fs::remove_all(folder);
  return {seen, all};
}

void save_picture(Session& session, std::size_t wanted, const fs::path& path) {
  std::size_t state = 0;
  session.play([&](const redact::RecordedState& recorded) -> Result<void> {
    if (state++ == wanted) bench::write_ppm(recorded.frame, path);
    return {};
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What redaction costs and how well it reads, on the recorded bench session."};
  fs::path folder = fs::path(argv[0]).parent_path() / "../bench/session", picture;
  bool once = false, explain = false, oracle = false;
  std::size_t state = 0;
  app.add_option("--session", folder, "folder that record_session.sh made");
  app.add_flag("--once", once, "only the cold pass");
  app.add_flag("--explain", explain, "list what was left uncovered and covered without need");
  app.add_flag("--oracle", oracle, "decode the films and look for the secrets; fails when one can be made out, or none in the unredacted film");
  app.add_option("--state", state, "write this state's picture to --picture and end");
  app.add_option("--picture", picture, "PPM file");
  CLI11_PARSE(app, argc, argv);
  if (!std::getenv("OMP_THREAD_LIMIT")) {
    std::fprintf(stderr, "start with OMP_THREAD_LIMIT=1 in the environment\n");
    return 2;
  }
  codec::silence_ffmpeg();
  Session session(folder);
  if (!picture.empty()) {
    save_picture(session, state, picture);
    return 0;
  }
  const bench::SessionTruth truth(folder);

  std::printf("CPU seconds of the process, and session seconds per CPU second\n");
  std::printf("%-28s %7s %7s %7s %7s %8s  %6s  %6s  %5s\n", "pass", "decode", "analyse", "render", "encode", "all", "s/CPUs", "no enc", "ratio");
  Cost reference;
  const std::vector<Segment> unredacted = session.film(nothing_decided(), as_recorded, reference);
  print("decode+encode, unredacted", reference, reference);
  const Pass cold = whole_pass(session, as_recorded);
  print("cold", cold.cost, reference);
  if (!once) print("cold, 70 % idle", whole_pass(session, mostly_idle).cost, reference);

  bench::Score score(truth, explain);
  std::size_t index = 0;
  const SessionTime end = session.play([&](const redact::RecordedState& recorded) -> Result<void> {
    score.state(index++, recorded.at, recorded.frame, cold.decided);
    return {};
  });
  score.finish(end);
  const redaction::RedactionReport& report = cold.decided.report;
  std::printf("\nlines: %llu from the cache, %llu by the engine, %llu unread\n", static_cast<unsigned long long>(report.lines_from_cache),
              static_cast<unsigned long long>(report.lines_from_reader), static_cast<unsigned long long>(report.lines_unread));
  score.print();
  if (!oracle) return 0;
  const auto [control, all] = recognisable(session, truth, unredacted, false);
  const auto [seen, rows] = recognisable(session, truth, cold.film, explain);
  std::printf("secrets that can be made out in decoded frames: %zu of %zu; in the unredacted film %zu of %zu\n", seen, rows, control, all);
  return seen == 0 && control * 10 > all * 9 ? 0 : 1;
}
