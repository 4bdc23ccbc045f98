// What goes out through libcurl.
#pragma once

#include <string>

#include "codec/base/result.h"
#include "gateway/alerts/delivery.h"

namespace frostgate::alerts {

// An HTTP POST of JSON. No redirects, no proxy from the environment; an answer outside 200 to 299 is an error.
Result<void> post(const Sink& sink, const std::string& body, const std::string& signature, const Patience& patience);
// SMTP. With a user name only over TLS (smtps://, or STARTTLS); without one STARTTLS is used where it is offered.
Result<void> send_mail(const Sink& sink, const std::string& message, const std::string& password, const Patience& patience);
// Bytes over TCP, or TLS with the peer's certificate checked, to the sink's host and port.
Result<void> send_stream(const Sink& sink, const std::string& bytes, const Patience& patience);

}  // namespace frostgate::alerts
