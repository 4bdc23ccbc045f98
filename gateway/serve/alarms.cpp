#include "gateway/serve/alarms.h"

#include <algorithm>
#include <ranges>

#include "gateway/base/log.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/reviews.h"
#include "gateway/serve/custodians.h"
#include "gateway/serve/disk_space.h"
#include "gateway/serve/trouble.h"
#include "storage/catalog/jobs.h"

namespace frostgate::serve {
namespace {

using alerts::Severity;

constexpr auto kCertificateWarning = std::chrono::days(30), kCertificateCritical = std::chrono::days(3);
constexpr auto kReviewReminder = std::chrono::days(14);
constexpr auto kLagging = std::chrono::hours(1);
// What stands for long is said again after so long.
constexpr std::chrono::minutes kAgain{60}, kAgainTomorrow{24 * 60};

std::string day_of(UtcTime time) { return to_text(time).substr(0, 10); }

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

void look_at_certificate(Core& core, UtcTime now) {
  const auto identity = core.identity->current();
  const auto left = identity->not_after - now;
  if (left > kCertificateWarning) return;
  const bool over = left.count() <= 0;
  raise_alert(core, {"certificate.expires", left > kCertificateCritical ? Severity::warning : Severity::critical, identity->fingerprint,
                     std::string("The certificate that clients see ") + (over ? "has ended on " : "ends on ") + day_of(identity->not_after) +
                         "; put a new one in its place.", kAgainTomorrow},
              now);
}

void look_at_custodians(Core& core, UtcTime now) {
  const Result<Custodians> custodians = load_custodians(core.config.custodians);
  if (!custodians) {
    raise_alert(core, {"custodian.expires", Severity::critical, core.node, "Originals cannot be sealed: " + custodians.error().message + ".", kAgainTomorrow}, now);
    return;
  }
  for (const std::string& problem : expiring(custodians.value(), now, kCertificateWarning)) {
    raise_alert(core, {"custodian.expires", Severity::warning, problem.substr(0, problem.rfind(' ')), problem + ": put a new one in its place, or originals wait unsealed.", kAgainTomorrow}, now);
  }
}

void look_at_disk(Core& core, UtcTime now) {
  const Result<void> room = room_for_a_session(core.config);
  if (!room) return raise_alert(core, {"disk.full", Severity::critical, core.node, "No session begins any more: " + room.error().message + ".", kAgain}, now);
  // Twice the reserve: time to do something about it.
  config::Config cautious = core.config;
  keep_ballast(core.config);
  cautious.disk_reserve *= 2;
  const Result<void> ample = room_for_a_session(cautious);
  if (!ample) raise_alert(core, {"disk.low", Severity::warning, core.node, "The disk is filling up: less than twice the reserve for running sessions is free in " + core.config.data_dir.string() + ".", kAgain}, now);
}

void look_at_access_review(Core& core, UtcTime now) {
  const auto review = access_review(core);
  if (!review) return log::error("-", "who may do what could not be listed: {}", review.error().message);
  const std::optional<UtcTime> due = review.value().due;
  if (!due || *due > now + kReviewReminder) return;
  const bool over = *due <= now;
  raise_alert(core, {over ? "access.overdue" : "access.review", over ? Severity::warning : Severity::info, "who may do what",
                     "Who may do what is to be reviewed by " + to_text(*due) + (over ? ", which is over." : "."), kAgainTomorrow},
              now);
}

void look_at_reviews(Core& core, UtcTime now) {
  const auto reviews = policy_reviews(core);
  if (!reviews) return log::error("-", "the policy's reviews could not be read: {}", reviews.error().message);
  for (const auto& [review, signature] : reviews.value()) {
    if (signature || review.by > now + kReviewReminder) continue;
    const bool over = review.by <= now;
    raise_alert(core, {over ? "policy.overdue" : "policy.review", over ? Severity::warning : Severity::info, review.what,
                       review.what + " is to be reviewed by " + review.date + (over ? ", which is over." : "."), kAgainTomorrow},
                now);
  }
}

void look_at_directory(Core& core, UtcTime now) {
  if (!core.directory) return;
  const directory::Directory::Health health = core.directory->health();
  if (!health.reachable) {
    raise_alert(core, {"directory.unreachable", Severity::critical, core.node,
                       "No server of the directory can be asked, so only local users sign in: " + health.detail + ".", kAgain},
                now);
  } else if (!health.detail.empty()) {
    raise_alert(core, {"directory.degraded", Severity::warning, core.node, "A server of the directory cannot be asked, others answer: " + health.detail + ".", kAgain}, now);
  }
}

void look_at_providers(Core& core, UtcTime now) {
  for (const auto& provider : core.providers) {
    const oidc::Provider::Health health = provider->health();
    if (health.reachable) continue;
    raise_alert(core, {"provider.unreachable", Severity::critical, provider->settings().name,
                       "The identity provider " + provider->settings().label + " cannot be asked, so nobody signs in through it: " + health.detail + ".", kAgain},
                now);
  }
}

void look_at_films(Core& core, UtcTime now) {
  const auto waiting = catalog::Jobs(*core.catalog).list(catalog::JobState::queued);
  if (!waiting) return;
  const auto late = std::count_if(waiting.value().begin(), waiting.value().end(), [&](const catalog::Job& job) { return job.run_after + kLagging < now; });
  if (late == 0) return;
  raise_alert(core, {"redaction.lagging", Severity::warning, core.node,
                     std::to_string(late) + " recordings have waited for more than an hour for a worker that redacts them.", kAgain},
              now);
}

}  // namespace

std::string link_to(const Core& core, const approvals::Request& request) {
  return core.config.sign_in.portal.empty() ? "" : " at " + core.config.sign_in.portal + "/requests/" + request.id;
}

std::string session_words(const catalog::Recording& row) { return row.user + " on " + row.target + " (session " + row.id + ")"; }

void raise_alert(Core& core, const alerts::Event& event, UtcTime now) {
  const Result<void> raised = write_with_ballast(core.config, [&] { return core.alerts->raise(event, now); });
  if (!raised) log::error("-", "ALERT {} ({}) could not be kept: {}", event.kind, event.text, raised.error().message);
}

void alert_session(Core& core, const catalog::Recording& row, UtcTime now) {
  const std::string who = session_words(row) + " from " + row.peer;
  raise_alert(core, {"session.begun", Severity::info, row.id, who + " has begun."}, now);
  const auto& hours = core.alerts->settings().working_hours;
  const bool within = std::any_of(hours.begin(), hours.end(), [&](const policy::Hours& one) { return one.contain(now); });
  if (!hours.empty() && !within) raise_alert(core, {"session.off_hours", Severity::warning, row.id, who + " has begun outside working hours."}, now);
  catalog::RecordingFilter before;
  before.user = row.user;
  before.target = row.target;
  before.limit = 2;
  before.with_report = false;
  const auto earlier = catalog::Recordings(*core.catalog).list(before);
  if (earlier && earlier.value().size() < 2) {
    raise_alert(core, {"session.first_time", Severity::info, row.id, who + ": no earlier recording shows this user on this target."}, now);
  }
}

void alert_film(Core& core, const catalog::Recording& row, const std::vector<std::string>& reasons, const std::map<std::string, std::int64_t>& masks, UtcTime now) {
  if (!reasons.empty()) {
    raise_alert(core, {"redaction.degraded", Severity::warning, row.id, "The film of " + session_words(row) + " is ready, but degraded: " + joined(reasons) + "."}, now);
  }
  for (const std::string& rule : std::views::keys(masks)) {
    raise_alert(core, {"secret." + rule, Severity::info, row.id,
                       "A secret of the kind " + rule + " was on the screen of " + session_words(row) + ", and is covered in the film."},
                now);
  }
}

void alert_approval(Core& core, const approvals::Request& request, const std::string& what, UtcTime now) {
  const std::string who = request.requester + (request.asked_by.empty() ? "" : " (asked for by " + request.asked_by + ")") + " for " + catalog::to_string(request.kind) + " on " + request.target;
  if (what == "emergency") {
    raise_alert(core, {"approval.emergency", Severity::critical, request.id,
                       who + (request.state == approvals::State::approved ? " goes on without approval: " : " began without approval, in an emergency: ") + request.reason + ". One of its approvers must review it: frostgate request review " + request.id},
                now);
  } else if (what == "requested") {
    raise_alert(core, {"approval.requested", Severity::info, request.id,
                       who + " waits for approval: " + request.reason + ". Sign in to decide on request " + request.id + link_to(core, request) + "."},
                now);
  }
}

void alert_brute_force(Core& core, const std::string& address, const std::string& why, UtcTime now) {
  raise_alert(core, {"access.brute_force", Severity::warning, address, "Logins from " + address + " are refused: " + why + "."}, now);
}

void alert_rights(Core& core, const ipc::Message& request, const std::string& by, UtcTime now) {
  const auto member = [&](const char* name) {
    Result<std::string> text = request.text(name, 512);
    return text ? std::move(text).value() : std::string();
  };
  const std::string type = request.type();
  std::string subject = member("name"), what;
  if (type == "role.bind") {
    subject = member("subject");
    what = "made the " + member("subject_kind") + " " + subject + " " + member("role") + " of \"" + member("scope") + "\"";
  } else if (type == "group.add") {
    subject = member("user");
    what = "put " + subject + " into the group " + member("group");
  } else if (type == "user.enable") {
    what = "let " + subject + " in again";
  } else if (type == "user.password") {
    what = "gave " + subject + " another password";
  } else if (type == "user.drop_second_factor") {
    what = "took the second factor of " + subject + " away";
  } else if (type == "token.create") {
    subject = member("user");
    what = "made an API token of " + subject + " with " + member("roles");
  }
  if (!what.empty()) raise_alert(core, {"access.changed", Severity::warning, what, by + " " + what + "."}, now);
}

void alert_unauthorised(Core& core, const std::string& user, const std::string& address, const std::string& target, UtcTime now) {
  raise_alert(core, {"access.unauthorised", Severity::warning, user + " to " + target,
                     user + " from " + address + " wanted to connect to " + target + ", which the policy does not allow."},
              now);
}

void look_for_trouble(Core& core, UtcTime now) {
  look_at_disk(core, now);
  look_at_certificate(core, now);
  look_at_custodians(core, now);
  look_at_reviews(core, now);
  look_at_access_review(core, now);
  look_at_films(core, now);
  look_at_directory(core, now);
  look_at_providers(core, now);
  look_at_key(core, now);
  look_at_workers(core, now);
  look_at_requests(core, now);
  look_at_running_sessions(core, now);
}

void look_for_tampering(Core& core, UtcTime now) {
  look_at_past_sessions(core, now);
  const Result<evidence::Verification> found = verify_audit(core);
  if (!found) return log::error("-", "the audit log could not be verified: {}", found.error().message);
  for (const evidence::Problem& problem : found.value().problems) {
    log::error("-", "audit log: {}: {}", problem.where, problem.sentence);
  }
  if (found.value().problems.empty()) return;
  const evidence::Problem& first = found.value().problems.front();
  raise_alert(core, {"tamper.found", Severity::critical, "audit log",
                     "The audit log is not what was written: " + first.where + ": " + first.sentence + " (" + std::to_string(found.value().problems.size()) + " problems)."},
              now);
}

}  // namespace frostgate::serve
