#include "gateway/serve/trouble.h"

#include <algorithm>
#include <map>

#include "gateway/approvals/session_approvals.h"
#include "gateway/base/log.h"
#include "gateway/serve/alarms.h"
#include "gateway/serve/key_provider.h"
#include "gateway/serve/redaction_queue.h"
#include "storage/catalog/jobs.h"
#include "storage/catalog/policies.h"
#include "storage/crypto/random.h"

namespace frostgate::serve {
namespace {

using alerts::Severity;

constexpr auto kStarved = std::chrono::minutes(15);
constexpr auto kReviewDue = std::chrono::hours(24);
constexpr auto kLookBack = std::chrono::days(7);
constexpr std::int64_t kTroublePage = 200;
constexpr std::chrono::minutes kTroubleAgain{60}, kTroubleTomorrow{24 * 60}, kOnce{90 * 24 * 60};
constexpr const char* kKeyProbe = "whether the key works";

// A token is asked through the session that is open: a second one would end that of the first.
Result<void> key_works(Core& core) {
  if (core.config.key.module.empty()) {
    const storage::KeyEncryptionKey key = TRY(load_key(core.config));
    if (key.id() == core.kek->id()) return {};
    return Error{ErrorKind::corrupt, "it is another key than the one in use"};
  }
  const Secret probe = TRY(storage::new_data_key());
  const auto wrapped = TRY(core.kek->wrap(probe, kKeyProbe));
  TRY(core.kek->unwrap(wrapped, kKeyProbe));
  return {};
}

// The rules that sessions began under, by the digests of their policies.
class Rules {
 public:
  explicit Rules(Core& core) : core_(core) {}

  // None, where the policy or the rule is gone: then nobody can say what it asked.
  Result<std::optional<policy::Gate>> connect_gate(const catalog::Recording& row) {
    auto known = policies_.find(row.policy_digest);
    if (known == policies_.end()) known = policies_.emplace(row.policy_digest, TRY(load(row.policy_digest))).first;
    const policy::Rule* rule = known->second ? known->second->find(row.rule) : nullptr;
    return rule ? std::optional(rule->gate(policy::GateKind::connect)) : std::nullopt;
  }

 private:
  Result<std::optional<policy::Policy>> load(const std::string& digest) {
    const auto kept = catalog::Policies(*core_.catalog).find(digest);
    if (!kept && kept.error().kind == ErrorKind::not_found) return std::optional<policy::Policy>();
    if (!kept) return kept.error();
    return std::optional(TRY(policy::Policy::parse(kept.value().text, "policy " + digest)));
  }

