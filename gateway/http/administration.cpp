#include "gateway/http/administration.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "gateway/base/log.h"

namespace frostgate::http {

Result<serve::AdminReply> administered(const Call& call, nlohmann::json request) {
  ipc::Message message;
  message.body = std::move(request);
  const std::string type = message.type();
  Result<serve::AdminReply> reply = serve::administer(call.core, message, call.now, call.caller.user);
  if (reply) log::info("-", "{} by {} from {}", type, call.caller.user, call.request.peer);
  return reply;
}

std::string own_host(const Call& call) {
  std::string host = call.request.header("host");
  const std::size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) host.resize(colon);
  const bool plain = !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
  return plain ? host : call.core.node;
}

}  // namespace frostgate::http
