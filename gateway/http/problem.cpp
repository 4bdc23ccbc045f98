#include "gateway/http/problem.h"

#include <nlohmann/json.hpp>

namespace frostgate::http {
namespace {

const char* title_of(int status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Not signed in";
    case 403: return "Denied";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 409: return "Conflict";
    case 412: return "Changed meanwhile";
    case 413: return "Too large";
    case 415: return "Unsupported content";
    case 416: return "Range not satisfiable";
    case 422: return "Invalid";
    case 429: return "Too many tries";
    case 503: return "Not available now";
    default: return "Internal error";
  }
}

}  // namespace

Response problem(int status, const std::string& code, const std::string& detail) {
  nlohmann::json body{{"type", "about:blank"}, {"title", title_of(status)}, {"status", status}, {"code", code}};
  if (!detail.empty()) body["detail"] = detail;
  Response out;
  out.status = status;
  out.headers = {{"Content-Type", "application/problem+json"}};
  if (status == 503) out.headers.emplace_back("Retry-After", "5");
  out.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return out;
}

Response problem_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::invalid: return problem(422, "invalid", error.message);
    case ErrorKind::unsupported: return problem(422, "unsupported", error.message);
    case ErrorKind::not_found: return problem(404, "not_found", error.message);
    case ErrorKind::exists: return problem(409, "conflict", error.message);
    case ErrorKind::denied: return problem(403, "denied", error.message);
    case ErrorKind::unavailable:
    case ErrorKind::timeout: return problem(503, "busy", error.message);
    default: return problem(500, "internal");
  }
}

}  // namespace frostgate::http
