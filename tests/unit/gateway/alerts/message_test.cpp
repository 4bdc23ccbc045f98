#include "gateway/alerts/message.h"

#include <catch2/catch.hpp>

using namespace frostgate;
using namespace frostgate::alerts;
using Catch::Contains;

namespace {

catalog::Alert alert_of(const std::string& text, const std::string& subject = "r1") {
  catalog::Alert alert;
  alert.id = 7;
  alert.kind = "redaction.failed";
  alert.severity = "critical";
  alert.subject = subject;
  alert.text = text;
  alert.at = UtcTime(std::chrono::seconds(1'800'000'000));
  return alert;
}

}  // namespace

TEST_CASE("a syslog message has RFC 5424's header, escaped structured data, and the text after a byte order mark") {
  CHECK(to_syslog(alert_of("It failed."), "gw1", false) ==
        "<82>1 2027-01-15T08:00:00Z gw1 frostgate - redaction.failed [frostgate@32473 id=\"7\" kind=\"redaction.failed\" severity=\"critical\" subject=\"r1\"] "
        "\xef\xbb\xbfIt failed.");
  CHECK_THAT(to_syslog(alert_of("x", "a\"b]c\\d"), "gw1", false), Contains(R"(subject="a\"b\]c\\d"])"));
}

TEST_CASE("no text of an alert begins another line or header of what is sent") {
  const std::string nasty = "one\r\nBcc: everybody@example.org\r\n\r\n<82>1 forged";
  CHECK(to_syslog(alert_of(nasty, nasty), "g w\n1", false).find('\n') == std::string::npos);
  CHECK(to_syslog(alert_of(nasty, nasty), "gw1", true).find('\n') == std::string::npos);
  Sink sink;
  sink.sender = "frostgate@example.org";
  sink.recipients = {"a@example.org", "b@example.org"};
  const std::string mail = to_mail(alert_of(nasty, nasty), "gw1", sink, UtcTime(std::chrono::seconds(1'800'000'000)));
  CHECK(mail.find("\r\nBcc") == std::string::npos);
  CHECK_THAT(mail, Contains("To: a@example.org, b@example.org\r\n") && Contains("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"));
  for (std::size_t at = 0; (at = mail.find('\n', at)) != std::string::npos; ++at) CHECK(mail[at - 1] == '\r');
}

TEST_CASE("a text that is no UTF-8, as names on a disk may be, is sent all the same") {
  CHECK_THAT(to_json(alert_of("the file \xff is not known", "\xc3"), "gw1"), Contains("the file \xef\xbf\xbd is not known"));
}

TEST_CASE("as CEF the separators of each part are escaped") {
  CHECK_THAT(to_syslog(alert_of("a=b|c\\d"), "gw1", true),
             Contains("CEF:0|Frostgate|Frostgate|1|redaction.failed|redaction.failed|10|rt=1800000000000 externalId=7 dvchost=gw1 cs1Label=subject cs1=r1 msg=a\\=b|c\\\\d"));
}

TEST_CASE("the signature is HMAC-SHA256 over time and body, as openssl computes it") {
  // printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac key
  CHECK(signature("key", 1'800'000'000, "{\"a\":1}") == "t=1800000000,v1=7330c9cf7d886970cbebbbb5494c04d2aeff06a990adb7d7a75abfeb0159d291");
}
