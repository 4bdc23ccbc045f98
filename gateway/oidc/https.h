// Asking a provider something over HTTPS, through libcurl. Blocks for the patience at most.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/base/result.h"
#include "codec/base/secret.h"

namespace frostgate::oidc {

inline constexpr std::size_t kMaxAnswer = 512 * 1024;  // bytes

struct Question {
  std::string url;
  std::vector<std::pair<std::string, std::string>> form;  // empty: a GET; else a POST of these
  std::string user;             // with `password`: HTTP's basic authentication (RFC 6749 2.3.1); empty: none
  const Secret* password = nullptr;
  std::filesystem::path authorities;  // PEM; empty: the system's
  std::chrono::seconds patience{5};
};

struct HttpAnswer {
  long status = 0;
  std::string body;
};

// TLS 1.2 or newer with the certificate checked; no redirects, no proxy from the environment. Error: unavailable, with why.
Result<HttpAnswer> ask(const Question& question);

// RFC 3986 2.1: everything but unreserved characters as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace frostgate::oidc
