#include "gateway/redact/worker.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "codec/segment_encoder.h"
#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "gateway/redact/assignment.h"
#include "gateway/redact/film_pass.h"
#include "gateway/redact/recording_passes.h"
#include "gateway/redact/report_json.h"
#include "gateway/redact/serve_link.h"
#include "gateway/redact/stage_clock.h"

namespace frostgate::redact {
namespace {

using nlohmann::json;

// Reading text is nearly all of the work; progress is shared out accordingly.
constexpr double kAnalysisShare = 0.85;

Result<void> redact(ServeLink& serve, Assignment& assignment) {
  StageClock clock;
  ServeJournalSource journal(serve);
  redaction::Redactor redactor = TRY(make_redactor(assignment));
  // The models are read; the journal, which a hostile target painted, is not.
  TRY(leave_file_system());
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
