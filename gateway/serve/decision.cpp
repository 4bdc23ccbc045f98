#include "gateway/serve/decision.h"

#include <algorithm>

#include "gateway/serve/watch_gates.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::serve {

std::vector<std::string> groups_of(Core& core, const std::string& user) {
  std::vector<std::string> groups = core.policy->groups_of(user);
  if (auto more = catalog::Groups(*core.catalog).of_user(user)) groups.insert(groups.end(), more.value().begin(), more.value().end());
  return groups;
}

approvals::Actor actor_named(Core& core, const std::string& user) { return {user, groups_of(core, user)}; }

bool approves(const access::Entitlements& may, const approvals::Request& request, const access::Tags& tags, const approvals::Actor& actor, UtcTime now) {
  return may.covers(access::Role::approver, request.target, tags) && approvals::may_decide(request, actor, now);
}

policy::Request request_to_decide(Core& core, const std::string& user, const catalog::Target& target, const std::string& address, UtcTime now,
                                  const std::string& ticket) {
  policy::Request request;
  request.user = user;
  request.target = target.name;
  request.target_tags = target.tags;
  request.protocol = catalog::to_string(target.protocol);
  request.address = address;
  request.pretext.ticket = ticket;
  request.at = now;
  // What cannot be read nobody has.
  if (const auto may = access::entitlements_of(*core.catalog, user)) {
    request.groups = may.value().groups;
    for (const access::Role role : may.value().roles()) {
      if (may.value().covers(role, target.name, target.tags)) request.roles.emplace_back(catalog::to_string(role));
    }
  }
  return request;
}

approvals::Kind kind_of(policy::GateKind kind) {
  switch (kind) {
    case policy::GateKind::connect: return approvals::Kind::start;
    case policy::GateKind::pause: return approvals::Kind::pause;
    case policy::GateKind::stop: return approvals::Kind::stop;
    case policy::GateKind::join: return approvals::Kind::join;
    case policy::GateKind::watch: return approvals::Kind::watch;
    case policy::GateKind::watch_original: return approvals::Kind::watch_original;
    case policy::GateKind::export_film: return approvals::Kind::export_film;
    case policy::GateKind::delete_early: return approvals::Kind::delete_early;
  }
  return approvals::Kind::start;
}

std::string notice_digest(const policy::SessionTerms& terms) {
  return storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(terms.consent)))).substr(0, 16);
}

Result<FilmGate> film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind) {
  const auto now = core.policy.current();
  if (const policy::Rule* rule = now->find(recording.rule)) return FilmGate{rule->name, now->digest(), rule->gate(kind)};
  const std::shared_ptr<const policy::Policy> then = TRY(core.kept_policies.find(*core.catalog, recording.policy_digest));
  const policy::Rule* rule = then ? then->find(recording.rule) : nullptr;
  return FilmGate{recording.rule, recording.policy_digest, rule ? rule->gate(kind) : policy::Gate{}};
}

Result<void> aim_at_target(Core& core, approvals::Wish& wish, const catalog::Target& target, const std::string& address, UtcTime now) {
  const auto policy = core.policy.current();
  const policy::Rule* rule = policy->matching(request_to_decide(core, wish.requester, target, address, now, wish.ticket));
  if (!rule || !rule->allow) {
    return Error{ErrorKind::denied, "no rule of the policy allows " + wish.requester + " to connect to " + target.name +
                                        (wish.ticket.empty() ? "" : " for the ticket " + wish.ticket)};
  }
  wish.target = target.name;
  wish.rule = rule->name;
  wish.policy_digest = policy->digest();
  wish.gate = rule->gate(policy::GateKind::connect);
  return {};
}

Result<void> aim_at_film(Core& core, approvals::Wish& wish, const catalog::Recording& recording) {
  std::optional<policy::GateKind> kind;
  for (std::size_t i = 0; i < policy::kGateKinds; ++i) {
    if (kind_of(static_cast<policy::GateKind>(i)) == wish.kind) kind = static_cast<policy::GateKind>(i);
  }
  if (!kind) return Error{ErrorKind::unsupported, "no gate of this kind"};
  FilmGate film = TRY(film_gate(core, recording, *kind));
  wish.target = recording.target;
  wish.recording = recording.id;
  wish.rule = std::move(film.rule);
  wish.policy_digest = std::move(film.policy_digest);
  wish.gate = std::move(film.gate);
  return {};
}

