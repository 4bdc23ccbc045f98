// Which function answers which request, and who may ask: the only table of it. A test compares it with openapi.yaml.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "gateway/access/entitlements.h"
#include "gateway/http/call.h"

namespace frostgate::http {

enum class Who { roles, user, anyone };  // one who has one of the roles; anybody signed in; everybody

// quick: answered by the threads that carry the connections. waits: for a password's hash, a directory or a provider, of which each lets in only so many
// at a time. works: may take seconds itself, and only so many of these at a time do. The last two have threads of their own.
enum class Pace { quick, waits, works };

struct Route {
  Method method;
  const char* path;       // below /api/v1, "{name}" stands for one segment
  const char* operation;  // operationId
  Who who = Who::roles;   // with no roles: nobody
  std::vector<access::Role> roles;
  Result<Response> (*handle)(Call&);
  Pace pace = Pace::quick;         // see pace_of()
  const char* works_with = nullptr;  // a parameter of the query that makes it work
  Result<std::string> (*version)(Call&) = nullptr;  // of what it changes, where an If-Match may ask for it (versions.h)
};

std::span<const Route> routes();

Pace pace_of(const Route& route, const std::map<std::string, std::string>& query);

}  // namespace frostgate::http
