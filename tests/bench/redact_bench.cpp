// What redaction costs and how well it reads, on two dense minutes of real programs (record_session.sh). All times are the CPU time of
// the process, so that a busy machine changes little; the reference is the same session decoded and encoded without redaction, before and
// after each pass, since a machine's speed wanders.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "codec/ffmpeg_messages.h"
#include "codec/film_writer.h"
#include "codec/segment_encoder.h"
#include "codec/video_reader.h"
#include "gateway/redact/journal_player.h"
#include "redaction/glyphs/glyph_reader.h"
#include "redaction/lines/line_hash.h"
#include "redaction/lines/line_image.h"
#include "redaction/lines/segmentation.h"
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

  redaction::RedactionPlan analyse(redaction::Redactor& redactor, const bench::Stretch& stretch, Cost& cost) {
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

  std::vector<Segment> film(redaction::RedactionPlan plan, const bench::Stretch& stretch, Cost& cost) {
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
    Result<redaction::TextLine> read(const redaction::LineImage&, redaction::Glance) override { return redaction::TextLine{}; }
  };
  return must(must(redaction::Redactor::make({}, std::make_unique<Nobody>(), must(redaction::Detectors::make({})), {1, 2})).finish(SessionTime(0)));
}

redaction::Redactor make_redactor(redaction::GlyphAtlas atlas) {
  return must(redaction::Redactor::make({}, must(redaction::make_tesseract_reader({})), must(redaction::Detectors::make({})), {1, 2}, std::move(atlas)));
}

struct Pass {
  Cost cost;
  bench::Decided decided;
  std::vector<Segment> film;
  redaction::GlyphAtlas atlas;  // as it is afterwards
};

Pass whole_pass(Session& session, const bench::Stretch& stretch, redaction::GlyphAtlas atlas) {
  Pass pass;
  redaction::Redactor redactor = make_redactor(std::move(atlas));
  redaction::RedactionPlan plan = session.analyse(redactor, stretch, pass.cost);
  // What the next recording of this target is given is what was saved of it.
  pass.atlas = must(redaction::GlyphAtlas::load(redactor.atlas().save()));
  pass.decided = {plan.masks(), plan.unread(), plan.report()};
  pass.film = session.film(std::move(plan), stretch, pass.cost);
  return pass;
}

// Every line of the session that has not been on screen before, read as a warm pass reads it.
std::vector<bench::ReadLine> readings(Session& session, redaction::GlyphAtlas atlas) {
  redaction::GlyphReader reader(must(redaction::make_tesseract_reader({})), std::move(atlas));
  std::unordered_set<redaction::LineHash, redaction::LineHashBucket> seen;
  std::vector<bench::ReadLine> lines;
  std::size_t state = 0;
  session.play([&](const redact::RecordedState& recorded) -> Result<void> {
    const Rect screen = Rect::of(recorded.frame.size), changed = recorded.damage.bounds();
    const Rect band = Rect::between(0, changed.y - 24, screen.width, changed.bottom() + 24).intersected(screen);
    for (const redaction::LineBox& line : redaction::find_lines(recorded.frame, band)) {
      const bool cut = (line.box.y <= band.y && band.y > 0) || (line.box.bottom() >= band.bottom() && band.bottom() < screen.height);
      if (cut || !seen.insert(redaction::hash_line(recorded.frame, line.box, {1, 2})).second) continue;
      const redaction::LineImage image = redaction::normalised(recorded.frame, line);
      if (redaction::shape_of(image) == redaction::Shape::text) {
        redaction::GlyphReading read = TRY(reader.read(image));
        lines.push_back({state, std::move(read.text), read.lesson->by_engine});
      }
    }
    ++state;
    return {};
  });
  return lines;
}

// Session seconds per CPU second of the reference, on the machine for which the targets were set.
constexpr double kReferenceSpeed = 36.7;

// The references on either side of a pass.
struct Beside {
  Cost before, after;

  double cpu_seconds() const { return (before.all() + after.all()) / 2; }
  // How much faster the machine of the targets is.
  double factor() const { return kReferenceSpeed * 2 / (before.speed() + after.speed()); }
};

