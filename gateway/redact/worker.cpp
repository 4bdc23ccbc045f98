#include "gateway/redact/worker.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <map>

#include "codec/segment_encoder.h"
#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "gateway/ipc/channel.h"
#include "gateway/redact/recording_passes.h"
#include "gateway/redact/report_json.h"
#include "redaction/detectors/detectors.h"
#include "redaction/redactor.h"
#include "redaction/renderer.h"
#include "redaction/tesseract/tesseract_reader.h"
#include "storage/crypto/random.h"

namespace frostgate::redact {
namespace {

using nlohmann::json;

constexpr auto kReplyPatience = std::chrono::minutes(1);
constexpr std::size_t kMaxJournalFile = std::size_t{512} << 20;
// Reading text is nearly all of the work; progress is shared out accordingly.
constexpr double kAnalysisShare = 0.85;
constexpr auto kPointerInterval = std::chrono::milliseconds(100);

// What serve handed out for this one recording.
struct Assignment {
  std::string recording;
  Secret journal_key;
  std::vector<Secret> known_secrets;
  std::vector<std::string> languages;
  redaction::RedactionPolicy policy;
  SessionTime length{};  // expected, for progress only
};

Result<Assignment> read_assignment(ipc::Message& message) {
  Assignment out;
  out.recording = TRY(message.text("recording", 64));
  const std::vector<std::byte> key = TRY(message.bytes("journal_key", 32));
  out.journal_key = Secret(std::span<const std::byte>(key));
  out.length = SessionTime(TRY(message.number("length_us", 0, std::int64_t{1} << 50)));
  for (json& secret : message.body["known_secrets"]) {
    auto& text = secret.get_ref<std::string&>();
    out.known_secrets.push_back(Secret::from_text(text));
    wipe_memory(text.data(), text.size());
  }
  for (const json& language : message.body["languages"]) out.languages.push_back(language.get<std::string>());
  for (const json& region : message.body["regions"]) {
    redaction::RegionRule rule;
    rule.name = region["name"].get<std::string>();
    rule.unit = region["percent"].get<bool>() ? redaction::RegionUnit::percent : redaction::RegionUnit::pixels;
    rule.x = region["x"].get<double>();
    rule.y = region["y"].get<double>();
    rule.width = region["width"].get<double>();
    rule.height = region["height"].get<double>();
    out.policy.regions.push_back(std::move(rule));
  }
  return out;
}

class Serve {
 public:
  explicit Serve(Descriptor channel) : channel_(std::move(channel)) {}

  Result<ipc::Message> ask(const json& question, std::span<const int> descriptors = {}) {
    TRY(channel_.send(question, descriptors));
    auto answer = TRY(channel_.receive(kReplyPatience));
    if (!answer) return Error{ErrorKind::timeout, "serve did not answer"};
    return std::move(*answer);
  }
  Result<void> tell(const json& notice, std::span<const int> descriptors = {}) {
    return channel_.send(notice, descriptors);
  }
  Result<void> progress(double done) {
    if (done < reported_ + 0.01) return {};
    reported_ = done;
    return tell({{"type", "progress"}, {"done", std::min(done, 1.0)}});
  }

 private:
  ipc::Channel channel_;
  double reported_ = 0;
};

// The journal's files, asked from serve one by one: the worker can open none itself.
class ServeJournalSource final : public storage::JournalSource {
 public:
  explicit ServeJournalSource(Serve& serve) : serve_(serve) {}
  Result<std::optional<std::vector<std::byte>>> file(int index) override {
    const ipc::Message answer = TRY(serve_.ask({{"type", "journal_file"}, {"index", index}}));
    if (answer.descriptors.empty()) return std::optional<std::vector<std::byte>>();
    std::vector<std::byte> bytes = TRY(ipc::from_memory_file(answer.descriptors[0], kMaxJournalFile));
    return std::optional(std::move(bytes));
  }

 private:
  Serve& serve_;
};

class StageClock {
 public:
  // Adds the CPU time of this thread since the last call to `stage`.
  void charge(const char* stage) {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    const double seconds = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
    stages_[stage] += seconds - last_;
    last_ = seconds;
  }
  const std::map<std::string, double>& seconds() const { return stages_; }

 private:
  std::map<std::string, double> stages_;
  double last_ = 0;
};

// The second pass: cleared pictures with the pointer drawn in, encoded and handed to serve.
class FilmPass {
 public:
  FilmPass(Serve& serve, redaction::RedactionPlan plan, codec::SegmentEncoder encoder, StageClock& clock)
      : serve_(serve), renderer_(std::move(plan)), encoder_(std::move(encoder)), clock_(clock) {}

  Result<void> state(const RecordedState& state) {
    clock_.charge("decode");
    screen_ = state.frame;
    if (canvas_.size() != screen_.size) canvas_ = Frame(screen_.size);
    canvas_changed_.add(state.damage);
    return show(state.at);
  }

  Result<void> pointer(const RecordedPointer& moved) {
    const bool pressed_changed = pointer_ && pointer_->buttons != moved.pointer.buttons;
    pointer_ = moved.pointer;
    const bool soon = shown_at_ && moved.at - *shown_at_ < kPointerInterval;
    if (screen_.pixels == nullptr || (soon && !pressed_changed)) return {};
    return show(moved.at);
  }

  Result<void> finish(SessionTime end) {
    if (screen_.pixels == nullptr) return {};
    std::vector<Segment> last = TRY(encoder_.finish(end));
    return store(std::move(last));
  }

  const redaction::RedactionPlan& plan() const { return renderer_.plan(); }

