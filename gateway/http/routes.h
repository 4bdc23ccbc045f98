// Which function answers which request, and who may ask: the only table of it. A test compares it with openapi.yaml.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gateway/access/entitlements.h"
#include "gateway/http/call.h"

namespace frostgate::http {

enum class Who { roles, user, anyone };  // one who has one of the roles; anybody signed in; everybody

struct Route {
  Method method;
  const char* path;       // below /api/v1, "{name}" stands for one segment
  const char* operation;  // operationId
  Who who = Who::roles;   // with no roles: nobody
  std::vector<access::Role> roles;
  Result<Response> (*handle)(Call&);
  bool slow = false;  // may take seconds: only so many of these at a time
};

std::span<const Route> routes();

}  // namespace frostgate::http