void print_head() {
  std::printf("CPU seconds of the process; session seconds per CPU second, with encoding and without; CPU in times of the references beside it; and the speeds\n"
              "of the machine for which the targets were set, whose reference makes %.1f\n", kReferenceSpeed);
  std::printf("%-26s %6s %7s %6s %6s %6s  %6s %6s  %5s  %6s %6s\n", "pass", "decode", "analyse", "render", "encode", "all", "speed", "no enc", "ratio", "speed", "no enc");
}

void print(const char* name, const Cost& cost, const std::optional<Beside>& beside = {}) {
  std::printf("%-26s %6.2f %7.2f %6.2f %6.2f %6.2f  %6.1f %6.1f", name, cost.decode, cost.analyse, cost.render, cost.encode, cost.all(), cost.speed(),
              cost.speed_without_encoding());
  if (beside) {
    std::printf("  %5.2f  %6.1f %6.1f", cost.all() / beside->cpu_seconds(), cost.speed() * beside->factor(), cost.speed_without_encoding() * beside->factor());
  }
  std::printf("\n");
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

bench::Score scored(Session& session, const bench::SessionTruth& truth, const bench::Decided& decided, bool explain) {
  bench::Score score(truth, explain);
  std::size_t index = 0;
  const SessionTime end = session.play([&](const redact::RecordedState& recorded) -> Result<void> {
    score.state(index++, recorded.at, recorded.frame, decided);
    return {};
  });
  score.finish(end);
  return score;
}

// Of the new lines that were read and not hidden, in percent.
double share_of_engine(const Pass& pass) {
  const redaction::RedactionReport& report = pass.decided.report;
  const std::uint64_t read = report.lines_from_atlas + report.lines_from_reader;
  return read == 0 ? 0 : 100 * static_cast<double>(report.lines_from_reader) / static_cast<double>(read);
}

void print_lines(const char* name, const Pass& pass) {
  const redaction::RedactionReport& report = pass.decided.report;
  const auto number = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf("lines, %s: %llu from the cache, %llu by the atlas, %llu by the engine (%.1f %%), %llu hidden, %llu unread\n", name,
              number(report.lines_from_cache), number(report.lines_from_atlas), number(report.lines_from_reader), share_of_engine(pass),
              number(report.lines_hidden), number(report.lines_unread));
}

void print_film(const char* name, const Pass& pass) {
  std::size_t bytes = 0;
  for (const Segment& segment : pass.film) bytes += segment.bytes.size();
  std::printf("film, %s: %.1f MB an hour\n", name, static_cast<double>(bytes) / 1e6 * 3600 / pass.cost.session);
}

// Writes the atlas that a cold pass leaves to `file`, or runs one warm pass with the one that is there: what a profiler looks at.
int only_warm(Session& session, const fs::path& file) {
  const auto print_pass = [](const char* name, const Pass& pass) {
    print(name, pass.cost);
    print_lines(name, pass);
  };
  if (!fs::exists(file)) {
    const Pass cold = whole_pass(session, bench::as_recorded, {});
    const std::vector<std::byte> saved = cold.atlas.save();
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(saved.data()), static_cast<std::streamsize>(saved.size()));
    print_pass("cold", cold);
    return 0;
  }
  std::ifstream in(file, std::ios::binary);
  const std::string saved{std::istreambuf_iterator<char>(in), {}};
  print_pass("warm", whole_pass(session, bench::as_recorded, must(redaction::GlyphAtlas::load(std::as_bytes(std::span(saved))))));
  return 0;
}

int judge(Session& session, const bench::SessionTruth& truth, const std::vector<Segment>& unredacted, const std::vector<Segment>& film, bool explain) {
  const auto [control, all] = recognisable(session, truth, unredacted, false);
  const auto [seen, rows] = recognisable(session, truth, film, explain);
  std::printf("secrets that can be made out in decoded frames: %zu of %zu; in the unredacted film %zu of %zu\n", seen, rows, control, all);
  return seen == 0 && control * 10 > all * 9 ? 0 : 1;
}

// The numbers behind the last "# " line that the corpus program prints; it says them for us.
std::string corpus_says(const fs::path& programs, const std::string& arguments) {
  const std::string command = "'" + (programs / "corpus").string() + "' " + arguments;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return "not measured";
  std::string last = "not measured";
  char line[512];
  while (std::fgets(line, sizeof line, pipe)) {
    if (line[0] == '#') last = std::string(line + 2, std::strcspn(line + 2, "\n"));
  }
  pclose(pipe);
  return last;
}

