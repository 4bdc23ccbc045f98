#include "gateway/redact/worker.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "gateway/redact/assignment.h"
#include "gateway/redact/live_clock.h"
#include "gateway/redact/pause_card.h"
#include "gateway/redact/recording_redaction.h"
#include "gateway/redact/report_json.h"
#include "gateway/redact/serve_link.h"
#include "gateway/redact/stage_clock.h"
#include "gateway/redact/text_json.h"
#include "redaction/tesseract/tesseract_reader.h"

namespace frostgate::redact {
namespace {

using nlohmann::json;

constexpr auto kLiveEvery = std::chrono::milliseconds(150);
// Reading text is nearly all of the work.
constexpr double kAnalysisShare = 0.85;
constexpr std::size_t kThumbnails = 100;

// Shows who watches what may be seen by now.
class LiveView {
 public:
  LiveView(ServeLink& serve, RecordingRedaction& redaction) : serve_(serve), redaction_(redaction) {}

  // `all_read`: the journal has no more for now.
  Result<void> show(bool all_read) {
    const auto now = LiveClock::Clock::now();
    clock_.note(redaction_.at(), now);
    if (!serve_.watched()) redaction_.stop_watching();
    if (!serve_.watched() || now - shown_ < kLiveEvery) return {};
    shown_ = now;
    const SessionTime head = all_read ? clock_.quiet_until(now) : redaction_.at();
    const std::vector<Segment> segments = TRY(redaction_.watch(head));
    if (segments.empty()) return {};
    const SessionTime behind = clock_.session_time(LiveClock::Clock::now()) - segments.back().start - segments.back().duration;
    return serve_.show_live(segments, std::max(behind, SessionTime(0)));
  }

 private:
  ServeLink& serve_;
  RecordingRedaction& redaction_;
  LiveClock clock_;
  LiveClock::Clock::time_point shown_{};
};

// Up to the end of the journal, which may be hours away.
Result<void> analyse(ServeLink& serve, ServeJournalSource& journal, RecordingRedaction& redaction, const Assignment& assignment) {
  const double length = std::max<double>(static_cast<double>(assignment.length.count()), 1);
  LiveView live(serve, redaction);
  while (true) {
    TRY(serve.take_turn());
    const bool more = TRY(redaction.step());
    if (redaction.over()) return {};
    if (assignment.growing) TRY(live.show(!more));
    else TRY(serve.progress(kAnalysisShare * static_cast<double>(redaction.at().count()) / length));
    if (more) continue;
    const bool may_come = TRY(journal.wait_for_more());
    if (!may_come) redaction.expect_no_more();
  }
}

// Why this recording is less than clean, beside what its plan says.
std::vector<std::string> reasons_of(const RecordingRedaction& redaction, const Assignment& assignment) {
  std::vector<std::string> reasons;
  // A journal that was changed after it was written is no clean recording, whatever its readable part shows.
  if (!redaction.summary().damage.empty()) reasons.emplace_back("journal_damaged");
  if (redaction.summary().lossy) reasons.emplace_back("lossy_source");
  if (assignment.keystroke_key.empty()) reasons.emplace_back("keystrokes_missing");
  if (!redaction.typing_damage().empty()) reasons.emplace_back("keystrokes_damaged");
  return reasons;
}

Result<void> redact(ServeLink& serve, const Assignment& assignment) {
  StageClock clock;
  ServeJournalSource journal(serve), keystrokes(serve, JournalStream::keystrokes);
  redaction::ReaderPtr reader = TRY(make_reader(assignment));
  redaction::Redactor redactor = TRY(make_redactor(assignment, std::move(reader), {}));
  if (const Result<void> fonts = prepare_cards(); !fonts) log::error(assignment.recording, "{}", fonts.error().message);
  // The models are read; the journal, which a hostile target painted, is not.
  TRY(leave_file_system());
  const JournalAccess access{journal, assignment.recording, assignment.journal_key};
  const auto growth = assignment.growing ? storage::JournalGrowth::growing : storage::JournalGrowth::ended;
  RecordingRedaction redaction = TRY(RecordingRedaction::open(access, growth, std::move(redactor), serve, clock));
  if (!assignment.keystroke_key.empty()) {
    TypedStream typed = TRY(TypedStream::open(keystrokes, assignment.recording, assignment.keystroke_key, growth));
    redaction.follow_typing(std::move(typed), [&](redaction::ReaderPtr used, std::span<const Secret> secrets) {
      return make_redactor(assignment, std::move(used), secrets);
    });
  }
  TRY(analyse(serve, journal, redaction, assignment));
  TRY(redaction.finish([&] { return serve.take_turn(); }));
  const std::vector<FilmMaker::Still> stills = TRY(redaction.stills(kThumbnails));
  TRY(serve.store(stills));

  const JournalSummary& seen = redaction.summary();
  json report = report_json(redaction.plan(), clock.seconds(), seen.end);
  report["journal"] = {{"states", seen.states},
                       {"states_coalesced", seen.states_coalesced},
                       {"complete", seen.complete},
                       {"damage", seen.damage},
                       {"lossy", seen.lossy},
                       {"events", events_json(seen.events)}};
  report["typed_secrets"] = redaction.typed_secrets();
  report["profile"] = redaction::to_string(assignment.detectors.profile);
  report["languages"] = assignment.languages;
  report["versions"] = {{"frostgate", FROSTGATE_VERSION}, {"tesseract", redaction::tesseract_version()}};
  for (const std::string& reason : reasons_of(redaction, assignment)) report["reasons"].push_back(reason);
  if (!report["reasons"].empty()) report["status"] = to_string(redaction::RedactionStatus::degraded);
  const std::string status = report["status"].get<std::string>();
  const std::string text = report.dump();
  const Descriptor file = TRY(ipc::to_memory_file(std::as_bytes(std::span(text))));
  const Descriptor learned = TRY(ipc::to_memory_file(redaction.atlas().save()));
  const std::vector<redaction::VisibleLine> lines = assignment.index_text ? redaction.visible_text() : std::vector<redaction::VisibleLine>();
  const std::string lines_json = text_json(lines);
  const Descriptor words = TRY(ipc::to_memory_file(std::as_bytes(std::span(lines_json))));
  const int descriptors[] = {file.fd(), learned.fd(), words.fd()};
  return serve.tell({{"type", "done"}, {"status", status}}, descriptors);
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
  ServeLink serve{Descriptor(channel_descriptor)};
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
