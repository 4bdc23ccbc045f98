// What every way of signing in answers, and leaves in the audit log.
#pragma once

#include <string>

#include "gateway/http/call.h"

namespace frostgate::http {

// 201, with the cookie.
Response signed_in(const access::SignedIn& signed_in);

// `refused` is why; empty: accepted. An empty user: nobody knows who it was.
Result<void> note_sign_in(const Call& call, const std::string& user, const std::string& refused);

}  // namespace frostgate::http
