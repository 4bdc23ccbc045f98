// Who a request is from, and whether it is meant: cookie or bearer token, and for cookies the marks that another site's page cannot forge.
#pragma once

#include <optional>

#include "gateway/http/call.h"

namespace frostgate::http {

inline constexpr const char* kCookie = "__Host-frostgate";

// What a request brought along to prove whose it is. Kept by whoever answers for long, to ask again.
class Proof {
 public:
  explicit Proof(const Request& request);
  bool empty() const { return cookie_.empty() && authorization_.empty(); }
  // `idle` as in WebAccess::by_cookie. Errors as there, and `denied`.
  Result<access::Caller> caller(access::WebAccess& access, UtcTime now, bool idle = false) const;

 private:
  std::string cookie_, authorization_;
};

// Its value in what the browser sent; empty: it was not sent.
std::string sent_cookie(const Request& request, std::string_view name);
// Sets the session's cookie; an empty value removes it.
std::string set_cookie(std::string_view value);
// The same for another one that lasts for so long.
std::string set_cookie(std::string_view name, std::string_view value, std::chrono::seconds age);

// Nothing in the call's caller when it brought nothing along. An answer (401) when what it brought is worth nothing.
std::optional<Response> authenticate(Call& call);
// An answer (403) when a page of another site may have sent it. Only what changes nothing needs no check.
std::optional<Response> refuse_forged(const Call& call);

}  // namespace frostgate::http
