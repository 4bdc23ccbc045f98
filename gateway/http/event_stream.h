// The API's event stream (WHATWG HTML 9.2): what has changed, for one caller.
#pragma once

#include "gateway/http/call.h"
#include "gateway/serve/event_hub.h"

namespace frostgate::http {

// Whether the caller may know of it: it is the caller's own, or on a target that a role of theirs covers which has to do with it.
bool concerns(const access::Caller& caller, const serve::Event& event);

// From now on. Looks every 15 s whether the caller is still signed in, and with which roles; ends when not.
Stream event_stream(const Call& call);

}  // namespace frostgate::http
