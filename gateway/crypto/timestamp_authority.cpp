#include "gateway/crypto/timestamp_authority.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/http.h>

#include <memory>

#include "gateway/crypto/openssl_handles.h"

namespace frostgate::crypto {
namespace {

constexpr std::size_t kMaxResponse = std::size_t{1} << 20;

struct FreeText {
  void operator()(char* text) const { OPENSSL_free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

struct Url {
  Text host, port, path;
};

Result<Url> parse(const std::string& url) {
  int ssl = 0;
  char* host = nullptr;
  char* port = nullptr;
  char* path = nullptr;
  const int good = OSSL_HTTP_parse_url(url.c_str(), &ssl, nullptr, &host, &port, nullptr, &path, nullptr, nullptr);
  Url out{Text(host), Text(port), Text(path)};
  if (good != 1 || ssl != 0) {
    ERR_clear_error();
    return Error{ErrorKind::invalid, "the time-stamp authority's address " + url + " is no http:// address"};
  }
  return out;
}

}  // namespace

Result<std::vector<std::byte>> ask_timestamp_authority(const std::string& url, std::span<const std::byte> request,
                                                       std::chrono::seconds patience) {
  const Url where = TRY(parse(url));
  const Bio body(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
  const Bio answer(OSSL_HTTP_transfer(nullptr, where.host.get(), where.port.get(), where.path.get(), 0, nullptr, "*", nullptr, nullptr,
                                      nullptr, nullptr, 0, nullptr, "application/timestamp-query", body.get(),
                                      "application/timestamp-reply", 1, kMaxResponse, static_cast<int>(patience.count()), 0));
  if (!answer) {
    const char* why = ERR_reason_error_string(ERR_peek_last_error());
    const std::string reason = why ? why : "no answer";
    ERR_clear_error();
    return Error{ErrorKind::unavailable, "the time-stamp authority at " + url + " does not stamp: " + reason};
  }
  std::vector<std::byte> response;
  std::byte buffer[4096];
  for (int count; (count = BIO_read(answer.get(), buffer, sizeof buffer)) > 0;) response.insert(response.end(), buffer, buffer + count);
  return response;
}

}  // namespace frostgate::crypto