void row(const char* what, const char* target, const std::string& measured) { std::printf("| %-64s | %-22s | %s |\n", what, target, measured.c_str()); }

std::string number(double value, const char* unit = "") {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f%s", value, unit);
  return text;
}

struct Passes {
  Pass cold;
  Pass warm;
  Pass idle;  // warm
};

void print_report(const fs::path& programs, const Passes& passes, const bench::Score& score) {
  std::printf("\n");
  row("what", "target", "measured");
  row("session seconds per CPU second, cold; warm", ">= 8; >= 15", number(passes.cold.cost.speed()) + "; " + number(passes.warm.cost.speed()));
  row("warm without encoding; 70 % idle, warm, with encoding", ">= 40; >= 45", number(passes.warm.cost.speed_without_encoding()) + "; " + number(passes.idle.cost.speed()));
  row("new lines that need the engine, warm", "<= 5 %", number(share_of_engine(passes.warm), " %"));
  row("lines read exactly", ">= 99.5 %", number(score.exact(), " %") + " (character error " + number(score.character_error(), " %") + ")");
  row("area-time covered with no secret: the session", "<= 1 %", number(score.needless_area(), " %"));
  row("area covered with wallpaper, icons and a chart", "<= 5 %", corpus_says(programs, "--desktops 3"));
  row("corpus, balanced: recall; ordinary and hard benign lines covered", ">= 99.9; <= 0.05; <= 0.5", corpus_says(programs, "--all"));
  row("corpus, strict", "100 % of >= 5000", corpus_says(programs, "--all --strict"));
  row("twins: secret rows shown alike", "100 %", corpus_says(programs, "--all --twins"));
  row("after x264 at CRF 23", ">= 99 %; <= 5 %", corpus_says(programs, "--lossy"));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"What redaction costs and how well it reads, on the recorded bench session."};
  fs::path folder = fs::path(argv[0]).parent_path() / "../bench/session", picture, atlas;
  bool once = false, explain = false, oracle = false, report = false;
  std::size_t state = 0;
  app.add_option("--session", folder, "folder that record_session.sh made");
  app.add_flag("--once", once, "only the cold pass");
  app.add_flag("--explain", explain, "list what was left uncovered and covered without need");
  app.add_flag("--oracle", oracle, "decode the films and look for the secrets; fails when one can be made out, or none in the unredacted film");
  app.add_flag("--report", report, "and the corpus: the whole table of figures with their targets (an hour of CPU)");
  app.add_option("--atlas", atlas, "run one warm pass with this atlas and end; where there is none, a cold one that writes it");
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
  if (!atlas.empty()) return only_warm(session, atlas);
  const bench::SessionTruth truth(folder);

  print_head();
  std::vector<Segment> unredacted;
  const auto reference = [&] {
    Cost cost;
    unredacted = session.film(nothing_decided(), bench::as_recorded, cost);
    print("decode+encode, unredacted", cost);
    return cost;
  };
  Beside beside{{}, reference()};
  const auto measured = [&](const char* name, const bench::Stretch& stretch, redaction::GlyphAtlas known) {
    Pass pass = whole_pass(session, stretch, std::move(known));
    beside = {beside.after, reference()};
    print(name, pass.cost, beside);
    return pass;
  };
  Passes passes;
  passes.cold = measured("cold", bench::as_recorded, {});
  if (!once) {
    passes.warm = measured("warm", bench::as_recorded, passes.cold.atlas);
    passes.idle = measured("70 % idle, warm", bench::mostly_idle, passes.cold.atlas);
  }
  print_film("cold", passes.cold);
  if (!once) print_film("70 % idle", passes.idle);
  print_lines("cold", passes.cold);
  if (!once) print_lines("warm", passes.warm);
  bench::Score score = scored(session, truth, passes.cold.decided, explain);
  if (!once) score.readings(readings(session, passes.cold.atlas));
  score.print();
  if (report) print_report(fs::path(argv[0]).parent_path(), passes, score);
  return oracle ? judge(session, truth, unredacted, passes.cold.film, explain) : 0;
}