 private:
  Result<void> show(SessionTime at) {
    canvas_changed_.add(arrow_);
    for (const Rect& rect : canvas_changed_.rects()) canvas_.copy_from(screen_, rect);
    arrow_ = pointer_ ? draw_pointer(canvas_, pointer_->position, pointer_->buttons != 0) : Rect{};
    canvas_changed_.add(arrow_);
    const ClearedFrame cleared = renderer_.render(at, canvas_.view(), canvas_changed_);
    clock_.charge("render");
    canvas_changed_.clear();
    shown_at_ = at;
    std::vector<Segment> segments = TRY(encoder_.add(cleared, at));
    clock_.charge("encode");
    return store(std::move(segments));
  }

  Result<void> store(std::vector<Segment> segments) {
    for (const Segment& segment : segments) {
      const Descriptor file = TRY(ipc::to_memory_file(segment.bytes));
      const int fd = file.fd();
      const ipc::Message answer = TRY(serve_.ask({{"type", "segment"},
                                                  {"kind", segment.kind == SegmentKind::init ? "init" : "media"},
                                                  {"part", segment.part},
                                                  {"index", segment.index},
                                                  {"start_us", segment.start.count()},
                                                  {"duration_us", segment.duration.count()},
                                                  {"width", segment.size.width},
                                                  {"height", segment.size.height},
                                                  {"frames", segment.frames}},
                                                 {&fd, 1}));
      if (answer.type() != "stored") return Error{ErrorKind::corrupt, "serve did not store a segment"};
    }
    return {};
  }

  Serve& serve_;
  redaction::Renderer renderer_;
  codec::SegmentEncoder encoder_;
  StageClock& clock_;
  FrameView screen_;  // the decoder's, valid until the next state
  Frame canvas_;
  Region canvas_changed_;
  Rect arrow_;
  std::optional<PointerMoved> pointer_;
  std::optional<SessionTime> shown_at_;
};

Result<redaction::Redactor> make_redactor(Assignment& assignment) {
  redaction::Detectors detectors = TRY(redaction::Detectors::make({}));
  for (Secret& secret : assignment.known_secrets) detectors.add_known_secret(std::move(secret), "known.target_credential");
  redaction::TesseractSettings reading;
  reading.languages = assignment.languages;
  redaction::ReaderPtr reader = TRY(redaction::make_tesseract_reader(reading));
  redaction::LineKey key{};
  TRY(storage::random_bytes(std::as_writable_bytes(std::span(key))));
  return redaction::Redactor::make(assignment.policy, std::move(reader), std::move(detectors), key);
}

Result<void> redact(Serve& serve, Assignment& assignment) {
  StageClock clock;
  clock.charge("start");
  ServeJournalSource journal(serve);
  redaction::Redactor redactor = TRY(make_redactor(assignment));
  const double length = std::max<double>(static_cast<double>(assignment.length.count()), 1);
  const auto observe = [&](const RecordedState& state) -> Result<void> {
    clock.charge("decode");
    TRY(redactor.observe({state.at, state.frame, state.damage}));
    clock.charge("analyse");
    return serve.progress(kAnalysisShare * static_cast<double>(state.at.count()) / length);
  };
  const auto ignore = [](const RecordedPointer&) -> Result<void> { return {}; };
  const JournalSummary seen =
      TRY(play_journal(journal, assignment.recording, assignment.journal_key, observe, ignore));
  redaction::RedactionPlan plan = TRY(redactor.finish(seen.end));
  clock.charge("analyse");

  codec::SegmentEncoder encoder = TRY(codec::SegmentEncoder::open({}));
  FilmPass film(serve, std::move(plan), std::move(encoder), clock);
  const auto show = [&](const RecordedState& state) -> Result<void> {
    TRY(film.state(state));
    const double share = static_cast<double>(state.at.count()) / length;
    return serve.progress(kAnalysisShare + (1 - kAnalysisShare) * share);
  };
  const auto point = [&](const RecordedPointer& pointer) { return film.pointer(pointer); };
  TRY(play_journal(journal, assignment.recording, assignment.journal_key, show, point));
  TRY(film.finish(seen.end));
  clock.charge("encode");

  json report = report_json(film.plan(), clock.seconds(), seen.end);
  report["journal"] = {{"states", seen.states},
                       {"states_coalesced", seen.states_coalesced},
                       {"complete", seen.complete},
                       {"damage", seen.damage},
                       {"lossy", seen.lossy}};
  // A journal that was changed after it was written is no clean recording, whatever its readable part shows.
  if (!seen.damage.empty()) report["status"] = "degraded";
  const std::string status = report["status"].get<std::string>();
  const std::string text = report.dump();
  const Descriptor file = TRY(ipc::to_memory_file(std::as_bytes(std::span(text))));
  const int fd = file.fd();
  return serve.tell({{"type", "done"}, {"status", status}}, {&fd, 1});
}

}  // namespace

int run_worker(int channel_descriptor) {
  signal(SIGPIPE, SIG_IGN);
  if (const Result<void> inside = enter_sandbox(); !inside) {
    log::error("-", "{}", inside.error().message);
    return 1;
  }
  // Redaction waits for sessions, never the other way round.
  setpriority(PRIO_PROCESS, 0, 10);
  Serve serve{Descriptor(channel_descriptor)};
  Result<ipc::Message> message = serve.ask({{"type", "ready"}});
  if (!message) return 1;
  Result<Assignment> assignment = read_assignment(message.value());
  const Result<void> done = assignment ? redact(serve, assignment.value()) : Result<void>(assignment.error());
  if (done) return 0;
  log::error(assignment ? assignment.value().recording : "-", "redaction failed: {}", done.error().message);
  (void)serve.tell({{"type", "failed"}, {"reason", done.error().message}}).has_value();
  return 1;
}

}  // namespace frostgate::redact
