#include "gateway/serve/announced_look.h"

#include "gateway/base/log.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/watch_gates.h"

namespace frostgate::serve {
namespace {

constexpr std::int64_t kLastLookedAt = std::int64_t{1} << 60;
constexpr std::size_t kMaxLookReason = 1024;

Result<std::string> text_or_nothing(const ipc::Message& request, const char* name) {
  if (!request.body.contains(name)) return std::string();
  return request.text(name, kMaxLookReason);
}

// Both 0: all of the film.
Result<FilmSpan> announced_span(const ipc::Message& request) {
  if (!request.body.contains("from_us")) return FilmSpan{};
  const std::int64_t from = TRY(request.number("from_us", 0, kLastLookedAt)), to = TRY(request.number("to_us", 0, kLastLookedAt));
  return FilmSpan{SessionTime(from), SessionTime(to)};
}

// Nothing, where the gate lets `by` pass as it is.
Result<void> break_glass(Core& core, const catalog::Recording& row, policy::GateKind kind, const std::string& by, const std::string& why, const FilmSpan& span, UtcTime now) {
  const Result<void> asked = ask_film_gate(core, row, kind, by, {why, {}}, span, now);
  if (asked || asked.error().kind != ErrorKind::denied) return asked;
  approvals::Wish wish;
  wish.kind = kind_of(kind);
  wish.requester = by;
  wish.reason = why;
  wish.from = span.from;
  wish.to = span.to;
  TRY(aim_at_film(core, wish, row));
  const approvals::Request broken = TRY(core.approvals->break_glass(wish, now));
  log::warning(row.id, "{} breaks the glass for {}: {} (request {})", by, catalog::to_string(wish.kind), why, broken.id);
  return {};
}

}  // namespace

Result<AdminReply> AnnouncedLook::administer(Core& core, ipc::Message& request, UtcTime now, const std::string& by) {
  request.body["by"] = by;
  Result<AdminReply> reply = gated(core, request, now, by);
  if (reply && covers(request, reply.value())) return reply;
  TRY(note_request(core, request, reply, by, now));
  if (reply) remember(request, reply.value());
  return reply;
}

Result<AdminReply> AnnouncedLook::gated(Core& core, ipc::Message& request, UtcTime now, const std::string& by) {
  const bool cutting = cut_of(request) && !film_->export_reason.empty();
  if (request.type() == "export.sign") TRY(fill_in_export(request));
  if (!cutting) TRY(pass_gate(core, request, now, by));
  Result<AdminReply> reply = carry_out(core, request, now);
  // Beside what may be exported there may be what may not even be watched.
  if (reply && cutting && !covers(request, reply.value())) TRY(pass_gate(core, request, now, by));
  return reply;
}

Result<void> AnnouncedLook::pass_gate(Core& core, ipc::Message& request, UtcTime now, const std::string& by) {
  const std::string type = request.type();
  if (type == "live.next" || type == "live.leave") return go_on_live(core, request, now, by);
  if (type != "live.watch" && type != "recordings.segments" && type != "recordings.segment" && type != "recordings.storyboard" && type != "recordings.thumbnail") return {};
  const std::string id = TRY(request.text("id", 64)), glass = TRY(text_or_nothing(request, "break_glass")), reason = TRY(text_or_nothing(request, "export_reason"));
  const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(id));
  if (type == "recordings.segments" && !reason.empty()) {
    const FilmSpan span = TRY(announced_span(request));
    if (!glass.empty()) TRY(break_glass(core, row, policy::GateKind::export_film, by, glass, span, now));
    return ask_film_gate(core, row, policy::GateKind::export_film, by, {reason, {}}, span, now);
  }
  if (!glass.empty()) {
    const bool watching = TRY(WatchGates(core, by, now).open(row));
    if (!watching) TRY(break_glass(core, row, policy::GateKind::watch, by, glass, {}, now));
  }
  return pass_watch_gate(core, row, by, now);
}

// A look that was begun with a right does not outlive it, and is nobody else's.
Result<void> AnnouncedLook::go_on_live(Core& core, const ipc::Message& request, UtcTime now, const std::string& by) {
  const std::int64_t watcher = TRY(request.number("watcher", 1, std::int64_t{1} << 50));
  const auto found = watched_.find(watcher);
  if (found == watched_.end()) return Error{ErrorKind::not_found, "nobody watches as number " + std::to_string(watcher) + " here"};
  if (request.type() == "live.leave") return {};
  const auto allowed = [&]() -> Result<void> {
    const catalog::Recording row = TRY(catalog::Recordings(*core.catalog).find(found->second));
    return pass_watch_gate(core, row, by, now);
  }();
  if (!allowed) core.live.leave(static_cast<std::uint64_t>(watcher));
  return allowed;
}

// A bundle is of what was announced to be exported, for that reason.
Result<void> AnnouncedLook::fill_in_export(ipc::Message& request) const {
  if (!cut_of(request) || film_->export_reason.empty()) return Error{ErrorKind::invalid, "an export begins with the film's segments and the reason"};
  request.body["reason"] = film_->export_reason;
  request.body["span_from_us"] = film_->from.count();
  request.body["span_to_us"] = film_->to.count();
  return {};
}

void AnnouncedLook::remember(const ipc::Message& request, const AdminReply& reply) {
  const std::string type = request.type();
  if (type == "live.watch") watched_[reply.body.at("watcher").get<std::int64_t>()] = request.body.at("id").get<std::string>();
  if (type == "recordings.storyboard") storyboard_ = request.body.at("id").get<std::string>();
  if (type != "recordings.segments") return;
  film_.emplace();
  film_->recording = request.body.at("id").get<std::string>();
  film_->export_reason = request.body.value("export_reason", "");
  if (!request.body.contains("from_us")) return;
  film_->from = SessionTime(request.body.at("from_us").get<std::int64_t>());
  film_->to = SessionTime(request.body.at("to_us").get<std::int64_t>());
}

bool AnnouncedLook::cut_of(const ipc::Message& request) const {
  const std::string type = request.type();
  if (!film_ || (type != "recordings.segment" && type != "export.sign")) return false;
  const auto id = request.body.find("id");
  return id != request.body.end() && *id == film_->recording;
}

bool AnnouncedLook::covers(const ipc::Message& request, const AdminReply& reply) const {
  const std::string type = request.type();
  if (type == "recordings.thumbnail") return storyboard_ == request.body.at("id").get<std::string>();
  if (type != "recordings.segment" || !cut_of(request)) return false;
  const SessionTime from(reply.body.at("from_us").get<std::int64_t>()), to(reply.body.at("to_us").get<std::int64_t>());
  const bool pictures = to > from;
  return !pictures || (to > film_->from && from < film_->to);
}

}  // namespace frostgate::serve