std::map<std::string, std::string> tags_of(Core& core, const approvals::Request& request) {
  if (!request.recording.empty()) {
    if (auto film = catalog::Recordings(*core.catalog).find(request.recording)) return std::move(film.value().tags);
  }
  if (auto target = catalog::Targets(*core.catalog).find(request.target)) return std::move(target.value().tags);
  return {};
}

void announce(Core& core, const approvals::Request& request) {
  core.events.post({EventKind::request, request.id, catalog::to_string(request.state), request.requester, request.target, tags_of(core, request)});
}

namespace {

// What was asked for and stands; nothing, when nothing had to be asked. Errors: `denied`.
struct AtGate {
  approvals::Wish wish;
  std::string missing;  // of the reason and the ticket
  bool open = false;    // nothing has to be asked
  std::optional<approvals::Request> standing;
};

Result<AtGate> at_film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind, const std::string& user,
                             const policy::Pretext& pretext, const FilmSpan& span, UtcTime now) {
  AtGate out;
  out.wish.kind = kind_of(kind);
  out.wish.requester = user;
  out.wish.from = span.from;
  out.wish.to = span.to;
  out.wish.area = span.area;
  TRY(aim_at_film(core, out.wish, recording));
  const policy::Gate& gate = out.wish.gate;
  if (!gate.allow) return Error{ErrorKind::denied, "the policy does not allow it (rule \"" + out.wish.rule + "\")"};
  out.missing = policy::missing(gate, pretext);
  out.open = gate.needed == 0 && out.missing.empty();
  if (!out.open) out.standing = TRY(core.approvals->standing(out.wish, now));
  return out;
}

Error not_agreed(const AtGate& at) {
  const std::string needs = at.wish.gate.needed > 0 ? "it needs " + std::to_string(at.wish.gate.needed) + " approval(s)" : at.missing;
  return {ErrorKind::denied, needs + " (rule \"" + at.wish.rule + "\"): frostgate request create --kind " + catalog::to_string(at.wish.kind) + " --recording " + at.wish.recording};
}

bool agreed(const AtGate& gate) { return gate.standing && gate.standing->state == approvals::State::approved; }

}  // namespace

Result<std::optional<approvals::Approval>> pass_film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind,
                                                          const std::string& user, const policy::Pretext& pretext, const FilmSpan& span,
                                                          const std::string& by, UtcTime now) {
  const AtGate at = TRY(at_film_gate(core, recording, kind, user, pretext, span, now));
  if (at.open) return std::optional<approvals::Approval>();
  if (agreed(at)) return std::optional<approvals::Approval>(TRY(core.approvals->use(at.standing->id, by, now)));
  return not_agreed(at);
}

Result<void> ask_film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind, const std::string& user,
                           const policy::Pretext& pretext, const FilmSpan& span, UtcTime now) {
  const AtGate at = TRY(at_film_gate(core, recording, kind, user, pretext, span, now));
  if (at.open || agreed(at)) return {};
  return not_agreed(at);
}

Result<bool> may_pass_film_gate(Core& core, const catalog::Recording& recording, policy::GateKind kind, const std::string& user,
                                const policy::Pretext& pretext, const FilmSpan& span, UtcTime now) {
  const AtGate at = TRY(at_film_gate(core, recording, kind, user, pretext, span, now));
  return at.open || agreed(at);
}

Result<void> pass_watch_gate(Core& core, const catalog::Recording& recording, const std::string& user, UtcTime now) {
  const bool watching = TRY(WatchGates(core, user, now).open(recording));
  if (watching) return {};
  const auto passed = pass_film_gate(core, recording, policy::GateKind::watch, user, {}, {}, user, now);
  if (passed) return {};
  // Of two that come at once the other may have used the approval up, and with that begun the sitting of both.
  const bool begun = TRY(WatchGates(core, user, now).open(recording));
  if (begun) return {};
  return passed.error();
}

}  // namespace frostgate::serve
