#include "gateway/serve/audit.h"

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"
#include "gateway/evidence/trusted_signers.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxText = 1000;

void cut_texts(json& value) {
  if (value.is_structured()) {
    for (json& part : value) cut_texts(part);
  } else if (value.is_string() && value.get_ref<const std::string&>().size() > kMaxText) {
    value = value.get<std::string>().substr(0, kMaxText) + "...";
  }
}

// What a client sent may be no UTF-8, and what is cut is none at its end; parsed again it must give the same text.
std::string canonical(json details) {
  cut_texts(details);
  return details.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Result<void> audit(Core& core, catalog::LedgerEvent event, const std::string& subject, const std::string& actor, const json& details, UtcTime now) {
  TRY(catalog::Ledger(*core.catalog).append({event, subject, actor, canonical(details), now}));
  return {};
}

void note(Core& core, catalog::LedgerEvent event, const std::string& subject, const std::string& actor, const json& details, UtcTime now) {
  const Result<void> noted = audit(core, event, subject, actor, details, now);
  if (!noted) log::error("-", "the audit log did not take an entry ({} {} {}): {}", catalog::to_string(event), subject, canonical(details), noted.error().message);
}

json to_json(const catalog::LedgerEntry& entry) {
  json out{{"number", entry.number},   {"at", to_text(entry.at)},  {"at_us", entry.at.time_since_epoch().count()}, {"event", catalog::to_string(entry.event)},
           {"subject", entry.subject}, {"actor", entry.actor}, {"digest", entry.digest}, {"link", entry.link}};
  json detail = json::parse(entry.details, nullptr, false);
  if (detail.is_object()) out["detail"] = std::move(detail);
  return out;
}

void note_approval(Core& core, const approvals::Request& request, const std::string& what, UtcTime now) {
  json details{{"what", what}, {"kind", catalog::to_string(request.kind)}, {"requester", request.requester}, {"target", request.target}, {"rule", request.rule}};
  for (const auto& [name, value] : {std::pair("recording", &request.recording), std::pair("reason", &request.reason), std::pair("ticket", &request.ticket),
                                    std::pair("used_by", &request.used_by), std::pair("asked_by", &request.asked_by)}) {
    if (!value->empty()) details[name] = *value;
  }
  std::string actor = what == "requested" && !request.asked_by.empty() ? request.asked_by : request.requester;
  if (what == "approved" || what == "approved-by" || what == "refused") {
    if (!request.votes.empty()) {
      actor = request.votes.back().approver;
      details["comment"] = request.votes.back().comment;
    }
  } else if (what == "cancelled" || what == "revoked") {
    actor = request.ended_by;
    details["comment"] = request.end_comment;
  } else if (what == "reviewed") {
    actor = request.reviewer;
    details["review"] = request.review;
  } else if (what == "expired") {
    actor.clear();
  }
  note(core, catalog::LedgerEvent::approval, request.id, actor, details, now);
}

Result<evidence::Verification> verify_audit(Core& core) {
  const evidence::Holdings holdings{*core.catalog, *core.objects, nullptr, TRY(evidence::trusted_signers(core.config.signing_certificate(), core.config.evidence.earlier_certificates)), "", core.config.evidence.head_directory};
  return evidence::verify_ledger(holdings, {});
}

}  // namespace frostgate::serve
