#include "gateway/serve/audit_requests.h"

#include <map>

#include "gateway/serve/audit.h"
#include "storage/catalog/ledger.h"

namespace frostgate::serve {
namespace {

using catalog::LedgerEvent;
using nlohmann::json;

constexpr std::int64_t kMaxAuditPage = 200;  // keeps a page within one message

// What the catalog notes with the change itself is noted here when it is refused.
enum class Noting { all, refusals };

// Which members of a request, or of its answer, are noted. Never those with secrets.
struct Noted {
  LedgerEvent event;
  const char* subject;
  std::vector<const char*> members;
  Noting noting = Noting::all;
};

const std::map<std::string, Noted>& noted_requests() {
  static const std::map<std::string, Noted> kNoted{
      {"user.add", {LedgerEvent::configuration, "name", {}}},
      {"user.disable", {LedgerEvent::configuration, "name", {}}},
      {"user.enable", {LedgerEvent::configuration, "name", {}}},
      {"user.password", {LedgerEvent::configuration, "name", {}}},
      {"user.drop_second_factor", {LedgerEvent::configuration, "name", {}}},
      {"target.add", {LedgerEvent::configuration, "name", {"protocol", "host", "port", "account", "user", "domain", "certificate", "tags"}}},
      {"target.remove", {LedgerEvent::configuration, "name", {}}},
      {"target.credential", {LedgerEvent::configuration, "name", {"of", "user", "domain"}}},
      {"target.forget_credential", {LedgerEvent::configuration, "name", {"of"}}},
      {"target.account", {LedgerEvent::configuration, "name", {"account", "user", "domain"}}},
      {"target.retry", {LedgerEvent::configuration, "name", {"of"}}},
      {"target.test", {LedgerEvent::configuration, "name", {"of", "outcome"}}},
      {"target.pin", {LedgerEvent::configuration, "name", {"certificate"}}},
      {"ticket.issue", {LedgerEvent::configuration, "target", {"user", "front", "expires", "source_address"}}},
      {"sessions.end", {LedgerEvent::configuration, "id", {"message"}}},
      {"sessions.lock_input", {LedgerEvent::configuration, "id", {}}},
      {"sessions.unlock_input", {LedgerEvent::configuration, "id", {}}},
      {"recordings.retry", {LedgerEvent::configuration, "id", {}}},
      {"group.add", {LedgerEvent::configuration, "group", {"user"}}},
      {"group.remove", {LedgerEvent::configuration, "group", {"user"}}},
      {"role.bind", {LedgerEvent::configuration, "subject", {"role", "subject_kind", "scope", "id"}}},
      {"role.unbind", {LedgerEvent::configuration, "id", {}}},
      {"token.create", {LedgerEvent::configuration, "user", {"id", "name", "roles", "expires"}}},
      {"token.revoke", {LedgerEvent::configuration, "id", {}}},
      {"hold.add", {LedgerEvent::configuration, "id", {"reason", "by"}, Noting::refusals}},
      {"hold.release", {LedgerEvent::configuration, "id", {"reason", "by"}, Noting::refusals}},
      {"recordings.segments", {LedgerEvent::view, "id", {"from_us", "to_us", "export_reason", "break_glass"}}},
      {"recordings.segment", {LedgerEvent::view, "id", {"from_us", "to_us"}}},
      {"recordings.storyboard", {LedgerEvent::view, "id", {"break_glass"}}},
      {"recordings.thumbnail", {LedgerEvent::view, "id", {"number"}}},
      {"live.watch", {LedgerEvent::view, "id", {"break_glass"}}},
      {"original.shares", {LedgerEvent::view, "id", {}}},
      {"original.open", {LedgerEvent::view, "id", {"from_us", "to_us", "area", "reason", "by", "approval", "custodians"}}},
      {"export.sign", {LedgerEvent::exported, "id", {"from_us", "to_us", "reason", "by"}}},
  };
  return kNoted;
}

Result<catalog::LedgerQuery> query_of(const ipc::Message& request) {
  catalog::LedgerQuery query;
  query.limit = TRY(request.number("limit", 1, kMaxAuditPage));
  query.before = TRY(request.number("before", 0, std::int64_t{1} << 60));
  if (request.body.contains("event")) {
    const std::string word = TRY(request.text("event", 32));
    query.event = TRY(catalog::ledger_event_named(word));
  }
  for (const auto& [name, value] : {std::pair("subject", &query.subject), std::pair("actor", &query.actor)}) {
    if (request.body.contains(name)) *value = TRY(request.text(name, 256));
  }
  for (const auto& [name, value] : {std::pair("since_us", &query.since), std::pair("until_us", &query.until)}) {
    if (request.body.contains(name)) *value = UtcTime(Microseconds(TRY(request.number(name, 0, std::int64_t{1} << 60))));
  }
  return query;
}

AdminReply entries_reply(const std::vector<catalog::LedgerEntry>& entries) {
  AdminReply out;
  out.body = {{"entries", json::array()}};
  for (const catalog::LedgerEntry& entry : entries) out.body["entries"].push_back(to_json(entry));
  return out;
}

}  // namespace

Result<AdminReply> audit_list(Core& core, ipc::Message& request, UtcTime) {
  catalog::Ledger ledger(*core.catalog);
  if (request.body.contains("after")) {
    const std::int64_t after = TRY(request.number("after", 0, std::int64_t{1} << 60));
    const std::int64_t limit = TRY(request.number("limit", 1, kMaxAuditPage));
    return entries_reply(TRY(ledger.list(after, limit)));
  }
  const catalog::LedgerQuery query = TRY(query_of(request));
  return entries_reply(TRY(ledger.find(query)));
}

Result<AdminReply> audit_verify(Core& core, ipc::Message&, UtcTime) {
  const evidence::Verification found = TRY(verify_audit(core));
  AdminReply out;
  out.body = {{"entries", found.ledger_entries}, {"problems", json::array()}};
  for (const evidence::Problem& problem : found.problems) out.body["problems"].push_back(problem.where + ": " + problem.sentence);
  return out;
}

Result<void> audit_request(Core& core, const ipc::Message& request, const Result<AdminReply>& reply, const std::string& by, UtcTime now) {
  const auto kind = noted_requests().find(request.type());
  if (kind == noted_requests().end() || (!reply && reply.error().kind != ErrorKind::denied)) return {};
  const Noted& noted = kind->second;
  if (reply && noted.noting == Noting::refusals) return {};
  json details{{"request", request.type()}};
  for (const char* name : noted.members) {
    if (reply && reply.value().body.contains(name)) details[name] = reply.value().body[name];
    else if (request.body.contains(name)) details[name] = request.body[name];
  }
  if (!reply) details["denied"] = reply.error().message;
  const auto subject = request.body.find(noted.subject);
  const bool named = subject != request.body.end() && subject->is_string();
  const Result<void> done = audit(core, noted.event, named ? subject->get<std::string>() : "", by, details, now);
  return done ? done : done.error().within("this could not be noted in the audit log");
}

}  // namespace frostgate::serve
