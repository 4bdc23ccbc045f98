#include "gateway/serve/pause_watch.h"

#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"

namespace frostgate::serve {
namespace {

constexpr auto kRelayPatience = std::chrono::seconds(5);
constexpr auto kBetweenOrders = std::chrono::milliseconds(400);
constexpr auto kOfItself = std::chrono::seconds(2);  // after the time is over

Error wrong(const char* what) { return {ErrorKind::corrupt, what}; }

}  // namespace

void PauseWatch::begin(const nlohmann::json& order, Session session, UtcTime now) {
  pause_ = Pause{std::move(session), order["request"].get<std::string>(), order["approved_by"].get<std::string>(), now};
  if (order.contains("until_us")) pause_->until = UtcTime(Microseconds(order["until_us"].get<std::int64_t>()));
}

void PauseWatch::cannot_begin(const nlohmann::json& order, Session session, UtcTime now) {
  begin(order, std::move(session), now);
  give_back(now);
  over("its user's connection is lost", now);
}

void PauseWatch::end_by(const std::string& why, UtcTime now) {
  if (!pause_ || pause_->ending) return;
  pause_->ending = now;
  pause_->why = why;
}

void PauseWatch::give_back(UtcTime now) {
  const std::string& id = pause_->session.id;
  if (const auto back = core_.approvals->give_back(pause_->request, id, now); !back) log::error(id, "the approval {} is used up, though nothing paused: {}", pause_->request, back.error().message);
}

Result<RelayReply> PauseWatch::relay_says(const ipc::Message& message, UtcTime now) {
  const Result<std::int64_t> paused = message.number("paused", 0, 1);
  if (!paused) return wrong("told of its recording what makes no sense");
  if (paused.value() == 0) {
    if (pause_) over(pause_->ending ? pause_->why : "the time for it was over", now);
    return RelayReply{};
  }
  if (!pause_ || pause_->confirmed) return wrong("paused its recording unasked");
  pause_->confirmed = true;
  const Session& session = pause_->session;
  const std::string how = pause_->until ? ") is paused until " + to_text(*pause_->until) + " at the latest (request " : ") is stopped for as long as the session lasts (request ";
  log::warning(session.id, "the recording {} (request {})", pause_->until ? "is paused until " + to_text(*pause_->until) : "is stopped", pause_->request);
  raise_alert(core_, {pause_->until ? "recording.paused" : "recording.stopped", alerts::Severity::warning, session.id,
                      "The recording of " + session.user + " on " + session.target + " (" + session.id + how + pause_->request + (pause_->approved_by.empty() ? "" : ", approved by " + pause_->approved_by) + ")."},
              now);
  core_.events.post({EventKind::session, session.id, pause_->until ? "paused" : "stopped", session.user, session.target, session.tags});
  return RelayReply{};
}

Result<RelayReply> PauseWatch::due(UtcTime now) {
  if (!pause_) return RelayReply{};
  if (pause_->ending) {
    if (now > *pause_->ending + kRelayPatience) return wrong("does not record again");
    return RelayReply{};
  }
  if (!pause_->confirmed && now > pause_->since + kRelayPatience) {
    log::error(pause_->session.id, "the relay did not pause or stop its recording in time; it is told to go on");
    give_back(now);
    end_by("the relay did not say that it pauses", now);
  } else if (pause_->until && now >= *pause_->until + kOfItself) {
    end_by("the time for it was over", now);
  } else if (!pause_->looked || now < *pause_->looked || now >= *pause_->looked + kBetweenOrders) {
    pause_->looked = now;
    const Result<approvals::Request> request = core_.approvals->find(pause_->request, now);
    if (request && request.value().state == approvals::State::revoked) end_by("the approval was revoked by " + request.value().ended_by, now);
  }
  if (!pause_->ending) return RelayReply{};
  return RelayReply{{{"type", "record_again"}, {"why", pause_->why}}, {}, false};
}

void PauseWatch::relay_ended(UtcTime now) {
  if (pause_ && pause_->until) over("its connection is over", now);
}

void PauseWatch::over(const std::string& why, UtcTime now) {
  const Session& session = pause_->session;
  log::warning(session.id, "the recording goes on: {}", why);
  note(core_, catalog::LedgerEvent::resumed, session.id, "", {{"request", pause_->request}, {"why", why}}, now);
  core_.sessions.recorded_again(session.id);
  core_.events.post({EventKind::session, session.id, "started", session.user, session.target, session.tags});
  pause_.reset();
}

}  // namespace frostgate::serve
