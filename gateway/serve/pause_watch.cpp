// A paused recording: whether the relay does as it was told, and that it goes on in time.
#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/relay_broker.h"

namespace frostgate::serve {
namespace {

constexpr auto kRelayPatience = std::chrono::seconds(5);
constexpr auto kBetweenOrders = std::chrono::milliseconds(400);
constexpr auto kOfItself = std::chrono::seconds(2);  // after the time is over

}  // namespace

void RelayBroker::ordered(const nlohmann::json& order, UtcTime now) {
  const std::string type = order["type"].get<std::string>();
  if (type == "end") end_ordered_ = true;
  if (type == "pause_recording") {
    pause_ = Pause{order["request"].get<std::string>(), order["approved_by"].get<std::string>(), now, UtcTime(Microseconds(order["until_us"].get<std::int64_t>()))};
  }
  if (type == "record_again" && pause_) end_pause_by(order["why"].get<std::string>(), now);
}

void RelayBroker::end_pause_by(const std::string& why, UtcTime now) {
  if (pause_->ending) return;
  pause_->ending = now;
  pause_->why = why;
}

void RelayBroker::cannot_pause(const nlohmann::json& order, UtcTime now) {
  ordered(order, now);
  give_pause_back(now);
  pause_over("its user's connection is lost", now);
}

void RelayBroker::give_pause_back(UtcTime now) {
  if (const auto back = core_.approvals->give_back(pause_->request, origin_.id, now); !back) log::error(origin_.id, "the approval {} is used up, though nothing paused: {}", pause_->request, back.error().message);
}

// The relay's word.
RelayBroker::Reply RelayBroker::recording_switched(ipc::Message& message, UtcTime now) {
  const Result<std::int64_t> paused = message.number("paused", 0, 1);
  if (!paused) return broke_protocol("told of its recording what makes no sense");
  if (paused.value() == 0) {
    if (pause_) pause_over(pause_->ending ? pause_->why : "the time for it was over", now);
    return {};
  }
  if (!pause_ || pause_->confirmed) return broke_protocol("paused its recording unasked");
  pause_->confirmed = true;
  log::warning(origin_.id, "the recording is paused until {} at the latest (request {})", to_text(pause_->until), pause_->request);
  raise_alert(core_, {"recording.paused", alerts::Severity::warning, origin_.id,
                      "The recording of " + user_ + " on " + wanted_.target + " (" + origin_.id + ") is paused until " + to_text(pause_->until) + " at the latest (request " +
                          pause_->request + (pause_->approved_by.empty() ? "" : ", approved by " + pause_->approved_by) + ")."},
              now);
  core_.events.post({EventKind::session, origin_.id, "paused", grant_->user(), grant_->target(), wanted_.target_tags});
  return {};
}

// What the relay is told when it is time: nothing, mostly.
RelayBroker::Reply RelayBroker::watch_pause(UtcTime now) {
  if (!pause_) return {};
  if (pause_->ending) return now > *pause_->ending + kRelayPatience ? broke_protocol("does not record again") : Reply{};
  if (!pause_->confirmed && now > pause_->since + kRelayPatience) {
    log::error(origin_.id, "the relay did not pause its recording in time; it is told to go on");
    give_pause_back(now);
    end_pause_by("the relay did not say that it pauses", now);
  } else if (now >= pause_->until + kOfItself) {
    end_pause_by("the time for it was over", now);
  } else if (!pause_->looked || now < *pause_->looked || now >= *pause_->looked + kBetweenOrders) {
    pause_->looked = now;
    const Result<approvals::Request> request = core_.approvals->find(pause_->request, now);
    if (request && request.value().state == approvals::State::revoked) end_pause_by("the approval was revoked by " + request.value().ended_by, now);
  }
  if (!pause_->ending) return {};
  return {{{"type", "record_again"}, {"why", pause_->why}}, {}, false};
}

void RelayBroker::pause_over(const std::string& why, UtcTime now) {
  log::warning(origin_.id, "the recording goes on: {}", why);
  note(core_, catalog::LedgerEvent::resumed, origin_.id, "", {{"request", pause_->request}, {"why", why}}, now);
  core_.sessions.recorded_again(origin_.id);
  pause_.reset();
  core_.events.post({EventKind::session, origin_.id, "started", grant_->user(), grant_->target(), wanted_.target_tags});
}

}  // namespace frostgate::serve
