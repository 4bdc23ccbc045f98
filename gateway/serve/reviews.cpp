#include "gateway/serve/reviews.h"

#include <algorithm>
#include <set>

#include "gateway/serve/admin_requests.h"
#include "gateway/serve/audit.h"
#include "gateway/serve/decision.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/users.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::serve {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxReviewComment = 4096;

std::string origin_of(const catalog::User& user) {
  if (user.directory_dn.empty()) return "local";
  return user.provider.empty() ? "directory" : "provider " + user.provider;
}

json signature_json(const std::optional<catalog::ReviewSignature>& signature) {
  if (!signature) return nullptr;
  return {{"reviewer", signature->reviewer}, {"at", to_text(signature->at)}, {"comment", signature->comment}, {"digest", signature->digest}};
}

// Everybody whom a binding reaches.
json reached(const catalog::RoleBinding& binding, const std::vector<catalog::User>& users, const std::map<std::string, std::set<std::string>>& groups) {
  json out = json::array();
  for (const catalog::User& user : users) {
    const bool meant = binding.subject_kind == catalog::SubjectKind::user ? user.name == binding.subject : groups.at(user.name).contains(binding.subject);
    if (meant) out.push_back({{"name", user.name}, {"disabled", user.disabled}, {"from", origin_of(user)}});
  }
  return out;
}

Result<json> listing_of(Core& core) {
  const std::vector<catalog::User> users = TRY(catalog::Users(*core.catalog).list());
  std::map<std::string, std::set<std::string>> groups;
  for (const catalog::User& user : users) {
    const std::vector<std::string> names = TRY(catalog::Groups(*core.catalog).of_user(user.name));
    groups[user.name] = {names.begin(), names.end()};
  }
  json bindings = json::array();
  for (const catalog::RoleBinding& binding : TRY(catalog::Roles(*core.catalog).list())) {
    bindings.push_back({{"role", catalog::to_string(binding.role)}, {"subject_kind", binding.subject_kind == catalog::SubjectKind::user ? "user" : "group"},
                        {"subject", binding.subject}, {"scope", binding.scope}, {"users", reached(binding, users, groups)}});
  }
  return json{{"bindings", std::move(bindings)}, {"policy_digest", core.policy->digest()}};
}

// The first one is due as long after the first user as every other after the one before.
Result<std::optional<UtcTime>> due_after(Core& core, const std::optional<catalog::ReviewSignature>& last) {
  const auto days = core.config.access_review_days;
  if (days == 0) return std::optional<UtcTime>();
  const auto between = std::chrono::hours(24 * days);
  if (last) return std::optional<UtcTime>(last->at + between);
  const std::vector<catalog::User> users = TRY(catalog::Users(*core.catalog).list());
  const auto first = std::min_element(users.begin(), users.end(), [](const auto& a, const auto& b) { return a.created < b.created; });
  return first == users.end() ? std::optional<UtcTime>() : std::optional<UtcTime>(first->created + between);
}

Result<void> must_be_reviewer(const access::Entitlements& may) {
  if (may.everywhere(access::Role::auditor) || may.everywhere(access::Role::compliance)) return {};
  return Error{ErrorKind::denied, "only an auditor or compliance officer of everything signs reviews"};
}

// What is signed, checked.
Result<catalog::ReviewSignature> signature_for(Core& core, catalog::ReviewKind kind, const std::string& what, const std::string& digest) {
  catalog::ReviewSignature out;
  out.kind = kind;
  out.what = what;
  out.digest = digest;
  const Error changed{ErrorKind::exists, "it has changed since it was looked at; look again"};
  if (kind == catalog::ReviewKind::access) {
    const AccessReview now_is = TRY(access_review(core));
    if (!what.empty()) return Error{ErrorKind::not_found, "there is one review of who may do what"};
    if (now_is.digest != digest) return changed;
    out.due = now_is.due.value_or(UtcTime{});
    return out;
  }
  if (core.policy->digest() != digest) return changed;
  for (const PolicyReview& one : TRY(policy_reviews(core))) {
    if (one.review.what != what) continue;
    if (one.signature) return Error{ErrorKind::exists, "it is signed already by " + one.signature->reviewer + "; set the next date in the policy"};
    out.due = one.review.by;
    return out;
  }
  return Error{ErrorKind::not_found, "nothing of the policy in force with this name has a review_by"};
}

}  // namespace

