#include "gateway/http/idempotency.h"

#include <algorithm>

#include "gateway/http/problem.h"
#include "storage/crypto/hash.h"
#include "storage/crypto/hex.h"

namespace frostgate::http {
namespace {

constexpr auto kKept = std::chrono::hours(24);
constexpr std::size_t kMaxEntries = 10000, kMaxOfOneUser = 500;

}  // namespace

bool Idempotency::valid_key(const std::string& key) {
  return key.size() >= 8 && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::optional<Response> Idempotency::begin(const std::string& user, const std::string& key, const Request& request, UtcTime now) {
  const std::string whole = request.target + '\n' + request.body;
  const std::string digest = storage::to_hex(storage::Sha256::of(std::as_bytes(std::span(whole))));
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.response && entry.second.at + kKept < now; });
  const auto found = entries_.find({user, key});
  if (found == entries_.end()) {
    forget_oldest_of(user);
    if (entries_.size() >= kMaxEntries) return problem(503, "busy", "too many idempotency keys are in use");
    entries_.emplace(std::pair(user, key), Entry{digest, now, std::nullopt});
    return std::nullopt;
  }
  if (found->second.digest != digest) return problem(409, "conflict", "this idempotency key was used for another request");
  if (!found->second.response) return problem(409, "conflict", "the first request with this idempotency key is still being worked on");
  return found->second.response;
}

// One user must not take the memory of all: what is forgotten is their own, and what is still worked on stays.
void Idempotency::forget_oldest_of(const std::string& user) {
  std::size_t own = 0;
  auto oldest = entries_.end();
  for (auto at = entries_.lower_bound({user, ""}); at != entries_.end() && at->first.first == user; ++at, ++own) {
    if (at->second.response && (oldest == entries_.end() || at->second.at < oldest->second.at)) oldest = at;
  }
  if (own >= kMaxOfOneUser && oldest != entries_.end()) entries_.erase(oldest);
}

void Idempotency::end(const std::string& user, const std::string& key, const Response& response) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find({user, key});
  if (found == entries_.end()) return;
  // What was refused may be allowed by the next try: an approval was given meanwhile.
  if (response.status >= 400 || !std::holds_alternative<std::string>(response.body)) entries_.erase(found);
  else found->second.response = response;
}

}  // namespace frostgate::http