  Core& core_;
  std::map<std::string, std::optional<policy::Policy>> policies_;
};

Result<bool> approved_as_asked(Core& core, Rules& rules, const catalog::Recording& row) {
  const std::optional<policy::Gate> gate = TRY(rules.connect_gate(row));
  if (!gate || gate->needed == 0) return true;
  const std::optional<approvals::Request> found = TRY(approvals::start_approval(*core.catalog, row));
  return found.has_value();
}

void check_approval(Core& core, Rules& rules, const catalog::Recording& row, UtcTime now) {
  const Result<bool> approved = approved_as_asked(core, rules, row);
  if (!approved) return log::error(row.id, "whether it was approved cannot be seen: {}", approved.error().message);
  if (approved.value()) return;
  raise_alert(core, {"approval.missing", Severity::critical, row.id,
                     session_words(row) + (row.ended ? " was let in" : " is in") + " by the rule \"" + row.rule + "\", which asks for an approval, and none was used for it. " +
                         (row.ended ? "Find out how it began." : "End it (frostgate sessions end " + row.id + ") and find out how it began."), kTroubleTomorrow},
              now);
}

std::string wish_of(const approvals::Request& request) { return request.requester + " for " + catalog::to_string(request.kind) + " on " + request.target; }

std::string with_commas(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

void look_at_key(Core& core, UtcTime now) {
  const Result<void> works = key_works(core);
  core.key_health.note(works);
  if (works) return;
  const bool token = !core.config.key.module.empty();
  raise_alert(core, {"key.trouble", Severity::critical, core.node,
                     "The " + place_of_key(core.config) + " cannot be used: " + works.error().message + ". " +
                         (token ? "Until it answers no session begins, and no film is made or opened."
                                : "Serve goes on with the key in its memory, and will not start again without it: put your copy back."), kTroubleAgain},
              now);
}

void look_at_workers(Core& core, UtcTime now) {
  const int workers = core.config.redaction.workers;
  catalog::Jobs jobs(*core.catalog);
  const auto waiting = jobs.list(catalog::JobState::queued), leased = jobs.list(catalog::JobState::leased);
  if (workers == 0 || !waiting || !leased) return;
  const auto late = std::count_if(waiting.value().begin(), waiting.value().end(), [&](const catalog::Job& job) { return job.kind == kRedactionJob && job.run_after + kStarved < now; });
  const std::string ours = core.node + "/" + kRedactionJob + "/";
  const auto busy = std::count_if(leased.value().begin(), leased.value().end(), [&](const catalog::Job& job) { return job.worker.starts_with(ours); });
  if (late == 0 || busy >= workers) return;
  const Result<void> last = core.worker_health.last();
  raise_alert(core, {"worker.starved", Severity::critical, core.node,
                     std::to_string(late) + " recordings have waited for more than a quarter of an hour, though only " + std::to_string(busy) + " of " + std::to_string(workers) +
                         " workers are busy" + (last ? "." : ": " + last.error().message + "."), kTroubleAgain},
              now);
}

void look_at_requests(Core& core, UtcTime now) {
  catalog::ApprovalFilter filter;
  filter.waiting = true;
  filter.limit = kTroublePage;
  const auto found = core.approvals->list(filter, now);
  if (!found) return log::error("-", "requests cannot be read: {}", found.error().message);
  for (const approvals::Request& request : found.value()) {
    if (request.state == approvals::State::requested && request.escalates && *request.escalates <= now) {
      raise_alert(core, {"approval.escalated", Severity::warning, request.id,
                         wish_of(request) + " still waits for approval: " + request.reason + ". Nobody decided in time, so these groups may, too: " + with_commas(request.later_groups) +
                             ". Sign in to decide on request " + request.id + link_to(core, request) + ".", kOnce},
                  now);
    }
    if (request.emergency && !request.reviewed && request.created + kReviewDue <= now) {
      raise_alert(core, {"approval.unreviewed", Severity::warning, request.id,
                         wish_of(request) + " began without approval on " + to_text(request.created).substr(0, 10) + ", and nobody has signed for it yet: frostgate request review " +
                             request.id + link_to(core, request) + ".", kTroubleTomorrow},
                  now);
    }
  }
}

void look_at_session(Core& core, const catalog::Recording& row, UtcTime now) {
  Rules rules(core);
  check_approval(core, rules, row, now);
}

void look_at_running_sessions(Core& core, UtcTime now) {
  Rules rules(core);
  catalog::RecordingFilter filter;
  filter.status = catalog::RecordingStatus::recording;
  filter.node = core.node;
  filter.limit = kTroublePage;
  filter.with_report = false;
  const auto running = catalog::Recordings(*core.catalog).list(filter);
  if (!running) return log::error("-", "running sessions cannot be read: {}", running.error().message);
  for (const catalog::Recording& row : running.value()) check_approval(core, rules, row, now);
}

void look_at_past_sessions(Core& core, UtcTime now) {
  Rules rules(core);
  catalog::RecordingFilter filter;
  filter.limit = kTroublePage;
  filter.with_report = false;
  while (true) {
    const auto page = catalog::Recordings(*core.catalog).list(filter);
    if (!page) return log::error("-", "past sessions cannot be read: {}", page.error().message);
    for (const catalog::Recording& row : page.value()) {
      if (row.started + kLookBack < now) return;
      check_approval(core, rules, row, now);
    }
    if (static_cast<std::int64_t>(page.value().size()) < kTroublePage) return;
    filter.after.emplace(page.value().back().started, page.value().back().id);
  }
}

}  // namespace frostgate::serve