Result<std::vector<PolicyReview>> policy_reviews(Core& core) {
  std::vector<PolicyReview> out;
  const auto policy = core.policy.current();
  for (const policy::Review& review : policy->reviews()) {
    auto signature = TRY(catalog::Reviews(*core.catalog).last(catalog::ReviewKind::policy, review.what, review.by));
    out.push_back({review, std::move(signature)});
  }
  return out;
}

json AccessReview::listing() const { return json::parse(text); }

Result<AccessReview> access_review(Core& core) {
  AccessReview out;
  const json listing = TRY(listing_of(core));
  out.text = listing.dump(-1, ' ', false, json::error_handler_t::replace);
  out.digest = storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(out.text))));
  out.last = TRY(catalog::Reviews(*core.catalog).last(catalog::ReviewKind::access, ""));
  out.due = TRY(due_after(core, out.last));
  return out;
}

Result<void> sign_review(Core& core, const Reviewer& reviewer, catalog::ReviewKind kind, const std::string& what, const std::string& digest, const std::string& comment, UtcTime now) {
  TRY(must_be_reviewer(reviewer.may));
  catalog::ReviewSignature signature = TRY(signature_for(core, kind, what, digest));
  signature.reviewer = reviewer.user;
  signature.comment = comment;
  signature.at = now;
  const bool policy = kind == catalog::ReviewKind::policy;
  const json details{{"request", "review.sign"}, {"due", signature.due == UtcTime{} ? json(nullptr) : json(to_text(signature.due))}, {"digest", digest}, {"comment", comment}};
  TRY(audit(core, policy ? catalog::LedgerEvent::policy : catalog::LedgerEvent::configuration, policy ? what : "who may do what", reviewer.user, details, now));
  return catalog::Reviews(*core.catalog).sign(signature);
}

Result<json> reviews_json(Core& core) {
  json rules = json::array();
  for (const PolicyReview& one : TRY(policy_reviews(core))) {
    rules.push_back({{"what", one.review.what}, {"file", one.review.file}, {"line", one.review.line}, {"due", to_text(one.review.by)}, {"signature", signature_json(one.signature)}});
  }
  const AccessReview access = TRY(access_review(core));
  json listing = access.listing();
  listing["digest"] = access.digest;
  listing["due"] = access.due ? json(to_text(*access.due)) : json(nullptr);
  listing["last"] = signature_json(access.last);
  return json{{"policy_digest", core.policy->digest()}, {"policy", std::move(rules)}, {"access", std::move(listing)}};
}

Result<AdminReply> review_list(Core& core, ipc::Message&, UtcTime) {
  AdminReply out;
  out.body = TRY(reviews_json(core));
  return out;
}

Result<AdminReply> review_sign(Core& core, ipc::Message& request, UtcTime now) {
  const std::string kind = TRY(request.text("kind", 16));
  const std::string what = TRY(request.text("what", 1024));
  const std::string digest = TRY(request.text("digest", 64));
  const std::string comment = TRY(request.text("comment", kMaxReviewComment));
  if (kind != "policy" && kind != "access") return Error{ErrorKind::invalid, "what is reviewed is \"policy\" or \"access\""};
  const std::string reviewer = TRY(proved_user(core, request, now));
  const access::Entitlements may = TRY(access::entitlements_of(*core.catalog, reviewer));
  TRY(sign_review(core, {reviewer, may}, kind == "policy" ? catalog::ReviewKind::policy : catalog::ReviewKind::access, what, digest, comment, now));
  AdminReply out;
  out.body = {{"reviewer", reviewer}};
  return out;
}

}  // namespace frostgate::serve
