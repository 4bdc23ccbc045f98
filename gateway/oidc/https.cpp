#include "gateway/oidc/https.h"

#include <curl/curl.h>

#include <cctype>
#include <memory>

#include "codec/base/free_with.h"

namespace frostgate::oidc {
namespace {

using Curl = std::unique_ptr<CURL, FreeWith<curl_easy_cleanup>>;
using List = std::unique_ptr<curl_slist, FreeWith<curl_slist_free_all>>;

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kMaxAnswer) return 0;  // libcurl breaks off
  body.append(data, size * count);
  return size * count;
}

std::string encoded(const std::vector<std::pair<std::string, std::string>>& form) {
  std::string out;
  for (const auto& [name, value] : form) out += (out.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  return out;
}

void configure(CURL* curl, const Question& question) {
  curl_easy_setopt(curl, CURLOPT_URL, question.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(question.patience.count()));
  if (question.authorities.empty()) return;
  curl_easy_setopt(curl, CURLOPT_CAINFO, question.authorities.c_str());
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~') out += static_cast<char>(c);
    else out += {'%', kDigits[c >> 4], kDigits[c & 15]};
  }
  return out;
}

Result<HttpAnswer> ask(const Question& question) {
  const Curl curl(curl_easy_init());
  if (!curl) return Error{ErrorKind::unavailable, "libcurl does not start"};
  configure(curl.get(), question);
  HttpAnswer out;
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &out.body);
  List headers(curl_slist_append(nullptr, "Accept: application/json"));
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "frostgate");
  const std::string body = encoded(question.form);
  if (!question.form.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  if (question.password) {
    curl_easy_setopt(curl.get(), CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(curl.get(), CURLOPT_USERNAME, percent_encoded(question.user).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, percent_encoded(question.password->text()).c_str());
  }
  const CURLcode outcome = curl_easy_perform(curl.get());
  if (outcome != CURLE_OK) return Error{ErrorKind::unavailable, question.url + ": " + (outcome == CURLE_WRITE_ERROR ? "its answer is too long" : curl_easy_strerror(outcome))};
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &out.status);
  return out;
}

}  // namespace frostgate::oidc
