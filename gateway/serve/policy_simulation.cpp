// policy.simulate: what another policy would have said to what the audit log and the films tell.
#include <map>
#include <optional>

#include "gateway/policy/simulation.h"
#include "gateway/serve/decision.h"
#include "gateway/serve/policy_requests.h"
#include "gateway/serve/watch_gates.h"
#include "storage/catalog/ledger.h"
#include "storage/catalog/policies.h"
#include "storage/catalog/recordings.h"
#include "storage/catalog/targets.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::size_t kMostLooked = 20'000;  // decisions, and films; the newest
constexpr std::int64_t kPage = 500;
constexpr std::size_t kMaxPolicy = 768 * 1024;  // of a request, which has to fit into one message

// Reads what was, and keeps what it has read.
class Past {
 public:
  Past(Core& core, UtcTime since, const MayWatch& may_watch) : core_(core), since_(since), may_watch_(may_watch) {}

  Result<void> read() {
    TRY(read_films());
    return read_decisions();
  }

  std::vector<policy::PastDecision> decisions;
  std::vector<policy::PastFilm> films;
  std::size_t closed_films = 0;    // that the asker may not watch: what was masked in them is not told, by no count
  bool cut = false;                // there is more than is looked at
  std::size_t without_target = 0;  // decisions on targets that are gone

 private:
  Result<void> read_films() {
    catalog::RecordingFilter filter;
    filter.limit = kPage;
    while (true) {
      const auto page = TRY(catalog::Recordings(*core_.catalog).list(filter));  // newest first
      for (const catalog::Recording& row : page) {
        if (row.started < since_) return {};
        if (films.size() + closed_films == kMostLooked) return cut = true, Result<void>();
        tags_.emplace(row.id, row.tags);
        if (TRY(may_watch_(row))) add(row);
        else ++closed_films;
      }
      if (static_cast<std::int64_t>(page.size()) < kPage) return {};
      filter.after.emplace(page.back().started, page.back().id);
    }
  }

  void add(const catalog::Recording& row) {
    policy::PastFilm film;
    catalog::Target target;
    target.name = row.target;
    target.protocol = row.back;
    target.tags = row.tags;
    const json report = json::parse(row.report_json, nullptr, false);
    film.request = request_to_decide(core_, row.user, target, row.peer, row.started, report.is_object() ? report.value("ticket", "") : "");
    if (report.is_object() && report.contains("redaction") && report["redaction"].contains("masks_by_rule")) {
      for (const auto& [rule, count] : report["redaction"]["masks_by_rule"].items()) {
        if (count.is_number_integer()) film.masks[rule] = count.get<std::int64_t>();
      }
    }
    films.push_back(std::move(film));
  }

  Result<void> read_decisions() {
    catalog::LedgerQuery query;
    query.event = catalog::LedgerEvent::decision;
    query.since = since_;
    query.limit = kPage;
    while (true) {
      const auto page = TRY(catalog::Ledger(*core_.catalog).find(query));
      for (const catalog::LedgerEntry& entry : page) {
        if (decisions.size() == kMostLooked) return cut = true, Result<void>();
        add(entry);
      }
      if (static_cast<std::int64_t>(page.size()) < kPage) return {};
      query.before = page.back().number;
    }
  }

  void add(const catalog::LedgerEntry& entry) {
    const json details = json::parse(entry.details, nullptr, false);
    const auto text = [&](const char* name) { return details.is_object() && details.contains(name) && details[name].is_string() ? details[name].get<std::string>() : std::string(); };
    const std::optional<catalog::Target>& known = target_named(text("target"));
    if (!known) return static_cast<void>(++without_target);
    catalog::Target target = *known;
    if (const auto then = tags_.find(entry.subject); then != tags_.end()) target.tags = then->second;
    policy::PastDecision one;
    one.request = request_to_decide(core_, entry.actor, target, text("address"), entry.at, text("ticket"));
    one.allowed = details.contains("allowed") && details["allowed"] == true;
    one.rule = text("rule");
    if (const policy::Policy* then = policy_of(text("policy"))) one.then = then->find(one.rule);
    decisions.push_back(std::move(one));
  }

  const std::optional<catalog::Target>& target_named(const std::string& name) {
    const auto known = targets_.find(name);
    if (known != targets_.end()) return known->second;
    const auto found = catalog::Targets(*core_.catalog).find(name);
    return targets_.emplace(name, found ? std::optional(found.value()) : std::nullopt).first->second;
  }

  // Null when it is not kept any more.
  const policy::Policy* policy_of(const std::string& digest) {
    auto known = policies_.find(digest);
    if (known == policies_.end()) {
      std::unique_ptr<policy::Policy> read;
      if (const auto kept = catalog::Policies(*core_.catalog).find(digest)) {
        auto parsed = policy::Policy::parse(kept.value().text, "policy " + digest);
        if (parsed) read = std::make_unique<policy::Policy>(std::move(parsed).value());
      }
      known = policies_.emplace(digest, std::move(read)).first;
    }
    return known->second.get();
  }

  Core& core_;
  const UtcTime since_;
  const MayWatch& may_watch_;
  std::map<std::string, std::map<std::string, std::string>> tags_;  // by session
  std::map<std::string, std::optional<catalog::Target>> targets_;
  std::map<std::string, std::unique_ptr<policy::Policy>> policies_;
};

json to_json(const policy::Difference& one) {
  json changes = json::array();
  for (const policy::Change& change : one.changes) changes.push_back({{"what", change.what}, {"before", change.before}, {"after", change.after}});
  return {{"user", one.user}, {"target", one.target}, {"allowed_before", one.allowed_before}, {"allowed_after", one.allowed_after}, {"rule_before", one.rule_before},
          {"rule_after", one.rule_after}, {"changes", std::move(changes)}, {"compared", one.compared}, {"decisions", one.decisions}, {"last", to_text(one.last)}};
}

}  // namespace

Result<json> simulate_policy(Core& core, const std::string& text, std::int64_t days, const MayWatch& may_watch, UtcTime now) {
  const policy::Policy fresh = TRY(policy::Policy::parse(text, "the policy"));
  Past past(core, now - std::chrono::hours(24 * days), may_watch);
  TRY(past.read());
  const policy::Simulation found = policy::simulate(fresh, past.decisions, past.films);
  json out{{"days", days}, {"digest", fresh.digest()}, {"decisions", found.decisions}, {"films", found.films}, {"closed_films", past.closed_films}, {"cut", past.cut},
           {"without_target", past.without_target}, {"differences", json::array()}, {"lost_masks", json::array()}};
  std::size_t same = found.decisions, left = kMaxPolicy;
  for (const policy::Difference& one : found.differences) {
    same -= one.decisions;
    json shown = to_json(one);
    left -= std::min(left, shown.dump().size());
    if (left == 0) out["cut"] = true;
    else out["differences"].push_back(std::move(shown));
  }
  out["same"] = same;
  for (const auto& [rule, lost] : found.lost) out["lost_masks"].push_back({{"rule", rule}, {"films", lost.films}, {"masks", lost.masks}});
  return out;
}

Result<AdminReply> policy_simulate(Core& core, ipc::Message& request, UtcTime now) {
  const std::string text = TRY(request.text("text", kMaxPolicy)), by = TRY(request.text("by", 512));
  const std::int64_t days = TRY(request.number("days", 1, 3660));
  WatchGates gates(core, by, now);
  return AdminReply{TRY(simulate_policy(core, text, days, [&](const catalog::Recording& row) { return gates.open(row); }, now)), {}};
}

}  // namespace frostgate::serve
