#include "gateway/http/versions.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/serve/core.h"
#include "storage/catalog/sign_ins.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::http {
namespace {

using nlohmann::json;

std::string digest_of(const json& parts) {
  const std::string text = parts.dump(-1, ' ', false, json::error_handler_t::replace);
  return storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(text)))).substr(0, 32);
}

}  // namespace

std::string version_of(const catalog::Target& target) {
  return digest_of({target.name, catalog::to_string(target.protocol), target.host, target.port, catalog::to_string(target.account), target.login_user, target.domain, storage::to_hex(target.wrapped_credential),
                    target.pinned_certificate, target.tags, target.created.time_since_epoch().count()});
}

std::string version_of(const catalog::User& user, bool second_factor) { return digest_of({user.name, user.password_hash, user.disabled, second_factor}); }

std::string version_of(const std::vector<std::string>& members) { return digest_of(members); }

std::string version_of(const std::vector<catalog::RoleBinding>& bindings) {
  json parts = json::array();
  for (const catalog::RoleBinding& one : bindings) parts.push_back(one.id);  // none is ever changed, or has another's id
  return digest_of(parts);
}

std::string version_of(const catalog::Hold& hold) { return digest_of({hold.recording, hold.reason, hold.placed_by, hold.placed.time_since_epoch().count()}); }

Result<std::string> target_version(Call& call) { return version_of(TRY(target_for(call, call.path.at("name"), {access::Role::admin}))); }

Result<std::string> user_version(Call& call) {
  const catalog::User user = TRY(catalog::Users(*call.core.catalog).find(call.path.at("name")));
  const auto factor = catalog::SecondFactors(*call.core.catalog).find(user.name);
  return version_of(user, factor && factor.value().confirmed);
}

Result<std::string> group_version(Call& call) {
  const auto groups = TRY(catalog::Groups(*call.core.catalog).list());
  const auto found = groups.find(call.path.at("name"));
  return version_of(found == groups.end() ? std::vector<std::string>() : found->second);
}

Result<std::string> role_bindings_version(Call& call) { return version_of(TRY(catalog::Roles(*call.core.catalog).list())); }

Result<std::string> hold_version(Call& call) {
  const catalog::Recording row = TRY(recording_for(call, call.path.at("id"), {access::Role::compliance}));
  for (const catalog::Hold& hold : TRY(catalog::Deletions(*call.core.catalog).holds())) {
    if (hold.recording == row.id) return version_of(hold);
  }
  return std::string();
}

bool matches(std::string_view if_match, const std::string& version) {
  while (!if_match.empty()) {
    std::string_view one = if_match.substr(0, if_match.find(','));
    if_match.remove_prefix(std::min(if_match.size(), one.size() + 1));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "*" && !version.empty()) return true;
    if (one.size() < 2 || one.front() != '"' || one.back() != '"') continue;
    one = one.substr(1, one.size() - 2);
    if (!version.empty() && one.substr(0, one.find('.')) == version) return true;
  }
  return false;
}

}  // namespace frostgate::http
