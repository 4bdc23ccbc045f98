// What two people may change at the same time has a version, which an answer shows and a change may ask for by If-Match (RFC 9110 13.1.1).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/http/call.h"
#include "storage/catalog/deletions.h"
#include "storage/catalog/roles.h"
#include "storage/catalog/users.h"

namespace frostgate::http {

// Of what people change of it, secrets included; what happens to it by itself changes nothing.
std::string version_of(const catalog::Target& target);
std::string version_of(const catalog::User& user, bool second_factor);
std::string version_of(const std::vector<std::string>& members);
std::string version_of(const std::vector<catalog::RoleBinding>& bindings);
std::string version_of(const catalog::Hold& hold);

// Of the object that the call's path names, as it is now. Errors: as the operation itself has for an object that is not the caller's, or not there.
Result<std::string> target_version(Call& call);
Result<std::string> user_version(Call& call);
Result<std::string> group_version(Call& call);
Result<std::string> role_bindings_version(Call& call);
Result<std::string> hold_version(Call& call);

// Whether an If-Match names this version: as a tag of its own, or as that of an answer that shows the object, whose tag begins with it and a point.
bool matches(std::string_view if_match, const std::string& version);

}  // namespace frostgate::http
