// An alert in the words of each kind of sink. Pure.
#pragma once

#include <string>

#include "gateway/alerts/settings.h"
#include "storage/catalog/alerts.h"

namespace frostgate::alerts {

// {"id", "kind", "severity", "subject", "text", "at", "node"}
std::string to_json(const catalog::Alert& alert, const std::string& node);
// RFC 5424, facility 10 (security), UTF-8 with a byte order mark; structured data: frostgate@32473 (RFC 5612's example number).
// As CEF (version 0), that is the message instead, without structured data.
std::string to_syslog(const catalog::Alert& alert, const std::string& node, bool cef);
// RFC 5322 and 2047, plain text in UTF-8, lines ended by CR LF.
std::string to_mail(const catalog::Alert& alert, const std::string& node, const Sink& sink, UtcTime now);
// What goes into X-Frostgate-Signature: "t=SECONDS,v1=" and HMAC-SHA256 in hex over "SECONDS.BODY".
std::string signature(const std::string& key, std::int64_t seconds, const std::string& body);

}  // namespace frostgate::alerts
