#include "gateway/http/event_stream.h"

#include <memory>

#include <nlohmann/json.hpp>

#include "gateway/http/authentication.h"

namespace frostgate::http {
namespace {

using access::Role;

constexpr auto kLook = std::chrono::seconds(15);

std::string line(const serve::Event& event) {
  nlohmann::json data{{"id", event.id}, {"target", event.target}};
  data[event.kind == serve::EventKind::recording ? "status" : event.kind == serve::EventKind::alert ? "severity" : "state"] = event.state;
  return std::string("event: ") + serve::to_string(event.kind) + "\ndata: " + data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n\n";
}

class Listener {
 public:
  explicit Listener(const Call& call)
      : core_(call.core), caller_(call.caller), proof_(call.request), at_(call.core.events.last()), looked_(Clock::now()) {}

  StreamPiece next() {
    StreamPiece out;
    if (!greeted_) out.bytes = "retry: 3000\n\n";
    greeted_ = true;
    if (Clock::now() - looked_ >= kLook) {
      looked_ = Clock::now();
      if (!still_here()) return {"", true};
      out.bytes += ":\n\n";
    }
    const serve::EventHub::News news = core_.events.after(at_);
    at_ = news.last;
    // A client that lost some reads everything again when it has to connect again.
    if (news.missed) return {"", true};
    for (const serve::Event& event : news.events) {
      if (concerns(caller_, event)) out.bytes += line(event);
    }
    return out;
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool still_here() {
    Result<access::Caller> again = proof_.caller(*core_.web_access, serve::utc_now(), true);
    if (!again || again.value().user != caller_.user) return false;
    caller_ = std::move(again).value();
    return true;
  }

  serve::Core& core_;
  access::Caller caller_;
  const Proof proof_;
  std::uint64_t at_;
  Clock::time_point looked_;
  bool greeted_ = false;
};

}  // namespace

bool concerns(const access::Caller& caller, const serve::Event& event) {
  const access::Tags& tags = event.tags;
  const access::Entitlements& may = caller.entitlements;
  switch (event.kind) {
    case serve::EventKind::session: return event.user == caller.user || may.covers(Role::auditor, event.target, tags) || may.covers(Role::admin, event.target, tags);
    case serve::EventKind::recording: return may.may_watch(event.target, tags);
    case serve::EventKind::request: return event.user == caller.user || may.covers(Role::approver, event.target, tags) || may.may_watch(event.target, tags);
    case serve::EventKind::alert: return event.target.empty() ? may.everywhere(Role::admin) : may.covers(Role::admin, event.target, tags) || may.covers(Role::auditor, event.target, tags);
  }
  return false;
}

Stream event_stream(const Call& call) {
  const auto listener = std::make_shared<Listener>(call);
  return [listener] { return listener->next(); };
}

}  // namespace frostgate::http
