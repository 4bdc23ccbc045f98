// The answers to POSTs that came with an Idempotency-Key, so that one that is sent again is not done again: for a day, and each user's last 500. In
// memory: a restart forgets. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "codec/base/time.h"
#include "gateway/http/message.h"

namespace frostgate::http {

class Idempotency {
 public:
  // Before the work: nothing, and the work is this caller's to do and to end(); or the answer, to the first or of conflict.
  std::optional<Response> begin(const std::string& user, const std::string& key, const Request& request, UtcTime now);
  // A failure of ours is not kept: the same key may try again.
  void end(const std::string& user, const std::string& key, const Response& response);

  static bool valid_key(const std::string& key);

 private:
  struct Entry {
    std::string digest;
    UtcTime at;
    std::optional<Response> response;  // none: the work goes on
  };
  void forget_oldest_of(const std::string& user);

  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, Entry> entries_;
};

}  // namespace frostgate::http
