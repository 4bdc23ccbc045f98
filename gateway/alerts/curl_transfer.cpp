#include "gateway/alerts/curl_transfer.h"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

namespace frostgate::alerts {
namespace {

struct FreeCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Curl = std::unique_ptr<CURL, FreeCurl>;
using List = std::unique_ptr<curl_slist, FreeList>;
using Clock = std::chrono::steady_clock;

List list_of(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) list.reset(curl_slist_append(list.release(), text.c_str()));
  return list;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// libcurl asks about once a second; anything but 0 breaks off.
int stopped(void* patience, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Patience*>(patience)->stop.stop_requested() ? 1 : 0;
}

struct Upload {
  const std::string& text;
  std::size_t at = 0;
};
std::size_t give(char* into, std::size_t size, std::size_t count, void* from) {
  auto& upload = *static_cast<Upload*>(from);
  const std::size_t take = std::min(size * count, upload.text.size() - upload.at);
  std::memcpy(into, upload.text.data() + upload.at, take);
  upload.at += take;
  return take;
}

Result<Curl> opened(const Sink& sink, const std::string& url, const char* protocols, const Patience& patience) {
  Curl curl(curl_easy_init());
  if (!curl) return Error{ErrorKind::unavailable, "libcurl does not start"};
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, static_cast<long>(patience.most.count()));
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, static_cast<long>(patience.most.count()));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, stopped);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &patience);
  if (!sink.authorities.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_CAINFO, sink.authorities.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CAPATH, nullptr);
  }
  return curl;
}

Error refusal(const Sink& sink, const std::string& why) { return {ErrorKind::unavailable, "sink " + sink.name + ": " + why}; }

Result<void> performed(CURL* curl, const Sink& sink) {
  const CURLcode outcome = curl_easy_perform(curl);
  if (outcome != CURLE_OK) return refusal(sink, curl_easy_strerror(outcome));
  return {};
}

// Waits a little until the socket takes more.
bool wait_to_send(CURL* curl, Clock::time_point end) {
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK || Clock::now() >= end) return false;
  pollfd waiting{socket, POLLOUT, 0};
  return poll(&waiting, 1, 200) >= 0;
}

}  // namespace

void prepare_deliveries() { curl_global_init(CURL_GLOBAL_DEFAULT); }

Result<void> post(const Sink& sink, const std::string& body, const std::string& signature, const Patience& patience) {
  const Curl curl = TRY(opened(sink, sink.url, "http,https", patience));
  std::vector<std::string> headers{"Content-Type: application/json", "User-Agent: frostgate", "Expect:"};
  if (!signature.empty()) headers.push_back("X-Frostgate-Signature: " + signature);
  const List list = list_of(headers);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  TRY(performed(curl.get(), sink));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 299) return refusal(sink, "it answered " + std::to_string(status));
  return {};
}

Result<void> send_mail(const Sink& sink, const std::string& message, const std::string& password, const Patience& patience) {
  const Curl curl = TRY(opened(sink, sink.url, "smtp,smtps", patience));
  const std::string from = "<" + sink.sender + ">";
  const List recipients = list_of(sink.recipients);
  Upload upload{message};
  if (!sink.user.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_USERNAME, sink.user.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, password.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_USE_SSL, static_cast<long>(sink.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  return performed(curl.get(), sink);
}

Result<void> send_stream(const Sink& sink, const std::string& bytes, const Patience& patience) {
  const bool tls = sink.transport == Sink::Transport::tls;
  const bool literal = sink.host.find(':') != std::string::npos;
  const std::string host = literal ? "[" + sink.host + "]" : sink.host;
  const Clock::time_point end = Clock::now() + patience.most;
  // libcurl only connects here, with TLS or without, and no HTTP is spoken.
  const Curl curl = TRY(opened(sink, (tls ? "https://" : "http://") + host + ":" + std::to_string(sink.port), "http,https", patience));
  curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_SSL_ENABLE_ALPN, 0L);
  TRY(performed(curl.get(), sink));
  for (std::size_t sent = 0; sent < bytes.size();) {
    std::size_t count = 0;
    const CURLcode outcome = curl_easy_send(curl.get(), bytes.data() + sent, bytes.size() - sent, &count);
    sent += count;
    if (outcome == CURLE_OK) continue;
    if (outcome != CURLE_AGAIN) return refusal(sink, curl_easy_strerror(outcome));
    if (patience.stop.stop_requested() || !wait_to_send(curl.get(), end)) return refusal(sink, "it takes nothing");
  }
  return {};
}

}  // namespace frostgate::alerts
