#include "gateway/serve/announced_look.h"

#include "gateway/serve/audit_requests.h"

namespace frostgate::serve {

Result<AdminReply> AnnouncedLook::administer(Core& core, ipc::Message& request, UtcTime now, const std::string& by) {
  Result<AdminReply> reply = carry_out(core, request, now);
  if (reply && covers(request, reply.value())) return reply;
  TRY(audit_request(core, request, reply, by, now));
  if (!reply) return reply;
  const std::string type = request.type();
  if (type == "recordings.storyboard") storyboard_ = request.body.at("id").get<std::string>();
  if (type != "recordings.segments") return reply;
  film_ = Span{request.body.at("id").get<std::string>()};
  if (!request.body.contains("from_us")) return reply;
  film_->from = SessionTime(request.body.at("from_us").get<std::int64_t>());
  film_->to = SessionTime(request.body.at("to_us").get<std::int64_t>());
  return reply;
}

bool AnnouncedLook::covers(const ipc::Message& request, const AdminReply& reply) const {
  const std::string type = request.type();
  if (type == "recordings.thumbnail") return storyboard_ == request.body.at("id").get<std::string>();
  if (type != "recordings.segment" || !film_ || film_->recording != request.body.at("id").get<std::string>()) return false;
  const SessionTime from(reply.body.at("from_us").get<std::int64_t>()), to(reply.body.at("to_us").get<std::int64_t>());
  const bool pictures = to > from;
  return !pictures || (to > film_->from && from < film_->to);
}

}  // namespace frostgate::serve
